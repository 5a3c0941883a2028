// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Testing

@testable import LayerUnpack

/// One hostile archive and the error that it must lead to.
struct Hostile: Sendable, CustomTestStringConvertible {
    let id: String
    let code: LayerUnpackError.Code
    let archive: [UInt8]
    var testDescription: String { id }

    init(_ id: String, _ code: LayerUnpackError.Code, _ fill: (inout TarBuilder) -> Void) {
        self.id = id
        self.code = code
        archive = TarBuilder.build(fill)
    }
}

/// One archive that may do what it likes as long as it stays inside, and what must be there afterwards.
struct Contained: Sendable, CustomTestStringConvertible {
    let id: String
    /// Names and what `stat` says of them.
    let expected: [String: String]
    let archive: [UInt8]
    var testDescription: String { id }

    init(_ id: String, _ expected: [String: String], _ fill: (inout TarBuilder) -> Void) {
        self.id = id
        self.expected = expected
        archive = TarBuilder.build(fill)
    }
}

/// The malicious-input corpus: rows T and W of the security catalogue.
enum Corpus {
    static let names: [Hostile] = [
        Hostile("T-01 ../victim/x", .pathTraversal) { $0.file("../victim/x") },
        Hostile("T-01 /../victim/x", .pathTraversal) { $0.file("/../victim/x") },
        Hostile("T-01 a/../../x", .pathTraversal) { $0.file("a/../../x") },
        Hostile("T-01 a/../x, which stays inside", .pathTraversal) { $0.file("a/../x") },
        Hostile("T-01 ..", .pathTraversal) { $0.directory("..") },
        Hostile("T-06 ../victim/hello", .linkTarget) { $0.hardLink("h", to: "../victim/hello") },
        Hostile("T-06 /../victim/hello", .linkTarget) { $0.hardLink("h", to: "/../victim/hello") },
        Hostile("T-08 through a link", .linkTarget) {
            $0.symlink("d", to: "/victim")
            $0.hardLink("h", to: "d/hello")
        },
        Hostile("T-08 through a relative link", .linkTarget) {
            $0.symlink("d", to: "../victim")
            $0.hardLink("h", to: "d/hello")
        },
        Hostile("T-06 to a directory", .linkTarget) {
            $0.directory("d")
            $0.hardLink("h", to: "d")
        },
        Hostile("T-10 . as symlink", .rootType) { $0.symlink(".", to: "/victim") },
        Hostile("T-10 / as symlink", .rootType) { $0.symlink("/", to: "/victim") },
        Hostile("T-10 ./ as symlink", .rootType) { $0.symlink("./", to: "victim") },
        Hostile("T-11 . as file", .rootType) { $0.file(".") },
        Hostile("T-11 / as fifo", .rootType) { $0.node("/", type: "6") },
        Hostile("T-11 . as device", .rootType) { $0.node(".", type: "3", major: 1, minor: 3) },
        Hostile("T-11 . as hard link", .rootType) { $0.hardLink(".", to: "x") },
        Hostile("T-12 sibling with the same prefix", .linkTarget) { $0.hardLink("h", to: "../root-evil/secret") },
        Hostile("T-23 name of 4096 bytes", .badName) {
            $0.long(Array(String(repeating: "abcdefg/", count: 512).utf8), type: "L")
            $0.file("short")
        },
        Hostile("T-23 component of 256 bytes", .badName) {
            $0.long(Array(String(repeating: "x", count: 256).utf8), type: "L")
            $0.file("short")
        },
        Hostile("T-23 whiteout of a name of 256 bytes", .badName) {
            $0.long(Array(".wh.\(String(repeating: "x", count: 256))".utf8), type: "L")
            $0.file("short")
        },
        Hostile("T-23 B-05 depth", .limit) {
            $0.long(Array(String(repeating: "d/", count: 300).utf8), type: "L")
            $0.directory("short")
        },
        Hostile("T-24 combining character after the slash", .pathTraversal) { $0.file("a/\u{301}../../x") },
        Hostile("T-25 PAX path with NUL", .badName) {
            $0.extended(TarBuilder.record("path", "ok\0../../evil"))
            $0.file("short")
        },
        Hostile("T-25 GNU long name with NUL", .badName) {
            $0.long(Array("ok\0../../evil".utf8), type: "L")
            $0.file("short")
        },
        Hostile("T-25 empty name", .badName) { $0.file("") },
        Hostile("T-02 PAX path leading out", .pathTraversal) {
            $0.extended(TarBuilder.record("path", "a/../../x"))
            $0.file("short")
        },
        Hostile("P-07 sparse name leading out", .pathTraversal) {
            $0.extended(
                TarBuilder.record("GNU.sparse.name", "../victim/x") + TarBuilder.record("GNU.sparse.size", "0")
                    + TarBuilder.record("GNU.sparse.numblocks", "0") + TarBuilder.record("GNU.sparse.map", "")
            )
            $0.file("short")
        },
        Hostile("W-01 .wh.", .whiteout) { $0.file("d/.wh.") },
        Hostile("W-02 .wh..", .whiteout) { $0.file("d/.wh..") },
        Hostile("W-03 .wh...", .whiteout) { $0.file("d/.wh...") },
        Hostile("W-05 opaque marker as directory", .whiteout) { $0.directory("d/.wh..wh..opq") },
        Hostile("W-05 opaque marker as link", .whiteout) { $0.symlink("d/.wh..wh..opq", to: "/victim") },
        Hostile("W-05 opaque marker as device", .whiteout) { $0.node("d/.wh..wh..opq", type: "3", major: 1, minor: 3) },
        Hostile("W-07 whiteout with children", .whiteout) {
            $0.directory(".wh.x")
            $0.file(".wh.x/y")
        },
        Hostile("W-07 child of a whiteout", .whiteout) { $0.file(".wh.x/y") },
    ]

