// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension LinuxSeccomp {
    /// What happens to some system calls.
    ///
    /// Specification: OCI runtime-spec 1.3, config-linux.md, section "Seccomp".
    public struct Rule: JSONRecord, Hashable, Sendable {
        /// Names of the system calls, at least one.
        public var names: [String]
        /// What happens to them.
        public var action: Action
        /// Error number for an action that has one; `nil` means EPERM.
        public var errnoRet: UInt32?
        /// Conditions on arguments, all of which must hold.
        public var args: [Argument]?

        /// Creates the value; what is not given is absent.
        public init(names: [String], action: Action, errnoRet: UInt32? = nil, args: [Argument]? = nil) {
            self.names = names
            self.action = action
            self.errnoRet = errnoRet
            self.args = args
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init(names: [], action: .kill)
            try reader.readRecord(&self)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.required("names", &names)
            try fields.required("action", &action)
            try fields.optional("errnoRet", &errnoRet)
            try fields.optional("args", &args)
        }
    }
}
