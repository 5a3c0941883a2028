// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Offset of a clock inside a time namespace.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "Offset for Time Namespace".
public struct LinuxTimeOffset: JSONRecord, Hashable, Sendable {
    /// Seconds.
    public var secs: Int64?
    /// Nanoseconds to add, less than 1,000,000,000.
    public var nanosecs: UInt32?

    /// Creates the value; what is not given is absent.
    public init(secs: Int64? = nil, nanosecs: UInt32? = nil) {
        self.secs = secs
        self.nanosecs = nanosecs
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.optional("secs", &secs)
        try fields.optional("nanosecs", &nanosecs)
    }
}
