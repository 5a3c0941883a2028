// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@testable import LayerUnpack

@Suite("SnapshotStore", .requires(.root))
struct SnapshotStoreTests {
    private func layer(_ archive: [UInt8], wrong: Bool = false) throws -> LayerSource {
        var hash = StreamHash(.sha256)
        hash.update(archive + (wrong ? [1] : []))
        return LayerSource(memory(archive), compression: .none, diffID: hash.finalize())
    }

    @Test("names stacks as the image specification says")
    func chainIDs() throws {
        let one = try Digest("sha256:c3e6a4ffe4a1a1b7b0d1b1a6e3d3e7c9d8a3f6b5e4c2d1a0f9e8d7c6b5a49382")
        let chain = ChainID.chain(of: [one, one])
        #expect(chain.map(\.digest).first == one)
        let result = try Command.run(["sh", "-c", "printf '%s %s' \"$0\" \"$0\" | sha256sum", one.description])
        #expect(chain.last?.description == "sha256:\(result.output.prefix(64))")
    }

    @Test("keeps a layer once, and finds it again")
    func reuse() throws {
        let sandbox = try Sandbox()
        let path = sandbox.path.appending("store")
        let layers = [try layer(TarBuilder.build { $0.file("a") }), try layer(TarBuilder.build { $0.file("b") })]
        let diffIDs = layers.compactMap(\.diffID)
        #expect(try SnapshotStore(at: path).unpack(layers).map { $0?.entries } == [1, 1])
        let store = try SnapshotStore(at: path)
        #expect(try store.unpack(layers).map { $0 == nil } == [true, true])
        let lowers = try store.lowerDirectories(for: diffIDs)
        #expect(lowers.count == 2)
        #expect(try RootDirectory(at: try #require(lowers.first)).status("b").kind == .regular)
        try store.remove(ChainID.chain(of: diffIDs)[1])
        let error = #expect(throws: LayerUnpackError.self) { try store.lowerDirectories(for: diffIDs) }
        #expect(error?.code == .snapshotMissing)
        #expect(try RootDirectory(at: path.appending("ingest")).entries().isEmpty)
    }

