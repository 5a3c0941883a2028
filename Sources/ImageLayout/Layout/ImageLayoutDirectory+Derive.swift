// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

extension ImageLayoutDirectory {
    /// Makes an image of another one and one more layer.
    ///
    /// The new image has the other's platform, its layers in OCI's media types, and its history with one more entry; the
    /// other image stays as it is. The same input gives the same image every time.
    ///
    /// - Parameters:
    ///   - base: An image of this directory.
    ///   - layer: From ``addLayer(from:name:limits:)``; it comes on top.
    ///   - derivation: What else is new.
    ///   - reference: The image's name, which no other image keeps.
    /// - Returns: The image.
    /// - Throws: ``ImageLayoutError`` as ``addImage(_:layers:as:)``: `limitExceeded` also if `base` has as many layers as
    ///   an image may have.
    /// - SeeAlso: OCI image-spec 1.1, config.md, section "Properties".
    @discardableResult
    public func addImage(
        basedOn base: ResolvedImage,
        adding layer: ResolvedImage.Layer,
        _ derivation: ImageDerivation,
        as reference: Reference? = nil
    ) throws(ImageLayoutError) -> ResolvedImage {
        var configuration = base.configuration
        configuration.created = derivation.created
        configuration.author = derivation.author ?? configuration.author
        configuration.config = derivation.execution ?? configuration.config
        let newest = ImageConfiguration.History(
            created: derivation.created,
            createdBy: derivation.createdBy,
            author: derivation.author,
            comment: derivation.comment
        )
        configuration.history = base.steps.map(\.history) + [newest]
        let image = try addImage(configuration, layers: base.layers.map(\.inOCITypes) + [layer], as: reference)
        return try ResolvedImage(image.descriptor, reference: reference, from: blobs)
    }
}

extension ResolvedImage.Layer {
    /// The layer with OCI's media type, where docker's means the same.
    fileprivate var inOCITypes: ResolvedImage.Layer {
        var descriptor = descriptor
        switch descriptor.mediaType {
        case .dockerLayer: descriptor.mediaType = .layer
        case .dockerLayerGzip: descriptor.mediaType = .layerGzip
        case .dockerLayerZstd: descriptor.mediaType = .layerZstd
        case .dockerForeignLayer: descriptor.mediaType = .nondistributableLayer
        case .dockerForeignLayerGzip: descriptor.mediaType = .nondistributableLayerGzip
        default: break
        }
        return ResolvedImage.Layer(descriptor: descriptor, diffID: diffID)
    }
}
