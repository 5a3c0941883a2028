// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
public import LinuxSystem
public import OCISpec
public import SystemPackage

extension ImageLayoutDirectory {
    /// Adds the images of an archive file; as ``importArchive(from:name:as:limits:)``.
    @discardableResult
    public func importArchive(
        at path: FilePath,
        as reference: Reference? = nil,
        limits: ImageLimits = .default
    ) throws(ImageLayoutError) -> [ImportedImage] {
        let file = try about("\(path)") { () throws(SystemCallError) in
            try OwnedFileDescriptor.open(path, CLINUX_O_RDONLY | CLINUX_O_NOCTTY)
        }
        return try importArchive(from: file, name: "\(path)", as: reference, limits: limits)
    }

    /// Adds the images of an archive, which may be an `oci-archive` or a `docker-archive`, as tar, plain or compressed
    /// with gzip or zstd.
    ///
    /// The archive is read once, from its position to its end, so it may be a pipe. Its content is checked completely
    /// before any of it becomes visible: digests, sizes, documents, and that images are whole. The uncompressed digest
    /// of a layer (its diff ID) is compared here where the layer is not compressed or comes from a docker archive;
    /// otherwise whoever unpacks the layer compares it.
    ///
    /// - Parameters:
    ///   - file: The archive.
    ///   - name: What the archive is called in errors.
    ///   - reference: A further name for the archive's only image.
    ///   - limits: How large the archive may be.
    /// - Returns: The images, with the names that the archive gives them.
    /// - Throws: ``ImageLayoutError``: `truncatedArchive`, `unsupportedArchive`, `invalidName`, `digestMismatch`,
    ///   `sizeMismatch`, `invalidDocument`, `unsupportedMediaType`, `limitExceeded`, `ambiguous`, `systemCall`. The
    ///   index is then as it was and nothing of the archive is left, unless a system call failed while blobs were being
    ///   made visible: then blobs without reference can remain until garbage is collected.
    @discardableResult
    public func importArchive(
        from file: borrowing OwnedFileDescriptor,
        name: String,
        as reference: Reference? = nil,
        limits: ImageLimits = .default
    ) throws(ImageLayoutError) -> [ImportedImage] {
        var transaction = try BlobTransaction(blobs)
        let contents = try ArchiveContents(reading: file, name: name, limits: limits, into: &transaction)
        var result = ImageImport(origin: name)
        let docker = try DockerArchiveImport(contents)
        if let bytes = contents.document("index.json") {
            guard let marker = contents.document("oci-layout") else {
                throw ImageLayoutError(.truncatedArchive, name, "it has an index.json and no oci-layout")
            }
            try Self.checkMarker(marker, name)
            for descriptor in try Self.index(bytes, "\(name): index.json").manifests {
                let imageName = try ImageName.of(descriptor)
                try result.add(descriptor, imageName.map { [$0] } ?? [], in: transaction)
            }
            try docker?.addNames(to: &result, transaction)
        } else if let docker {
            try docker.addImages(to: &result, &transaction)
        } else {
            throw ImageLayoutError(
                .unsupportedArchive,
                name,
                "it has neither an index.json nor a manifest.json",
                hint: "oci-archive and docker-archive files are read; a plain root file system is not an image"
            )
        }
        return try finish(&result, as: reference, &transaction)
    }

    /// Adds the images of another image layout directory, copying what is not here yet.
    ///
    /// - Parameters:
    ///   - other: The other layout.
    ///   - reference: A further name for its only image.
    /// - Returns: The images, with the names that the other layout gives them.
    /// - Throws: As ``importArchive(from:name:as:limits:)``, but for what only archives have.
    @discardableResult
    public func importLayout(
        _ other: ImageLayoutDirectory,
        as reference: Reference? = nil
    ) throws(ImageLayoutError) -> [ImportedImage] {
        let lock = try other.lockForReading()
        let images = try add(other.index().manifests, from: other, as: reference)
        _ = consume lock
        return images
    }

    /// Adds images of another layout, given by entries of an index.
    @discardableResult
    func add(
        _ entries: [Descriptor],
        from other: ImageLayoutDirectory,
        as reference: Reference?
    ) throws(ImageLayoutError) -> [ImportedImage] {
        var transaction = try BlobTransaction(blobs)
        var result = ImageImport(origin: "\(other.path)")
        for descriptor in entries {
            let graph = try ImageGraph(of: descriptor, in: other.blobs)
            for content in try graph.everyDescriptor(in: other.blobs) {
                guard try transaction.size(of: content.digest) == nil, try other.blobs.contains(content.digest) else {
                    continue
                }
                let blob = try other.blobs.open(content)
                var writer = try blobs.writer(expecting: content)
                try writer.append(contentsOf: blob.file)
                _ = try transaction.stage(writer)
            }
            try result.add(descriptor, ImageName.of(descriptor).map { [$0] } ?? [], in: transaction)
        }
        return try finish(&result, as: reference, &transaction)
    }

    /// Makes the blobs of the images found visible and adds the images to the index.
    func finish(
        _ result: inout ImageImport,
        as reference: Reference?,
        _ transaction: inout BlobTransaction
    ) throws(ImageLayoutError) -> [ImportedImage] {
        if let reference { try result.name(reference) }
        guard !result.items.isEmpty else {
            throw ImageLayoutError(.notFound, result.origin, "it has no images")
        }
        try transaction.commit(keeping: result.needed)
        let items = result.items
        try updateIndex { (index) throws(ImageLayoutError) in
            for item in items { Self.add(item.descriptor, item.names, to: &index) }
        }
        return items.map { ImportedImage(descriptor: $0.descriptor, names: $0.names.map(\.description)) }
    }
}
