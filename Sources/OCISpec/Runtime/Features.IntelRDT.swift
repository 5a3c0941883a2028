// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension Features {
    /// Support of Resource Director Technology.
    ///
    /// Specification: OCI runtime-spec 1.3, features-linux.md, section "intelRdt".
    public struct IntelRDT: JSONRecord, Hashable, Sendable {
        /// Whether it is supported.
        public var enabled: Bool?
        /// Whether `schemata` is supported.
        public var schemata: Bool?
        /// Whether `enableMonitoring` is supported.
        public var monitoring: Bool?

        /// Creates the value; what is not given is absent.
        public init(enabled: Bool? = nil, schemata: Bool? = nil, monitoring: Bool? = nil) {
            self.enabled = enabled
            self.schemata = schemata
            self.monitoring = monitoring
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init()
            try reader.readRecord(&self)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.optional("enabled", &enabled)
            try fields.optional("schemata", &schemata)
            try fields.optional("monitoring", &monitoring)
        }
    }
}
