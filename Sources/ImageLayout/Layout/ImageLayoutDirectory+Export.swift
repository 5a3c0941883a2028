// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import LinuxSystem
public import OCISpec
internal import SystemPackage

extension ImageLayoutDirectory {
    /// Writes images as an archive, uncompressed, whose bytes depend on the images and their names only.
    ///
    /// An `oci` archive keeps images as they are, with every platform that the layout holds. A `docker` archive holds
    /// each image for one platform, its layers uncompressed; for that they pass through the layout's `ingest`
    /// directory.
    ///
    /// - Parameters:
    ///   - names: As for ``find(_:)``.
    ///   - format: The kind of archive.
    ///   - platform: The platform, for a `docker` archive.
    ///   - file: Where the archive is written: a file, pipe or socket. It is closed at the end.
    /// - Throws: ``ImageLayoutError``: `notFound`, `ambiguous`, `noMatchingPlatform`, `digestMismatch`, `sizeMismatch`,
    ///   `invalidDocument`, `unsupportedMediaType`, `limitExceeded`, `systemCall`. What was written is then no archive.
    public func export(
        _ names: [String],
        as format: ArchiveFormat,
        platform: Platform = .host,
        to file: consuming OwnedFileDescriptor
    ) throws(ImageLayoutError) {
        let lease = try lease()
        var archive = TarWriter(file)
        switch format {
        case .oci: try exportLayout(names, to: &archive)
        case .docker: try exportDocker(names, platform, to: &archive)
        }
        do throws(SystemCallError) { try archive.finish() } catch { throw ImageLayoutError(error, "archive") }
        _ = consume lease
    }

    private func exportLayout(_ names: [String], to archive: inout TarWriter) throws(ImageLayoutError) {
        var index = ImageIndex(manifests: [])
        var contents: [Digest: Descriptor] = [:]
        for name in names {
            let match = try find(name)
            for entry in match.descriptors {
                for descriptor in try ImageGraph(of: entry, in: blobs).everyDescriptor(in: blobs) {
                    contents[descriptor.digest] = descriptor
                }
                var exported = entry
                if let reference = match.reference {
                    exported.annotations = (entry.annotations ?? [:]).merging(
                        [
                            AnnotationKey.referenceName: reference.description,
                            AnnotationKey.containerdImageName: reference.description,
                        ]
                    ) { _, new in new }
                }
                if !index.manifests.contains(exported) { index.manifests.append(exported) }
            }
        }
        try write("oci-layout", Self.marker, to: &archive)
        try write("index.json", index.json(), to: &archive)
        for (digest, descriptor) in contents.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            guard try blobs.contains(digest) else { continue }
            let blob = try blobs.open(descriptor, verify: true)
            try write("\(BlobStore.path(of: digest))", blob, to: &archive)
        }
    }

    private func exportDocker(
        _ names: [String],
        _ platform: Platform,
        to archive: inout TarWriter
    ) throws(ImageLayoutError) {
        var transaction = try BlobTransaction(blobs)
        var items: [DockerArchiveItem] = []
        var repositories: [String: [String: String]] = [:]
        var files: [String: Digest] = [:]
        for name in names {
            let image = try resolve(name, platform: platform)
            let configuration = "\(image.id.encoded).json"
            files[configuration] = image.id
            for layer in image.layers {
                files["\(layer.diffID.encoded).tar"] = try plainLayer(layer, &transaction)
            }
            var item = DockerArchiveItem(
                config: configuration,
                repoTags: [],
                layers: image.layers.map { "\($0.diffID.encoded).tar" }
            )
            if let reference = image.reference, let tag = reference.tag {
                item.repoTags = ["\(reference.name):\(tag)"]
                if let top = image.layers.last { repositories[reference.name, default: [:]][tag] = top.diffID.encoded }
            }
            if let known = items.firstIndex(where: { $0.config == item.config }) {
                items[known].repoTags = (items[known].repoTags ?? []) + (item.repoTags ?? [])
            } else {
                items.append(item)
            }
        }
        for (file, digest) in files.sorted(by: { $0.key < $1.key }) {
            let blob = try transaction.open(digest)
            try write(file, blob, to: &archive)
        }
        try write("manifest.json", items.json(), to: &archive)
        try write("repositories", repositories.json(), to: &archive)
    }

    /// The digest under which the uncompressed layer can be opened; compressed layers are staged uncompressed for that.
    private func plainLayer(
        _ layer: ResolvedImage.Layer,
        _ transaction: inout BlobTransaction
    ) throws(ImageLayoutError) -> Digest {
        let blob = try blobs.open(layer.descriptor)
        guard layer.descriptor.mediaType.layerCompression != MediaType.Compression.none else {
            return layer.descriptor.digest
        }
        if try transaction.size(of: layer.diffID) != nil { return layer.diffID }
        var writer = try blobs.writer(digest: layer.diffID)
        try unsafe LayerContent.read(blob, name: "blob \(blob.digest)") { (piece) throws(ImageLayoutError) in
            try unsafe writer.write(piece)
        }
        return try transaction.stage(writer).digest
    }

    private func write(_ name: String, _ bytes: [UInt8], to archive: inout TarWriter) throws(ImageLayoutError) {
        do throws(SystemCallError) { try archive.add(name, bytes) } catch { throw ImageLayoutError(error, "archive") }
    }

    private func write(
        _ name: String,
        _ blob: borrowing Blob,
        to archive: inout TarWriter
    ) throws(ImageLayoutError) {
        do throws(SystemCallError) { try archive.add(name, blob) } catch { throw ImageLayoutError(error, "archive") }
    }
}
