// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import ImageLayout
import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@Suite struct ArchiveImportTests {
    /// Imports `bytes` and expects that it fails and leaves everything as it was.
    private func refused(_ bytes: [UInt8], limits: ImageLimits = .default) throws -> ImageLayoutError? {
        let test = try TestLayout()
        try TestImage(["already there"]).add(to: test.layout, as: "there:v1")
        let before = try test.contents()
        let path = try test.file("archive", bytes)
        let error = failure { () throws(ImageLayoutError) in try test.layout.importArchive(at: path, limits: limits) }
        #expect(try test.contents() == before)
        return error
    }

    @Test(
        "An oci-archive gives its image under its name",
        arguments: [
            ("docker.io/library/test:v1", "docker.io/library/test:v1"), ("test", "test"), ("v1", "v1"),
            ("test:v1", "docker.io/library/test:v1"), ("localhost/test", "localhost/test:latest"), (nil, nil),
        ]
    )
    func oci(annotation: String?, name: String?) throws {
        let test = try TestLayout()
        let image = TestImage()
        let path = try test.file("archive", image.ociArchive(name: annotation).finished)
        let imported = try test.layout.importArchive(at: path)
        #expect(imported.map(\.names) == [name.map { [$0] } ?? []])
        #expect(try test.layout.resolve(name ?? image.id.encoded).id == image.id)
        #expect(try test.layout.check().isSound)
        // A second time it changes nothing.
        let before = try test.contents()
        try test.layout.importArchive(at: path)
        #expect(try test.contents() == before)
    }

    @Test("A docker-archive gives its images, repeated layers and all names") func docker() throws {
        let test = try TestLayout()
        let image = TestImage(["a", "b", "a"])
        let tags = ["test:v1", "localhost/other:v2"]
        let path = try test.file("archive", image.dockerArchive(tags: tags).finished)
        let imported = try test.layout.importArchive(at: path)
        #expect(imported.map(\.names) == [["docker.io/library/test:v1", "localhost/other:v2"]])
        let resolved = try test.layout.resolve("other:v2")
        #expect(resolved.id == image.id)
        #expect(resolved.layers.map(\.descriptor.digest) == image.layers.map(TestImage.digest))
        #expect(resolved.layers.allSatisfy { $0.descriptor.mediaType == .layer })
        #expect(try test.layout.check().isSound)
        #expect(try test.layout.usage().unreferencedBlobs == 0)
    }

    @Test("An archive of several images gives all of them") func several() throws {
        let test = try TestLayout()
        let first = TestImage(["a"])
        let second = TestImage(["b"])
        var tar = TestTar()
        for image in [first, second] {
            tar.add("\(image.id.encoded).json", image.configuration)
            tar.add("\(image.id.encoded).tar", image.layers[0])
        }
        let items = [first, second].map { image in
            TestImage.dockerManifest("\(image.id.encoded).json", [], ["\(image.id.encoded).tar"]).dropFirst().dropLast()
        }
        tar.add("manifest.json", "[\(items.joined(separator: ","))]")
        let path = try test.file("archive", tar.finished)
        #expect(try test.layout.importArchive(at: path).map(\.names) == [[], []])
        #expect(try test.layout.resolve(second.id.encoded).id == second.id)
        #expect(
            failure { () throws(ImageLayoutError) in
                try test.layout.importArchive(at: path, as: try? Reference("name"))
            }?.code == .ambiguous
        )
    }

    @Test("An archive with both forms, as docker 25 writes it, gives the names of both") func both() throws {
        let test = try TestLayout()
        let image = TestImage()
        var entry = image.descriptor
        entry.annotations = [
            AnnotationKey.containerdImageName: "docker.io/library/test:v1", AnnotationKey.referenceName: "v1",
        ]
        var tar = TestImage.ociArchive(index: ImageIndex(manifests: [entry]).json(), image.blobs)
        tar.add(
            "manifest.json",
            TestImage.dockerManifest(
                "blobs/sha256/\(image.id.encoded)",
                ["test:v2"],
                image.layers.map { "blobs/sha256/\(TestImage.digest($0).encoded)" }
            )
        )
        let path = try test.file("archive", tar.finished)
        #expect(
            try test.layout.importArchive(at: path).map(\.names) == [
                ["docker.io/library/test:v1", "docker.io/library/test:v2"]
            ]
        )
        #expect(try test.layout.resolve("test:v2").id == image.id)
    }

    @Test("Of an index only what was saved is asked for, and at least one image") func partial() throws {
        let here = TestImage(["here"])
        let gone = TestImage(["gone"], architecture: "arm64")
        let index = ImageIndex(manifests: [gone.descriptor, here.descriptor]).json()
        let root = ImageIndex(manifests: [TestImage.describe(index, .imageIndex)]).json()
        let test = try TestLayout()
        let path = try test.file(
            "archive",
            TestImage.ociArchive(index: root, here.blobs + [(TestImage.digest(index), index)]).finished
        )
        try test.layout.importArchive(at: path)
        let listed = try test.layout.images()
        #expect(listed.images.map(\.id) == [here.id] && listed.problems.isEmpty)
        #expect(
            try refused(TestImage.ociArchive(index: root, [(TestImage.digest(index), index)]).finished)?.code
                == .truncatedArchive
        )
    }

    @Test("Archives may be compressed and come through a pipe", arguments: ["cat", "gzip -c", "zstd -qc"])
    func pipe(filter: String) throws {
        // Not every machine has zstd's program.
        if try Command.run(["sh", "-c", "command -v \(filter)"]).status != 0 { return }
        let test = try TestLayout()
        let image = TestImage(["a", String(repeating: "long ", count: 5000)])
        let plain = "\(try test.file("archive", image.dockerArchive().finished))"
        #expect(try Command.run(["sh", "-c", "\(filter) < \(plain) > \(plain).packed"]).status == 0)
        let bytes = try OwnedFileDescriptor.open(FilePath("\(plain).packed"), CLINUX_O_RDONLY).readAll(limit: 60_000)
        // A pipe holds 64 KiB, so nobody has to read meanwhile.
        let pipe = try OwnedFileDescriptor.pipe()
        try pipe.writing.write(bytes)
        let reading = try pipe.reading.duplicate()
        _ = consume pipe
        try test.layout.importArchive(from: reading, name: "pipe")
        #expect(try test.layout.resolve("test:v1").id == image.id)
    }

    @Test("A docker-archive with compressed layers is imported once its diff IDs are compared") func compressed() throws
    {
        let test = try TestLayout()
        let image = TestImage(["a"])
        let plain = try test.file("layer", image.layers[0])
        _ = try Command.run(["gzip", "-n", "\(plain)"])
        let layer = try OwnedFileDescriptor.open(FilePath("\(plain).gz"), CLINUX_O_RDONLY).readAll(limit: 9999)
        for (content, code) in [(layer, nil), (Array(layer.dropLast(9)), ImageLayoutError.Code.truncatedArchive)] {
            var tar = TestTar()
            tar.add("layer.tar.gz", content)
            tar.add("config.json", image.configuration)
            tar.add("manifest.json", TestImage.dockerManifest("config.json", ["test:v1"], ["layer.tar.gz"]))
            let path = try test.file("archive", tar.finished)
            #expect(failure { () throws(ImageLayoutError) in try test.layout.importArchive(at: path) }?.code == code)
        }
        #expect(try test.layout.resolve("test:v1").layers.map(\.descriptor.mediaType) == [.layerGzip])
        let other = TestImage(["b"])
        var tar = TestTar()
        tar.add("layer.tar.gz", layer)
        tar.add("config.json", other.configuration)
        tar.add("manifest.json", TestImage.dockerManifest("config.json", ["test:v1"], ["layer.tar.gz"]))
        #expect(try refused(tar.finished)?.code == .digestMismatch)
    }

    @Test("An archive cut anywhere gives a typed error and leaves nothing", .rows("P-11"), arguments: [true, false])
    func truncated(isDocker: Bool) throws {
        let image = TestImage(["a"])
        let whole = isDocker ? image.dockerArchive().bytes : image.ociArchive().bytes
        // What comes last (repositories, oci-layout) has two blocks; all before it is needed.
        let needed = whole.count - 1024
        for length in stride(from: 0, to: needed, by: 256) {
            let code = try refused(Array(whole[..<length]))?.code
            #expect(
                code == .truncatedArchive || code == .unsupportedArchive,
                "cut after \(length) bytes: \(code as Any)"
            )
        }
    }

    @Test("A compressed archive cut anywhere leaves nothing", .rows("P-11")) func truncatedGzip() throws {
        let test = try TestLayout()
        let path = try test.file("archive", TestImage().ociArchive().finished)
        _ = try Command.run(["gzip", "-n", "\(path)"])
        let bytes = try OwnedFileDescriptor.open(FilePath("\(path).gz"), CLINUX_O_RDONLY).readAll(limit: 1 << 20)
        for length in stride(from: 0, to: bytes.count - 8, by: 97) {
            #expect(try refused(Array(bytes[..<length])) != nil, "cut after \(length) bytes")
        }
    }

    @Test("A blob that is not what its name says is refused") func wrongDigest() throws {
        var image = TestImage()
        image.blobs[0].content[0] ^= 1
        #expect(try refused(image.ociArchive().finished)?.code == .digestMismatch)
        var docker = TestImage()
        docker.layers[1][0] ^= 1
        #expect(try refused(docker.dockerArchive().finished)?.code == .digestMismatch)
        let configured = TestImage()
        var tar = TestTar()
        tar.add("\(String(repeating: "0", count: 64)).json", configured.configuration)
        for (index, layer) in configured.layers.enumerated() { tar.add("\(index).tar", layer) }
        tar.add(
            "manifest.json",
            TestImage.dockerManifest("\(String(repeating: "0", count: 64)).json", [], ["0.tar", "1.tar"])
        )
        #expect(try refused(tar.finished)?.code == .digestMismatch)
    }

    @Test("A blob of another size than its descriptor states is refused", .rows("B-07"), arguments: [-1, 1]) func size(
        by: Int64
    ) throws {
        let image = TestImage()
        var manifest = try ImageManifest(json: image.manifest)
        manifest.layers[0].size += by
        let bytes = manifest.json()
        let index = ImageIndex(manifests: [TestImage.describe(bytes, .imageManifest)]).json()
        #expect(
            try refused(TestImage.ociArchive(index: index, image.blobs + [(TestImage.digest(bytes), bytes)]).finished)?
                .code == .sizeMismatch
        )
    }

    @Test(
        "Names that lead out of the archive or are ambiguous are refused",
        .rows("CVE-2026-33747"),
        arguments: [
            "../x", "/etc/passwd", "a/../b", "a//b", "blobs/sha256/../../x", "blobs/sha256/abc", "blobs/md5/00",
            "blobs/x",
            "a\\b", "caf\u{e9}", "a\u{1}b", "index.json", "blobs/sha256/\(String(repeating: "A", count: 64))",
        ]
    )
    func names(name: String) throws {
        var tar = TestImage().ociArchive()
        tar.add(name, "x")
        let code = try refused(tar.finished)?.code
        #expect(code == .invalidName || name == "index.json" && code == .unsupportedArchive)
    }

    @Test(
        "References within a docker-archive stay within it",
        .rows("CVE-2014-9358"),
        arguments: [
            "../config.json", "/etc/passwd", "missing.json", "dir/link", "loop", "blobs/../x",
        ]
    )
    func references(config: String) throws {
        let image = TestImage(["a"])
        var tar = TestTar()
        tar.add("layer.tar", image.layers[0])
        tar.add("config.json", image.configuration)
        if config == "dir/link" { tar.link("dir/link", to: "../../config.json") }
        if config == "loop" { tar.link("loop", to: "loop") }
        tar.add("manifest.json", TestImage.dockerManifest(config, [], ["layer.tar"]))
        let code = try refused(tar.finished)?.code
        #expect(code == .invalidName || code == .truncatedArchive || code == .unsupportedArchive)
    }

    @Test("Devices and other nodes have no place in an archive", arguments: ["3", "4", "6"]) func nodes(type: String)
        throws
    {
        var tar = TestImage().ociArchive()
        tar.add("node", [], type: Character(type))
        #expect(try refused(tar.finished)?.code == .unsupportedArchive)
    }

    @Test(
        "Image names that are none are refused",
        .rows("J-13"),
        arguments: [
            "../../etc", String(repeating: "a", count: 300), "@sha256", "a:b:c", "a b", "a\u{1}", "", "-x",
            "case/UPPER",
        ]
    )
    func imageNames(name: String) throws {
        #expect(try refused(TestImage().dockerArchive(tags: [name]).finished)?.code == .invalidName)
        let image = TestImage()
        var entry = image.descriptor
        entry.annotations = [AnnotationKey.referenceName: name]
        let index = ImageIndex(manifests: [entry]).json()
        #expect(try refused(TestImage.ociArchive(index: index, image.blobs).finished)?.code == .invalidName)
    }

    @Test("What is no image archive is refused with a hint", .rows("CVE-2026-20613")) func other() throws {
        var rootfs = TestTar()
        rootfs.add("etc/passwd", "root")
        #expect(try refused(rootfs.finished)?.hint != nil)
        #expect(try refused(Array("plain text".utf8))?.code == .unsupportedArchive)
        #expect(try refused([UInt8](repeating: 0, count: 4096)) != nil)
        #expect(try refused([]) != nil)
        #expect(
            try refused(TestImage.ociArchive(index: ImageIndex(manifests: []).json(), []).finished)?.code == .notFound
        )
    }

    @Test("An archive that is larger than allowed is refused", .rows("CVE-2023-25153")) func limits() throws {
        let bytes = TestImage().ociArchive().finished
        #expect(try refused(bytes, limits: ImageLimits(archiveEntries: 3))?.code == .limitExceeded)
        #expect(try refused(bytes, limits: ImageLimits(archiveBytes: 3000))?.code == .limitExceeded)
        var tar = TestTar()
        tar.add("manifest.json", [UInt8](repeating: 32, count: 1 << 20 + 1))
        #expect(try refused(tar.finished)?.code == .limitExceeded)
    }

    @Test("A layout directory is imported with all of its images") func layout() throws {
        let from = try TestLayout()
        let image = TestImage()
        try image.add(to: from.layout, as: "test:v1")
        try from.layout.blobs.ingest([1, 2, 3])
        let to = try TestLayout()
        let imported = try to.layout.importLayout(from.layout)
        #expect(imported.map(\.names) == [["docker.io/library/test:v1"]])
        #expect(try to.layout.resolve("test:v1").id == image.id)
        #expect(try to.layout.usage().unreferencedBlobs == 0)
        _ = try from.file(
            "layout/blobs/sha256/\(TestImage.digest(image.layers[0]).encoded)",
            [UInt8](repeating: 0, count: image.layers[0].count)
        )
        let third = try TestLayout()
        let before = try third.contents()
        #expect(
            failure { () throws(ImageLayoutError) in try third.layout.importLayout(from.layout) }?.code
                == .digestMismatch
        )
        #expect(try third.contents() == before)
    }
}
