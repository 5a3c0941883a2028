// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import ImageLayout
import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@Suite struct BuildTests {
    private static let configuration = ImageConfiguration(
        created: "2024-01-02T03:04:05Z",
        architecture: Platform.host.architecture,
        os: "linux",
        config: .init(env: ["A=b"], cmd: ["/hello"]),
        rootfs: .init()
    )

    /// A layer with one file, whose name no locale but a UTF-8 one can show.
    private static func archive(_ name: String) -> [UInt8] {
        var tar = TestTar()
        let record = "path=\(name)-ő\n"
        tar.add("PaxHeader", Array("\(record.utf8.count + 3) \(record)".utf8), type: "x")
        tar.add("short", Array(name.utf8))
        return tar.finished
    }

    private func packed(_ bytes: [UInt8], _ command: String..., in test: borrowing TestLayout) throws -> [UInt8] {
        let plain = try test.file("plain", bytes)
        let result = try Command.run(["sh", "-c", "\(command.joined(separator: " ")) < \(plain) > \(plain).packed"])
        try #require(result.status == 0, "\(result.errors)")
        return try OwnedFileDescriptor.open(FilePath("\(plain).packed"), CLINUX_O_RDONLY).readAll(limit: 1 << 20)
    }

    @Test(
        "Archives become layers with the digest of their uncompressed bytes",
        arguments: ["cat", "gzip -n", "zstd -q"]
    )
    func layers(filter: String) throws {
        // Not every machine has zstd's program.
        if try Command.run(["sh", "-c", "command -v \(filter)"]).status != 0 { return }
        let test = try TestLayout()
        var tar = TestTar()
        var state: UInt32 = 1
        // Content that cannot be compressed, and more of it than is read at once.
        let content = (0..<700_000).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(state >> 24)
        }
        tar.add("content", content)
        let plain = Array(Self.archive("one").dropLast(1024)) + tar.finished
        let bytes = try packed(plain, filter, in: test)
        let layer = try test.layout.addLayer(at: test.file("layer", bytes))
        #expect(layer.diffID == TestImage.digest(plain))
        #expect(layer.descriptor.digest == TestImage.digest(bytes) && layer.descriptor.size == bytes.count)
        let types: [String: MediaType] = ["cat": .layer, "gzip -n": .layerGzip, "zstd -q": .layerZstd]
        #expect(layer.descriptor.mediaType == types[filter])
        #expect(try test.layout.blobs.read(layer.descriptor.digest) == bytes)
        // A second time it changes nothing.
        let before = try test.contents()
        #expect(try test.layout.addLayer(at: test.file("layer", bytes)) == layer)
        #expect(try test.contents() == before)
    }

    @Test("Layers may come through a pipe, and be empty archives") func pipe() throws {
        let test = try TestLayout()
        let pipe = try OwnedFileDescriptor.pipe()
        try pipe.writing.write([UInt8](repeating: 0, count: 10240))
        let reading = try pipe.reading.duplicate()
        _ = consume pipe
        let layer = try test.layout.addLayer(from: reading, name: "pipe")
        #expect(layer.descriptor.size == 10240)
    }

    @Test("What is no tar archive is no layer, and nothing of it is left") func refused() throws {
        let test = try TestLayout()
        let plain = Self.archive("one")
        let gzip = try packed(plain, "gzip -n", in: test)
        let cases: [(String, [UInt8], ImageLayoutError.Code)] = [
            ("text", Array("#!/bin/sh\necho hello\n".utf8), .unsupportedArchive),
            ("long", [UInt8](repeating: 0x41, count: 100_000), .unsupportedArchive),
            ("empty", [], .unsupportedArchive),
            ("packed text", try packed(Array("hello".utf8), "gzip -n", in: test), .unsupportedArchive),
            ("packed nothing", try packed([], "gzip -n", in: test), .unsupportedArchive),
            ("packed twice", try packed(gzip, "gzip -n", in: test), .unsupportedArchive),
            ("ends early", Array(plain.prefix(1800)), .truncatedArchive),
            ("packed, ends early", Array(gzip.dropLast(20)), .truncatedArchive),
            ("bad sum", plain.enumerated().map { $0.offset == 1024 ? 0x58 : $0.element }, .unsupportedArchive),
            ("more after the end", gzip + Array("garbage".utf8), .unsupportedArchive),
            ("bzip2", Array("BZh91AY&SY".utf8) + [UInt8](repeating: 7, count: 2000), .unsupportedArchive),
        ]
        let before = try test.contents()
        for (name, bytes, code) in cases {
            let path = try test.file("layer", bytes)
            let error = failure { () throws(ImageLayoutError) in try test.layout.addLayer(at: path) }
            #expect(error?.code == code, "\(name): \(error.map(\.description) ?? "was taken")")
            #expect(try test.contents() == before, "\(name)")
        }
    }

    @Test("Layers larger than allowed are refused, be it uncompressed") func limits() throws {
        let test = try TestLayout()
        var tar = TestTar()
        tar.add("zeros", [UInt8](repeating: 0, count: 100_000))
        let gzip = try packed(tar.finished, "gzip -n", in: test)
        let before = try test.contents()
        for bytes in [tar.finished, gzip] {
            let path = try test.file("layer", bytes)
            let limits = ImageLimits(archiveBytes: 90_000)
            #expect(
                failure { () throws(ImageLayoutError) in try test.layout.addLayer(at: path, limits: limits) }?.code
                    == .limitExceeded
            )
            #expect(try test.contents() == before)
        }
        _ = try test.layout.addLayer(at: test.file("layer", gzip))
    }

    @Test("An image has its layers, its configuration and its name, the same every time") func image() throws {
        var digests: [OCISpec.Digest] = []
        for _ in 0..<2 {
            let test = try TestLayout()
            var layers: [ResolvedImage.Layer] = []
            for name in ["one", "two"] {
                layers.append(try test.layout.addLayer(at: test.file(name, Self.archive(name))))
            }
            let made = try test.layout.addImage(Self.configuration, layers: layers, as: Reference("built:v1"))
            #expect(made.names == ["docker.io/library/built:v1"])
            let image = try test.layout.resolve("built:v1")
            #expect(image.layers == layers && image.configuration.rootfs.diffIDs == layers.map(\.diffID))
            #expect(image.configuration.config == Self.configuration.config)
            #expect(image.manifestDescriptor.digest == made.descriptor.digest)
            #expect(try test.layout.check().isSound)
            #expect(try test.layout.usage().unreferencedBlobs == 0)
            digests.append(made.descriptor.digest)
            // One more layer on top, with the name moving.
            let third = try test.layout.addLayer(at: test.file("three", Self.archive("three")))
            try test.layout.addImage(image.configuration, layers: image.layers + [third], as: Reference("built:v1"))
            #expect(try test.layout.resolve("built:v1").layers == layers + [third])
        }
        #expect(digests[0] == digests[1])
    }

    @Test("Images without a name or without layers can be added") func bare() throws {
        let test = try TestLayout()
        let made = try test.layout.addImage(Self.configuration, layers: [])
        #expect(made.names.isEmpty)
        #expect(try test.layout.resolve("\(made.descriptor.digest)").layers.isEmpty)
    }

    @Test("An image of what is not here, or that contradicts itself, is not added") func contradictions() throws {
        let test = try TestLayout()
        let other = try TestLayout()
        let here = try test.layout.addLayer(at: test.file("one", Self.archive("one")))
        let elsewhere = try other.layout.addLayer(at: other.file("two", Self.archive("two")))
        var told = Self.configuration
        told.history = [.init(createdBy: "one"), .init(emptyLayer: true), .init(createdBy: "two")]
        let pinned = try Reference("built").pinned(to: here.diffID)
        let before = try test.contents()
        let tooMany = [ResolvedImage.Layer](repeating: here, count: ImageLimits.layers + 1)
        let cases: [(ImageConfiguration, [ResolvedImage.Layer], Reference?, ImageLayoutError.Code)] = [
            (Self.configuration, [here, elsewhere], nil, .notFound), (told, [here], nil, .invalidDocument),
            (Self.configuration, [here], pinned, .digestMismatch),
            (Self.configuration, tooMany, nil, .limitExceeded),
        ]
        for (configuration, layers, reference, code) in cases {
            let error = failure { () throws(ImageLayoutError) in
                try test.layout.addImage(configuration, layers: layers, as: reference)
            }
            #expect(error?.code == code)
            #expect(try test.contents() == before)
        }
        try test.layout.addImage(told, layers: [here, here])
    }

    @Test(
        "Adding a layer and an image that fails at any step leaves a valid layout",
        arguments: IngestStep.allCases,
        [1, 2, 3]
    )
    func failing(step: IngestStep, count: Int) throws {
        let reached = Counter()
        let test = try TestLayout {
            $0 == step && reached.next() == count ? SystemCallError(call: "write", errno: .noSpace) : nil
        }
        let path = try test.file("one", Self.archive("one"))
        let error = failure { () throws(ImageLayoutError) in
            let layer = try test.layout.addLayer(at: path)
            return try test.layout.addImage(Self.configuration, layers: [layer])
        }
        #expect(error == nil || error?.code == .systemCall)
        let layout = try ImageLayoutDirectory(opening: test.layout.path)
        #expect(try layout.check().isSound)
        let isAdded = error == nil || step == .indexReplaced
        #expect(try layout.images().images.count == (isAdded ? 1 : 0))
        try layout.collectGarbage(grace: .zero)
        #expect(try layout.usage().blobs == (isAdded ? 3 : 0))
    }

    @Test("skopeo and umoci read images that were built here", .requires(.skopeo, .umoci)) func peers() throws {
        let test = try TestLayout()
        let directory = test.directory.path
        var layers: [ResolvedImage.Layer] = []
        for (name, filter) in [("one", "cat"), ("two", "gzip -n")] {
            let bytes = try packed(Self.archive(name), filter, in: test)
            layers.append(try test.layout.addLayer(at: test.file(name, bytes)))
        }
        let configuration = Self.configuration
        try test.layout.addImage(configuration, layers: layers, as: Reference("built:v1"))
        func run(_ arguments: String...) throws -> String {
            let result = try Command.run(arguments, directory: "\(directory)")
            try #require(result.status == 0, "\(arguments.joined(separator: " ")): \(result.errors)")
            return result.output
        }
        let full = "oci:layout:docker.io/library/built:v1"
        let shown = try run("skopeo", "--insecure-policy", "--tmpdir", "\(directory)", "inspect", "--config", full)
        #expect(shown.contains(layers[1].diffID.description) && shown.contains("A=b"))
        _ = try run("skopeo", "--insecure-policy", "--tmpdir", "\(directory)", "copy", full, "oci:peer:v1")
        _ = try run("umoci", "unpack", "--rootless", "--image", "peer:v1", "tree")
        #expect(try run("cat", "tree/rootfs/one-ő", "tree/rootfs/two-ő") == "onetwo")
    }
}
