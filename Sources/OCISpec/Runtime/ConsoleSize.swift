// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension RuntimeConfiguration {
    /// Size of a terminal.
    ///
    /// Specification: OCI runtime-spec 1.3, config.md, section "Process".
    public struct ConsoleSize: JSONRecord, Hashable, Sendable {
        /// Number of rows.
        public var height: UInt
        /// Number of columns.
        public var width: UInt

        /// Creates the value.
        public init(height: UInt, width: UInt) {
            self.height = height
            self.width = width
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init(height: 0, width: 0)
            try reader.readRecord(&self)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.required("height", &height)
            try fields.required("width", &width)
        }
    }
}
