// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Execution domain.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "Personality".
public struct LinuxPersonality: JSONRecord, Hashable, Sendable {
    /// The domain.
    public var domain: Domain
    /// Flags; the specification defines none. Runtimes may know the kernel's, such as `ADDR_NO_RANDOMIZE`.
    public var flags: [String]?

    /// Creates the value; what is not given is absent.
    public init(domain: Domain, flags: [String]? = nil) {
        self.domain = domain
        self.flags = flags
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(domain: .linux)
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("domain", &domain)
        try fields.optional("flags", &flags)
    }
}