    static let kinds: [Hostile] = [
        Hostile("T-19 0:0", .badDevice) { $0.node("n", type: "3") },
        Hostile("T-19 major out of range", .badDevice) { $0.node("n", type: "4", major: 4096, minor: 1) },
        Hostile("T-19 major 2^33", .badDevice) {
            var header = TarBuilder.Header("n", type: "4")
            header.major = TarBuilder.binary(1 << 33, width: 8)
            $0.header(header)
        },
        Hostile("T-19 minor 2^20", .badDevice) { $0.node("n", type: "4", major: 8, minor: 1 << 20) },
        Hostile("T-20 garbage capability", .badCapability) {
            $0.extended(TarBuilder.record("SCHILY.xattr.security.capability", "garbage"))
            $0.file("f")
        },
        Hostile("T-20 capability of revision 1", .badCapability) {
            $0.extended(
                TarBuilder.record("SCHILY.xattr.security.capability", [0, 0, 0, 1] + [UInt8](repeating: 0, count: 8))
            )
            $0.file("f")
        },
        Hostile("T-20 capability cut short", .badCapability) {
            $0.extended(
                TarBuilder.record("SCHILY.xattr.security.capability", [0, 0, 0, 2] + [UInt8](repeating: 0, count: 15))
            )
            $0.file("f")
        },
        Hostile("T-22 large attribute", .limit) {
            $0.extended(TarBuilder.record("SCHILY.xattr.user.x", [UInt8](repeating: 120, count: 70_000)))
            $0.file("f")
        },
        Hostile("T-22 attribute of 10 MiB", .limit) {
            $0.extended(TarBuilder.record("SCHILY.xattr.user.x", [UInt8](repeating: 120, count: 10 << 20)))
            $0.file("f")
        },
        Hostile("T-22 5000 attributes", .limit) {
            $0.extended((0..<5000).flatMap { TarBuilder.record("SCHILY.xattr.user.\($0)", "") })
            $0.file("f")
        },
        Hostile("T-26 uid 2^32-1", .badOwner) { $0.owned(by: TarBuilder.binary(4_294_967_295, width: 8)) },
        Hostile("T-26 uid 2^32", .badOwner) { $0.owned(by: TarBuilder.binary(4_294_967_296, width: 8)) },
        Hostile("T-26 uid -1", .badHeader) { $0.owned(by: TarBuilder.binary(-1, width: 8)) },
        Hostile("T-26 PAX uid 2^32", .badOwner) {
            $0.extended(TarBuilder.record("uid", "4294967296"))
            $0.file("f")
        },
        Hostile("T-26 PAX uid 2^63", .badExtendedHeader) {
            $0.extended(TarBuilder.record("uid", "9223372036854775808"))
            $0.file("f")
        },
        Hostile("T-26 PAX gid -1", .badExtendedHeader) {
            $0.extended(TarBuilder.record("gid", "-1"))
            $0.file("f")
        },
        Hostile("I6 socket", .unsupportedEntry) { $0.node("s", type: "s") },
        Hostile("I6 multi-volume", .unsupportedEntry) { $0.node("s", type: "M") },
        Hostile("I6 volume label", .unsupportedEntry) { $0.node("s", type: "V") },
        Hostile("I6 file in the place of a directory", .notDirectory) {
            $0.file("f")
            $0.file("f/g")
        },
    ]

