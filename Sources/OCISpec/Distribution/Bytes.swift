// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Classes of ASCII bytes. Text that names things is only looked at byte by byte: comparing characters would let a
/// combining mark hide a separator.
enum Bytes {
    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    static func isLower(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

    static func isUpper(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }

    static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || isLower(byte) || isUpper(byte) }

    static func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x66).contains(byte | 0x20) }

    /// ASCII text with its capital letters made small.
    static func lowercased(_ text: String) -> String {
        String(decoding: text.utf8.map { isUpper($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// The number that decimal digits without sign stand for.
    static func number(_ digits: some Collection<UInt8>) -> Int? {
        digits.isEmpty || !digits.allSatisfy(isDigit) ? nil : Int(String(decoding: digits, as: UTF8.self))
    }
}
