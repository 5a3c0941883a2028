// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import ImageLayout
import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@Suite("A layout that many images share") struct StoreTests {
    /// Replaces a blob's file.
    private func damage(_ digest: OCISpec.Digest, of test: borrowing TestLayout, _ bytes: [UInt8]) throws {
        _ = try test.file("layout/blobs/sha256/\(digest.encoded)", bytes)
    }

    @Test("counts what images share once, and tells what removing each would free")
    func usage() throws {
        let test = try TestLayout()
        let first = TestImage(["common", "first"])
        let second = TestImage(["common", "second", "third"])
        try first.add(to: test.layout, as: "first:v1")
        try second.add(to: test.layout, as: "second:v1")
        try test.layout.tag(second.descriptor, as: Reference("second:v2"))
        try test.layout.blobs.ingest([1, 2, 3])
        let usage = try test.layout.usage()
        let common = Int64(first.layers[0].count)
        func all(_ image: TestImage) -> Int64 { image.blobs.reduce(0) { $0 + Int64($1.content.count) } }
        #expect(usage.images.map(\.bytes) == [all(first), all(second)])
        #expect(usage.images.map(\.sharedBytes) == [common, common])
        #expect(usage.images[1].names == ["docker.io/library/second:v1", "docker.io/library/second:v2"])
        #expect(usage.bytes == all(first) + all(second) - common + 3)
        #expect(usage.unreferencedBlobs == 1 && usage.unreferencedBytes == 3)
        try test.layout.remove("first:v1")
        #expect(try test.layout.collectGarbage(grace: .zero).bytes == all(first) - common + 3)
    }

    @Test("lets go of what a removed image had at once, and of other writers' blobs after a time of grace")
    func released() throws {
        let test = try TestLayout()
        let kept = TestImage(["common", "kept"])
        let removed = TestImage(["common", "removed"])
        try kept.add(to: test.layout, as: "kept:v1")
        try removed.add(to: test.layout, as: "removed:v1")
        let foreign = try test.layout.blobs.ingest([1, 2, 3])
        let entries = try test.layout.remove("removed:v1")
        let report = try test.layout.collectGarbage(released: entries)
        let own = Set(removed.blobs.map(\.digest)).subtracting(kept.blobs.map(\.digest))
        #expect(Set(report.digests) == own)
        #expect(try test.layout.blobs.contains(foreign.digest))
        #expect(try test.layout.check().isSound)
    }

    @Test("keeps what is pinned, although no name is left of it")
    func pinned() throws {
        let test = try TestLayout()
        let image = TestImage()
        try image.add(to: test.layout, as: "test:v1")
        let entries = try test.layout.remove("test:v1")
        let pin = [image.descriptor]
        #expect(try test.layout.collectGarbage(grace: .zero, released: entries, pinned: pin).blobs == 0)
        for blob in image.blobs { #expect(try test.layout.blobs.contains(blob.digest)) }
        #expect(try test.layout.collectGarbage(grace: .zero).blobs == 4)
    }

    @Test("is checked: a damaged layer is found, removed on request, and can be added again")
    func damagedLayer() throws {
        let test = try TestLayout()
        let image = TestImage()
        try image.add(to: test.layout, as: "test:v1")
        let layer = image.blobs[0]
        try damage(layer.digest, of: test, [UInt8](repeating: 7, count: layer.content.count))
        let found = try test.layout.check()
        #expect(found.problems.map(\.code) == [.digestMismatch, .notFound])
        #expect(found.problems.last?.description.contains("docker.io/library/test:v1") == true)
        #expect(found.blobs == 4 && found.removedBlobs.isEmpty && found.removedImages.isEmpty)
        #expect(try test.layout.check(repairing: .blobs).removedBlobs == [layer.digest])
        #expect(try test.layout.check().problems.map(\.code) == [.notFound])
        try test.layout.blobs.ingest(layer.content)
        #expect(try test.layout.check().isSound)
    }

    @Test("is repaired of images that are not whole, and keeps the others", arguments: [0, 2, 3])
    func brokenImage(blob: Int) throws {
        let test = try TestLayout()
        let whole = TestImage(["whole"])
        let broken = TestImage(["broken", "image"])
        try whole.add(to: test.layout, as: "whole:v1")
        try broken.add(to: test.layout, as: "broken:v1")
        let lost = broken.blobs[blob]
        try RootDirectory(at: test.layout.path).removeFile(FilePath("blobs/sha256/\(lost.digest.encoded)"))
        #expect(try test.layout.check(repairing: .blobs).problems.count == 1)
        let repaired = try test.layout.check(repairing: .images)
        #expect(repaired.removedImages.map(\.familiarImageName) == ["broken:v1"])
        #expect(try test.layout.check().isSound)
        #expect(try test.layout.images().images.compactMap(\.name) == ["docker.io/library/whole:v1"])
        try test.layout.collectGarbage(grace: .zero)
        #expect(try test.layout.usage().blobs == 3)
    }

    @Test("misses no platform that was not saved with an index, and misses part of one")
    func platforms() throws {
        let test = try TestLayout()
        let here = TestImage(["here"])
        let there = TestImage(["there"], architecture: "arm64")
        var entries = [here.descriptor, there.descriptor]
        entries[0].platform = try Platform("linux/amd64")
        entries[1].platform = try Platform("linux/arm64")
        let index = ImageIndex(mediaType: .imageIndex, manifests: entries).json()
        for blob in here.blobs { try test.layout.blobs.ingest(blob.content) }
        try test.layout.blobs.ingest(index)
        try test.layout.tag(TestImage.describe(index, .imageIndex), as: Reference("multi:v1"))
        #expect(try test.layout.check().isSound)
        // As containerd keeps it: the manifests of all platforms, the content of one.
        try test.layout.blobs.ingest(there.manifest)
        #expect(try test.layout.check().isSound)
        try test.layout.blobs.ingest(there.configuration)
        #expect(try test.layout.check().problems.map(\.code) == [.notFound])
    }

    @Test("repairs nothing while somebody adds content")
    func busy() throws {
        let test = try TestLayout()
        let lease = try test.layout.lease()
        #expect(try test.layout.check().isSound)
        #expect(failure { () throws(ImageLayoutError) in try test.layout.check(repairing: .blobs) }?.code == .busy)
        _ = consume lease
        #expect(try test.layout.check(repairing: .images).isSound)
    }

    @Test("notes things of an image without changing it, and no names")
    func annotate() throws {
        let test = try TestLayout()
        let image = TestImage()
        try image.add(to: test.layout, as: "test:v1")
        try test.layout.annotate("test:v1", ["team": "blue", "build": "7"])
        let changed = try test.layout.annotate("test:v1", ["build": nil])
        #expect(changed.map(\.digest) == [image.descriptor.digest])
        #expect(try test.layout.index().manifests[0].annotations?["team"] == "blue")
        #expect(try test.layout.index().manifests[0].annotations?["build"] == nil)
        #expect(try test.layout.resolve("test:v1").id == image.id)
        let before = try test.layout.index()
        for key in ["", AnnotationKey.referenceName, AnnotationKey.containerdImageName] {
            let error = failure { () throws(ImageLayoutError) in try test.layout.annotate("test:v1", [key: "x"]) }
            #expect(error?.code == .invalidName)
        }
        let missing = failure { () throws(ImageLayoutError) in try test.layout.annotate("nosuch", ["a": "b"]) }
        #expect(missing?.code == .notFound)
        #expect(try test.layout.index() == before)
    }

    @Test("is copied into another layout, name by name, and from there back")
    func copy() throws {
        let test = try TestLayout()
        let image = TestImage(["common", "one"])
        try image.add(to: test.layout, as: "test:v1")
        try TestImage(["common", "two"]).add(to: test.layout, as: "other:v1")
        let path = test.directory.path.appending("copy")
        try test.layout.export(["test:v1"], toLayout: path)
        let copy = try ImageLayoutDirectory(opening: path)
        #expect(try copy.check().isSound)
        #expect(try copy.images().images.map(\.name) == ["docker.io/library/test:v1"])
        #expect(try copy.usage().blobs == 4)
        let third = try ImageLayoutDirectory.openOrCreate(test.directory.path.appending("third"))
        #expect(try third.importLayout(copy).map(\.descriptor.digest) == [image.descriptor.digest])
        #expect(try third.resolve("test:v1").id == image.id)
        let error = failure { () throws(ImageLayoutError) in
            try test.layout.export(["nosuch"], toLayout: test.directory.path.appending("none"))
        }
        #expect(error?.code == .notFound)
        #expect((try? RootDirectory(at: test.directory.path.appending("none"))) == nil)
    }
}
