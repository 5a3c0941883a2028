// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// A path at which two images differ.
public struct PathChange: JSONRecord, Hashable, Sendable {
    /// How a path differs.
    public enum Kind: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// Only the second image has it.
        case added
        /// Only the first image has it.
        case removed
        /// Both have it, with other attributes.
        case changed
    }

    /// What of a path differs.
    public enum Attribute: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// The kind of file.
        case type
        /// The permission bits.
        case mode
        /// The user or group.
        case owner
        /// The bytes of content.
        case size
        /// The content, where both trees were read with contents hashed.
        case content
        /// The time stamp.
        case modified
        /// The text of a symbolic link.
        case linkTarget = "link-target"
        /// What a device node stands for.
        case device
        /// The extended attributes.
        case attributes
        /// Which other names the file has.
        case names
    }

    /// Where the images differ.
    public var path: ByteText
    /// How they differ there.
    public var kind: Kind
    /// What differs, for a path that both have.
    public var differences: [Attribute]
    /// What the first image has there.
    public var old: MergedEntry?
    /// What the second image has there.
    public var new: MergedEntry?

    init(_ path: ByteText, _ kind: Kind, _ old: MergedEntry?, _ new: MergedEntry?, differences: [Attribute] = []) {
        self.path = path
        self.kind = kind
        self.differences = differences
        self.old = old
        self.new = new
    }

    /// Reads the value from an object.
    ///
    /// - Parameter reader: The reader.
    /// - Throws: `JSONError`.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(ByteText([]), .changed, nil, nil)
        try reader.readRecord(&self)
    }

    /// Lists the members.
    ///
    /// - Parameter fields: What is done with them.
    /// - Throws: What `fields` throws.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("path", &path)
        try fields.required("kind", &kind)
        try fields.defaulted("differences", &differences)
        try fields.optional("old", &old)
        try fields.optional("new", &new)
    }
}
