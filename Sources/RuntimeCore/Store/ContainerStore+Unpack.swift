// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ImageLayout
public import LayerUnpack
public import OCISpec
public import SystemPackage

extension ContainerStore {
    /// Unpacks an image's layers into one tree, whiteouts executed: a root file system for users without overlayfs.
    ///
    /// - Parameters:
    ///   - image: A reference, a digest, or the first digits of one.
    ///   - directory: An empty directory, or one that is made.
    ///   - platform: The platform, where an image is there for several.
    /// - Returns: One report for each layer, the lowest first.
    /// - Throws: ``ContainerStoreError``. The directory is empty then, or gone if it was made.
    /// - Note: Needs what `FlatUnpacker` needs.
    @discardableResult
    public func unpackFlat(
        _ image: String,
        into directory: FilePath,
        platform: Platform = .host
    ) throws(ContainerStoreError) -> [LayerReport] {
        let lease = try withImageErrors { () throws(ImageLayoutError) in try images.lease() }
        let layers = try sources(of: image, platform: platform)
        let reports = try withLayerErrors("unpack image \(image)") { () throws(LayerUnpackError) in
            try FlatUnpacker().unpack(layers, into: directory)
        }
        extendLifetime(lease)
        return reports
    }

    /// Unpacks each of an image's layers into a directory of its own below `directory`, for overlayfs to stack.
    ///
    /// - Parameters:
    ///   - image: A reference, a digest, or the first digits of one.
    ///   - directory: A `SnapshotStore`, made where it is missing. Layers that are there already are kept.
    ///   - platform: The platform, where an image is there for several.
    /// - Returns: The directories, the topmost first, as overlayfs' option `lowerdir` wants them.
    /// - Throws: ``ContainerStoreError``. Layers that were unpacked before the failure stay.
    /// - Note: Needs what `SnapshotStore` needs.
    public func unpackStacked(
        _ image: String,
        into directory: FilePath,
        platform: Platform = .host
    ) throws(ContainerStoreError) -> [FilePath] {
        let lease = try withImageErrors { () throws(ImageLayoutError) in try images.lease() }
        let layers = try sources(of: image, platform: platform)
        let lowers = try withLayerErrors("unpack image \(image)") { () throws(LayerUnpackError) in
            let target = try SnapshotStore(at: directory)
            _ = try target.unpack(layers)
            return try target.lowerDirectories(for: layers.compactMap(\.diffID))
        }
        extendLifetime(lease)
        return lowers
    }

    /// The layers of an image, open. The caller holds a lease.
    func sources(of image: String, platform: Platform) throws(ContainerStoreError) -> [LayerSource] {
        let resolved = try withImageErrors { () throws(ImageLayoutError) in
            try images.resolve(image, platform: platform)
        }
        var sources: [LayerSource] = []
        for layer in resolved.layers {
            let blob = try withImageErrors { () throws(ImageLayoutError) in try images.blobs.open(layer.descriptor) }
            sources.append(
                try withLayerErrors("open layer") { () throws(LayerUnpackError) in try LayerSource(blob, of: layer) }
            )
        }
        return sources
    }
}
