// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A network device that is moved into the container.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "Network Devices".
public struct LinuxNetDevice: JSONRecord, Hashable, Sendable {
    /// Its name inside the container; `nil` keeps it.
    public var name: String?

    /// Creates the value; what is not given is absent.
    public init(name: String? = nil) {
        self.name = name
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.optional("name", &name)
    }
}
