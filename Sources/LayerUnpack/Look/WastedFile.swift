// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// A file whose bytes are in a layer and which the image does not show.
public struct WastedFile: JSONRecord, Hashable, Sendable {
    /// Why the image does not show it.
    public enum Cause: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// Something else has its path.
        case replaced
        /// A whiteout deletes it.
        case deleted
    }

    /// The path that it had last.
    public var path: ByteText
    /// The position of the layer that holds its bytes, from 0.
    public var layer: Int
    /// Its bytes, uncompressed.
    public var size: UInt64
    /// Why the image does not show it.
    public var cause: Cause
    /// The position of the layer that replaces or deletes it.
    public var by: Int

    init(_ path: [UInt8], layer: Int, size: UInt64, _ cause: Cause, by: Int) {
        self.path = ByteText(path)
        self.layer = layer
        self.size = size
        self.cause = cause
        self.by = by
    }

    /// Reads the value from an object.
    ///
    /// - Parameter reader: The reader.
    /// - Throws: `JSONError`.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init([], layer: 0, size: 0, .replaced, by: 0)
        try reader.readRecord(&self)
    }

    /// Lists the members.
    ///
    /// - Parameter fields: What is done with them.
    /// - Throws: What `fields` throws.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("path", &path)
        try fields.required("layer", &layer)
        try fields.required("size", &size)
        try fields.required("cause", &cause)
        try fields.required("by", &by)
    }
}
