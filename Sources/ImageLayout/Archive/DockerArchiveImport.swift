// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import OCISpec

/// Turns what a docker archive holds into images with OCI manifests.
struct DockerArchiveImport: Sendable {
    private let contents: ArchiveContents
    private let items: [DockerArchiveItem]

    /// Reads `manifest.json`, if the archive has one.
    init?(_ contents: ArchiveContents) throws(ImageLayoutError) {
        guard let bytes = contents.document("manifest.json") else { return nil }
        self.contents = contents
        do throws(JSONError) {
            items = try [DockerArchiveItem](json: bytes, limits: JSONLimits(size: ImageLimits.dockerManifest))
        } catch {
            throw ImageLayoutError(error, "\(contents.name): manifest.json")
        }
        guard items.count <= ImageLimits.descriptors else {
            throw ImageLayoutError(.limitExceeded, contents.name, "it has more than \(ImageLimits.descriptors) images")
        }
    }

    /// Stages a manifest for each image and adds the images to `result`.
    func addImages(
        to result: inout ImageImport,
        _ transaction: inout BlobTransaction
    ) throws(ImageLayoutError) {
        for item in items {
            let manifest = try manifest(item, in: transaction)
            let identity = try transaction.stage(manifest.json())
            let descriptor = Descriptor(mediaType: .imageManifest, digest: identity.digest, size: identity.size)
            try result.add(descriptor, names(item), in: transaction)
        }
    }

    /// Adds the names in `manifest.json` to images that were read from the archive's index already.
    func addNames(to result: inout ImageImport, _ transaction: borrowing BlobTransaction) throws(ImageLayoutError) {
        for item in items {
            let id = try contents.file(item.config).identity.digest
            for name in try names(item) { try result.add(name, toImage: id, in: transaction) }
        }
    }

    private func names(_ item: DockerArchiveItem) throws(ImageLayoutError) -> [ImageName] {
        var names: [ImageName] = []
        for tag in item.repoTags ?? [] {
            guard let reference = try? Reference(tag) else {
                throw ImageLayoutError(.invalidName, contents.name, "an image in it is called by a name that is none")
            }
            names.append(ImageName(reference))
        }
        return names
    }

    private func manifest(
        _ item: DockerArchiveItem,
        in transaction: borrowing BlobTransaction
    ) throws(ImageLayoutError) -> ImageManifest {
        let file = try contents.file(item.config)
        try checkConfigurationName(item.config, file.identity.digest)
        let descriptor = Descriptor(
            mediaType: .imageConfiguration,
            digest: file.identity.digest,
            size: file.identity.size
        )
        let configuration = try ImageConfiguration(descriptor, from: transaction)
        let diffIDs = configuration.rootfs.diffIDs
        guard item.layers.count == diffIDs.count else {
            throw ImageLayoutError(
                .invalidDocument,
                "\(contents.name): \(item.config)",
                "it has \(diffIDs.count) diff_ids, and manifest.json lists \(item.layers.count) layers"
            )
        }
        var layers: [Descriptor] = []
        for (name, diffID) in zip(item.layers, diffIDs) {
            layers.append(try layer(name, diffID, in: transaction))
        }
        return ImageManifest(mediaType: .imageManifest, config: descriptor, layers: layers)
    }

    /// Every docker calls the file by its digest; the name must be true then.
    private func checkConfigurationName(_ name: String, _ digest: Digest) throws(ImageLayoutError) {
        let suffix = ".json"
        guard name.utf8.count == 64 + suffix.utf8.count, name.hasSuffix(suffix),
            let stated = try? Digest("sha256:\(name.dropLast(suffix.count))")
        else { return }
        if stated != digest { throw BlobStore.mismatch(stated, found: digest) }
    }

    private func layer(
        _ name: String,
        _ diffID: Digest,
        in transaction: borrowing BlobTransaction
    ) throws(ImageLayoutError) -> Descriptor {
        let file = try contents.file(name)
        let mediaType = LayerContent.mediaType(prefix: file.prefix)
        let found =
            mediaType == .layer && diffID.algorithm == file.identity.digest.algorithm
            ? file.identity.digest
            : try LayerContent.digest(
                of: transaction.open(file.identity.digest),
                name: "\(contents.name): \(name)",
                diffID.algorithm
            )
        guard found == diffID else {
            throw ImageLayoutError(
                .digestMismatch,
                "\(contents.name): \(name)",
                "its diff ID is \(found), not \(diffID)"
            )
        }
        return Descriptor(
            mediaType: mediaType,
            digest: file.identity.digest,
            size: file.identity.size
        )
    }
}
