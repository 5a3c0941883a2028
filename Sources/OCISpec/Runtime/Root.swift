// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension RuntimeConfiguration {
    /// The container's root file system.
    ///
    /// Specification: OCI runtime-spec 1.3, config.md, section "Root".
    public struct Root: JSONRecord, Hashable, Sendable {
        /// Path of the root directory on the host, absolute or relative to the bundle.
        public var path: String
        /// Whether the root file system is read-only inside; `nil` means no.
        public var readonly: Bool?

        /// Creates the value; what is not given is absent.
        public init(path: String, readonly: Bool? = nil) {
            self.path = path
            self.readonly = readonly
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init(path: "")
            try reader.readRecord(&self)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.required("path", &path)
            try fields.optional("readonly", &readonly)
        }
    }
}
