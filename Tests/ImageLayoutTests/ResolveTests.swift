// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import ImageLayout
import OCISpec
import TestSupport
import Testing

@Suite struct ResolveTests {
    /// Stores `bytes` and tags them as an image of the given type.
    private func tag(
        _ bytes: [UInt8],
        _ type: MediaType = .imageManifest,
        in layout: ImageLayoutDirectory
    ) throws {
        try layout.blobs.ingest(bytes)
        try layout.tag(TestImage.describe(bytes, type), as: Reference("test:v1"))
    }

    private func resolve(_ layout: ImageLayoutDirectory) -> ImageLayoutError? {
        failure { () throws(ImageLayoutError) in
            try layout.resolve("test:v1", platform: Platform(architecture: "amd64", os: "linux"))
        }
    }

    @Test("Layers are paired with their diff IDs, lowest first") func layers() throws {
        let test = try TestLayout()
        let image = TestImage(["a", "b", "c"])
        try image.add(to: test.layout, as: "test:v1")
        let resolved = try test.layout.resolve("test:v1")
        #expect(resolved.layers.map(\.diffID) == image.layers.map(TestImage.digest))
        #expect(resolved.layers.map(\.descriptor.digest) == image.layers.map(TestImage.digest))
        let reference = try Reference("test:v1")
        #expect(resolved.reference == reference)
        #expect(resolved.configuration.architecture == "amd64")
    }

    @Test(
        "The platform decides, wherever in an index its manifest stands",
        .rows("CVE-2022-24778"),
        arguments: ["amd64", "arm64", "s390x"]
    )
    func platform(architecture: String) throws {
        let test = try TestLayout()
        let images = ["s390x", "arm64", "amd64"].map { TestImage([$0], architecture: $0) }
        var manifests: [Descriptor] = []
        for image in images {
            for blob in image.blobs { try test.layout.blobs.ingest(blob.content) }
            var descriptor = image.descriptor
            // One of them leaves it to the configuration.
            if image.id != images[1].id {
                descriptor.platform = try ImageConfiguration(json: image.configuration).platform
            }
            manifests.append(descriptor)
        }
        var attestation = images[0].descriptor
        attestation.platform = Platform(architecture: "unknown", os: "unknown")
        let inner = ImageIndex(mediaType: .imageIndex, manifests: [attestation] + manifests.dropFirst()).json()
        try test.layout.blobs.ingest(inner)
        let outer = ImageIndex(manifests: [manifests[0], TestImage.describe(inner, .imageIndex)]).json()
        try tag(outer, .imageIndex, in: test.layout)
        let resolved = try test.layout.resolve("test:v1", platform: Platform(architecture: architecture, os: "linux"))
        #expect(resolved.configuration.architecture == architecture)
        let wrong = failure { () throws(ImageLayoutError) in
            try test.layout.resolve("test:v1", platform: Platform(architecture: "riscv64", os: "linux"))
        }
        #expect(wrong?.code == .noMatchingPlatform)
        #expect(wrong?.detail.contains("linux/amd64, linux/arm64, linux/s390x") == true)
    }

    @Test("An attestation is never an image") func attestation() throws {
        let test = try TestLayout()
        let image = TestImage()
        for blob in image.blobs { try test.layout.blobs.ingest(blob.content) }
        var descriptor = image.descriptor
        descriptor.platform = Platform(architecture: "unknown", os: "unknown")
        try tag(ImageIndex(manifests: [descriptor]).json(), .imageIndex, in: test.layout)
        #expect(resolve(test.layout)?.code == .noMatchingPlatform)
        #expect(try test.layout.images().images.isEmpty)
        // Buildkit marks it so as well.
        descriptor.platform = Platform(architecture: "amd64", os: "linux")
        descriptor.annotations = ["vnd.docker.reference.type": "attestation-manifest"]
        try tag(ImageIndex(manifests: [descriptor]).json(), .imageIndex, in: test.layout)
        #expect(resolve(test.layout)?.code == .noMatchingPlatform)
    }

    @Test("Indexes may be nested four deep and no deeper", .rows("J-09"), arguments: [4, 5]) func nesting(depth: Int)
        throws
    {
        let test = try TestLayout()
        let image = TestImage()
        for blob in image.blobs { try test.layout.blobs.ingest(blob.content) }
        var current = image.descriptor
        for _ in 0..<depth {
            let index = ImageIndex(manifests: [current]).json()
            try test.layout.blobs.ingest(index)
            current = TestImage.describe(index, .imageIndex)
        }
        try test.layout.tag(current, as: Reference("test:v1"))
        #expect(resolve(test.layout)?.code == (depth == 4 ? nil : .limitExceeded))
    }

    @Test(
        "An index that contains itself is refused, which only a damaged layout can hold",
        .rows("J-09", "CVE-2016-7569")
    ) func cycle() throws {
        let test = try TestLayout()
        let index = ImageIndex(manifests: [
            Descriptor(mediaType: .imageIndex, digest: TestImage.digest([1]), size: 212)
        ]).json()
        _ = try test.file("layout/blobs/sha256/\(TestImage.digest([1]).encoded)", index)
        var descriptor = TestImage.describe(index, .imageIndex)
        descriptor.digest = TestImage.digest([1])
        try test.layout.tag(descriptor, as: Reference("test:v1"))
        #expect(resolve(test.layout)?.code == .digestMismatch)
    }

