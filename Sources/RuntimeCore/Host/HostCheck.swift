// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// One thing that containers need or use, and whether this host offers it.
public struct HostCheck: JSONRecord, Hashable, Sendable {
    /// What came of a check.
    public enum Status: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// It is there.
        case ok
        /// Some of what containers can do is not to be had.
        case warning
        /// Containers cannot run without it.
        case missing
    }

    /// What was looked at, for example `cgroups`.
    public var subject: String
    /// What came of it.
    public var status: Status
    /// What was found.
    public var detail: String
    /// What to do about it, as a command where there is one.
    public var fix: String?

    init(_ subject: String, _ status: Status, _ detail: String, fix: String? = nil) {
        self.subject = subject
        self.status = status
        self.detail = detail
        self.fix = fix
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init("", .ok, "")
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("subject", &subject)
        try fields.required("status", &status)
        try fields.required("detail", &detail)
        try fields.optional("fix", &fix)
    }
}