    @Test("shows nothing of a layer that failed", .rows("F-04"))
    func failure() throws {
        let sandbox = try Sandbox()
        let path = sandbox.path.appending("store")
        let store = try SnapshotStore(at: path)
        let error = #expect(throws: LayerUnpackError.self) {
            try store.unpack([layer(TarBuilder.build { $0.file("a") }, wrong: true)])
        }
        #expect(error?.code == .diffIDMismatch)
        for name in ["ingest", "snapshots"] {
            #expect(try RootDirectory(at: path.appending(name)).entries().isEmpty)
        }
    }

    @Test("sweeps what a killed process left, but not what a living one is unpacking", .rows("F-04"))
    func sweep() throws {
        let sandbox = try Sandbox()
        let path = sandbox.path.appending("store")
        _ = try SnapshotStore(at: path)
        let ingest = try RootDirectory(at: path.appending("ingest"))
        try ingest.makeDirectories("left/fs")
        do {
            let busy = try StoreLock(
                Array("lock".utf8),
                in: try TreeDirectory(.open(path, CLINUX_O_RDONLY | CLINUX_O_DIRECTORY)),
                .shared
            )
            _ = try SnapshotStore(at: path)
            #expect(try ingest.entries().count == 1)
            _ = busy
        }
        _ = try SnapshotStore(at: path)
        #expect(try ingest.entries().isEmpty)
    }

    @Test("unpacks one layer once when several threads want it")
    func concurrency() async throws {
        let sandbox = try Sandbox()
        let store = try SnapshotStore(at: sandbox.path.appending("store"))
        let archive = TarBuilder.build { builder in for index in 0..<200 { builder.file("f\(index)") } }
        let unpacked = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                let source = try layer(archive)
                group.addTask { @concurrent in try store.unpack([source]).first.map { $0 != nil } ?? false }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(unpacked == 1)
    }

    @Test("stacks for overlayfs with a writable layer on top", .requires(.overlay))
    func writable() throws {
        let sandbox = try Sandbox()
        let store = try SnapshotStore(at: sandbox.path.appending("store"))
        let layers = [try layer(TarBuilder.build { $0.file("a", "low") })]
        try store.unpack(layers)
        let root = try RootDirectory(at: sandbox.path)
        try root.makeDirectory("upper")
        try root.makeDirectory("work")
        var overlay = OverlayMount(lowers: try store.lowerDirectories(for: layers.compactMap(\.diffID)))
        overlay.writable = OverlayMount.Writable(
            upper: sandbox.path.appending("upper"),
            work: sandbox.path.appending("work")
        )
        let mount = try overlay.make()
        #expect(try mount.fileSystemType() == Int64(CLINUX_OVERLAYFS_SUPER_MAGIC))
        let tree = RootDirectory(takingOver: mount)
        try tree.open("a", CLINUX_O_WRONLY | CLINUX_O_TRUNC).write(Array("high".utf8))
        #expect(try RootDirectory(at: sandbox.path.appending("upper")).readFile("a") == Array("high".utf8))
        overlay.writable = nil
        let readOnly = RootDirectory(takingOver: try overlay.make())
        #expect(try readOnly.readFile("a") == Array("low".utf8))
        #expect(throws: SystemCallError.self) { _ = try readOnly.open("a", CLINUX_O_WRONLY) }
    }

    @Test(
        "stacks hundreds of layers whose paths are long, as many as the kernel takes",
        .requires(.overlay),
        arguments: [300, 500]
    )
    func many(count: Int) throws {
        let sandbox = try Sandbox()
        let deep = FilePath(String(repeating: "long-directory-name/", count: 10))
        try RootDirectory(at: sandbox.path).makeDirectories(deep)
        let store = try SnapshotStore(at: sandbox.path.appending(deep.string).appending("store"))
        let layers = try (0..<count).map { index in try layer(TarBuilder.build { $0.file("f\(index)") }) }
        try store.unpack(layers)
        var overlay = OverlayMount(lowers: try store.lowerDirectories(for: layers.compactMap(\.diffID)))
        #expect(try RootDirectory(takingOver: overlay.make()).entries().count == count)
        let root = try RootDirectory(at: sandbox.path)
        for name in ["upper", "work"] as [FilePath] { try root.makeDirectory(name) }
        overlay.writable = OverlayMount.Writable(
            upper: sandbox.path.appending("upper"),
            work: sandbox.path.appending("work")
        )
        let tree = RootDirectory(takingOver: try overlay.make())
        try tree.makeFile("new", [])
        #expect(try tree.entries().count == count + 1)
    }

    @Test("refuses more layers than the kernel stacks")
    func tooMany() throws {
        let overlay = OverlayMount(lowers: Array(repeating: "/nothing", count: OverlayMount.maximumLayers + 1))
        let error = #expect(throws: LayerUnpackError.self) { _ = try overlay.make() }
        #expect(error?.code == .limit)
    }

    @Test("measures a layer by itself, and files with several names once")
    func usage() throws {
        let sandbox = try Sandbox()
        let store = try SnapshotStore(at: sandbox.path.appending("store"))
        let text = String(repeating: "x", count: 100_000)
        let layers = [
            try layer(TarBuilder.build { $0.file("big", text) }),
            try layer(
                TarBuilder.build {
                    $0.file("d/a", text)
                    $0.hardLink("d/b", to: "d/a")
                    $0.symlink("c", to: "d")
                }
            ),
        ]
        try store.unpack(layers)
        let chain = ChainID.chain(of: layers.compactMap(\.diffID))
        let usage = try store.usage(of: chain[1])
        #expect(usage.inodes == 4)
        #expect((100_000..<200_000).contains(usage.bytes))
        try store.remove(chain[1])
        let error = #expect(throws: LayerUnpackError.self) { try store.usage(of: chain[1]) }
        #expect(error?.code == .snapshotMissing)
    }
}
