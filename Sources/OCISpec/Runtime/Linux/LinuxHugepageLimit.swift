// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Limit on huge pages of one size.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "Huge page limits".
public struct LinuxHugepageLimit: JSONRecord, Hashable, Sendable {
    /// Size of the pages: number and `KB`, `MB` or `GB`, for example `2MB`.
    public var pageSize: String
    /// Greatest amount, in bytes.
    public var limit: UInt64

    /// Creates the value.
    public init(pageSize: String, limit: UInt64) {
        self.pageSize = pageSize
        self.limit = limit
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(pageSize: "", limit: 0)
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("pageSize", &pageSize)
        try fields.required("limit", &limit)
    }
}