    static let contained: [Contained] = [
        Contained("T-02 /etc/x", ["etc/x": "regular empty file 644 0:0 1", "etc": "directory 755 0:0 2"]) {
            $0.file("/etc/x")
        },
        Contained("T-03 parent is a link out", ["victim/f": "regular empty file 644 0:0 1"]) {
            $0.symlink("d", to: "../victim")
            $0.file("d/f")
        },
        Contained("T-04 two hops", ["victim/f": "regular empty file 644 0:0 1"]) {
            $0.symlink("up", to: "..")
            $0.symlink("esc", to: "up/../victim")
            $0.file("esc/f")
        },
        Contained("T-05 absolute link", ["victim/new/dir/f": "regular empty file 644 0:0 1"]) {
            $0.symlink("d", to: "/victim")
            $0.file("d/new/dir/f")
        },
        Contained("T-07 absolute link target", ["b": "regular empty file 644 0:0 2"]) {
            $0.file("usr/a")
            $0.hardLink("b", to: "/usr/a")
        },
        Contained("T-13 directory over link", ["s": "directory 777 0:0 2"]) {
            $0.symlink("s", to: "/victim")
            $0.directory("s", mode: 0o777)
        },
        Contained("T-14 mode of a link", ["s": "symbolic link 777 0:0 1"]) {
            $0.symlink("s", to: "../victim/hello", mode: 0o6777)
        },
        Contained("T-15 mode of a hard link", ["a": "regular empty file 644 0:0 2"]) {
            $0.file("a")
            $0.hardLink("b", to: "a", mode: 0o6777)
        },
        Contained("T-16 directory replaced before its mode is set", ["d": "symbolic link 777 0:0 1"]) {
            $0.directory("d", mode: 0)
            $0.file("d/f")
            $0.symlink("d", to: "../victim")
        },
        Contained("T-16 twin: mode 0000 is set", ["d": "directory 0 0:0 2", "d/f": "regular empty file 644 0:0 1"]) {
            $0.directory("d", mode: 0)
            $0.file("d/f")
        },
        Contained("T-17 times of a link", ["s": "symbolic link 777 0:0 1"]) { $0.symlink("s", to: "../victim/hello") },
        Contained("T-18 types in turn", ["n": "regular empty file 600 0:0 1"]) {
            for _ in 0..<200 {
                $0.file("n")
                $0.directory("n")
                $0.file("n/inside")
                $0.symlink("n", to: "../victim")
                $0.node("n", type: "6")
            }
            $0.file("n", mode: 0o600)
        },
        Contained(
            "T-27 traps at well-known places",
            ["etc": "symbolic link 777 0:0 1", "proc": "symbolic link 777 0:0 1"]
        ) {
            for name in ["etc", "dev", "proc", "sys", "run"] { $0.symlink(name, to: "../victim") }
        },
        Contained("T-19 twin: FIFO and devices", ["p": "fifo 644 0:0 1", "b": "block special file 644 0:0 1"]) {
            $0.node("p", type: "6")
            $0.node("b", type: "4", major: 8, minor: 0)
        },
        Contained("W-04 whiteout below a link", ["l": "symbolic link 777 0:0 1"]) {
            $0.symlink("l", to: "../victim")
            $0.file("l/.wh.hello")
            $0.file("l/.wh..wh..opq")
        },
        Contained(
            "P-01 extended size over the header's",
            ["visible": "regular file 644 0:0 1", "smuggled": "absent", "after": "regular empty file 644 0:0 1"]
        ) {
            // A reader that goes by the header's size takes the content for entries.
            var inner = TarBuilder()
            inner.file("smuggled")
            inner.header(TarBuilder.Header("smuggled-too"))
            $0.extended(TarBuilder.record("size", "1024"))
            $0.header(TarBuilder.Header("visible"), size: 0)
            $0.content(inner.bytes)
            $0.file("after")
        },
        Contained(
            "P-02 extended size of zero",
            ["empty": "regular empty file 644 0:0 1", "next": "regular empty file 644 0:0 1"]
        ) {
            // As GNU tar: what follows the header is the next entry.
            $0.extended(TarBuilder.record("size", "0"))
            $0.header(TarBuilder.Header("empty"), size: 1024)
            $0.file("next")
            $0.file("third")
        },
        Contained(
            "P-03 a record twice, of which the last counts",
            ["second": "regular file 644 0:0 1", "first": "absent"]
        ) {
            $0.extended(
                TarBuilder.record("path", "first") + TarBuilder.record("size", "0")
                    + TarBuilder.record("path", "second") + TarBuilder.record("size", "5")
            )
            $0.file("name", "hello")
        },
        Contained("aufs bookkeeping", [".wh..wh.plnk": "absent", "f": "regular empty file 644 0:0 1"]) {
            $0.directory(".wh..wh.plnk")
            $0.file(".wh..wh.plnk/1.2")
            $0.file(".wh..wh.aufs")
            $0.file("f")
        },
    ]
}

