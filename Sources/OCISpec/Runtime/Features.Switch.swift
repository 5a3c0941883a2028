// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension Features {
    /// Support of something that is there or not.
    ///
    /// Specification: OCI runtime-spec 1.3, features-linux.md.
    public struct Switch: JSONRecord, Hashable, Sendable {
        /// Whether it is supported.
        public var enabled: Bool?

        /// Creates the value; what is not given is absent.
        public init(enabled: Bool? = nil) {
            self.enabled = enabled
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init()
            try reader.readRecord(&self)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.optional("enabled", &enabled)
        }
    }
}
