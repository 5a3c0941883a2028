// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension JSONReader {
    /// Reads an integer.
    ///
    /// - Throws: ``JSONError``: `wrongType` if it is no number, `notAnInteger` if it has a fraction or an exponent,
    ///   `outOfRange` if it does not fit `Value`.
    public mutating func readInteger<Value: FixedWidthInteger>(as type: Value.Type = Value.self) throws(JSONError)
        -> Value
    {
        let start = try beginNumber("an integer")
        let (isNegative, magnitude) = try readMagnitude()
        if let magnitude {
            if !isNegative, let value = Value(exactly: magnitude) { return value }
            if isNegative, magnitude <= 1 << 63, let value = Value(exactly: Int64(truncatingIfNeeded: 0 &- magnitude)) {
                return value
            }
        }
        throw JSONError(
            .outOfRange,
            offset: start,
            detail: "\(unsafe JSONError.excerpt(slice(start..<offset))) is not between \(Value.min) and \(Value.max)"
        )
    }

    /// Reads any number and keeps its text.
    mutating func readNumber() throws(JSONError) -> JSONNumber {
        let start = try beginNumber("a number")
        if byte(offset) == UInt8(ascii: "-") { skip() }
        try readDigits(allowLeadingZero: false)
        if byte(offset) == UInt8(ascii: ".") {
            skip()
            try readDigits(allowLeadingZero: true)
        }
        if byte(offset) | 0x20 == UInt8(ascii: "e") {
            skip()
            if byte(offset) == UInt8(ascii: "+") || byte(offset) == UInt8(ascii: "-") { skip() }
            try readDigits(allowLeadingZero: true)
        }
        return JSONNumber(checked: unsafe String(decoding: slice(start..<offset), as: UTF8.self))
    }

    /// Checks that a number begins here, and returns its offset.
    private mutating func beginNumber(_ expected: String) throws(JSONError) -> Int {
        let first = try peek()
        guard first == UInt8(ascii: "-") || isDigit(first) else { throw try mismatch(expected) }
        return offset
    }

    /// Reads sign and digits. The magnitude is `nil` if it needs more than 64 bits.
    private mutating func readMagnitude() throws(JSONError) -> (isNegative: Bool, magnitude: UInt64?) {
        let start = offset
        let isNegative = byte(offset) == UInt8(ascii: "-")
        if isNegative { skip() }
        var magnitude: UInt64? = 0
        let first = offset
        while isDigit(byte(offset)) {
            if let sum = magnitude {
                let (product, overflow) = sum.multipliedReportingOverflow(by: 10)
                let (next, carry) = product.addingReportingOverflow(UInt64(byte(offset) - UInt8(ascii: "0")))
                magnitude = overflow || carry ? nil : next
            }
            skip()
        }
        guard offset > first else { throw syntax("a minus sign is not followed by a digit") }
        guard byte(first) != UInt8(ascii: "0") || offset == first + 1 else {
            throw JSONError(.syntax, offset: first, detail: "a number begins with a superfluous zero")
        }
        if byte(offset) == UInt8(ascii: ".") || byte(offset) | 0x20 == UInt8(ascii: "e") {
            throw JSONError(.notAnInteger, offset: start, detail: "expected an integer without fraction or exponent")
        }
        return (isNegative, magnitude)
    }

    private mutating func readDigits(allowLeadingZero: Bool) throws(JSONError) {
        let first = offset
        while isDigit(byte(offset)) { skip() }
        guard offset > first else { throw syntax("expected a digit") }
        guard allowLeadingZero || byte(first) != UInt8(ascii: "0") || offset == first + 1 else {
            throw JSONError(.syntax, offset: first, detail: "a number begins with a superfluous zero")
        }
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
