// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A device node to make inside the container.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "Devices".
public struct LinuxDevice: JSONRecord, Hashable, Sendable {
    /// Type of the node.
    public var type: Kind
    /// Path inside the container, absolute.
    public var path: String
    /// Major number; required unless it is a FIFO.
    public var major: Int64?
    /// Minor number; required unless it is a FIFO.
    public var minor: Int64?
    /// Permission bits.
    public var fileMode: UInt32?
    /// Owner inside the container.
    public var uid: UInt32?
    /// Group inside the container.
    public var gid: UInt32?

    /// Creates the value; what is not given is absent.
    public init(
        type: Kind,
        path: String,
        major: Int64? = nil,
        minor: Int64? = nil,
        fileMode: UInt32? = nil,
        uid: UInt32? = nil,
        gid: UInt32? = nil
    ) {
        self.type = type
        self.path = path
        self.major = major
        self.minor = minor
        self.fileMode = fileMode
        self.uid = uid
        self.gid = gid
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(type: .character, path: "")
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("type", &type)
        try fields.required("path", &path)
        try fields.optional("major", &major)
        try fields.optional("minor", &minor)
        try fields.optional("fileMode", &fileMode)
        try fields.optional("uid", &uid)
        try fields.optional("gid", &gid)
    }
}
