// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// How large images and archives may be. What is larger is refused with `limitExceeded`.
public struct ImageLimits: Hashable, Sendable {
    /// Greatest size of an index, a manifest or a configuration, in bytes: 4 MiB.
    public static let document = 4 << 20
    /// Greatest size of the file `manifest.json` of a docker archive, in bytes: 1 MiB.
    public static let dockerManifest = 1 << 20
    /// Greatest number of indexes between a name and a manifest, the layout's own not counted: 4.
    public static let indexDepth = 4
    /// Greatest number of descriptors that are followed from one name: 10 000.
    public static let descriptors = 10_000
    /// Greatest number of layers of an image: 500, as many as overlayfs can stack.
    public static let layers = 500

    /// Greatest number of entries of an archive.
    public var archiveEntries: Int
    /// Greatest number of bytes of all files of an archive together, after decompression.
    public var archiveBytes: Int64

    /// Limits of 100 000 entries and 256 GiB.
    public static let `default` = ImageLimits()

    /// Creates limits.
    ///
    /// - Parameters:
    ///   - archiveEntries: Greatest number of entries of an archive.
    ///   - archiveBytes: Greatest number of bytes of all files of an archive together, after decompression.
    public init(archiveEntries: Int = 100_000, archiveBytes: Int64 = 256 << 30) {
        self.archiveEntries = archiveEntries
        self.archiveBytes = archiveBytes
    }
}
