// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// One line of a list of images: an image for one platform, under one of its names.
public struct ImageSummary: Hashable, Sendable {
    /// The name as it is stored; `nil` for an image without a name.
    public let name: String?
    /// The name as a reference; `nil` for an image without a name or with a bare tag.
    public let reference: Reference?
    /// The image's ID: the digest of its configuration.
    public let id: Digest
    /// The manifest.
    public let manifest: Descriptor
    /// The bytes of manifest, configuration and layers as they are stored.
    public let size: Int64
    /// When the image was made, as its configuration says (RFC 3339).
    public let created: String?
    /// What the image runs on.
    public let platform: Platform
    /// The digests of its uncompressed layers, the lowest first.
    public let diffIDs: [Digest]
}
