// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension Features {
    /// Support of system call filters.
    ///
    /// Specification: OCI runtime-spec 1.3, features-linux.md, section "seccomp".
    public struct Seccomp: JSONRecord, Hashable, Sendable {
        /// Whether filters are supported.
        public var enabled: Bool?
        /// Actions.
        public var actions: [String]?
        /// Operators on arguments.
        public var operators: [String]?
        /// Architectures.
        public var archs: [String]?
        /// Flags that are recognized.
        public var knownFlags: [String]?
        /// Flags that this kernel takes.
        public var supportedFlags: [String]?

        /// Creates the value; what is not given is absent.
        public init(
            enabled: Bool? = nil,
            actions: [String]? = nil,
            operators: [String]? = nil,
            archs: [String]? = nil,
            knownFlags: [String]? = nil,
            supportedFlags: [String]? = nil
        ) {
            self.enabled = enabled
            self.actions = actions
            self.operators = operators
            self.archs = archs
            self.knownFlags = knownFlags
            self.supportedFlags = supportedFlags
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init()
            try reader.readRecord(&self)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.optional("enabled", &enabled)
            try fields.optional("actions", &actions)
            try fields.optional("operators", &operators)
            try fields.optional("archs", &archs)
            try fields.optional("knownFlags", &knownFlags)
            try fields.optional("supportedFlags", &supportedFlags)
        }
    }
}
