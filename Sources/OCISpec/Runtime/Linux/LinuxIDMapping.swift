// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A range of user or group ids.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "User namespace mappings".
public struct LinuxIDMapping: JSONRecord, Hashable, Sendable {
    /// First id inside.
    public var containerID: UInt32
    /// First id outside.
    public var hostID: UInt32
    /// Number of ids.
    public var size: UInt32

    /// Creates the value.
    public init(containerID: UInt32, hostID: UInt32, size: UInt32) {
        self.containerID = containerID
        self.hostID = hostID
        self.size = size
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(containerID: 0, hostID: 0, size: 0)
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("containerID", &containerID)
        try fields.required("hostID", &hostID)
        try fields.required("size", &size)
    }
}
