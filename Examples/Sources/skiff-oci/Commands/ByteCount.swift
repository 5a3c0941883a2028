// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Numbers of bytes as people write them.
enum ByteCount {
    /// Reads a number, with a fraction if need be, and a unit of base 1024: `1024`, `50M`, `1.5GiB`, `512 kb`.
    ///
    /// - Parameter text: The number; `-1` stands for no limit.
    /// - Returns: The bytes, without a fraction; `nil` when it is no such number or beyond 63 bits.
    static func number(of text: String) -> Int64? {
        if text == "-1" { return -1 }
        let digits = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        var unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
        guard let first = digits.first, first != ".", let last = digits.last, last != "." else { return nil }
        if unit.hasSuffix("ib") && unit.count == 3 { unit.removeLast(2) }
        if unit.hasSuffix("b") { unit.removeLast() }
        guard let power = ["", "k", "m", "g", "t", "p"].firstIndex(of: unit) else { return nil }
        let factor = Int64(1) << (10 * Int64(power))
        if let whole = Int64(digits) {
            let (product, isTooLarge) = whole.multipliedReportingOverflow(by: factor)
            return isTooLarge ? nil : product
        }
        return Double(digits).flatMap { Int64(exactly: ($0 * Double(factor)).rounded(.down)) }
    }
}
