// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// How much the blobs of a layout take.
public struct LayoutUsage: Hashable, Sendable {
    /// The number of blobs.
    public internal(set) var blobs = 0
    /// The bytes of all blobs.
    public internal(set) var bytes: Int64 = 0
    /// The number of blobs that no image refers to.
    public internal(set) var unreferencedBlobs = 0
    /// The bytes of the blobs that no image refers to.
    public internal(set) var unreferencedBytes: Int64 = 0
}
