// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// NUMA memory policy.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "Memory policy".
public struct LinuxMemoryPolicy: JSONRecord, Hashable, Sendable {
    /// The mode.
    public var mode: Mode
    /// Memory nodes, for example `0-1,3`.
    public var nodes: String?
    /// Flags of the mode.
    public var flags: [Flag]?

    /// Creates the value; what is not given is absent.
    public init(mode: Mode, nodes: String? = nil, flags: [Flag]? = nil) {
        self.mode = mode
        self.nodes = nodes
        self.flags = flags
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(mode: .default)
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("mode", &mode)
        try fields.optional("nodes", &nodes)
        try fields.optional("flags", &flags)
    }
}
