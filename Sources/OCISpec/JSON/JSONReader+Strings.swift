// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension JSONReader {
    /// Where a string stands, without its quotes.
    struct StringToken {
        /// Offsets of the first byte and of the closing quote.
        let range: Range<Int>
        /// Whether it has a backslash in it.
        let hasEscapes: Bool
    }

    /// Reads past a string. Escapes are not looked into yet.
    mutating func readStringToken() throws(JSONError) -> StringToken {
        try expect(UInt8(ascii: "\""), .string)
        let start = offset + 1
        var index = start
        var hasEscapes = false
        while true {
            let byte = byte(index)
            if byte == UInt8(ascii: "\"") {
                skip(index + 1 - offset)
                return StringToken(range: start..<index, hasEscapes: hasEscapes)
            }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                index += 2
            } else if byte >= 0x20 {
                index += 1
            } else {
                skip(min(index, count) - offset)
                throw syntax("a control character stands in a string")
            }
        }
    }

    /// Reads a string.
    ///
    /// - Throws: ``JSONError`` if something else is there, or the string has U+0000 or half a surrogate pair in it.
    public mutating func readString() throws(JSONError) -> String {
        try text(of: readStringToken())
    }

    /// The bytes that a string with escapes stands for.
    func unescape(_ token: StringToken) throws(JSONError) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(token.range.count)
        var index = token.range.lowerBound
        while index < token.range.upperBound {
            let character = byte(index)
            guard character == UInt8(ascii: "\\") else {
                result.append(character)
                index += 1
                continue
            }
            switch byte(index + 1) {
            case UInt8(ascii: "\""): result.append(UInt8(ascii: "\""))
            case UInt8(ascii: "\\"): result.append(UInt8(ascii: "\\"))
            case UInt8(ascii: "/"): result.append(UInt8(ascii: "/"))
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                let (scalar, length) = try unicodeEscape(at: index)
                result.append(contentsOf: String(Character(scalar)).utf8)
                index += length
                continue
            case let other:
                throw JSONError(
                    .syntax,
                    offset: index + 1,
                    detail: "a backslash is followed by \(JSONReader.name(of: other))"
                )
            }
            index += 2
        }
        return result
    }

    /// The character that the `\u` escape at `index` stands for, and the escape's length with its second half.
    private func unicodeEscape(at index: Int) throws(JSONError) -> (Unicode.Scalar, Int) {
        let first = try codeUnit(at: index)
        guard first != 0 else {
            throw JSONError(.nulCharacter, offset: index, detail: "a string contains the character U+0000")
        }
        if let scalar = Unicode.Scalar(first) { return (scalar, 6) }
        if first < 0xDC00, byte(index + 6) == UInt8(ascii: "\\"), byte(index + 7) == UInt8(ascii: "u") {
            let second = try codeUnit(at: index + 6)
            if (0xDC00...0xDFFF).contains(second),
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            {
                return (scalar, 12)
            }
        }
        throw JSONError(.loneSurrogate, offset: index, detail: "a string contains half a surrogate pair")
    }

    /// The code unit of the `\u` escape at `index`.
    private func codeUnit(at index: Int) throws(JSONError) -> UInt32 {
        var unit: UInt32 = 0
        for position in index + 2..<index + 6 {
            let digit = byte(position)
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = digit - UInt8(ascii: "A") + 10
            default:
                throw JSONError(.syntax, offset: position, detail: "\\u is not followed by four hexadecimal digits")
            }
            unit = unit << 4 | UInt32(value)
        }
        return unit
    }
}
