// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// One entry of a layer as it stands in the archive, without its content.
public struct ListedEntry: JSONRecord, Hashable, Sendable {
    /// What an entry makes, or takes away.
    public enum Kind: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// A regular file.
        case file
        /// Another name of a file; the link target says which.
        case hardLink = "hard-link"
        /// A symbolic link.
        case symlink
        /// A directory.
        case directory
        /// A character device.
        case characterDevice = "character-device"
        /// A block device.
        case blockDevice = "block-device"
        /// A named pipe.
        case fifo
        /// What lower layers have at the path is not there.
        case whiteout
        /// What lower layers have in the directory at the path is not there.
        case opaque
    }

    /// A time stamp since 1970.
    public struct Time: JSONRecord, Hashable, Sendable {
        /// Whole seconds, negative before 1970.
        public var seconds: Int64
        /// What is added to them, 0 to 999,999,999.
        public var nanoseconds: Int64

        /// Makes a time stamp.
        ///
        /// - Parameters:
        ///   - seconds: Whole seconds since 1970.
        ///   - nanoseconds: What is added to them, 0 to 999,999,999.
        public init(seconds: Int64, nanoseconds: Int64 = 0) {
            self.seconds = seconds
            self.nanoseconds = nanoseconds
        }

        /// Reads the value from an object.
        ///
        /// - Parameter reader: The reader.
        /// - Throws: `JSONError`.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init(seconds: 0)
            try reader.readRecord(&self)
        }

        /// Lists the members.
        ///
        /// - Parameter fields: What is done with them.
        /// - Throws: What `fields` throws.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.required("seconds", &seconds)
            try fields.defaulted("nanoseconds", &nanoseconds)
        }
    }

    /// What the entry makes or takes away.
    public var kind: Kind
    /// The path below the image's root, without a slash at either end; empty for the root itself. For a whiteout the
    /// path that is hidden.
    public var path: ByteText
    /// Permission bits including setuid, setgid and sticky.
    public var mode: UInt32
    /// The owner's user number.
    public var uid: UInt32
    /// The owner's group number.
    public var gid: UInt32
    /// Bytes of content, the holes of a sparse file included.
    public var size: UInt64
    /// When the content changed last.
    public var modified: Time
    /// The text of a symbolic link, or the path that a hard link is another name of.
    public var linkTarget: ByteText?
    /// What a device node stands for.
    public var device: DeviceNumber?
    /// The extended attributes as they stand in the archive, also those that unpacking leaves out.
    public var attributes: [ListedAttribute]?
    /// The digest of a regular file's content, if it was asked for.
    public var content: Digest?

    init(_ kind: Kind, _ path: [UInt8]) {
        self.kind = kind
        self.path = ByteText(path)
        (mode, uid, gid, size) = (0, 0, 0, 0)
        modified = Time(seconds: 0)
    }

    /// Reads the value from an object.
    ///
    /// - Parameter reader: The reader.
    /// - Throws: `JSONError`.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(.file, [])
        try reader.readRecord(&self)
    }

    /// Lists the members.
    ///
    /// - Parameter fields: What is done with them.
    /// - Throws: What `fields` throws.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("path", &path)
        try fields.required("kind", &kind)
        try fields.required("mode", &mode)
        try fields.required("uid", &uid)
        try fields.required("gid", &gid)
        try fields.required("size", &size)
        try fields.required("modified", &modified)
        try fields.optional("linkTarget", &linkTarget)
        try fields.optional("device", &device)
        try fields.optional("attributes", &attributes)
        try fields.optional("content", &content)
    }
}
