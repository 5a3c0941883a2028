// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@testable import LayerUnpack

@Suite("LayerWriter", .requires(.root))
struct LayerWriterTests {
    /// A tree with everything that a layer can hold, made by a shell.
    static let script = #"""
        mkdir -p t/d/e t/long; cd t
        echo text > f; chmod 4755 f; chown 12:34 f; ln f d/hard; ln -s ../f d/sym; ln -s /nowhere dangling
        mkfifo p; mknod c c 1 3; mknod b b 7 300; chmod 1777 d; chown 5:6 d/sym -h
        n=long; for i in 1 2 3 4 5 6 7; do n=$n/$(printf 'directory-with-a-long-name-%d' $i); mkdir $n; done
        echo x > $n/$(printf 'y%.0s' $(seq 200)); ln -s $(printf 'z%.0s' $(seq 300)) $n/link
        printf 'x' > "$(printf 'caf\351')"; printf 'y' > 'café'; printf 'nl' > "$(printf 'a\nb')"
        truncate -s 3M sparse; printf data | dd of=sparse bs=1 seek=1048576 conv=notrunc 2>/dev/null; chmod 0 d/e
        touch -h -d '2001-02-03 04:05:06.123456789' f d/sym p c sparse; touch -d '1969-12-31 23:59:58.5' 'café'
        setcap cap_net_raw+ep sparse 2>/dev/null || true
        find . -depth -type d -exec touch -d '2010-11-12 13:14:15.987654321' {} +
        """#

    static func makeTree(in sandbox: borrowing Sandbox) throws -> FilePath {
        let result = try Command.run(["bash", "-euc", script], directory: sandbox.path.string)
        #expect(result.status == 0, "\(result.errors)")
        let tree = sandbox.path.appending("t")
        let file = try RootDirectory(at: tree).open("sparse", CLINUX_O_WRONLY)
        try OpenFile.setAttribute(file, Array("user.binary".utf8), [0, 10, 61, 255])
        try OpenFile.setTimes(file, TarTime(seconds: 981_173_106, nanoseconds: 5))
        return tree
    }

    /// Everything that a layer keeps of a tree, one line for each file: kind, mode, owner, links, time, target, content.
    static func describe(_ path: FilePath) throws -> String {
        let script = #"""
            cd "$0"; export LC_ALL=C
            find . -printf '%P|%y|%m|%U:%G|%T@|%l|' \( -type d -printf '\n' -o -printf '%n %s\n' \) | sort
            find . -type f -print0 | sort -z | xargs -0 sha256sum
            find . \( -type c -o -type b \) -exec stat -c '%n %t:%T' {} + | sort
            find . -type f -links +1 -printf '%i %P\n' | sort -k1,1n -k2 \
                | awk '{ i = $1; $1 = ""; if (i != last) first = $0; last = i; print first " =" $0 }' | sort
            """#
        let result = try Command.run(["bash", "-euc", script, path.string])
        #expect(result.status == 0, "\(result.errors)")
        var text = result.output
        for name in ["sparse", "f", "d"] {
            // Not every tree has all of them.
            guard let attributes = try? ExtendedAttributes.all(of: path.appending(name)) else { continue }
            text += "\(name) \(attributes.sorted { $0.key < $1.key })\n"
        }
        return text
    }

    /// The lines in which two descriptions differ; none when the trees are equal.
    static func differences(_ one: FilePath, _ other: FilePath) throws -> [String] {
        let lines = try (describe(one).split(separator: "\n"), describe(other).split(separator: "\n"))
        return lines.1.difference(from: lines.0).map { change in
            switch change {
            case .insert(_, let line, _): "+ \(line)"
            case .remove(_, let line, _): "- \(line)"
            }
        }
    }

    private func write(
        _ tree: FilePath,
        _ compression: LayerWriter.Compression,
        times: LayerWriter.ModificationTimes = .asFound
    ) throws -> [UInt8] {
        try LayerFile { try LayerWriter(compression: compression, modificationTimes: times).write(tree, to: $0) }.bytes
    }

    @Test(
        "writes what unpacking gives back, with the digests that it has",
        arguments: [LayerWriter.Compression.none, .gzip, .zstd]
    )
    func roundTrip(_ compression: LayerWriter.Compression) throws {
        let sandbox = try Sandbox()
        let tree = try Self.makeTree(in: sandbox)
        let layer = try LayerFile { try LayerWriter(compression: compression).write(tree, to: $0) }
        #expect(layer.written.size == UInt64(layer.bytes.count))
        let report = try FlatUnpacker().unpack([layer.source], into: sandbox.root)
        #expect(report.map(\.entries) == [layer.written.entries])
        #expect(report.map(\.droppedAttributes) == [[:]])
        let differences = try Self.differences(sandbox.root, tree)
        #expect(differences.isEmpty, "\(differences.joined(separator: "; "))")
    }

    @Test("writes the same bytes every time")
    func deterministic() throws {
        let sandbox = try Sandbox()
        let tree = try Self.makeTree(in: sandbox)
        for compression in [LayerWriter.Compression.gzip, .zstd] {
            #expect(try write(tree, compression) == write(tree, compression))
        }
        let fixed = try write(tree, .none, times: .fixed(7))
        _ = try Command.run(["sh", "-c", "find \"$0\" -exec touch -h {} +", tree.string])
        #expect(try write(tree, .none, times: .fixed(7)) == fixed)
        #expect(try write(tree, .none) != fixed)
    }

    @Test("writes Zstandard in one frame, which its own program reads")
    func zstd() throws {
        // Not every machine has zstd's program.
        if try Command.run(["sh", "-c", "command -v zstd"]).status != 0 { return }
        let sandbox = try Sandbox()
        let tree = try Self.makeTree(in: sandbox)
        let (plain, packed) = (sandbox.path.appending("plain"), sandbox.path.appending("packed.zst"))
        try LayerFile { try LayerWriter(compression: .none).write(tree, to: $0) }.save(at: plain)
        try LayerFile { try LayerWriter(compression: .zstd).write(tree, to: $0) }.save(at: packed)
        let script = "zstd -qdc packed.zst | cmp - plain; zstd -lv packed.zst"
        let result = try Command.run(["bash", "-euc", script], directory: sandbox.path.string)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("# Zstandard Frames: 1\n"), "\(result.output)")
    }

    @Test(
        "writes files with holes as they read",
        arguments: [
            "truncate -s 5M h", "truncate -s 1M h; echo x >> h", "echo x > h; truncate -s 3M h", "truncate -s 700 h",
        ]
    )
    func holes(_ script: String) throws {
        let sandbox = try Sandbox()
        try TreeEdits.run(#"cd "$0"; mkdir t; cd t; \#(script)"#, in: sandbox.path)
        let layer = try LayerFile { try LayerWriter().write(sandbox.path.appending("t"), to: $0) }
        #expect(layer.bytes.count < 10_000)
        try FlatUnpacker().unpack([layer.source], into: sandbox.root)
        #expect(try Command.run(["cmp", "t/h", "root/h"], directory: sandbox.path.string).status == 0)
    }

    @Test("writes what GNU tar and bsdtar read", .requires(.tar, .bsdtar), arguments: ["tar", "bsdtar"])
    func peers(_ program: String) throws {
        let sandbox = try Sandbox()
        let tree = try Self.makeTree(in: sandbox)
        // libarchive reads fractions of times before 1970 wrongly.
        if program == "bsdtar" { _ = try Command.run(["touch", "-d", "@5.25", tree.appending("café").string]) }
        try LayerFile { try LayerWriter().write(tree, to: $0) }.save(at: sandbox.path.appending("l.tgz"))
        let extra = program == "tar" ? "--xattrs --xattrs-include='*'" : ""
        let script = "mkdir root; \(program) -C root -xzpf l.tgz --numeric-owner --same-owner \(extra)"
        let result = try Command.run(["sh", "-euc", script], directory: sandbox.path.string)
        #expect(result.status == 0, "\(result.errors)")
        let differences = try Self.differences(sandbox.root, tree).filter { difference in
            // bsdtar leaves the root's time as it comes, with archives of its own too.
            program == "tar" || !difference.dropFirst(2).hasPrefix("|d|")
        }
        #expect(differences.isEmpty, "\(differences.joined(separator: "; "))")
    }
}
