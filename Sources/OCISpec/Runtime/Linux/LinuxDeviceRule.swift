// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Whether devices may be used.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "Allowed Device list".
public struct LinuxDeviceRule: JSONRecord, Hashable, Sendable {
    /// Whether it is allowed.
    public var allow: Bool
    /// Type of device; `nil` means all.
    public var type: Kind?
    /// Major number; `nil` or -1 means all.
    public var major: Int64?
    /// Minor number; `nil` or -1 means all.
    public var minor: Int64?
    /// What is allowed: letters of `r`, `w` and `m` (mknod); `nil` means all.
    public var access: String?

    /// Creates the value; what is not given is absent.
    public init(allow: Bool, type: Kind? = nil, major: Int64? = nil, minor: Int64? = nil, access: String? = nil) {
        self.allow = allow
        self.type = type
        self.major = major
        self.minor = minor
        self.access = access
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(allow: false)
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("allow", &allow)
        try fields.optional("type", &type)
        try fields.optional("major", &major)
        try fields.optional("minor", &minor)
        try fields.optional("access", &access)
    }
}
