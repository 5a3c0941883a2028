// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// What was found when a layout was checked.
public struct LayoutCheck: Hashable, Sendable {
    /// What is wrong; empty for a sound layout.
    public internal(set) var problems: [ImageLayoutError] = []
    /// How many blobs were read.
    public internal(set) var blobs = 0
    /// How many bytes they have.
    public internal(set) var bytes: Int64 = 0
    /// The blobs that were removed.
    public internal(set) var removedBlobs: [Digest] = []
    /// The entries that were taken out of the index.
    public internal(set) var removedImages: [Descriptor] = []

    /// Whether nothing is wrong.
    public var isSound: Bool { problems.isEmpty }
}
