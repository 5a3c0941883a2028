// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@testable import LayerUnpack

/// A stack of layers and the names that must be there in the end; the same for a flat tree and for overlayfs.
struct Stack: Sendable, CustomTestStringConvertible {
    let id: String
    let names: [String]
    let archives: [[UInt8]]
    var testDescription: String { id }

    init(_ id: String, _ names: [String], _ fills: (inout TarBuilder) -> Void...) {
        self.id = id
        self.names = names
        archives = fills.map { TarBuilder.build($0) }
    }

    static let all: [Stack] = [
        Stack(
            "a file is removed",
            ["a", "d", "d/b"],
            {
                $0.file("a")
                $0.directory("d")
                $0.file("d/b")
                $0.file("d/c")
            },
            { $0.file("d/.wh.c") }
        ),
        Stack(
            "a directory is removed with everything in it",
            ["a"],
            {
                $0.file("a")
                $0.file("d/e/f")
            },
            { $0.file(".wh.d") }
        ),
        Stack("a whiteout of nothing is no error", ["a"], { $0.file("a") }, { $0.file(".wh.a2") }),
        Stack(
            "W-06: the file after its whiteout stays",
            ["x"],
            { $0.file("x", "low") },
            {
                $0.file(".wh.x")
                $0.file("x", "high")
            }
        ),
        Stack(
            "W-06: the file before its whiteout stays",
            ["x"],
            { $0.file("x", "low") },
            {
                $0.file("x", "high")
                $0.file(".wh.x")
            }
        ),
        Stack(
            "W-06: a directory after its whiteout hides the lower one",
            ["d", "d/new"],
            { $0.file("d/old") },
            {
                $0.file(".wh.d")
                $0.directory("d")
                $0.file("d/new")
            }
        ),
        Stack(
            "W-06: a directory before its whiteout hides the lower one",
            ["d", "d/new"],
            { $0.file("d/old") },
            {
                $0.directory("d")
                $0.file("d/new")
                $0.file(".wh.d")
            }
        ),
        Stack(
            "W-06: a file below a whiteout's name, without its directory",
            ["d", "d/new"],
            { $0.file("d/old") },
            {
                $0.file(".wh.d")
                $0.file("d/new")
            }
        ),
        Stack(
            "an opaque marker first hides what is below",
            ["d", "d/new", "d/s", "d/s/new"],
            {
                $0.file("d/old")
                $0.file("d/s/old")
            },
            {
                $0.directory("d")
                $0.file("d/.wh..wh..opq")
                $0.file("d/new")
                $0.file("d/s/new")
            }
        ),
        Stack(
            "an opaque marker last hides what is below",
            ["d", "d/new", "d/same"],
            {
                $0.file("d/old")
                $0.file("d/same")
                $0.file("d/s/old")
            },
            {
                $0.directory("d")
                $0.file("d/new")
                $0.file("d/same")
                $0.file("d/.wh..wh..opq")
            }
        ),
        Stack(
            "removed and made again two layers later",
            ["d", "d/again"],
            { $0.file("d/old") },
            { $0.file(".wh.d") },
            {
                $0.directory("d")
                $0.file("d/again")
            }
        ),
        Stack("a file replaces a directory", ["d"], { $0.file("d/old") }, { $0.file("d") }),
        Stack(
            "a directory replaces a file",
            ["d", "d/new"],
            { $0.file("d") },
            {
                $0.directory("d")
                $0.file("d/new")
            }
        ),
        Stack(
            "a whiteout of one name leaves a hard link's other name",
            ["b"],
            { $0.file("a") },
            {
                $0.file("a")
                $0.hardLink("b", to: "a")
            },
            { $0.file(".wh.a") }
        ),
        Stack(
            "an opaque root",
            ["new"],
            { $0.file("d/old") },
            {
                $0.file(".wh..wh..opq")
                $0.file("new")
            }
        ),
    ]
}

@Suite("Whiteouts", .requires(.root))
struct WhiteoutTests {
    @Test("remove what lower layers have, and nothing else", arguments: Stack.all)
    func flat(_ stack: Stack) throws {
        let sandbox = try Sandbox()
        let layers = stack.archives.map { LayerSource(memory($0), compression: .none) }
        try FlatUnpacker().unpack(layers, into: sandbox.root)
        #expect(try names(in: sandbox.root) == stack.names.sorted())
        #expect(try sandbox.canaryIsUntouched())
    }

    @Test("hide the same in a mount of overlayfs", .requires(.overlay), arguments: Stack.all)
    func overlay(_ stack: Stack) throws {
        let sandbox = try Sandbox()
        let layers = stack.archives.map { archive in
            var hash = StreamHash(.sha256)
            hash.update(archive)
            return LayerSource(memory(archive), compression: .none, diffID: hash.finalize())
        }
        let store = try SnapshotStore(at: sandbox.path.appending("store"))
        try store.unpack(layers)
        let mount = try OverlayMount(lowers: store.lowerDirectories(for: layers.compactMap(\.diffID))).make()
        #expect(try names(in: FilePath("/proc/self/fd/\(mount.rawValue)/.")) == stack.names.sorted())
    }

    /// The names below `path`, read by this process: a detached mount has no path for others.
    private func names(in path: FilePath) throws -> [String] {
        func walk(_ directory: borrowing RootDirectory, _ prefix: String) throws -> [String] {
            var names: [String] = []
            for entry in try directory.entries() {
                let name = String(decoding: entry.name, as: UTF8.self)
                names.append(prefix + name)
                if entry.kind == .directory {
                    names += try walk(directory.directory(FilePath(name), .noSymlinks), prefix + name + "/")
                }
            }
            return names
        }
        let root = try RootDirectory(at: path)
        return try walk(root, "").sorted()
    }

    @Test("through a link of a lower layer stay inside the tree", .rows("W-04"))
    func link() throws {
        let sandbox = try Sandbox()
        try sandbox.unpack(
            TarBuilder.build {
                $0.symlink("l", to: "../victim"); $0.symlink("m", to: "../root-evil")
            },
            TarBuilder.build {
                $0.file("l/.wh.hello")
                $0.file("m/.wh..wh..opq")
                $0.file(".wh.l")
            }
        )
        #expect(try !sandbox.exists("l"))
        #expect(try sandbox.canaryIsUntouched())
    }
}
