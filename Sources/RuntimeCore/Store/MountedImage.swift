// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import LayerUnpack
public import OCISpec

/// A view of an image that is mounted on the host, read-only: the content of its `mount.json`.
///
/// What tells whether it still is: the kernel's device number of the mounted file system, which is looked for in the
/// mount tables of all processes.
public struct MountedImage: JSONRecord, Hashable, Sendable {
    /// The layout of this document.
    var version = 1
    /// The name of its directory in the store.
    var id: String
    /// The image as it was asked for.
    public var image: String
    /// The digest of the image's configuration.
    public var imageID: Digest
    /// The image's diffIDs, the lowest first.
    public var layers: [Digest]
    /// Where it is mounted: an absolute path.
    public var path: ByteText
    /// When it was mounted: RFC 3339, UTC.
    public var created: String
    /// The boot that it belongs to; no mount outlives one.
    var boot: String
    /// The mount namespace that it was mounted in, such as `mnt:[4026531841]`.
    var namespace: String
    /// The pid namespace of who mounted it: others do not see all processes.
    var processes: String
    /// The file system's device number, such as `0:45`; `nil` until it is known.
    var device: String?
    /// The directory of the file system that is mounted.
    var root: ByteText?

    init(id: String, image: String, imageID: Digest, layers: [Digest], path: ByteText) {
        self.id = id
        self.image = image
        self.imageID = imageID
        self.layers = layers
        self.path = path
        (created, boot, namespace, processes) = ("", "", "", "")
    }

    /// Reads the value from an object.
    ///
    /// - Parameter reader: The reader.
    /// - Throws: `JSONError`.
    public init(reading reader: inout JSONReader) throws(JSONError) {
        self.init(id: "", image: "", imageID: Digest(unread: ()), layers: [], path: ByteText([]))
        try reader.readRecord(&self)
    }

    /// Lists the members.
    ///
    /// - Parameter fields: What is done with them.
    /// - Throws: What `fields` throws.
    public mutating func visitFields<Visitor: JSONFieldVisitor>(_ fields: inout Visitor) throws(Visitor.Failure) {
        try fields.required("version", &version)
        try fields.required("id", &id)
        try fields.required("image", &image)
        try fields.required("imageID", &imageID)
        try fields.required("layers", &layers)
        try fields.required("path", &path)
        try fields.required("created", &created)
        try fields.required("boot", &boot)
        try fields.required("namespace", &namespace)
        try fields.required("processes", &processes)
        try fields.optional("device", &device)
        try fields.optional("root", &root)
        try fields.noOthers()
    }
}
