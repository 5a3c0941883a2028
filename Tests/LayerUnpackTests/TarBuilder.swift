// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Builds tar streams for tests, well-formed ones and every kind of malformed one.
struct TarBuilder {
    /// The fields of one header block, as raw text so that they can be wrong.
    struct Header {
        var name: [UInt8]
        var type: UInt8 = UInt8(ascii: "0")
        var mode: [UInt8] = Array("0000644\0".utf8)
        var uid: [UInt8] = Array("0000000\0".utf8)
        var gid: [UInt8] = Array("0000000\0".utf8)
        var size: [UInt8]?
        var mtime: [UInt8] = Array("14600000000\0".utf8)
        var checksum: [UInt8]?
        var link: [UInt8] = []
        var magic: [UInt8] = Array("ustar\0".utf8) + Array("00".utf8)
        var major: [UInt8] = Array("0000000\0".utf8)
        var minor: [UInt8] = Array("0000000\0".utf8)
        var prefix: [UInt8] = []

        init(_ name: [UInt8], type: Character = "0") {
            self.name = name
            self.type = type.asciiValue ?? 0
        }
        init(_ name: String, type: Character = "0") { self.init(Array(name.utf8), type: type) }
    }

    private(set) var bytes: [UInt8] = []

    static func octal(_ value: Int, width: Int) -> [UInt8] {
        let digits = String(value, radix: 8)
        return Array(String(repeating: "0", count: width - 1 - digits.count).utf8) + Array(digits.utf8) + [0]
    }

    /// A base-256 field of `width` bytes.
    static func binary(_ value: Int64, width: Int) -> [UInt8] {
        var field = [UInt8](repeating: value < 0 ? 0xff : 0, count: width)
        for index in 0..<8 where index < width {
            field[width - 1 - index] = UInt8(truncatingIfNeeded: value >> (8 * Int64(index)))
        }
        field[0] = value < 0 ? 0xff : 0x80
        return field
    }

    /// Appends one block.
    mutating func header(_ header: Header, size: Int = 0) {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ field: [UInt8], at offset: Int, limit: Int) {
            for (index, byte) in field.prefix(limit).enumerated() { block[offset + index] = byte }
        }
        put(header.name, at: 0, limit: 100)
        put(header.mode, at: 100, limit: 8)
        put(header.uid, at: 108, limit: 8)
        put(header.gid, at: 116, limit: 8)
        put(header.size ?? Self.octal(size, width: 12), at: 124, limit: 12)
        put(header.mtime, at: 136, limit: 12)
        block[156] = header.type
        put(header.link, at: 157, limit: 100)
        put(header.magic, at: 257, limit: 8)
        put(header.major, at: 329, limit: 8)
        put(header.minor, at: 337, limit: 8)
        put(header.prefix, at: 345, limit: 155)
        put(header.checksum ?? Self.checksum(block), at: 148, limit: 8)
        bytes += block
    }

    static func checksum(_ block: [UInt8]) -> [UInt8] {
        var sum = 0
        for (index, byte) in block.enumerated() { sum += (148..<156).contains(index) ? 32 : Int(byte) }
        return Array(octal(sum, width: 7)) + [UInt8(ascii: " ")]
    }

    /// Appends content, padded to whole blocks.
    mutating func content(_ content: [UInt8]) {
        bytes += content
        bytes += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }

    /// Appends anything.
    mutating func raw(_ raw: [UInt8]) { bytes += raw }

    // MARK: Well-formed entries

    mutating func file(_ name: String, _ text: String = "", mode: Int = 0o644, uid: Int = 0, gid: Int = 0) {
        file(Array(name.utf8), text, mode: mode, uid: uid, gid: gid)
    }

    mutating func file(_ name: [UInt8], _ text: String = "", mode: Int = 0o644, uid: Int = 0, gid: Int = 0) {
        var entry = Header(name)
        entry.mode = Self.octal(mode, width: 8)
        entry.uid = Self.octal(uid, width: 8)
        entry.gid = Self.octal(gid, width: 8)
        header(entry, size: text.utf8.count)
        content(Array(text.utf8))
    }

    mutating func directory(_ name: String, mode: Int = 0o755) {
        var entry = Header(name, type: "5")
        entry.mode = Self.octal(mode, width: 8)
        header(entry)
    }

    mutating func symlink(_ name: String, to target: String, mode: Int = 0o777) {
        var entry = Header(name, type: "2")
        entry.mode = Self.octal(mode, width: 8)
        entry.link = Array(target.utf8)
        header(entry)
    }

    mutating func hardLink(_ name: String, to target: String, mode: Int = 0o644) {
        var entry = Header(name, type: "1")
        entry.mode = Self.octal(mode, width: 8)
        entry.link = Array(target.utf8)
        header(entry)
    }

    mutating func node(_ name: String, type: Character, major: Int = 0, minor: Int = 0) {
        var entry = Header(name, type: type)
        entry.major = Self.octal(major, width: 8)
        entry.minor = Self.octal(minor, width: 8)
        header(entry)
    }

    /// One record of an extended header with the right length.
    static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
        let rest = [UInt8(ascii: " ")] + Array(key.utf8) + [UInt8(ascii: "=")] + value + [UInt8(ascii: "\n")]
        var length = rest.count
        while String(length).utf8.count + rest.count != length { length = String(length).utf8.count + rest.count }
        return Array(String(length).utf8) + rest
    }
    static func record(_ key: String, _ value: String) -> [UInt8] { record(key, Array(value.utf8)) }

    mutating func extended(_ records: [UInt8], type: Character = "x") {
        header(Header("PaxHeaders/x", type: type), size: records.count)
        content(records)
    }

    mutating func long(_ text: [UInt8], type: Character) {
        var entry = Header("././@LongLink", type: type)
        entry.magic = Array("ustar  \0".utf8)
        header(entry, size: text.count)
        content(text)
    }

    /// The archive with its two end blocks.
    var archive: [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }

    /// Builds an archive.
    static func build(_ fill: (inout TarBuilder) -> Void) -> [UInt8] {
        var builder = TarBuilder()
        fill(&builder)
        return builder.archive
    }
}
