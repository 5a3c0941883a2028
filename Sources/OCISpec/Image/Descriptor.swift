// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Where content is found and how it is verified: its type, digest and size.
///
/// Specification: OCI image-spec 1.1, descriptor.md, section "Properties".
public struct Descriptor: JSONRecord, Hashable, Sendable {
    /// Type of the content.
    public var mediaType: MediaType
    /// Digest of the content.
    public var digest: Digest
    /// Size of the content in bytes, 0 to 2^53.
    public var size: Int64
    /// Where the content can also be fetched. Untrusted: never followed unless the user asks for it.
    public var urls: [String]?
    /// Data about the content.
    public var annotations: [String: String]?
    /// The content itself, if it is small.
    public var data: Base64Data?
    /// What the image runs on, for descriptors of manifests.
    public var platform: Platform?
    /// Type of the artifact, for descriptors of manifests.
    public var artifactType: MediaType?
    /// Members that this library does not know; they are written again after the known ones.
    public var otherFields: JSONObject

    /// Creates the value; what is not given is absent.
    public init(
        mediaType: MediaType,
        digest: Digest,
        size: Int64,
        urls: [String]? = nil,
        annotations: [String: String]? = nil,
        data: Base64Data? = nil,
        platform: Platform? = nil,
        artifactType: MediaType? = nil,
        otherFields: JSONObject = JSONObject()
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.urls = urls
        self.annotations = annotations
        self.data = data
        self.platform = platform
        self.artifactType = artifactType
        self.otherFields = otherFields
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(mediaType: .empty, digest: Digest(unread: ()), size: 0)
        try reader.readRecord(&self, keys: .exactCase)
        try checkRead(at: reader.offset)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("mediaType", &mediaType)
        try fields.required("digest", &digest)
        try fields.required("size", &size)
        try fields.optional("urls", &urls)
        try fields.optional("annotations", &annotations)
        try fields.optional("data", &data)
        try fields.optional("platform", &platform)
        try fields.optional("artifactType", &artifactType)
        try fields.others(&otherFields)
    }
}
