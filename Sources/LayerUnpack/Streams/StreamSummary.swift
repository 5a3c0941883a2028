// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec

/// What is known of a layer's uncompressed stream once it has been read to its end.
struct StreamSummary: Sendable {
    /// The digest of every byte, in the algorithm of the expected diffID.
    let digest: Digest
    /// How many bytes there were.
    let count: UInt64
}
