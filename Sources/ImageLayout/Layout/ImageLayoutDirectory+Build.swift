// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
public import LinuxSystem
public import OCISpec
public import SystemPackage

extension ImageLayoutDirectory {
    /// Stores a layer that a file holds; as ``addLayer(from:name:limits:)``.
    public func addLayer(
        at path: FilePath,
        limits: ImageLimits = .default
    ) throws(ImageLayoutError) -> ResolvedImage.Layer {
        let file = try about("\(path)") { () throws(SystemCallError) in
            try OwnedFileDescriptor.open(path, CLINUX_O_RDONLY | CLINUX_O_NOCTTY)
        }
        return try addLayer(from: file, name: "\(path)", limits: limits)
    }

    /// Stores a tar archive, plain or compressed with gzip or zstd, as a layer for ``addImage(_:layers:as:)``.
    ///
    /// The archive is read once, from its position to its end, so it may be a pipe; it is kept as it is, compressed or
    /// not, and never held in memory. It becomes visible after it was read as a tar archive to its end. What its
    /// entries are is not looked at: whoever unpacks the layer does that.
    ///
    /// The layer is no image's until one is added. Hold a ``lease()`` meanwhile where garbage may be collected without
    /// a time of grace.
    ///
    /// - Parameters:
    ///   - file: The archive.
    ///   - name: What the archive is called in errors.
    ///   - limits: How large the archive may be, as it is and uncompressed.
    /// - Returns: The layer, with the digest of its uncompressed archive.
    /// - Throws: ``ImageLayoutError``: `unsupportedArchive` if it is no tar archive or compressed in another way,
    ///   `truncatedArchive`, `limitExceeded`, `systemCall`. Nothing of it is left then.
    /// - SeeAlso: OCI image-spec 1.1, layer.md.
    public func addLayer(
        from file: borrowing OwnedFileDescriptor,
        name: String,
        limits: ImageLimits = .default
    ) throws(ImageLayoutError) -> ResolvedImage.Layer {
        var transaction = try BlobTransaction(blobs)
        var writer = try blobs.writer()
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = try about(name) { () throws(SystemCallError) in try file.read(into: &buffer) }
            if count == 0 { break }
            guard writer.size + Int64(count) <= limits.archiveBytes else { throw LayerContent.tooLarge(name) }
            try writer.write(buffer.span.extracting(0..<count))
        }
        let mediaType = LayerContent.mediaType(prefix: writer.prefix)
        let identity = try transaction.stage(writer)
        let blob = try transaction.open(identity.digest)
        let diffID = try LayerContent.checkedDiffID(of: blob, mediaType, name: name, limit: limits.archiveBytes)
        try transaction.commit(keeping: [identity.digest])
        return ResolvedImage.Layer(
            descriptor: Descriptor(mediaType: mediaType, digest: identity.digest, size: identity.size),
            diffID: diffID
        )
    }

    /// Makes an image of layers that this directory holds.
    ///
    /// The same configuration and layers give the same image every time.
    ///
    /// - Parameters:
    ///   - configuration: How to run the image. Its `rootfs` is replaced by what `layers` say; its history, if it has
    ///     one, must have as many entries that made a layer.
    ///   - layers: From ``addLayer(from:name:limits:)``, or those of an image of this directory; the lowest first.
    ///   - reference: The image's name, which no other image keeps.
    /// - Returns: The image and its name.
    /// - Throws: ``ImageLayoutError``: `notFound` if a layer is not here, `sizeMismatch`, `digestMismatch` if
    ///   `reference` has a digest and it is another one, `invalidDocument`, `limitExceeded`, `systemCall`. The index is
    ///   then as it was and nothing is left, unless a system call failed while blobs were being made visible: then
    ///   blobs without reference can remain until garbage is collected.
    /// - SeeAlso: OCI image-spec 1.1, config.md and manifest.md.
    @discardableResult
    public func addImage(
        _ configuration: ImageConfiguration,
        layers: [ResolvedImage.Layer],
        as reference: Reference? = nil
    ) throws(ImageLayoutError) -> ImportedImage {
        let subject = reference.map { "image \($0)" } ?? "new image"
        if let history = configuration.history {
            let count = history.count { $0.emptyLayer != true }
            guard count == layers.count else {
                throw ImageLayoutError(
                    .invalidDocument,
                    subject,
                    "it has \(layers.count) layers, and its history tells of \(count)"
                )
            }
        }
        var transaction = try BlobTransaction(blobs)
        for layer in layers { _ = try blobs.open(layer.descriptor) }
        var complete = configuration
        complete.rootfs = ImageConfiguration.RootFS(diffIDs: layers.map(\.diffID))
        let identity = try transaction.stage(complete.json())
        let manifest = ImageManifest(
            mediaType: .imageManifest,
            config: Descriptor(mediaType: .imageConfiguration, digest: identity.digest, size: identity.size),
            layers: layers.map(\.descriptor)
        )
        let stored = try transaction.stage(manifest.json())
        if let digest = reference?.digest, digest != stored.digest {
            throw ImageLayoutError(.digestMismatch, subject, "the image has the digest \(stored.digest)")
        }
        var result = ImageImport(origin: subject)
        try result.add(
            Descriptor(mediaType: .imageManifest, digest: stored.digest, size: stored.size),
            [],
            in: transaction
        )
        return try finish(&result, as: reference, &transaction)[0]
    }
}
