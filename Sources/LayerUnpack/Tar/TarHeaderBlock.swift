// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// One 512-byte header block, its checksum verified and its numbers read strictly.
struct TarHeaderBlock {
    static let size = 512

    enum Dialect { case version7, ustar, gnu }

    let bytes: [UInt8]
    let dialect: Dialect
    let typeFlag: UInt8
    let storedSize: Int64

    /// Reads exactly one block, which is not all zero.
    init(_ bytes: [UInt8]) throws(LayerUnpackError) {
        self.bytes = bytes
        typeFlag = bytes[156]
        guard let sum = TarNumber.parse(bytes[148..<156]) else { throw Self.bad("checksum") }
        var unsigned: Int64 = 0
        var signed: Int64 = 0
        for (index, byte) in bytes.enumerated() {
            let summed = (148..<156).contains(index) ? UInt8(ascii: " ") : byte
            unsigned += Int64(summed)
            signed += Int64(Int8(bitPattern: summed))
        }
        // Some early tars summed signed characters; every reader accepts both.
        guard sum == unsigned || sum == signed else {
            throw LayerUnpackError(.badHeader, "read header", detail: "the checksum does not match")
        }
        if bytes[257..<265].elementsEqual(Array("ustar  \0".utf8)) {
            dialect = .gnu
        } else if bytes[257..<263].elementsEqual(Array("ustar\0".utf8)) {
            dialect = .ustar
        } else if bytes[257..<265].allSatisfy({ $0 == 0 }) {
            dialect = .version7
        } else {
            throw LayerUnpackError(
                .badHeader,
                "read header",
                detail: "unknown magic \(bytes[257..<265].escapedForDisplay)"
            )
        }
        guard let size = TarNumber.parse(bytes[124..<136]) else { throw Self.bad("size") }
        storedSize = size
    }

    /// The entry that this block alone describes.
    func entry(_ kind: TarEntry.Kind) throws(LayerUnpackError) -> TarEntry {
        guard let mode = TarNumber.parse(bytes[100..<108]) else { throw Self.bad("mode") }
        guard let uid = TarNumber.parse(bytes[108..<116]) else { throw Self.bad("uid") }
        guard let gid = TarNumber.parse(bytes[116..<124]) else { throw Self.bad("gid") }
        guard let modified = TarNumber.parse(bytes[136..<148], allowsNegative: true) else { throw Self.bad("mtime") }
        var major: Int64? = 0
        var minor: Int64? = 0
        if kind == .character || kind == .block {
            major = TarNumber.parse(bytes[329..<337])
            minor = TarNumber.parse(bytes[337..<345])
        }
        guard let major, let minor else { throw Self.bad("device number") }
        return TarEntry(
            kind: kind,
            name: name,
            linkTarget: Self.text(bytes[157..<257]),
            mode: UInt32(truncatingIfNeeded: mode) & 0o7777,
            uid: uid,
            gid: gid,
            storedSize: storedSize,
            size: storedSize,
            modified: TarTime(seconds: modified),
            deviceMajor: major,
            deviceMinor: minor
        )
    }

    private var name: [UInt8] {
        let name = Self.text(bytes[0..<100])
        let prefix = dialect == .ustar ? Self.text(bytes[345..<500]) : []
        return prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name
    }

    /// The size of a sparse file in the old GNU format.
    func sparseSize() throws(LayerUnpackError) -> Int64 {
        guard let size = TarNumber.parse(bytes[483..<495]) else { throw Self.bad("real size") }
        return size
    }

    /// Whether another block of a sparse file's map follows (old GNU format).
    var sparseMapContinues: Bool { bytes[482] != 0 }

    private static func text(_ field: ArraySlice<UInt8>) -> [UInt8] { Array(field.prefix { $0 != 0 }) }

    private static func bad(_ field: String) -> LayerUnpackError {
        LayerUnpackError(.badHeader, "read header", detail: "malformed \(field) field")
    }
}
