// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// One image for one platform: its manifest, its configuration and its layers.
///
/// Everything here was reached from ``manifestDescriptor`` by digest. A policy that decides whether an image may be
/// used must look at that digest, not at the name or at the first entry of an index.
public struct ResolvedImage: Hashable, Sendable {
    /// A layer.
    public struct Layer: Hashable, Sendable {
        /// The layer as it is stored, possibly compressed.
        public let descriptor: Descriptor
        /// The digest of the layer's uncompressed tar archive.
        public let diffID: Digest
    }

    /// The reference that the image was asked for by or is stored under, if it has one.
    public internal(set) var reference: Reference?
    /// The manifest that was selected.
    public let manifestDescriptor: Descriptor
    /// The manifest.
    public let manifest: ImageManifest
    /// The configuration, exactly as it is stored; its digest is the image's ID.
    public let configurationDescriptor: Descriptor
    /// The configuration.
    public let configuration: ImageConfiguration
    /// The layers, lowest first.
    public let layers: [Layer]

    /// The image's ID: the digest of its configuration.
    public var id: Digest { configurationDescriptor.digest }

    /// Reads the image that `descriptor` describes.
    ///
    /// - Throws: ``ImageLayoutError``: `notFound`, `sizeMismatch`, `digestMismatch`, `invalidDocument`,
    ///   `unsupportedMediaType`, `limitExceeded`, `systemCall`.
    init(
        _ descriptor: Descriptor,
        reference: Reference?,
        from source: borrowing some ContentSource & ~Copyable
    ) throws(ImageLayoutError) {
        self.reference = reference
        manifestDescriptor = descriptor
        manifest = try ImageManifest(descriptor, from: source)
        configurationDescriptor = manifest.config
        configuration = try ImageConfiguration(manifest.config, from: source)
        layers = try Self.layers(of: manifest, configuration, subject: "image manifest \(descriptor.digest)")
    }

    /// As ``init(_:reference:from:)``, of a manifest that the store need not have yet.
    package init(
        _ descriptor: Descriptor,
        _ manifest: ImageManifest,
        from store: BlobStore
    ) throws(ImageLayoutError) {
        manifestDescriptor = descriptor
        self.manifest = manifest
        configurationDescriptor = manifest.config
        configuration = try ImageConfiguration(manifest.config, from: store)
        layers = try Self.layers(of: manifest, configuration, subject: "image manifest \(descriptor.digest)")
    }

    /// Pairs each layer with its diff ID.
    private static func layers(
        of manifest: ImageManifest,
        _ configuration: ImageConfiguration,
        subject: String
    ) throws(ImageLayoutError) -> [Layer] {
        let diffIDs = configuration.rootfs.diffIDs
        guard manifest.layers.count == diffIDs.count else {
            throw ImageLayoutError(
                .invalidDocument,
                subject,
                "it has \(manifest.layers.count) layers, and its configuration has \(diffIDs.count) diff_ids"
            )
        }
        guard diffIDs.count <= ImageLimits.layers else {
            throw ImageLayoutError(
                .limitExceeded,
                subject,
                "it has \(diffIDs.count) layers, more than the \(ImageLimits.layers) allowed"
            )
        }
        var layers: [Layer] = []
        for (descriptor, diffID) in zip(manifest.layers, diffIDs) {
            switch descriptor.mediaType.layerCompression {
            case nil:
                throw ImageLayoutError(
                    .unsupportedMediaType,
                    subject,
                    "its layer \(descriptor.digest) is of type \(descriptor.mediaType)"
                )
            case .some(.none) where descriptor.digest.algorithm == diffID.algorithm && descriptor.digest != diffID:
                throw ImageLayoutError(
                    .digestMismatch,
                    subject,
                    "its layer \(descriptor.digest) has the diff ID \(diffID) in its configuration"
                )
            default: layers.append(Layer(descriptor: descriptor, diffID: diffID))
            }
        }
        return layers
    }
}
