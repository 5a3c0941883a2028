// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@testable import LayerUnpack

@Suite("Fuzzing of layers", .requires(.root)) struct FuzzTests {
    @Test("A layer is unpacked inside its root or refused, and its listing says the same") func layers() throws {
        let seeds = (Corpus.names + Corpus.kinds + Corpus.headers).map(\.archive) + Corpus.contained.map(\.archive)
        let tokens = ["../victim/x", "/../victim", ".wh.", ".wh..wh..opq", "ustar\0", "ustar  \0", "12 path=ab\n"]
        let directory = try TemporaryDirectory()
        let top = try directory.open()
        try top.makeDirectory("victim")
        try top.makeFile("victim/hello", Array("hello".utf8), mode: 0o640)
        let before = (try top.status("victim"), try top.status("victim/hello"))
        var options = UnpackOptions()
        options.limits.streamBytes = 1 << 20
        options.limits.contentBytes = 1 << 20
        options.devices = .skip
        try Fuzz.run("layers", seeds: seeds.filter { $0.count < 100_000 }, tokens: tokens, rounds: 500) { input in
            let layer = { LayerSource(memory(input), compression: .none) }
            let isUnpacked: Bool
            do throws(LayerUnpackError) {
                _ = try FlatUnpacker(options: options).unpack([layer()], into: directory.path.appending("root"))
                isUnpacked = true
            } catch {
                isUnpacked = false
                if error.description.isEmpty { throw Fuzz.Broken("an error without words") }
            }
            try top.removeTree("root")
            let names = Set(try top.entries().map { String(decoding: $0.name, as: UTF8.self) })
            let after = (try top.status("victim"), try top.status("victim/hello"))
            if names != ["victim"] || after != before { throw Fuzz.Broken("outside: \(names)") }
            guard isUnpacked else { return }
            let listing = try LayerListing(layer(), contents: .skipped)
            while try listing.next() != nil {}
        }
    }
}
