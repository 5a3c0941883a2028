// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension RuntimeConfiguration {
    /// Processors for processes that are run in the container later, each a list such as `0-3,7`.
    ///
    /// Specification: OCI runtime-spec 1.3, config.md, section "Linux Process".
    public struct ExecCPUAffinity: JSONRecord, Hashable, Sendable {
        /// Processors while the process is moved into the container.
        public var initial: String?
        /// Processors once it is there.
        public var final: String?

        /// Creates the value; what is not given is absent.
        public init(initial: String? = nil, final: String? = nil) {
            self.initial = initial
            self.final = final
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init()
            try reader.readRecord(&self)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.optional("initial", &initial)
            try fields.optional("final", &final)
        }
    }
}
