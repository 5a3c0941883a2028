// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import SystemPackage

/// A copy of what a stack of layers shows, for where overlayfs cannot be had.
///
/// Everything that overlayfs would show is there: whiteouts are executed, and owners, modes, times, hard links and
/// extended attributes are kept. Contents are shared with the layers where the file system can (`FICLONE`), copied by the
/// kernel where it can (`copy_file_range(2)`), else read and written; holes stay holes.
public struct StackCopy: Hashable, Sendable {
    /// What a copy took.
    public struct Report: Hashable, Sendable {
        /// Files, directories and everything else that was made, hard links once.
        public internal(set) var inodes: UInt64 = 0
        /// Bytes of all files, holes included.
        public internal(set) var bytes: UInt64 = 0
        /// Bytes of those files whose content is shared with the layers.
        public internal(set) var sharedBytes: UInt64 = 0
    }

    /// The layers, the topmost first, as ``SnapshotStore/lowerDirectories(for:)`` returns them.
    public var lowers: [FilePath]
    /// Where overlayfs' marks are kept in the layers; default: in `trusted.` attributes.
    public var marks: OverlayMarks

    /// Describes a copy; nothing is made yet.
    ///
    /// - Parameters:
    ///   - lowers: The layers, the topmost first.
    ///   - marks: Where overlayfs' marks are kept in them.
    public init(lowers: [FilePath], marks: OverlayMarks = .trusted) {
        self.lowers = lowers
        self.marks = marks
    }

    /// Makes the copy.
    ///
    /// - Parameter directory: An empty directory, or one that is made, with mode 0755.
    /// - Returns: What it took.
    /// - Throws: ``LayerUnpackError``: `limit` without a layer, `targetNotEmpty`, `cancelled`, `systemCall`. What was
    ///   copied is removed then: a directory that was made is gone, one that was there is empty.
    /// - Note: Needs what ``FlatUnpacker/unpack(_:into:)`` needs.
    @discardableResult
    public func make(in directory: FilePath) throws(LayerUnpackError) -> Report {
        if lowers.isEmpty { throw LayerUnpackError(.limit, "copy layers", detail: "there are none") }
        let target = try UnpackTarget(directory)
        do throws(LayerUnpackError) {
            let copier = StackCopier(lowers, marks, to: target.root)
            try copier.run()
            return copier.report
        } catch {
            target.remove()
            throw error
        }
    }
}
