// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Network of a group, on version 1 of control groups.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "Network".
public struct LinuxNetwork: JSONRecord, Hashable, Sendable {
    /// Class of the packets.
    public var classID: UInt32?
    /// Priorities of the packets by interface.
    public var priorities: [LinuxInterfacePriority]?

    /// Creates the value; what is not given is absent.
    public init(classID: UInt32? = nil, priorities: [LinuxInterfacePriority]? = nil) {
        self.classID = classID
        self.priorities = priorities
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.optional("classID", &classID)
        try fields.optional("priorities", &priorities)
    }
}
