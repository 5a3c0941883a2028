// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// What is noted of a container when it is made from an image: the content of its `container.json`.
public struct ContainerMetadata: JSONRecord, Hashable, Sendable {
    /// How long a container lasts.
    public enum Lifetime: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// As long as the scope that made it; when its process dies, it is removed.
        case scoped
        /// Until it is removed.
        case kept
    }

    /// What a container's root file system is.
    public enum Root: String, JSONRepresentable, Codable, CaseIterable, Hashable, Sendable {
        /// The image's layers with a writable one on top, stacked by overlayfs.
        case overlay
        /// A copy of its own of what the image's layers show.
        case copy
    }

    /// The layout of this document.
    var version = 1
    /// The container's id: 64 hexadecimal digits.
    public var id: String
    /// Its name.
    public var name: String
    /// The image as it was asked for.
    public var image: String
    /// The digest of the image's configuration.
    public var imageID: Digest
    /// The image's manifest, whose blobs stay as long as the container; `nil` for containers of older versions.
    public var manifest: Descriptor?
    /// The image's diffIDs, the lowest first.
    public var layers: [Digest]
    /// The program and its arguments.
    public var command: [String]
    /// When it was made: RFC 3339, UTC.
    public var created: String
    /// How long it lasts.
    public var lifetime: Lifetime
    /// Labels, the image's and its own.
    public var labels: [String: String]
    /// The signal that asks it to end, such as `SIGTERM`.
    public var stopSignal: String?
    /// How an image made of it would run: the image's wishes, as the container's options changed them.
    public var execution: ImageConfiguration.Execution?
    /// What its root file system is; `nil` is an overlay.
    public var root: Root?
    /// What whoever stays with it is to do; `nil` is nothing.
    public var supervision: Supervision?
    /// The ranges of users of its user namespace; `nil` without one.
    public var uidMappings: [LinuxIDMapping]?
    /// The ranges of groups of its user namespace; `nil` without one.
    public var gidMappings: [LinuxIDMapping]?

    init(id: String, name: String, image: String, imageID: Digest, layers: [Digest], lifetime: Lifetime) {
        self.id = id
        self.name = name
        self.image = image
        self.imageID = imageID
        self.layers = layers
        command = []
        created = ""
        self.lifetime = lifetime
        labels = [:]
    }

    /// Reads the value from an object.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(id: "", name: "", image: "", imageID: Digest(unread: ()), layers: [], lifetime: .kept)
        try reader.readRecord(&self)
    }

    /// Lists the members.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("version", &version)
        try fields.required("id", &id)
        try fields.required("name", &name)
        try fields.required("image", &image)
        try fields.required("imageID", &imageID)
        try fields.optional("manifest", &manifest)
        try fields.required("layers", &layers)
        try fields.required("command", &command)
        try fields.required("created", &created)
        try fields.required("lifetime", &lifetime)
        try fields.required("labels", &labels)
        try fields.optional("stopSignal", &stopSignal)
        try fields.optional("execution", &execution)
        try fields.optional("root", &root)
        try fields.optional("supervision", &supervision)
        try fields.optional("uidMappings", &uidMappings)
        try fields.optional("gidMappings", &gidMappings)
        try fields.noOthers()
    }
}
