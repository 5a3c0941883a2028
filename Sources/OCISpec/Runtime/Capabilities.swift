// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension RuntimeConfiguration {
    /// The five capability sets of a process, each a list of names such as `CAP_NET_BIND_SERVICE`.
    ///
    /// Specification: OCI runtime-spec 1.3, config.md, section "Linux Process".
    public struct Capabilities: JSONRecord, Hashable, Sendable {
        /// What any process of the container can ever have.
        public var bounding: [String]?
        /// What the kernel checks.
        public var effective: [String]?
        /// What survives `execve(2)` of a file with inheritable capabilities.
        public var inheritable: [String]?
        /// What the process may make effective.
        public var permitted: [String]?
        /// What survives `execve(2)` of any file.
        public var ambient: [String]?

        /// Creates the value; what is not given is absent.
        public init(
            bounding: [String]? = nil,
            effective: [String]? = nil,
            inheritable: [String]? = nil,
            permitted: [String]? = nil,
            ambient: [String]? = nil
        ) {
            self.bounding = bounding
            self.effective = effective
            self.inheritable = inheritable
            self.permitted = permitted
            self.ambient = ambient
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init()
            try reader.readRecord(&self)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.optional("bounding", &bounding)
            try fields.optional("effective", &effective)
            try fields.optional("inheritable", &inheritable)
            try fields.optional("permitted", &permitted)
            try fields.optional("ambient", &ambient)
        }
    }
}
