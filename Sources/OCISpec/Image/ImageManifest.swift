// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The parts of an image for one platform; docker's manifest of schema 2 has the same form.
///
/// Specification: OCI image-spec 1.1, manifest.md, section "Image Manifest Property Descriptions".
public struct ImageManifest: JSONRecord, Hashable, Sendable {
    /// Always 2.
    public var schemaVersion: Int
    /// Type of this document.
    public var mediaType: MediaType?
    /// Type of the artifact, if it is no image.
    public var artifactType: MediaType?
    /// The configuration.
    public var config: Descriptor
    /// The layers, the lowest first; at most 10,000.
    public var layers: [Descriptor]
    /// The manifest that this one belongs to.
    public var subject: Descriptor?
    /// Data about the manifest.
    public var annotations: [String: String]?
    /// Members that this library does not know; they are written again after the known ones.
    public var otherFields: JSONObject

    /// Creates the value; what is not given is absent.
    public init(
        schemaVersion: Int = 2,
        mediaType: MediaType? = nil,
        artifactType: MediaType? = nil,
        config: Descriptor,
        layers: [Descriptor],
        subject: Descriptor? = nil,
        annotations: [String: String]? = nil,
        otherFields: JSONObject = JSONObject()
    ) {
        self.schemaVersion = schemaVersion
        self.mediaType = mediaType
        self.artifactType = artifactType
        self.config = config
        self.layers = layers
        self.subject = subject
        self.annotations = annotations
        self.otherFields = otherFields
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(config: Descriptor(mediaType: .empty, digest: Digest(unread: ()), size: 0), layers: [])
        try reader.readRecord(&self, keys: .exactCase)
        try checkRead(at: reader.offset)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("schemaVersion", &schemaVersion)
        try fields.optional("mediaType", &mediaType)
        try fields.optional("artifactType", &artifactType)
        try fields.required("config", &config)
        try fields.required("layers", &layers)
        try fields.optional("subject", &subject)
        try fields.optional("annotations", &annotations)
        try fields.refused("manifests", .ambiguousDocument)
        try fields.refused("fsLayers", .ambiguousDocument)
        try fields.refused("history", .ambiguousDocument)
        try fields.others(&otherFields)
    }
}
