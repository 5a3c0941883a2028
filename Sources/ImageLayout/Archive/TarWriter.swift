// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import SystemPackage

/// Writes a tar archive whose bytes depend on names and contents only: mode 0444, owner 0, time 0.
///
/// Headers are ustar; a name or a size that does not fit goes into a PAX header before it.
///
/// - SeeAlso: POSIX.1-2017, pax, "ustar Interchange Format".
struct TarWriter: ~Copyable {
    private let file: OwnedFileDescriptor
    private static let block = 512

    init(_ file: consuming OwnedFileDescriptor) { self.file = file }

    /// Writes a file from bytes in memory.
    mutating func add(_ name: String, _ bytes: [UInt8]) throws(SystemCallError) {
        try header(name, size: Int64(bytes.count))
        try file.write(bytes)
        try pad(Int64(bytes.count))
    }

    /// Writes a file from the content of a blob, which must not have been read from yet.
    ///
    /// - Throws: ``SystemCallError``: `EIO` when the blob has not as many bytes as it should.
    mutating func add(_ name: String, _ blob: borrowing Blob) throws(SystemCallError) {
        try header(name, size: blob.size)
        var rest = blob.size
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while rest > 0 {
            let count = try blob.file.read(into: &buffer)
            guard count > 0, Int64(count) <= rest else { throw SystemCallError(call: "read", errno: .ioError) }
            try file.write(buffer[0..<count])
            rest -= Int64(count)
        }
        try pad(blob.size)
    }

    /// Writes a directory.
    mutating func addDirectory(_ name: String) throws(SystemCallError) {
        try file.write(Self.block(name: name + "/", size: 0, type: UInt8(ascii: "5"), mode: 0o755))
    }

    /// Writes the end of the archive.
    consuming func finish() throws(SystemCallError) {
        try file.write([UInt8](repeating: 0, count: 2 * Self.block))
    }

    private func header(_ name: String, size: Int64) throws(SystemCallError) {
        var records: [UInt8] = []
        if name.utf8.count > 100 { records += Self.record("path", name) }
        if size >= 1 << 33 { records += Self.record("size", String(size)) }
        if !records.isEmpty {
            try file.write(
                Self.block(name: "PaxHeaders/entry", size: Int64(records.count), type: UInt8(ascii: "x"), mode: 0o444)
            )
            try file.write(records)
            try pad(Int64(records.count))
        }
        try file.write(
            Self.block(
                name: String(decoding: name.utf8.suffix(100), as: UTF8.self),
                size: size < 1 << 33 ? size : 0,
                type: UInt8(ascii: "0"),
                mode: 0o444
            )
        )
    }

    private func pad(_ size: Int64) throws(SystemCallError) {
        let rest = Int(size % Int64(Self.block))
        if rest > 0 { try file.write([UInt8](repeating: 0, count: Self.block - rest)) }
    }

    /// A PAX record, whose length counts its own digits.
    private static func record(_ key: String, _ value: String) -> [UInt8] {
        let rest = " \(key)=\(value)\n"
        var length = rest.utf8.count
        while String(length).utf8.count + rest.utf8.count != length {
            length = String(length).utf8.count + rest.utf8.count
        }
        return Array("\(length)\(rest)".utf8)
    }

    private static func block(name: String, size: Int64, type: UInt8, mode: UInt32) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: Self.block)
        func put(_ text: String, at offset: Int) {
            for (index, byte) in text.utf8.enumerated() { block[offset + index] = byte }
        }
        func octal(_ value: Int64, digits: Int) -> String {
            let text = String(value, radix: 8)
            return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
        }
        put(name, at: 0)
        put(octal(Int64(mode), digits: 7), at: 100)
        put(octal(0, digits: 7), at: 108)
        put(octal(0, digits: 7), at: 116)
        put(octal(size, digits: 11), at: 124)
        put(octal(0, digits: 11), at: 136)
        put("        ", at: 148)
        block[156] = type
        put("ustar", at: 257)
        put("00", at: 263)
        let sum = block.reduce(0) { $0 + Int64($1) }
        put(octal(sum, digits: 6), at: 148)
        block[154] = 0
        return block
    }
}
