// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Numbers in GLib's text form of variants.
enum GVariantNumber {
    /// The number that `word` is, of `type`; by itself it is a 32 bit integer, or a floating-point number if it has a
    /// point or an exponent.
    static func value(of word: String, _ type: DBusType?) throws(GVariantError) -> DBusValue {
        let isHexadecimal = word.hasPrefix("0x") || word.hasPrefix("-0x")
        let isFraction = !isHexadecimal && word.contains { $0 == "." || $0 == "e" || $0 == "E" }
        let number: DBusValue? =
            switch type ?? (isFraction ? .double : .int32) {
            case .byte: integer(word).map { .byte($0) }
            case .int16: integer(word).map { .int16($0) }
            case .uint16: integer(word).map { .uint16($0) }
            case .int32: integer(word).map { .int32($0) }
            case .uint32: integer(word).map { .uint32($0) }
            case .int64: integer(word).map { .int64($0) }
            case .uint64: integer(word).map { .uint64($0) }
            case .double: Double(word).flatMap { $0.isFinite ? .double($0) : nil }
            default: nil
            }
        guard let number else {
            throw GVariantError("\"\(word)\" is no \(type.map { "value of type \($0.code)" } ?? "number")")
        }
        return number
    }

    /// Decimal, hexadecimal with `0x`, or octal with a leading zero, as in C.
    private static func integer<Number: FixedWidthInteger>(_ word: String) -> Number? {
        let isNegative = word.hasPrefix("-")
        let digits = word.drop { $0 == "-" || $0 == "+" }
        guard word.count - digits.count <= 1 else { return nil }
        let sign = isNegative ? "-" : ""
        if digits.hasPrefix("0x") || digits.hasPrefix("0X") { return Number(sign + digits.dropFirst(2), radix: 16) }
        if digits.count > 1 && digits.hasPrefix("0") { return Number(sign + digits.dropFirst(), radix: 8) }
        return Number(sign + digits)
    }
}
