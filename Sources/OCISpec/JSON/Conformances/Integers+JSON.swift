// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Integers are read exactly: no fraction, no exponent, no rounding, no wrapping.
extension JSONRepresentable where Self: FixedWidthInteger {
    /// Reads an integer that fits the type.
    public init(reading reader: inout JSONReader) throws(JSONError) { self = try reader.readInteger() }

    /// Writes the integer in decimal.
    public func write(to writer: inout JSONWriter) { writer.write(number: String(self)) }
}

extension Int: JSONRepresentable {}
extension Int32: JSONRepresentable {}
extension Int64: JSONRepresentable {}
extension UInt: JSONRepresentable {}
extension UInt16: JSONRepresentable {}
extension UInt32: JSONRepresentable {}
extension UInt64: JSONRepresentable {}
