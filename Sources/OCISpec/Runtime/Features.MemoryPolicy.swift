// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension Features {
    /// Support of NUMA memory policy.
    ///
    /// Specification: OCI runtime-spec 1.3, features-linux.md, section "memoryPolicy".
    public struct MemoryPolicy: JSONRecord, Hashable, Sendable {
        /// Modes.
        public var modes: [String]?
        /// Flags of modes.
        public var flags: [String]?

        /// Creates the value; what is not given is absent.
        public init(modes: [String]? = nil, flags: [String]? = nil) {
            self.modes = modes
            self.flags = flags
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init()
            try reader.readRecord(&self)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.optional("modes", &modes)
            try fields.optional("flags", &flags)
        }
    }
}
