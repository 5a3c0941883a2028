// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension RuntimeConfiguration {
    /// A resource limit.
    ///
    /// Specification: OCI runtime-spec 1.3, config.md, section "POSIX process".
    public struct RLimit: JSONRecord, Hashable, Sendable {
        /// The resource.
        public var type: Kind
        /// Limit in force, in the unit of the resource; the greatest 64-bit number means no limit.
        public var soft: UInt64
        /// Greatest soft limit that a process without privilege can set.
        public var hard: UInt64

        /// Creates the value.
        public init(type: Kind, soft: UInt64, hard: UInt64) {
            self.type = type
            self.soft = soft
            self.hard = hard
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init(type: .core, soft: 0, hard: 0)
            try reader.readRecord(&self)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.required("type", &type)
            try fields.required("soft", &soft)
            try fields.required("hard", &hard)
        }
    }
}
