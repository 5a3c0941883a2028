// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@testable import LayerUnpack

@Suite("The difference of two trees", .requires(.root)) struct LayerDifferenceTests {
    private static func expectEqual(_ one: FilePath, _ other: FilePath) throws {
        let differences = try LayerWriterTests.differences(one, other)
        #expect(differences.isEmpty, "\(differences.joined(separator: "; "))")
    }

    private static func layer(
        _ lower: FilePath,
        _ upper: FilePath,
        _ compression: LayerWriter.Compression = .none
    ) throws -> LayerFile {
        try LayerFile {
            try LayerWriter(compression: compression).writeDifference(from: lower, to: upper, into: $0)
        }
    }

    private static func base(_ lower: FilePath) throws -> LayerFile {
        try LayerFile { try LayerWriter(compression: .none).write(lower, to: $0) }
    }

    @Test("unpacked on top of the first tree gives the second", arguments: [LayerWriter.Compression.gzip, .zstd])
    func flat(_ compression: LayerWriter.Compression) throws {
        let sandbox = try Sandbox()
        let (lower, upper) = try TreeEdits.makePair(in: sandbox)
        let layers = [try Self.base(lower).source, try Self.layer(lower, upper, compression).source]
        try FlatUnpacker().unpack(layers, into: sandbox.root)
        try Self.expectEqual(sandbox.root, upper)
    }

    @Test("stacked on top of the first tree gives the second", .requires(.overlay)) func stacked() throws {
        let sandbox = try Sandbox()
        let (lower, upper) = try TreeEdits.makePair(in: sandbox)
        let layers = [try Self.base(lower).source, try Self.layer(lower, upper).source]
        let store = try SnapshotStore(at: sandbox.path.appending("store"))
        try store.unpack(layers)
        let mount = try OverlayMount(lowers: store.lowerDirectories(for: layers.compactMap(\.diffID))).make()
        let place = FilePath("/proc/\(ProcessNumber.own)/fd/\(mount.rawValue)")
        try Self.expectEqual(try TreeEdits.copy(place, to: "copy", in: sandbox), upper)
    }

    @Test("is understood by umoci", .requires(.umoci)) func umoci() throws {
        let sandbox = try Sandbox()
        let (lower, upper) = try TreeEdits.makePair(in: sandbox)
        // umoci 0.4.7 cannot do names that are not UTF-8.
        for tree in [lower, upper] { try TreeEdits.run(#"cd "$0"; rm caf*; touch -d @1 ."#, in: tree) }
        try Self.base(lower).save(at: sandbox.path.appending("one"))
        try Self.layer(lower, upper).save(at: sandbox.path.appending("two"))
        try TreeEdits.run(
            #"""
            cd "$0"; umoci init --layout i; umoci new --image i:a
            umoci raw add-layer --image i:a one; umoci raw add-layer --image i:a two; umoci unpack --image i:a bundle
            """#,
            in: sandbox.path
        )
        try Self.expectEqual(sandbox.path.appending("bundle/rootfs"), upper)
    }

    @Test("is the same every time, and nothing when the trees are equal") func deterministic() throws {
        let sandbox = try Sandbox()
        let (lower, upper) = try TreeEdits.makePair(in: sandbox)
        #expect(try Self.layer(lower, upper, .zstd).bytes == Self.layer(lower, upper, .zstd).bytes)
        try TreeEdits.run("cp -a \(lower) \(lower)2", in: lower)
        let none = try Self.layer(lower, FilePath("\(lower)2"))
        #expect(none.written.entries == 0)
        try FlatUnpacker().unpack([try Self.base(lower).source, none.source], into: sandbox.root)
        try Self.expectEqual(sandbox.root, lower)
    }

    @Test("is listed, whiteouts before what they stand beside") func order() throws {
        let sandbox = try Sandbox()
        let script = #"""
            cd "$0"; mkdir one two; mkdir one/d one/d/e two/d two/d/e; touch one/d/z one/d/b two/d/e/new; echo > two/d/a
            touch -d @5 one/d/b two/d/b one/d/e one/d one two/d two
            """#
        try TreeEdits.run(script, in: sandbox.path)
        let (lower, upper) = (sandbox.path.appending("one"), sandbox.path.appending("two"))
        let changes = try TreeChange.between(lower, upper).map {
            "\($0.kind) \(String(decoding: $0.path, as: UTF8.self))"
        }
        #expect(
            changes == ["modified ", "modified d", "added d/a", "modified d/e", "added d/e/new", "deleted d/z"]
        )
        let names = try Self.layer(lower, upper).names()
        #expect(names == ["./", "d/", "d/.wh.z", "d/a", "d/e/", "d/e/new"])
    }

    @Test(
        "writes all names of a file of which one has changed, and none of one that has not",
        arguments: [
            ("echo a > a; ln a b", "ln a c", ["a", "b", "c"]), ("echo a > a; ln a b", "rm b", [".wh.b"]),
            ("echo a > a; ln a b", "cp -p a c; mv c b", ["a", "b"]),
            ("echo a > a; cp -p a b", "ln -f a b", ["a", "b"]),
            ("echo a > a; ln a b; ln a c", "echo new > d; mv d c", ["c"]), ("echo a > a; ln a b", "true", []),
        ]
    )
    func links(_ before: String, _ edit: String, _ expected: [String]) throws {
        let sandbox = try Sandbox()
        let script = """
            cd "$0"; mkdir one; cd one; \(before); touch -d @5 *; cd ..; cp -a one two; cd two; \(edit)
            touch -d @7 .; touch -d @7 ../one
            """
        try TreeEdits.run(script, in: sandbox.path)
        let (lower, upper) = (sandbox.path.appending("one"), sandbox.path.appending("two"))
        let layer = try Self.layer(lower, upper)
        #expect(try layer.names().filter { $0 != "./" } == expected)
        try FlatUnpacker().unpack([try Self.base(lower).source, layer.source], into: sandbox.root)
        let count = "cd \"$0\"; stat -c '%n %h' *"
        #expect(
            try Command.run(["bash", "-euc", count, sandbox.root.string]).output
                == Command.run(["bash", "-euc", count, upper.string]).output
        )
    }

    @Test(
        "cannot have a name that would be a whiteout, be it added, changed or removed",
        arguments: [
            "echo > two/d/.wh.x", "echo > one/d/.wh.x", "mkdir two/.wh.d; echo > two/.wh.d/x", "touch two/d/.wh.",
        ]
    )
    func reserved(_ edit: String) throws {
        let sandbox = try Sandbox()
        try TreeEdits.run(#"cd "$0"; mkdir -p one/d two/d; \#(edit)"#, in: sandbox.path)
        let error = #expect(throws: LayerUnpackError.self) {
            try Self.layer(sandbox.path.appending("one"), sandbox.path.appending("two"))
        }
        #expect(error?.code == .whiteout)
        #expect(error?.entry.map { String(decoding: $0, as: UTF8.self) }?.contains(".wh.") == true)
    }
}
