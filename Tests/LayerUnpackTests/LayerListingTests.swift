// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCISpec
import TestSupport
import Testing

@testable import LayerUnpack

@Suite("LayerListing")
struct LayerListingTests {
    private func list(_ archive: [UInt8], contents: LayerListing.Contents = .skipped) throws -> [ListedEntry] {
        let listing = try LayerListing(LayerSource(memory(archive), compression: .none), contents: contents)
        var entries: [ListedEntry] = []
        while let entry = try listing.next() { entries.append(entry) }
        #expect(try listing.next() == nil)
        #expect(listing.summary?.streamBytes == UInt64(archive.count))
        return entries
    }

    @Test("says of every kind of entry what it is")
    func kinds() throws {
        let entries = try list(
            TarBuilder.build {
                $0.directory("./d", mode: 0o1777)
                $0.file("d/f", "hello", mode: 0o4755, uid: 7, gid: 8)
                $0.hardLink("d/h", to: "./d/f")
                $0.symlink("d/s", to: "../x")
                $0.node("c", type: "3", major: 1, minor: 3)
                $0.node("b", type: "4", major: 7, minor: 9)
                $0.node("p", type: "6")
                $0.file("d/.wh.gone")
                $0.file("d/.wh..wh..opq")
                $0.file(".wh..wh.plnk/1.2")
            }
        )
        #expect(
            entries.map(\.kind) == [
                .directory, .file, .hardLink, .symlink, .characterDevice, .blockDevice, .fifo, .whiteout, .opaque,
            ]
        )
        #expect(entries.map(\.path.description) == ["d", "d/f", "d/h", "d/s", "c", "b", "p", "d/gone", "d"])
        #expect(entries[0].mode == 0o1777)
        #expect((entries[1].mode, entries[1].uid, entries[1].gid, entries[1].size) == (0o4755, 7, 8, 5))
        #expect(entries[2].linkTarget == ByteText("d/f"))
        #expect(entries[3].linkTarget == ByteText("../x"))
        #expect(entries[4].device?.major == 1 && entries[5].device?.minor == 9)
    }

    @Test("shows extended attributes, times and names that are no text")
    func extended() throws {
        let name: [UInt8] = [0x66, 0xff, 0x0a]
        let entries = try list(
            TarBuilder.build {
                $0.extended(
                    TarBuilder.record("mtime", "12.5") + TarBuilder.record("SCHILY.xattr.user.note", [0, 1])
                )
                $0.file(name, "x")
            }
        )
        let entry = try #require(entries.first)
        #expect(entry.path.bytes == name && entry.path.text == nil)
        #expect(entry.path.description == "\"f\\xff\\x0a\"")
        #expect(entry.modified == ListedEntry.Time(seconds: 12, nanoseconds: 500_000_000))
        #expect(entry.attributes?.map(\.name) == [ByteText("user.note")])
        #expect(try ListedEntry(json: entry.json()) == entry)
        #expect(ByteText("a\u{202e}b").description == "\"a\\xe2\\x80\\xaeb\"")
    }

    @Test("hashes contents when it is told to, holes included")
    func contents() throws {
        let entries = try list(TarBuilder.build { $0.file("a", "one") }, contents: .hashed)
        let sum = try Command.run(["sh", "-c", "printf one | sha256sum"]).output
        #expect(entries.first?.content?.encoded == String(sum.prefix(64)))
    }

    @Test("compares the digests once it is at the end, and not before")
    func verification() throws {
        let archive = TarBuilder.build { $0.file("a", "one") }
        let wrong = try Digest("sha256:" + String(repeating: "0", count: 64))
        let listing = try LayerListing(LayerSource(memory(archive), compression: .none, diffID: wrong))
        #expect(try listing.next()?.path == ByteText("a"))
        let error = #expect(throws: LayerUnpackError.self) { try listing.next() }
        #expect(error?.code == .diffIDMismatch)
        #expect(listing.summary == nil)
    }

    @Test(
        "refuses what unpacking would refuse",
        arguments: [
            (TarBuilder.build { $0.file("../x") }, LayerUnpackError.Code.pathTraversal),
            (TarBuilder.build { $0.symlink(".", to: "x") }, .rootType),
            (TarBuilder.build { $0.node("c", type: "3") }, .badDevice),
            (TarBuilder.build { $0.file(".wh.") }, .whiteout),
            (TarBuilder.build { $0.hardLink("a", to: "../../x") }, .linkTarget),
            (Array(TarBuilder.build { $0.file("a", "x") }.dropLast(1024)), .truncated),
        ]
    )
    func refusals(archive: [UInt8], code: LayerUnpackError.Code) throws {
        let error = #expect(throws: LayerUnpackError.self) { try list(archive) }
        #expect(error?.code == code)
    }
}
