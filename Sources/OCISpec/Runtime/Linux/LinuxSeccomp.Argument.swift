// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension LinuxSeccomp {
    /// A condition on an argument of a system call.
    ///
    /// Specification: OCI runtime-spec 1.3, config-linux.md, section "Seccomp".
    public struct Argument: JSONRecord, Hashable, Sendable {
        /// Which argument, 0 to 5.
        public var index: UInt32
        /// What it is compared with; the mask for `SCMP_CMP_MASKED_EQ`.
        public var value: UInt64
        /// What the masked argument is compared with; `nil` means 0.
        public var valueTwo: UInt64?
        /// How it is compared.
        public var op: Operator

        /// Creates the value; what is not given is absent.
        public init(index: UInt32, value: UInt64, valueTwo: UInt64? = nil, op: Operator) {
            self.index = index
            self.value = value
            self.valueTwo = valueTwo
            self.op = op
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init(index: 0, value: 0, op: .equal)
            try reader.readRecord(&self)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.required("index", &index)
            try fields.required("value", &value)
            try fields.optional("valueTwo", &valueTwo)
            try fields.required("op", &op)
        }
    }
}
