// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension ImageConfiguration {
    /// How a layer was made.
    ///
    /// Specification: OCI image-spec 1.1, config.md, section "Properties".
    public struct History: JSONRecord, Hashable, Sendable {
        /// When, in the form of RFC 3339.
        public var created: String?
        /// By which command.
        public var createdBy: String?
        /// By whom.
        public var author: String?
        /// Remark.
        public var comment: String?
        /// Whether the step made no layer; `nil` means that it did.
        public var emptyLayer: Bool?
        /// Members that this library does not know; they are written again after the known ones.
        public var otherFields: JSONObject

        /// Creates the value; what is not given is absent.
        public init(
            created: String? = nil,
            createdBy: String? = nil,
            author: String? = nil,
            comment: String? = nil,
            emptyLayer: Bool? = nil,
            otherFields: JSONObject = JSONObject()
        ) {
            self.created = created
            self.createdBy = createdBy
            self.author = author
            self.comment = comment
            self.emptyLayer = emptyLayer
            self.otherFields = otherFields
        }

        /// Reads the value from an object.
        public init(reading reader: inout JSONReader) throws(JSONError) {
            self.init()
            try reader.readRecord(&self, keys: .exactCase)
        }

        /// Lists the members.
        public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
            try fields.optional("created", &created)
            try fields.optional("created_by", &createdBy)
            try fields.optional("author", &author)
            try fields.optional("comment", &comment)
            try fields.optional("empty_layer", &emptyLayer)
            try fields.others(&otherFields)
        }
    }
}
