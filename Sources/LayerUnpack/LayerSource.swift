// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import LinuxSystem

/// One layer to read: an open blob and what its image says of it.
///
/// The compression is what the media type says; content that is compressed otherwise is an error, never a guess.
public final class LayerSource: Sendable {
    let descriptor: OwnedFileDescriptor
    let compression: LayerCompression
    let size: UInt64?
    let blobDigest: LayerDigest?
    let diffID: LayerDigest?

    /// Takes over an open blob.
    ///
    /// - Parameters:
    ///   - descriptor: A regular file, which is read from its start whatever its offset, or a pipe or socket, which is
    ///     read once.
    ///   - compression: How the blob is compressed.
    ///   - size: The blob's size in bytes, compared when it is not `nil`.
    ///   - blobDigest: The digest of the blob's bytes, compared when it is not `nil`. Leave it out for a blob from a
    ///     store that verified it.
    ///   - diffID: The digest of the uncompressed bytes, compared when it is not `nil`.
    public init(
        _ descriptor: consuming OwnedFileDescriptor, compression: LayerCompression, size: UInt64? = nil,
        blobDigest: LayerDigest? = nil, diffID: LayerDigest? = nil
    ) {
        self.descriptor = descriptor
        self.compression = compression
        self.size = size
        self.blobDigest = blobDigest
        self.diffID = diffID
    }
}