extension TarBuilder {
    mutating func owned(by uid: [UInt8]) {
        var header = Header("f")
        header.uid = uid
        self.header(header)
    }
}

/// Rows P of the catalogue: malformed headers.
extension Corpus {
    static let headers: [Hostile] = [
        Hostile("P-04 length too long", .badExtendedHeader) { $0.pax("99 path=a\n") },
        Hostile("P-04 length too short", .badExtendedHeader) { $0.pax("5 path=a\n") },
        Hostile("P-04 length of the length only", .badExtendedHeader) { $0.pax("2 path=a\n") },
        Hostile("P-04 no length", .badExtendedHeader) { $0.pax("path=a\n") },
        Hostile("P-04 signed length", .badExtendedHeader) { $0.pax("+10 path=a\n") },
        Hostile("P-04 no equals sign", .badExtendedHeader) { $0.pax("8 patha\n") },
        Hostile("P-04 no key", .badExtendedHeader) { $0.pax("5 =a\n") },
        Hostile("P-04 no line end", .badExtendedHeader) { $0.pax("10 path=ab") },
        Hostile("P-04 huge length", .badExtendedHeader) { $0.pax("99999999999999999999 path=a\n") },
        Hostile("P-04 empty path", .badExtendedHeader) { $0.pax(TarBuilder.record("path", "")) },
        Hostile("P-04 size with sign", .badExtendedHeader) { $0.pax(TarBuilder.record("size", "-1")) },
        Hostile("P-04 size with letters", .badExtendedHeader) { $0.pax(TarBuilder.record("size", "1e3")) },
        Hostile("P-04 size 2^63", .badExtendedHeader) { $0.pax(TarBuilder.record("size", "9223372036854775808")) },
        Hostile("P-04 mtime", .badExtendedHeader) { $0.pax(TarBuilder.record("mtime", "1.x")) },
        Hostile("P-04 unknown keyword", .badExtendedHeader) { $0.pax(TarBuilder.record("filetype", "x")) },
        Hostile("P-04 keyword that changes the size", .badExtendedHeader) {
            $0.pax(TarBuilder.record("SCHILY.realsize", "100"))
        },
        Hostile("P-05 large header", .limit) { $0.extended([UInt8](repeating: 120, count: (1 << 20) + 1)) },
        Hostile("P-05 header of 1 GiB that is not there", .limit) {
            var header = TarBuilder.Header("x", type: "x")
            header.size = TarBuilder.octal(1 << 30, width: 12)
            $0.header(header)
        },
        Hostile("P-06 long name of 1 GiB that is not there", .limit) {
            var header = TarBuilder.Header("x", type: "L")
            header.size = TarBuilder.octal(1 << 30, width: 12)
            $0.header(header)
        },
        Hostile("P-06 long name without an entry", .badHeader) { $0.long(Array("name".utf8), type: "L") },
        Hostile("P-06 long name twice", .badHeader) {
            $0.long(Array("a".utf8), type: "L")
            $0.long(Array("b".utf8), type: "L")
            $0.file("c")
        },
        Hostile("P-06 long name and extended header", .badHeader) {
            $0.long(Array("a".utf8), type: "L")
            $0.pax(TarBuilder.record("path", "b"))
        },
        Hostile("P-06 extended header twice", .badHeader) {
            $0.extended(TarBuilder.record("path", "a"))
            $0.pax(TarBuilder.record("path", "b"))
        },
        Hostile("P-06 extended header without an entry", .badHeader) { $0.extended(TarBuilder.record("path", "a")) },
        Hostile("P-07 overlapping sparse map", .badSparseMap) { $0.sparse(map: "0,4,2,4", size: "8", stored: 8) },
        Hostile("P-07 sparse map past the end", .badSparseMap) { $0.sparse(map: "6,4", size: "8", stored: 4) },
        Hostile("P-07 sparse file of 8 EiB", .limit) { $0.sparse(map: "0,4", size: "9223372036854775807", stored: 4) },
        Hostile("P-07 sparse map longer than the content", .badSparseMap) {
            $0.sparse(map: "0,4096", size: "4096", stored: 4)
        },
        Hostile("P-08 negative size", .badHeader) { $0.sized([UInt8](repeating: 0xff, count: 12)) },
        Hostile("P-08 size over 63 bits", .badHeader) { $0.sized([0x80] + [UInt8](repeating: 0xff, count: 11)) },
        Hostile("P-08 size with a plus", .badHeader) { $0.sized(Array("+0000000000\0".utf8)) },
        Hostile("P-08 size with a minus", .badHeader) { $0.sized(Array("-0000000001\0".utf8)) },
        Hostile("P-08 size with spaces", .badHeader) { $0.sized(Array("  0 00 0000 ".utf8)) },
        Hostile("P-08 size with letters", .badHeader) { $0.sized(Array("0000000000x\0".utf8)) },
        Hostile("P-08 checksum", .badHeader) {
            var header = TarBuilder.Header("f")
            header.checksum = Array("000001\0 ".utf8)
            $0.header(header)
        },
        Hostile("P-08 magic", .badHeader) {
            var header = TarBuilder.Header("f")
            header.magic = Array("USTAR\0".utf8) + Array("00".utf8)
            $0.header(header)
        },
        Hostile("P-08 directory with content", .badHeader) {
            $0.header(TarBuilder.Header("d", type: "5"), size: 512)
            $0.content([UInt8](repeating: 0, count: 512))
        },
        Hostile("P-08 hard link with content", .badHeader) {
            $0.file("a", "text")
            var header = TarBuilder.Header("h", type: "1")
            header.link = Array("a".utf8)
            $0.header(header, size: 512)
            $0.content([UInt8](repeating: 120, count: 512))
        },
        Hostile("P-09 second archive", .trailingData) {
            $0.file("a")
            $0.raw([UInt8](repeating: 0, count: 1024))
            $0.file("b")
        },
        Hostile("P-09 second archive after a single end block", .trailingData) {
            $0.file("a")
            $0.raw([UInt8](repeating: 0, count: 512))
            $0.file("b")
        },
        Hostile("P-10 global path", .badExtendedHeader) { $0.global(TarBuilder.record("path", "evil")) },
        Hostile("P-10 global size", .badExtendedHeader) { $0.global(TarBuilder.record("size", "0")) },
        Hostile("P-10 malformed global comment", .badExtendedHeader) { $0.global(Array("99 comment=a\n".utf8)) },
    ]
}

extension TarBuilder {
    /// An extended header before a small file.
    mutating func pax(_ records: [UInt8]) {
        extended(records)
        file("f")
    }
    mutating func pax(_ records: String) { pax(Array(records.utf8)) }

    mutating func global(_ records: [UInt8]) {
        extended(records, type: "g")
        file("f")
    }

    mutating func sized(_ size: [UInt8]) {
        var header = Header("f")
        header.size = size
        self.header(header)
    }

    /// A sparse file in the format PAX 0.1.
    mutating func sparse(map: String, size: String, stored: Int) {
        extended(
            Self.record("GNU.sparse.size", size)
                + Self.record("GNU.sparse.numblocks", "\(map.split(separator: ",").count / 2)")
                + Self.record("GNU.sparse.map", map)
        )
        header(Header("f"), size: stored)
        content([UInt8](repeating: 120, count: stored))
    }
}
