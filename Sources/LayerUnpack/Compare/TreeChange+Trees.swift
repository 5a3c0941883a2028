// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
public import SystemPackage

extension TreeChange {
    /// Compares two trees: types, modes, owners, times, extended attributes that a layer may set, devices, targets of
    /// links, hard links and content. Content is read only where everything else is equal.
    ///
    /// Symbolic links are not followed, and other mounts are not entered.
    ///
    /// - Parameters:
    ///   - lower: The tree before.
    ///   - upper: The tree after.
    /// - Returns: The changes; what is in a directory follows it, by the bytes of the names.
    /// - Throws: ``LayerUnpackError``: `systemCall`, `cancelled`.
    /// - Note: Needs to read every file of both trees. Linux 5.6 or later.
    public static func between(_ lower: FilePath, _ upper: FilePath) throws(LayerUnpackError) -> [TreeChange] {
        var comparison = TreeComparison()
        return try comparison.changes(from: try TreeDirectory(tree: lower), to: try TreeDirectory(tree: upper))
    }

    /// Lists what an overlay mount's upper directory changes in the layers below it, as `docker diff` does: a directory
    /// is modified when something in it is added, modified or deleted; of a directory that was deleted, or replaced by
    /// something else, the contents are not listed.
    ///
    /// - Parameters:
    ///   - upper: The upper directory. A mount may be using it.
    ///   - lowers: The layers, the topmost first.
    ///   - marks: Where the mount keeps its marks.
    ///   - mountPoints: Paths on which a runtime mounts something; as for
    ///     ``LayerWriter/writeOverlay(_:marks:mountPoints:to:)``.
    /// - Returns: The changes; what is in a directory follows it, by the bytes of the names.
    /// - Throws: ``LayerUnpackError``: `unsupportedMark`, `whiteout`, `overlayUnsupported`, `limit`, `systemCall`,
    ///   `cancelled`.
    /// - Note: Needs `CAP_SYS_ADMIN`, to look at the layers through overlayfs.
    public static func inOverlay(
        _ upper: FilePath,
        over lowers: [FilePath],
        marks: OverlayMarks = .trusted,
        mountPoints: Set<[UInt8]> = []
    ) throws(LayerUnpackError) -> [TreeChange] {
        let lower = try TreeDirectory(at: try OverlayMount(lowers: lowers, marks: marks).make())
        var comparison = OverlayComparison(marks, mountPoints: mountPoints)
        return try comparison.changes(of: try TreeDirectory(tree: upper), over: lower)
    }
}
