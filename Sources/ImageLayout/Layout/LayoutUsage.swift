// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import OCISpec

/// How much the blobs of a layout take.
public struct LayoutUsage: Hashable, Sendable {
    /// How much one image takes: a manifest, or an index with all of it that is there.
    public struct Image: Hashable, Sendable {
        /// The manifest or index.
        public let descriptor: Descriptor
        /// The names that it is stored under.
        public internal(set) var names: [String]
        /// The bytes of its blobs that other images have as well.
        public internal(set) var sharedBytes: Int64 = 0
        /// The bytes of its blobs that no other image has: what removing it would free.
        public internal(set) var uniqueBytes: Int64 = 0

        /// The bytes of all its blobs.
        public var bytes: Int64 { sharedBytes + uniqueBytes }
    }

    /// The number of blobs.
    public internal(set) var blobs = 0
    /// The bytes of all blobs.
    public internal(set) var bytes: Int64 = 0
    /// The number of blobs that no image refers to.
    public internal(set) var unreferencedBlobs = 0
    /// The bytes of the blobs that no image refers to.
    public internal(set) var unreferencedBytes: Int64 = 0
    /// What each image takes, in the order of the index.
    public internal(set) var images: [Image] = []
}
