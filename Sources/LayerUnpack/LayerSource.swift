// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import LinuxSystem
public import OCISpec

/// One layer to read: an open blob and what its image says of it.
///
/// The compression is what the media type says; content that is compressed otherwise is an error, never a guess.
public final class LayerSource: Sendable {
    /// How the blob is compressed.
    public let compression: MediaType.Compression
    /// The blob's size in bytes, if it is known.
    public let size: UInt64?
    /// The digest of the blob's bytes, if it is to be compared.
    public let digest: Digest?
    /// The digest of the uncompressed bytes, if it is to be compared.
    public let diffID: Digest?
    let descriptor: OwnedFileDescriptor
    /// How far the file has come, if it is still being written.
    let growth: LayerGrowth?
    /// What was read of a pipe already, to find out how it is compressed.
    let readAhead: [UInt8]

    /// Takes over an open blob.
    ///
    /// - Parameters:
    ///   - descriptor: A regular file, which is read from its start whatever its offset, or a pipe or socket, which is
    ///     read once.
    ///   - compression: How the blob is compressed.
    ///   - size: The blob's size in bytes, compared when it is not `nil`.
    ///   - digest: The digest of the blob's bytes, compared when it is not `nil`. Leave it out for a blob from a store
    ///     that verified it: hashing it again takes time.
    ///   - diffID: The digest of the uncompressed bytes, compared when it is not `nil`.
    ///   - growth: How far a regular file has come that somebody else still writes; `nil` for what is whole.
    public init(
        _ descriptor: consuming OwnedFileDescriptor,
        compression: MediaType.Compression,
        size: UInt64? = nil,
        digest: Digest? = nil,
        diffID: Digest? = nil,
        growth: LayerGrowth? = nil
    ) {
        self.descriptor = descriptor
        self.compression = compression
        self.size = size
        self.digest = digest
        self.diffID = diffID
        self.growth = growth
        readAhead = []
    }

    /// Takes over an archive that says by its first bytes how it is compressed: what people hand over, not what an image
    /// describes.
    ///
    /// - Parameter archive: A regular file, which is read from its start, or a pipe or socket.
    /// - Throws: ``LayerUnpackError``: `systemCall`, `unsupportedMediaType` for what is compressed in another way.
    package init(detecting archive: consuming OwnedFileDescriptor) throws(LayerUnpackError) {
        let start = try ArchiveStart(archive)
        compression = try start.compression()
        readAhead = start.isConsumed ? start.bytes : []
        (size, digest, diffID, growth) = (nil, nil, nil, nil)
        descriptor = archive
    }

    /// Takes over the open blob that a manifest's layer descriptor is about; its size is compared, its digest is not.
    ///
    /// - Parameters:
    ///   - blob: A regular file, pipe or socket, as above.
    ///   - layer: The layer's descriptor.
    ///   - diffID: The digest of the uncompressed bytes, from the image's configuration.
    ///   - growth: As above.
    /// - Throws: ``LayerUnpackError``: `unsupportedMediaType` for what is no layer, `sizeMismatch` for a negative size.
    public convenience init(
        _ blob: consuming OwnedFileDescriptor,
        layer: Descriptor,
        diffID: Digest?,
        growth: LayerGrowth? = nil
    ) throws(LayerUnpackError) {
        guard let compression = layer.mediaType.layerCompression else {
            throw LayerUnpackError(
                .unsupportedMediaType,
                "read layer",
                detail: Array(layer.mediaType.rawValue.utf8).escapedForDisplay
            )
        }
        guard let size = UInt64(exactly: layer.size) else {
            throw LayerUnpackError(.sizeMismatch, "read layer", detail: "the descriptor's size is \(layer.size)")
        }
        self.init(blob, compression: compression, size: size, diffID: diffID, growth: growth)
    }
}
