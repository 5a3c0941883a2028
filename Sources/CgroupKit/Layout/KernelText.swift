// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Reads the line formats of procfs and cgroupfs, as bytes.
enum KernelText {
    /// The non-empty lines of `text`.
    static func lines(_ text: [UInt8]) -> [ArraySlice<UInt8>] { text.split(separator: UInt8(ascii: "\n")) }

    /// The fields of a line, separated by spaces or tabs.
    static func fields(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\n") }
    }

    /// The words of a text, separated by white space.
    static func words(_ text: [UInt8]) -> [String] { fields(text[...]).map(string) }

    /// A decimal number without sign; `nil` for anything else or beyond 64 bits.
    static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        if digits.isEmpty { return nil }
        var value: UInt64 = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            let (shifted, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, carried) = shifted.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
            if tooLarge || carried { return nil }
            value = sum
        }
        return value
    }

    /// A file that holds one number.
    static func number(_ text: [UInt8]) -> UInt64? { fields(text[...]).first.flatMap(number) }

    /// A file of lines `key number`.
    static func table(_ text: [UInt8]) -> [String: UInt64] {
        var table: [String: UInt64] = [:]
        for line in lines(text) {
            let fields = fields(line)
            if fields.count == 2, let value = number(fields[1]) { table[string(fields[0])] = value }
        }
        return table
    }

    /// The text of kernel-made ASCII; other bytes become replacement characters.
    static func string(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    /// Splits `field` at the first `separator`; `nil` where there is none.
    static func cut(_ field: ArraySlice<UInt8>, at separator: UInt8) -> (ArraySlice<UInt8>, ArraySlice<UInt8>)? {
        guard let index = field.firstIndex(of: separator) else { return nil }
        return (field[..<index], field[(index + 1)...])
    }
}
