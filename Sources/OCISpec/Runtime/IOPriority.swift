// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension RuntimeConfiguration {
    /// Input/output priority of a process.
    ///
    /// Specification: OCI runtime-spec 1.3, config.md, section "Linux Process". See ioprio_set(2).
    public struct IOPriority: JSONRecord, Hashable, Sendable {
        /// The scheduling class.
        public var `class`: Class
        /// Priority within the class, 0 (highest) to 7. Always written.
        public var priority: Int

        /// Creates the value; what is not given is absent.
        public init(class: Class, priority: Int = 0) {
            self.class = `class`
            self.priority = priority
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init(class: .bestEffort)
            try reader.readRecord(&self)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.required("class", &`class`)
            try fields.defaulted("priority", &priority)
        }
    }
}
