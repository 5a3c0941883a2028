// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec

/// Where blobs are read from: a store, or a store with what an import has staged.
protocol ContentSource: ~Copyable {
    /// The size of a blob in bytes, or `nil` if it is not there.
    func size(of digest: Digest) throws(ImageLayoutError) -> Int64?

    /// Reads a whole blob and verifies its digest.
    func read(_ digest: Digest, size: Int64?, limit: Int) throws(ImageLayoutError) -> [UInt8]
}

extension BlobStore: ContentSource {}