    @Test("More descriptors than allowed are refused", .rows("J-09")) func descriptors() throws {
        let test = try TestLayout()
        func child(_ number: Int) -> Descriptor {
            Descriptor(mediaType: .imageManifest, digest: TestImage.digest(Array("\(number)".utf8)), size: 1)
        }
        var inner: [Descriptor] = []
        for part in 0..<3 {
            let index = ImageIndex(manifests: (0..<4000).map { child(part * 4000 + $0) }).json()
            try test.layout.blobs.ingest(index)
            inner.append(TestImage.describe(index, .imageIndex))
        }
        try tag(ImageIndex(manifests: inner).json(), .imageIndex, in: test.layout)
        #expect(resolve(test.layout)?.code == .limitExceeded)
    }

    @Test("A manifest and its configuration must agree on the layers", .rows("B-06")) func diffIDs() throws {
        let test = try TestLayout()
        let image = TestImage(["a", "b"])
        for blob in image.blobs { try test.layout.blobs.ingest(blob.content) }
        var manifest = try ImageManifest(json: image.manifest)
        manifest.layers.removeLast()
        try tag(manifest.json(), in: test.layout)
        #expect(resolve(test.layout)?.code == .invalidDocument)
        manifest = try ImageManifest(json: image.manifest)
        manifest.layers.reverse()
        try tag(manifest.json(), in: test.layout)
        #expect(resolve(test.layout)?.code == .digestMismatch)
    }

    @Test(
        "Layers of a type that is not unpacked are refused, not skipped",
        .rows("STORE-006"),
        arguments: [
            "application/vnd.erofs.layer.v1", "application/vnd.oci.image.layer.v1.tar+xz", "application/octet-stream",
        ]
    )
    func layerType(type: String) throws {
        let test = try TestLayout()
        let image = TestImage(layerType: MediaType(rawValue: type))
        try image.add(to: test.layout, as: "test:v1")
        #expect(resolve(test.layout)?.code == .unsupportedMediaType)
    }

    @Test("An artifact that is no image is refused") func artifact() throws {
        let test = try TestLayout()
        let empty = Array("{}".utf8)
        try test.layout.blobs.ingest(empty)
        let manifest = ImageManifest(
            artifactType: MediaType(rawValue: "text/plain"),
            config: TestImage.describe(empty, .empty),
            layers: [TestImage.describe(empty, .empty)]
        )
        try tag(manifest.json(), in: test.layout)
        #expect(resolve(test.layout)?.code == .unsupportedMediaType)
    }

    @Test("Docker's first manifest format is refused by name", .rows("J-02")) func schema1() throws {
        let test = try TestLayout()
        try tag(Array(#"{"schemaVersion":1}"#.utf8), .dockerSchema1Signed, in: test.layout)
        #expect(resolve(test.layout)?.code == .unsupportedMediaType)
    }

    @Test(
        "Documents that two programs could read differently are refused",
        .rows("CVE-2021-41190", "J-01", "J-02", "J-04", "J-05", "J-06", "J-07", "J-08", "J-12"),
        arguments: [
            #"{"schemaVersion":2,"config":C,"layers":[],"manifests":[]}"#,
            #"{"schemaVersion":2,"config":C,"layers":[],"fsLayers":[]}"#,
            #"{"schemaVersion":2,"config":C,"layers":[],"layers":[]}"#,
            #"{"schemaVersion":2,"config":C,"layers":[],"\u006cayers":[]}"#,
            #"{"schemaVersion":2,"config":C,"layers":[],"Layers":[]}"#,
            #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","config":C,"layers":[]}"#,
            #"{"schemaVersion":2,"mediaType":"\#(MediaType.dockerManifest)","config":C,"layers":[]}"#,
            "\u{FEFF}{\"schemaVersion\":2,\"config\":C,\"layers\":[]}", #"{"schemaVersion":1,"config":C,"layers":[]}"#,
            #"{"schemaVersion":2,"config":C,"layers":null}"#, #"{"schemaVersion":2,"config":C,"layers":[]} x"#,
            #"{"schemaVersion":2,"config":C,"layers":[{"mediaType":"a/b","digest":"sha256:../../x","size":1}]}"#,
            #"{"schemaVersion":2,"config":C,"layers":[{"mediaType":"a/b","digest":"sha256:00","size":1}]}"#,
            #"{"schemaVersion":2,"config":C,"layers":[],"x":\#(String(repeating: "[", count: 1000))}"#,
        ]
    )
    func documents(text: String) throws {
        let test = try TestLayout()
        let configuration = TestImage([]).configuration
        try test.layout.blobs.ingest(configuration)
        let config = TestImage.describe(configuration, .imageConfiguration)
        func document(_ text: String) -> [UInt8] {
            let parts = text.split(separator: "C", maxSplits: 1).map { Array($0.utf8) }
            return parts.count == 2 ? parts[0] + config.json() + parts[1] : Array(text.utf8)
        }
        try tag(document(#"{"schemaVersion":2,"config":C,"layers":[]}"#), in: test.layout)
        #expect(resolve(test.layout) == nil, "the same document without its fault is read")
        try tag(document(text), in: test.layout)
        let error = resolve(test.layout)
        #expect(error?.code == .invalidDocument)
        if case .document = error?.cause {} else { Issue.record("no JSON error but \(error?.description ?? "none")") }
    }

    @Test(
        "A size that a descriptor cannot have is refused",
        .rows("J-14", "umoci-0.5.1"),
        arguments: ["-1", "1e3", "1.0", "\"5\"", "9223372036854775808"]
    )
    func size(text: String) throws {
        let test = try TestLayout()
        let digest = TestImage.digest([])
        try tag(
            Array(
                #"{"schemaVersion":2,"config":{"mediaType":"a/b","digest":"\#(digest)","size":\#(text)},"layers":[]}"#
                    .utf8
            ),
            in: test.layout
        )
        #expect(resolve(test.layout)?.code == .invalidDocument)
    }
}
