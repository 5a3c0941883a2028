// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Bytes that stand in a document as text in base64 (RFC 4648, section 4, with padding).
public struct Base64Data: Hashable, Sendable {
    /// The bytes.
    public var bytes: [UInt8]

    /// Creates the value from its bytes.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Reads base64, or gives `nil` if the text has other characters, a wrong length or bits behind its end.
    public init?(encoded: String) {
        let text = Array(encoded.utf8)
        guard text.count.isMultiple(of: 4) else { return nil }
        let padding = text.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
        bytes = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for character in text.dropLast(padding) {
            guard let value = Base64Data.value(of: character) else { return nil }
            buffer = (buffer << 6 | UInt32(value)) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
            }
        }
        guard buffer & (1 << bits - 1) == 0 else { return nil }
    }

    /// The bytes in base64.
    public var encoded: String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let number = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for index in 0..<4 {
                let isPadding = index > group.count
                text.append(isPadding ? UInt8(ascii: "=") : digits[Int(number >> UInt32(18 - 6 * index) & 63)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}

extension Base64Data: JSONRepresentable {
    /// Reads bytes from a string in base64.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        let offset = reader.offset
        guard let data = Base64Data(encoded: try reader.readString()) else {
            throw JSONError(.invalidValue, offset: offset, detail: "the text is not base64")
        }
        self = data
    }

    /// Writes the bytes as a string in base64.
    public func write(to writer: inout JSONWriter) { writer.write(string: encoded) }
}
