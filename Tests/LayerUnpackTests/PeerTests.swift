// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@testable import LayerUnpack

/// A program that writes layers, and the options with which it writes everything.
struct TarProgram: Sendable, CustomTestStringConvertible {
    let name: String
    let command: String
    var testDescription: String { name }

    static let all: [TarProgram] = [
        TarProgram(
            name: "GNU tar, PAX",
            command: "tar --format=pax --xattrs --xattrs-include='*' --numeric-owner -C t -cf layer ."
        ),
        TarProgram(
            name: "GNU tar, PAX, sparse 1.0",
            command: "tar --format=pax -S --xattrs --xattrs-include='*' --numeric-owner -C t -cf layer ."
        ),
        TarProgram(
            name: "GNU tar, PAX, sparse 0.1",
            command:
                "tar --format=pax -S --sparse-version=0.1 --xattrs --xattrs-include='*' --numeric-owner -C t -cf layer ."
        ),
        TarProgram(
            name: "GNU tar, PAX, sparse 0.0",
            command:
                "tar --format=pax -S --sparse-version=0.0 --xattrs --xattrs-include='*' --numeric-owner -C t -cf layer ."
        ),
        // libarchive writes fractions of times before 1970 wrongly.
        TarProgram(
            name: "bsdtar, PAX",
            command: "touch -d @5.25 t/café; bsdtar --format=pax --numeric-owner -C t -cf layer ."
        ),
    ]
}

@Suite("Peers", .requires(.root, .tar, .bsdtar))
struct PeerTests {
    private func unpack(_ archive: FilePath, into root: FilePath) throws {
        let number = try OwnedFileDescriptor.open(archive, CLINUX_O_RDONLY)
        try FlatUnpacker().unpack([LayerSource(number, compression: .none)], into: root)
    }

    @Test(
        "see the same entries in archives that two readers could read differently",
        .rows("CVE-2026-33055", "P-01", "P-02", "P-03"),
        arguments: Corpus.contained.filter { $0.id.hasPrefix("P-") }
    )
    func differential(_ layer: Contained) throws {
        let sandbox = try Sandbox()
        try sandbox.unpack(layer.archive)
        try RootDirectory(at: sandbox.path).makeFile("layer.tar", layer.archive)
        for program in ["tar", "bsdtar"] {
            let result = try Command.run(
                [
                    "sh", "-c",
                    "find root -mindepth 1 -printf '%P\\n' | sort >ours; \(program) -tf layer.tar | sort | cmp - ours",
                ],
                directory: sandbox.path.string
            )
            #expect(result.status == 0, "\(program): \(result.output)\(result.errors)")
        }
    }

    @Test("write layers that give the same tree back", arguments: TarProgram.all)
    func archives(_ program: TarProgram) throws {
        let sandbox = try Sandbox()
        let tree = try LayerWriterTests.makeTree(in: sandbox)
        let result = try Command.run(["bash", "-euc", program.command], directory: sandbox.path.string)
        #expect(result.status == 0, "\(result.errors)")
        try unpack(sandbox.path.appending("layer"), into: sandbox.root)
        let differences = try LayerWriterTests.differences(sandbox.root, tree)
        #expect(differences.isEmpty, "\(differences.joined(separator: "; "))")
        let sizes = try Command.run(["stat", "-c", "%b", sandbox.root.appending("sparse").string]).output
        if program.name.contains("sparse") { #expect(try #require(Int(sizes.dropLast())) < 3000) }
    }

    @Test("agree with GNU tar on its own format, which has whole seconds", arguments: ["", "-S"])
    func gnu(_ options: String) throws {
        let sandbox = try Sandbox()
        _ = try LayerWriterTests.makeTree(in: sandbox)
        let script = """
            tar --format=gnu \(options) --numeric-owner -C t -cf layer .; mkdir tarred; tar -C tarred --numeric-owner -xpf layer
            """
        let result = try Command.run(["bash", "-euc", script], directory: sandbox.path.string)
        #expect(result.status == 0, "\(result.errors)")
        try unpack(sandbox.path.appending("layer"), into: sandbox.root)
        let differences = try LayerWriterTests.differences(sandbox.root, sandbox.path.appending("tarred"))
        #expect(differences.isEmpty, "\(differences.joined(separator: "; "))")
    }

    @Test("agree with umoci on an image of three layers", .requires(.umoci))
    func umoci() throws {
        let sandbox = try Sandbox()
        _ = try LayerWriterTests.makeTree(in: sandbox)
        // umoci 0.4.7 cannot do names that are not UTF-8.
        let script = #"""
            rm -f t/caf*; umoci init --layout i; umoci new --image i:a; umoci unpack --image i:a b
            rm -rf b/rootfs; cp -a t b/rootfs; umoci repack --refresh-bundle --image i:a b
            rm -r b/rootfs/long b/rootfs/c; echo changed > b/rootfs/f; mkdir b/rootfs/new; umoci repack --image i:a b
            umoci unpack --image i:a b2
            python3 - <<'PY' > list
            import json
            blob = lambda d: 'i/blobs/' + d.replace(':', '/')
            m = json.load(open(blob(json.load(open('i/index.json'))['manifests'][0]['digest'])))
            c = json.load(open(blob(m['config']['digest'])))
            for l, d in zip(m['layers'], c['rootfs']['diff_ids']): print(blob(l['digest']), l['size'], l['digest'], d)
            PY
            """#
        let result = try Command.run(["bash", "-euc", script], directory: sandbox.path.string)
        #expect(result.status == 0, "\(result.errors)")
        let list = try OwnedFileDescriptor.open(sandbox.path.appending("list"), CLINUX_O_RDONLY).readAll(limit: 65_536)
        let layers = try String(decoding: list, as: UTF8.self).split(separator: "\n").map { line in
            let fields = line.split(separator: " ").map(String.init)
            let blob = try OwnedFileDescriptor.open(sandbox.path.appending(fields[0]), CLINUX_O_RDONLY)
            return LayerSource(
                blob,
                compression: .gzip,
                size: UInt64(fields[1]),
                digest: try Digest(fields[2]),
                diffID: try Digest(fields[3])
            )
        }
        #expect(layers.count >= 2)
        try FlatUnpacker().unpack(layers, into: sandbox.root)
        let differences = try LayerWriterTests.differences(sandbox.root, sandbox.path.appending("b2/rootfs"))
        #expect(differences.isEmpty, "\(differences.joined(separator: "; "))")
    }
}
