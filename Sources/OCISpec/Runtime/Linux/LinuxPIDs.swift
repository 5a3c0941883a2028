// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Limit on the number of tasks.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "PIDs".
public struct LinuxPIDs: JSONRecord, Hashable, Sendable {
    /// Greatest number of tasks; -1 means no limit.
    public var limit: Int64?

    /// Creates the value; what is not given is absent.
    public init(limit: Int64? = nil) {
        self.limit = limit
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.optional("limit", &limit)
    }
}
