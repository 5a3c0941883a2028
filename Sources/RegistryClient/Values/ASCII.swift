// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Classes of ASCII bytes, and what is read with them. Headers and URLs are looked at byte by byte.
enum ASCII {
    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }

    static func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x66).contains(byte | 0x20) }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// A `tchar` of RFC 9110, section 5.6.2.
    static func isToken(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte) }

    static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    static func lowercased(_ text: String) -> String {
        String(decoding: text.utf8.map { lowercased($0) }, as: UTF8.self)
    }

    /// Whether two texts differ in nothing but the case of ASCII letters.
    static func equal(_ one: String, _ other: String) -> Bool {
        one.utf8.elementsEqual(other.utf8) { lowercased($0) == lowercased($1) }
    }

    /// `bytes` without spaces and tabs at both ends.
    static func trimmed(_ bytes: some BidirectionalCollection<UInt8>) -> [UInt8] {
        Array(bytes.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }

    /// The number that decimal digits without sign stand for; `nil` if there are other bytes, none, or too many.
    static func number(_ digits: some Collection<UInt8>) -> Int64? {
        digits.isEmpty || !digits.allSatisfy(isDigit) ? nil : Int64(String(decoding: digits, as: UTF8.self))
    }

    /// Text of a stranger, shortened and with control characters shown as escapes, for a one-line message.
    static func excerpt(_ text: String, limit: Int = 200) -> String {
        var result = ""
        for scalar in text.unicodeScalars.prefix(limit) {
            let isShown =
                scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)
                && ![.format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
            if isShown {
                result.unicodeScalars.append(scalar)
            } else {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return text.unicodeScalars.count > limit ? result + "…" : result
    }
}
