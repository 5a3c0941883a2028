// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Priority of packets on an interface.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "Network".
public struct LinuxInterfacePriority: JSONRecord, Hashable, Sendable {
    /// Name of the interface on the host.
    public var name: String
    /// The priority.
    public var priority: UInt32

    /// Creates the value.
    public init(name: String, priority: UInt32) {
        self.name = name
        self.priority = priority
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(name: "", priority: 0)
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("name", &name)
        try fields.required("priority", &priority)
    }
}
