// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@testable import LayerUnpack

@Suite("MergedTree")
struct MergedTreeTests {
    private func tree(_ archives: [UInt8]..., contents: LayerListing.Contents = .skipped) throws -> MergedTree {
        try MergedTree(archives.map { LayerSource(memory($0), compression: .none) }, contents: contents)
    }

    /// Paths with the layers they come from, such as `0 etc/passwd`.
    private func lines(_ tree: MergedTree) -> [String] { tree.entries.map { "\($0.layer) \($0.path)" } }

    @Test("says which layer a path comes from, and what is wasted")
    func merge() throws {
        let tree = try tree(
            TarBuilder.build {
                $0.directory("d")
                $0.file("d/kept", "12345")
                $0.file("d/replaced", "1234567")
                $0.file("d/deleted", "123")
                $0.directory("o")
                $0.file("o/hidden", "12")
            },
            TarBuilder.build {
                $0.file("d/replaced", "1")
                $0.file("d/.wh.deleted")
                $0.file("o/new", "1234")
                $0.file("o/.wh..wh..opq")
            }
        )
        #expect(lines(tree) == ["0 ", "0 d", "0 d/kept", "1 d/replaced", "0 o", "1 o/new"])
        #expect(
            tree.wasted.map { "\($0.path) \($0.size) \($0.cause) \($0.layer) \($0.by)" }.sorted() == [
                "d/deleted 3 deleted 0 1", "d/replaced 7 replaced 0 1", "o/hidden 2 deleted 0 1",
            ]
        )
        #expect(tree.wastedBytes == 12 && tree.size == 10)
        #expect(tree.layers.map(\.size) == [17, 5])
        #expect(tree.layers.map(\.wasted) == [12, 0])
        #expect(tree.layers.map(\.entries) == [6, 4])
        #expect(try MergedTree(json: tree.json()).entries.map(\.entry) == tree.entries.map(\.entry))
    }

    @Test("counts a file with several names once, and as wasted when the last of them goes")
    func links() throws {
        let lower = TarBuilder.build {
            $0.file("b", "123")
            $0.hardLink("a", to: "b")
        }
        let whole = try tree(lower)
        #expect(whole.entries.map(\.entry.kind) == [.directory, .file, .hardLink])
        #expect(whole.entries.last?.entry.linkTarget == ByteText("a"))
        #expect(whole.size == 3)
        let half = try tree(lower, TarBuilder.build { $0.file(".wh.a") })
        #expect(half.size == 3 && half.wastedBytes == 0)
        #expect(half.entries.map(\.entry.kind) == [.directory, .file])
        let none = try tree(lower, TarBuilder.build { $0.file(".wh.a") }, TarBuilder.build { $0.file(".wh.b") })
        #expect(none.size == 0 && none.wastedBytes == 3)
        #expect(none.wasted.first?.by == 2)
    }

    @Test("leaves alone what a layer adds beside its own whiteouts, in either order", arguments: [true, false])
    func whiteoutOrder(first: Bool) throws {
        let lower = TarBuilder.build {
            $0.file("d/x", "1")
            $0.file("f", "1")
        }
        let upper = TarBuilder.build {
            if first { $0.file(".wh.d") }
            if first { $0.file(".wh.f") }
            $0.file("d/y", "22")
            $0.file("f", "333")
            if !first { $0.file(".wh.d") }
            if !first { $0.file(".wh.f") }
        }
        let tree = try tree(lower, upper)
        #expect(tree.entries.dropFirst().map { "\($0.path) \($0.entry.size)" } == ["d 0", "d/y 2", "f 3"])
        #expect(tree.wastedBytes == 2)
    }

    @Test("shows what overlayfs shows of the same layers", .requires(.root, .overlay))
    func overlay() throws {
        let archives = [
            TarBuilder.build {
                $0.directory("usr")
                $0.directory("usr/lib")
                $0.symlink("lib", to: "usr/lib")
                $0.file("lib/one", "1")
                $0.file("etc/a", "1")
                $0.file("etc/b", "1")
                $0.file("x", "file")
                $0.directory("y")
                $0.file("y/z", "1")
            },
            TarBuilder.build {
                $0.file("x/inner", "now a directory")
                $0.file("y", "now a file")
                $0.file("etc/.wh.a")
                $0.file("usr/lib/two", "2")
            },
            TarBuilder.build {
                $0.file("etc/.wh..wh..opq")
                $0.file("etc/c", "1")
                $0.file(".wh.y")
            },
        ]
        let sandbox = try Sandbox()
        let store = try SnapshotStore(at: sandbox.path.appending("store"))
        let layers = archives.map { archive in
            var hash = StreamHash(.sha256)
            hash.update(archive)
            return LayerSource(memory(archive), compression: .none, diffID: hash.finalize())
        }
        try store.unpack(layers)
        let mount = try OverlayMount(lowers: store.lowerDirectories(for: layers.compactMap(\.diffID))).make()
        var seen: [String] = []
        try walk(RootDirectory(takingOver: mount), "", &seen)
        #expect(seen.sorted() == (try MergedTree(layers)).entries.dropFirst().map(\.path.description).sorted())
    }

    private func walk(_ directory: borrowing RootDirectory, _ prefix: String, _ seen: inout [String]) throws {
        for entry in try directory.entries() {
            let path = prefix + String(decoding: entry.name, as: UTF8.self)
            seen.append(path)
            if entry.kind == .directory { try walk(directory.directory(.init(bytes: entry.name)), path + "/", &seen) }
        }
    }

    @Test("finds paths as a process in the image would, and never above its root")
    func find() throws {
        let tree = try tree(
            TarBuilder.build {
                $0.file("usr/lib/real", "1")
                $0.symlink("lib", to: "/usr/lib")
                $0.symlink("usr/lib/link", to: "../../../../../usr/lib/./real")
                $0.symlink("loop", to: "loop")
                $0.file("a-b", "1")
                $0.file("a/c", "1")
            }
        )
        func found(_ path: String, follows: Bool = true) -> String? {
            tree.find(ByteText(path), followsLast: follows)?.path.description
        }
        #expect(found("/lib/link") == "usr/lib/real")
        #expect(found("/lib/link", follows: false) == "usr/lib/link")
        #expect(found("lib", follows: false) == "lib")
        #expect(found("lib/", follows: false) == "usr/lib")
        #expect(found("../../lib/../lib/real") == "usr/lib/real")
        #expect(found("") == "" && found("/..") == "")
        #expect(found("a/c") == "a/c" && found("a-b") == "a-b" && found("a") == "a")
        #expect(found("loop") == nil && found("loop", follows: false) == "loop")
        #expect(found("a-b/x") == nil && found("a-b/") == nil && found("nothing") == nil)
    }

    @Test("says which attributes of which paths differ")
    func compare() throws {
        let old = try tree(
            TarBuilder.build {
                $0.file("gone", "1")
                $0.file("same", "1")
                $0.file("content", "abc")
                $0.file("mode", "1")
                $0.symlink("link", to: "a")
                $0.file("kind", "")
            },
            contents: .hashed
        )
        let new = try tree(
            TarBuilder.build {
                $0.file("same", "1")
                $0.file("content", "abd")
                $0.file("mode", "1", mode: 0o600, uid: 5)
                $0.symlink("link", to: "b")
                $0.directory("kind")
                $0.file("kind/added", "1")
            },
            contents: .hashed
        )
        let changes = old.changes(to: new)
        #expect(
            changes.map { "\($0.kind) \($0.path) \($0.differences.map(\.rawValue).joined(separator: ","))" } == [
                "changed content content", "removed gone ", "changed kind type", "added kind/added ",
                "changed link link-target", "changed mode mode,owner",
            ]
        )
        #expect(old.changes(to: old).isEmpty)
        #expect(old.changes(to: new, ignoring: [.mode, .owner]).count == 5)
        #expect(try PathChange(json: changes[0].json()).new?.entry.content == changes[0].new?.entry.content)
    }

    @Test("names the layer that cannot be read")
    func failure() throws {
        let error = #expect(throws: LayerUnpackError.self) {
            try tree(TarBuilder.build { $0.file("a") }, TarBuilder.build { $0.hardLink("b", to: "nothing") })
        }
        #expect(error?.code == .linkTarget && error?.layer == 1 && error?.entry == Array("b".utf8))
        let inFile = #expect(throws: LayerUnpackError.self) {
            try tree(
                TarBuilder.build {
                    $0.file("a"); $0.file("a/b")
                }
            )
        }
        #expect(inFile?.code == .notDirectory)
    }
}
