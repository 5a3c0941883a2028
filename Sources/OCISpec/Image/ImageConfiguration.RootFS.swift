// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension ImageConfiguration {
    /// The layers of an image by their content without compression.
    ///
    /// Specification: OCI image-spec 1.1, config.md, section "Properties".
    public struct RootFS: JSONRecord, Hashable, Sendable {
        /// Always `layers`.
        public var type: String
        /// Digests of the archives, the lowest layer first.
        public var diffIDs: [Digest]

        /// Creates the value; what is not given is absent.
        public init(type: String = "layers", diffIDs: [Digest] = []) {
            self.type = type
            self.diffIDs = diffIDs
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init()
            try reader.readRecord(&self, keys: .exactCase)
            try checkRead(at: reader.offset)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.required("type", &type)
            try fields.defaulted("diff_ids", &diffIDs)
        }
    }
}
