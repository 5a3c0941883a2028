// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// How to run an image, and what its layers are.
///
/// Specification: OCI image-spec 1.1, config.md, section "Properties".
public struct ImageConfiguration: JSONRecord, Hashable, Sendable {
    /// When the image was made, in the form of RFC 3339.
    public var created: String?
    /// Who made it.
    public var author: String?
    /// Processor architecture, for example `amd64`.
    public var architecture: String
    /// Operating system, for example `linux`.
    public var os: String
    /// Version of the operating system.
    public var osVersion: String?
    /// Features of the operating system that are needed.
    public var osFeatures: [String]?
    /// Variant of the processor architecture, for example `v7`.
    public var variant: String?
    /// How to run the image.
    public var config: Execution?
    /// What the layers are.
    public var rootfs: RootFS
    /// How each layer was made, the lowest first.
    public var history: [History]?
    /// Members that this library does not know; they are written again after the known ones.
    public var otherFields: JSONObject

    /// Creates the value; what is not given is absent.
    public init(
        created: String? = nil,
        author: String? = nil,
        architecture: String,
        os: String,
        osVersion: String? = nil,
        osFeatures: [String]? = nil,
        variant: String? = nil,
        config: Execution? = nil,
        rootfs: RootFS,
        history: [History]? = nil,
        otherFields: JSONObject = JSONObject()
    ) {
        self.created = created
        self.author = author
        self.architecture = architecture
        self.os = os
        self.osVersion = osVersion
        self.osFeatures = osFeatures
        self.variant = variant
        self.config = config
        self.rootfs = rootfs
        self.history = history
        self.otherFields = otherFields
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(architecture: "", os: "", rootfs: RootFS(diffIDs: []))
        try reader.readRecord(&self, keys: .exactCase)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.optional("created", &created)
        try fields.optional("author", &author)
        try fields.required("architecture", &architecture)
        try fields.required("os", &os)
        try fields.optional("os.version", &osVersion)
        try fields.optional("os.features", &osFeatures)
        try fields.optional("variant", &variant)
        try fields.optional("config", &config)
        try fields.required("rootfs", &rootfs)
        try fields.optional("history", &history)
        try fields.others(&otherFields)
    }
}
