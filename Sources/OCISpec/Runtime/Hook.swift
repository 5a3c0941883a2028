// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension RuntimeConfiguration {
    /// A program that is run at a point of the life cycle.
    ///
    /// Specification: OCI runtime-spec 1.3, config.md, section "POSIX-platform Hooks".
    public struct Hook: JSONRecord, Hashable, Sendable {
        /// The program, an absolute path.
        public var path: String
        /// Arguments with the meaning of `execv(3)`: the first is the name of the program.
        public var args: [String]?
        /// Environment; `nil` means empty.
        public var env: [String]?
        /// Seconds after which it is killed, more than zero; `nil` means no limit.
        public var timeout: Int?

        /// Creates the value; what is not given is absent.
        public init(path: String, args: [String]? = nil, env: [String]? = nil, timeout: Int? = nil) {
            self.path = path
            self.args = args
            self.env = env
            self.timeout = timeout
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init(path: "")
            try reader.readRecord(&self)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.required("path", &path)
            try fields.optional("args", &args)
            try fields.optional("env", &env)
            try fields.optional("timeout", &timeout)
        }
    }
}
