// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// What an image has to say of a layer that was written.
public struct WrittenLayer: Hashable, Sendable {
    /// The blob's media type.
    public let mediaType: MediaType
    /// The blob's digest (sha256).
    public let digest: Digest
    /// The blob's size in bytes.
    public let size: UInt64
    /// The digest of the uncompressed tar stream (sha256).
    public let diffID: Digest
    /// Bytes of the uncompressed tar stream.
    public let streamBytes: UInt64
    /// Entries that were written.
    public let entries: UInt64
    /// Sockets that were met: a layer cannot hold them.
    public let skippedSockets: UInt64
}
