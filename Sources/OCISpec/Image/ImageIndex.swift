// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A list of manifests, usually one a platform; docker's manifest list has the same form.
///
/// Specification: OCI image-spec 1.1, image-index.md, section "Image Index Property Descriptions".
public struct ImageIndex: JSONRecord, Hashable, Sendable {
    /// Always 2.
    public var schemaVersion: Int
    /// Type of this document.
    public var mediaType: MediaType?
    /// Type of the artifact, if it is no image.
    public var artifactType: MediaType?
    /// The manifests, and indexes, in order of preference; at most 10,000.
    public var manifests: [Descriptor]
    /// The manifest that this one belongs to.
    public var subject: Descriptor?
    /// Data about the index.
    public var annotations: [String: String]?
    /// Members that this library does not know; they are written again after the known ones.
    public var otherFields: JSONObject

    /// Creates the value; what is not given is absent.
    public init(
        schemaVersion: Int = 2,
        mediaType: MediaType? = nil,
        artifactType: MediaType? = nil,
        manifests: [Descriptor],
        subject: Descriptor? = nil,
        annotations: [String: String]? = nil,
        otherFields: JSONObject = JSONObject()
    ) {
        self.schemaVersion = schemaVersion
        self.mediaType = mediaType
        self.artifactType = artifactType
        self.manifests = manifests
        self.subject = subject
        self.annotations = annotations
        self.otherFields = otherFields
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(manifests: [])
        try reader.readRecord(&self, keys: .exactCase)
        try checkRead(at: reader.offset)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("schemaVersion", &schemaVersion)
        try fields.optional("mediaType", &mediaType)
        try fields.optional("artifactType", &artifactType)
        try fields.required("manifests", &manifests)
        try fields.optional("subject", &subject)
        try fields.optional("annotations", &annotations)
        try fields.refused("config", .ambiguousDocument)
        try fields.refused("layers", .ambiguousDocument)
        try fields.refused("fsLayers", .ambiguousDocument)
        try fields.refused("history", .ambiguousDocument)
        try fields.others(&otherFields)
    }
}
