// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What an image runs on.
///
/// Specification: OCI image-spec 1.1, image-index.md, section "Image Index Property Descriptions".
public struct Platform: JSONRecord, Hashable, Sendable {
    /// Processor architecture in the names of Go, for example `amd64`.
    public var architecture: String
    /// Operating system in the names of Go, for example `linux`.
    public var os: String
    /// Version of the operating system; only Windows uses it.
    public var osVersion: String?
    /// Features of the operating system that are needed.
    public var osFeatures: [String]?
    /// Variant of the processor architecture, for example `v7`.
    public var variant: String?

    /// Creates the value; what is not given is absent.
    public init(
        architecture: String,
        os: String,
        osVersion: String? = nil,
        osFeatures: [String]? = nil,
        variant: String? = nil
    ) {
        self.architecture = architecture
        self.os = os
        self.osVersion = osVersion
        self.osFeatures = osFeatures
        self.variant = variant
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(architecture: "", os: "")
        try reader.readRecord(&self, keys: .exactCase)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("architecture", &architecture)
        try fields.required("os", &os)
        try fields.optional("os.version", &osVersion)
        try fields.optional("os.features", &osFeatures)
        try fields.optional("variant", &variant)
    }
}
