// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A struct that is a JSON object with known members.
///
/// A conforming type lists its members once, in ``visitFields(_:)``; reading, writing and scanning follow from that
/// list. Its `init(reading:)` makes a value with placeholders and lets the reader fill it:
///
/// ```swift
/// struct Point: JSONRecord {
///     var x: Int
///     var y: Int?
///     init(reading reader: inout JSONReader) throws(JSONError) {
///         x = 0
///         try reader.readRecord(&self)
///     }
///     mutating func visitFields<V: JSONFieldVisitor>(_ fields: inout V) throws(V.Failure) {
///         try fields.required("x", &x)
///         try fields.optional("y", &y)
///     }
/// }
/// ```
///
/// `Codable` comes with it, through ``JSONValue``: convenient and slow. Use ``JSONRepresentable/init(json:limits:)-(Span<UInt8>,_)``
/// where time or strictness matters, since a decoder has accepted or repaired the text before this library sees it.
public protocol JSONRecord: JSONRepresentable, Codable {
    /// Names each member once, in the order in which it is written. At most 64.
    ///
    /// - Parameter fields: What is done with the members.
    /// - Throws: What the visitor throws.
    mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure)
}

extension JSONRecord {
    /// Writes the record as an object.
    public func write(to writer: inout JSONWriter) {
        var copy = self
        writer.beginObject()
        copy.visitFields(&writer)
        writer.endObject()
    }

    /// Shows every string within the record to `scanner`.
    public func scanStrings(_ scanner: inout JSONStringScanner) {
        var copy = self
        copy.visitFields(&scanner)
    }

    /// Reads the record from any decoder, by way of ``JSONValue``.
    public init(from decoder: any Decoder) throws {
        try self.init(json: JSONValue(from: decoder).json())
    }

    /// Writes the record to any encoder, by way of ``JSONValue``.
    public func encode(to encoder: any Encoder) throws {
        try JSONValue(json: json(), limits: JSONLimits(size: .max, depth: JSONLimits.maximumDepth)).encode(to: encoder)
    }
}
