// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import ImageLayout
public import LayerUnpack
public import OCISpec

/// How much a store takes, and how much of it could be freed.
public struct StoreUsage: Hashable, Sendable {
    /// What a container has written.
    public struct Container: Hashable, Sendable {
        /// Its id.
        public let id: String
        /// Its name.
        public let name: String
        /// The image it was made from, as it was asked for.
        public let image: String
        /// Whether it runs or is paused.
        public let isRunning: Bool
        /// The space that its own files take.
        public let space: SnapshotUsage
    }

    /// An unpacked layer.
    public struct Layer: Hashable, Sendable {
        /// The stack that it is the top of.
        public let chainID: ChainID
        /// The space that its files take.
        public let space: SnapshotUsage
        /// Whether an image or a container needs it.
        public let isNeeded: Bool
    }

    /// The blobs of images.
    public let images: LayoutUsage
    /// The digests of the manifests and indexes that containers were made from.
    public internal(set) var imagesInUse: Set<Digest> = []
    /// The containers, the newest first.
    public internal(set) var containers: [Container] = []
    /// The unpacked layers.
    public internal(set) var layers: [Layer] = []

    init(images: LayoutUsage) { self.images = images }
}
