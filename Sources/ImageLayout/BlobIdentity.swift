// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// What a blob is known by: its digest and its size.
public struct BlobIdentity: Hashable, Sendable {
    /// The digest of the content.
    public let digest: Digest
    /// The number of bytes.
    public let size: Int64

    /// Creates an identity.
    public init(digest: Digest, size: Int64) {
        self.digest = digest
        self.size = size
    }
}
