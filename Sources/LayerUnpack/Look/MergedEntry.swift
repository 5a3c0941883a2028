// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// A path of an image, and the layer that it comes from.
public struct MergedEntry: JSONRecord, Hashable, Sendable {
    /// The position of the layer that holds it, from 0.
    public var layer: Int
    /// What is at the path.
    ///
    /// Of a file's several names the first in the order of the tree is a `file`; the others are `hardLink`s with that
    /// one as their target, and have the file's attributes. There are no whiteouts.
    public var entry: ListedEntry
    /// How many names of the image stand for the same file.
    public var names: Int
    /// The position of its entry in the layer; `nil` for a directory that no entry is about, and once it went through
    /// JSON.
    var ordinal: UInt64?

    /// Where it is: the path below the image's root, empty for the root itself.
    public var path: ByteText { entry.path }

    init(_ file: TreeFile, at path: [UInt8], firstName: [UInt8]?) {
        layer = file.layer
        entry = file.entry
        names = file.names
        ordinal = file.ordinal
        entry.path = ByteText(path)
        if let firstName {
            entry.kind = .hardLink
            entry.linkTarget = ByteText(firstName)
        }
    }

    /// Reads the value from an object.
    ///
    /// - Parameter reader: The reader.
    /// - Throws: `JSONError`.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        layer = 0
        entry = ListedEntry(.file, [])
        names = 1
        try reader.readRecord(&self)
    }

    /// Lists the members.
    ///
    /// - Parameter fields: What is done with them.
    /// - Throws: What `fields` throws.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("layer", &layer)
        try fields.defaulted("names", &names)
        try fields.required("entry", &entry)
    }
}
