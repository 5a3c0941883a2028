// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Numbers in tar headers, read strictly.
enum TarNumber {
    /// Reads an octal field (digits, then only spaces and NULs; all blank is 0) or a base-256 field (GNU).
    ///
    /// - Returns: `nil` for signs, leading spaces, other characters, and values that do not fit 63 bits.
    static func parse(_ field: ArraySlice<UInt8>, allowsNegative: Bool = false) -> Int64? {
        guard let first = field.first else { return nil }
        if first & 0x80 != 0 { return binary(field, first, allowsNegative: allowsNegative) }
        let digits = field.prefix { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
        guard field[digits.endIndex...].allSatisfy({ $0 == 0 || $0 == UInt8(ascii: " ") }) else { return nil }
        // Twelve octal digits are 36 bits, so that nothing can overflow.
        return digits.reduce(0) { $0 << 3 | Int64($1 - UInt8(ascii: "0")) }
    }

    /// The marker is 0x80 for values from 0 and 0xff for negative ones, in two's complement.
    private static func binary(_ field: ArraySlice<UInt8>, _ first: UInt8, allowsNegative: Bool) -> Int64? {
        let filler: UInt8
        switch first {
        case 0x80: filler = 0
        case 0xff where allowsNegative: filler = 0xff
        default: return nil
        }
        let digits = field.dropFirst()
        let low = digits.suffix(8)
        guard digits.dropLast(low.count).allSatisfy({ $0 == filler }) else { return nil }
        var bits: UInt64 = filler == 0 ? 0 : .max
        for byte in low { bits = bits << 8 | UInt64(byte) }
        let value = Int64(bitPattern: bits)
        return (value < 0) == (filler != 0) ? value : nil
    }

    /// Reads a decimal number: digits only.
    static func decimal(_ text: ArraySlice<UInt8>) -> Int64? {
        guard !text.isEmpty else { return nil }
        var value: Int64 = 0
        for byte in text {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
            if overflow || carry { return nil }
            value = sum
        }
        return value
    }
}
