// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import ImageLayout
import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@Suite struct ExportTests {
    private func export(
        _ names: [String],
        _ format: ArchiveFormat,
        from layout: ImageLayoutDirectory,
        to path: FilePath
    ) throws -> [UInt8] {
        let file = try OwnedFileDescriptor.open(path, CLINUX_O_WRONLY | CLINUX_O_CREAT | CLINUX_O_TRUNC, mode: 0o644)
        try layout.export(names, as: format, to: file)
        return try OwnedFileDescriptor.open(path, CLINUX_O_RDONLY).readAll(limit: 1 << 24)
    }

    @Test(
        "What was exported is imported again, and exporting twice gives the same bytes",
        arguments: [
            ArchiveFormat.oci, .docker,
        ]
    )
    func roundTrip(format: ArchiveFormat) throws {
        let test = try TestLayout()
        let images = [TestImage(["a", "b"]), TestImage(["a", "c"])]
        try images[0].add(to: test.layout, as: "test:v1")
        try images[1].add(to: test.layout, as: "quay.io/other:v2")
        let path = test.directory.path.appending("archive")
        let bytes = try export(["test:v1", "other:v2"], format, from: test.layout, to: path)
        #expect(try export(["test:v1", "other:v2"], format, from: test.layout, to: path) == bytes)
        let other = try TestLayout()
        #expect(
            try other.layout.importArchive(at: path).flatMap(\.names) == [
                "docker.io/library/test:v1", "quay.io/other:v2",
            ]
        )
        #expect(try other.layout.resolve("test:v1").id == images[0].id)
        #expect(try other.layout.resolve("other:v2").layers.map(\.diffID) == images[1].layers.map(TestImage.digest))
        #expect(try other.layout.check().isSound)
    }

    @Test("GNU tar reads what was exported", .requires(.tar)) func tar() throws {
        let test = try TestLayout()
        let image = TestImage()
        try image.add(to: test.layout, as: "test:v1")
        // The name of a blob by SHA-512 does not fit into a plain header.
        var writer = try test.layout.blobs.writer(algorithm: .sha512)
        try writer.write(image.manifest)
        let identity = try writer.commit()
        try test.layout.tag(
            Descriptor(mediaType: .imageManifest, digest: identity.digest, size: identity.size),
            as: Reference("test:v1")
        )
        let path = test.directory.path.appending("archive")
        _ = try export(["test:v1"], .oci, from: test.layout, to: path)
        let result = try Command.run(["tar", "tf", "\(path)"])
        #expect(result.status == 0 && result.errors.isEmpty)
        #expect(result.output.contains("blobs/sha512/\(identity.digest.encoded)\n"))
        let other = try TestLayout()
        try other.layout.importArchive(at: path)
        #expect(try other.layout.resolve("test:v1").manifestDescriptor.digest == identity.digest)
    }

    @Test("A docker-archive has plain layers even of an image with compressed ones") func compressed() throws {
        let test = try TestLayout()
        let image = TestImage(["a"])
        let plain = try test.file("layer", image.layers[0])
        _ = try Command.run(["gzip", "-n", "\(plain)"])
        let packed = try OwnedFileDescriptor.open(FilePath("\(plain).gz"), CLINUX_O_RDONLY).readAll(limit: 9999)
        var manifest = try ImageManifest(json: image.manifest)
        manifest.layers = [TestImage.describe(packed, .layerGzip)]
        for blob in [packed, image.configuration, manifest.json()] { try test.layout.blobs.ingest(blob) }
        try test.layout.tag(TestImage.describe(manifest.json(), .imageManifest), as: Reference("test:v1"))
        let before = try test.contents()
        let path = test.directory.path.appending("archive")
        _ = try export(["test:v1"], .docker, from: test.layout, to: path)
        #expect(try test.contents() == before)
        let other = try TestLayout()
        try other.layout.importArchive(at: path)
        let layer = try #require(try other.layout.resolve("test:v1").layers.first)
        #expect(layer.descriptor.mediaType == .layer && layer.descriptor.digest == layer.diffID)
    }
}
