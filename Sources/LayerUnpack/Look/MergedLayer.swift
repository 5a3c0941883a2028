// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// What one layer brings to an image.
public struct MergedLayer: JSONRecord, Hashable, Sendable {
    /// The digest of its uncompressed tar stream.
    public var diffID: Digest
    /// Its entries, whiteouts included.
    public var entries: UInt64
    /// Bytes of the uncompressed tar stream.
    public var streamBytes: UInt64
    /// Bytes of its files, uncompressed.
    public var size: UInt64
    /// Bytes of those of its files that the image does not show.
    public var wasted: UInt64

    init(diffID: Digest) {
        self.diffID = diffID
        (entries, streamBytes, size, wasted) = (0, 0, 0, 0)
    }

    /// Reads the value from an object.
    ///
    /// - Parameter reader: The reader.
    /// - Throws: `JSONError`.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(diffID: Digest(unread: ()))
        try reader.readRecord(&self)
    }

    /// Lists the members.
    ///
    /// - Parameter fields: What is done with them.
    /// - Throws: What `fields` throws.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("diffID", &diffID)
        try fields.required("entries", &entries)
        try fields.required("streamBytes", &streamBytes)
        try fields.required("size", &size)
        try fields.required("wasted", &wasted)
    }
}
