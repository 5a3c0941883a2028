// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A JSON number as it was written, so that nothing is lost in reading and writing it again.
public struct JSONNumber: Hashable, Sendable, CustomStringConvertible {
    /// The number's text, for example `-12` or `1.5e3`; always in the grammar of RFC 8259, section 6.
    public let description: String

    /// Creates a number from an integer.
    public init(_ value: some FixedWidthInteger) { description = String(value) }

    /// Creates a number from a floating-point value, or `nil` if it is infinite or not a number.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        description = value.description
    }

    /// Creates a number from text that the reader has checked.
    init(checked text: String) { description = text }

    /// The number as an integer of the type asked for, or `nil` if it has a fraction or an exponent or does not fit.
    public func integer<Value: FixedWidthInteger>(as type: Value.Type = Value.self) -> Value? { Value(description) }

    /// The nearest floating-point value.
    public var double: Double { Double(description) ?? .nan }
}

extension JSONNumber: JSONRepresentable {
    /// Reads a number.
    public init(reading reader: inout JSONReader) throws(JSONError) { self = try reader.readNumber() }

    /// Writes the number.
    public func write(to writer: inout JSONWriter) { writer.write(number: description) }
}
