// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A namespace to create, or to join if it has a path.
///
/// Specification: OCI runtime-spec 1.3, config-linux.md, section "Namespaces".
public struct LinuxNamespace: JSONRecord, Hashable, Sendable {
    /// Kind of namespace.
    public var type: Kind
    /// File of the namespace to join, an absolute path; `nil` creates a new one.
    public var path: String?

    /// Creates the value; what is not given is absent.
    public init(type: Kind, path: String? = nil) {
        self.type = type
        self.path = path
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(type: .pid)
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("type", &type)
        try fields.optional("path", &path)
    }
}
