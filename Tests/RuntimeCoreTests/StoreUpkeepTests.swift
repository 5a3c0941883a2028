// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import LinuxSystem
import RuntimeCore
import SystemPackage
import TestSupport
import Testing

@Suite("A store of images and containers", .requires(.root, .overlay, .busybox)) struct StoreUpkeepTests {
    @Test("lets go of an image only by force while a container was made from it, and keeps what that needs")
    func imageInUse() throws {
        let test = try TestStore()
        let stored = try test.store.create("test", ["/bin/true"])
        let error = #expect(throws: ContainerStoreError.self) { try test.store.removeImage("test") }
        #expect(error?.code == .imageInUse)
        #expect(error?.description.contains(stored.metadata.name) == true)
        let report = try test.store.removeImage("test", force: true)
        #expect(report.images.count == 1 && report.blobs.isEmpty && report.layers.isEmpty)
        // Blobs too, so that an image can still be made of the container.
        let manifest = try #require(stored.metadata.manifest)
        #expect(try test.store.images.blobs.contains(manifest.digest))
        #expect(try test.store.prune().blobs.isEmpty)
        try stored.remove()
        let pruned = try test.store.prune()
        #expect(pruned.blobs.count == 4 && pruned.layers.count == 2 && pruned.bytes > 0)
        #expect(try test.store.images.usage().blobs == 0)
    }

    @Test("removes a name while there are others, and with the last one everything")
    func names() throws {
        let test = try TestStore()
        let image = try test.store.images.resolve("test")
        try test.store.images.tag(image.manifestDescriptor, as: Reference("again:v2"))
        let error = #expect(throws: ContainerStoreError.self) { try test.store.removeImage(image.id.encoded) }
        #expect(error?.code == .imageInUse)
        #expect(try test.store.removeImage("again:v2").blobs.isEmpty)
        #expect(try test.store.removeImage("test").blobs.count == 4)
        let missing = #expect(throws: ContainerStoreError.self) { try test.store.removeImage("test") }
        #expect(missing?.code == .imageNotFound)
    }

    @Test("is pruned of stopped containers and of images without one, as asked")
    func prune() throws {
        let test = try TestStore()
        let stopped = try test.store.create("test", ["/bin/true"])
        let image = try test.store.images.resolve("test")
        var options = PruneOptions()
        options.images = true
        #expect(try test.store.prune(options) == PruneReport.nothing(in: test.store))
        #expect(try test.store.images.resolve("test").id == image.id)
        options.containers = true
        let report = try test.store.prune(options)
        #expect(report.containers == [stopped.metadata.name])
        #expect(report.images.count == 1 && report.blobs.count == 4 && report.layers.count == 2)
        #expect(try test.store.images.images().images.isEmpty)
        #expect(try test.leftovers() == [])
    }

    @Test("prunes nothing of what somebody is adding")
    func busy() throws {
        let test = try TestStore()
        let lease = try test.store.images.lease()
        let error = #expect(throws: ContainerStoreError.self) { try test.store.prune() }
        #expect(error?.code == .busy)
        // A name can be removed meanwhile; its blobs wait.
        #expect(try test.store.removeImage("test").blobs.isEmpty)
        _ = consume lease
        #expect(try test.store.prune().blobs.count == 4)
    }

    @Test("counts what its containers and unpacked layers take, hard links once")
    func usage() throws {
        let test = try TestStore()
        let stored = try test.store.create("test", ["/bin/true"])
        let upper = try RootDirectory(at: stored.bundle.appending("upper"))
        try upper.makeFile("data", [UInt8](repeating: 1, count: 1 << 20), mode: 0o644)
        let number = upper.descriptor.rawValue
        #expect(unsafe clinux_linkat(number, "data", number, "again", 0) == 0)
        let usage = try test.store.usage()
        let container = try #require(usage.containers.first)
        #expect(container.name == stored.metadata.name && !container.isRunning)
        #expect(container.space.inodes == 2)
        #expect((1 << 20..<(1 << 20) + 65_536).contains(container.space.bytes))
        #expect(usage.layers.count == 2 && usage.layers.allSatisfy { $0.isNeeded && $0.space.bytes > 0 })
        #expect(usage.imagesInUse == Set(usage.images.images.map(\.descriptor.digest)))
        try stored.remove()
        #expect(try test.store.usage().imagesInUse.isEmpty)
    }

    @Test("is checked: names of containers that are gone, unpacked layers that are missing")
    func check() throws {
        let test = try TestStore()
        let stored = try test.store.create("test", ["/bin/true"])
        #expect(try test.store.check().isSound)
        try RootDirectory(at: test.store.path.appending("names")).makeSymlink("ghost", target: Array("0123".utf8))
        for chainID in try test.store.snapshots.chainIDs() { try test.store.snapshots.remove(chainID) }
        let found = try test.store.check()
        #expect(found.problems.count == 2 && found.containers == 1)
        #expect(found.problems.contains { $0.description.contains(stored.metadata.name) })
        let repaired = try test.store.check(repairing: .blobs)
        #expect(repaired.removedNames == ["ghost"])
        // What the hint says helps.
        try test.store.create("test", ["/bin/true"]).remove()
        #expect(try test.store.check().isSound)
    }
}

extension PruneReport {
    /// What is reported when nothing was removed.
    fileprivate static func nothing(in store: ContainerStore) throws -> PruneReport { try store.prune() }
}
