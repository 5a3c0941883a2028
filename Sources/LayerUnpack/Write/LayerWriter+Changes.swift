// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import LinuxSystem
public import SystemPackage

extension LayerWriter {
    /// Writes what makes the tree `lower` the tree `upper`, to `file` from its current offset on.
    ///
    /// Unpacked on top of `lower`, the layer gives `upper`. It has the entries that ``TreeChange/between(_:_:)`` lists,
    /// with the directories that they are in, and whiteouts for what is gone. Files of which one name changed are
    /// written under all of their names.
    ///
    /// - Parameters:
    ///   - lower: The tree before.
    ///   - upper: The tree after. Neither may change meanwhile.
    ///   - file: Where the layer goes: a file, pipe or socket.
    /// - Returns: What an image has to say of the layer.
    /// - Throws: ``LayerUnpackError``: `whiteout` for a change of a file whose name starts with `.wh.`, which a layer
    ///   cannot hold; else as ``write(_:to:)-(FilePath,_)``. `file` has part of a layer then.
    /// - Note: Needs to read every file of both trees. Linux 5.6 or later.
    public func writeDifference(
        from lower: FilePath,
        to upper: FilePath,
        into file: borrowing OwnedFileDescriptor
    ) throws(LayerUnpackError) -> WrittenLayer {
        let changes = try TreeChange.between(lower, upper)
        let root = try TreeDirectory(tree: upper)
        return try write(to: file) { (writer) throws(LayerUnpackError) in
            var walk = DifferenceWalk(writer, changes)
            if !changes.isEmpty { try walk.write(root) }
            return walk.writer
        }
    }

    /// Writes what an overlay mount keeps in its upper directory, to `file` from its current offset on.
    ///
    /// Overlayfs' whiteouts become entries `.wh.NAME`, its opaque directories get an entry `.wh..wh..opq`; its own
    /// attributes are never written.
    ///
    /// - Parameters:
    ///   - upper: The upper directory. A mount may be using it, but nothing should be written to it meanwhile.
    ///   - marks: Where the mount keeps its marks. Marks in the other place are attributes that somebody made, and say
    ///     nothing.
    ///   - mountPoints: Paths below the root, without slashes around them, on which a runtime mounts something: what is
    ///     empty there is left out.
    ///   - file: Where the layer goes: a file, pipe or socket.
    /// - Returns: What an image has to say of the layer.
    /// - Throws: ``LayerUnpackError``: `unsupportedMark` for directories that were moved (`redirect`) and files whose
    ///   content is elsewhere (`metacopy`), as only mounts with options that we never give make them; `whiteout` for a
    ///   file whose name starts with `.wh.`; else as ``write(_:to:)-(FilePath,_)``. `file` has part of a layer then.
    /// - Note: Marks in `trusted.` attributes are visible with `CAP_SYS_ADMIN` in the initial user namespace only:
    ///   without, directories would not be opaque. Linux 5.6 or later.
    public func writeOverlay(
        _ upper: FilePath,
        marks: OverlayMarks = .trusted,
        mountPoints: Set<[UInt8]> = [],
        to file: borrowing OwnedFileDescriptor
    ) throws(LayerUnpackError) -> WrittenLayer {
        let root = try TreeDirectory(tree: upper)
        return try write(to: file) { (writer) throws(LayerUnpackError) in
            var walk = OverlayWalk(writer, marks, mountPoints: mountPoints)
            try walk.write(root)
            return walk.writer
        }
    }
}
