// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// What garbage collection removed.
public struct GarbageReport: Hashable, Sendable {
    /// The blobs that were removed.
    public internal(set) var digests: [Digest] = []
    /// How many bytes they had.
    public internal(set) var bytes: Int64 = 0

    /// How many blobs were removed.
    public var blobs: Int { digests.count }
}
