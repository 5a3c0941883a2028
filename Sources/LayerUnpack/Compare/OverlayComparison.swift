// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import SystemPackage

/// Finds what an overlay's upper directory changes.
struct OverlayComparison {
    private let marks: OverlayMarks
    private let mountPoints: Set<[UInt8]>
    private var changes: [TreeChange] = []

    init(_ marks: OverlayMarks, mountPoints: Set<[UInt8]>) {
        self.marks = marks
        self.mountPoints = mountPoints
    }

    /// What `upper` changes in `lower`, which is the tree below it as a mount shows it.
    mutating func changes(of upper: TreeDirectory, over lower: TreeDirectory) throws(LayerUnpackError) -> [TreeChange] {
        let contents = try UpperDirectory(upper, at: [], marks)
        // Overlayfs takes no notice of an opaque mark on a layer's root.
        try addDirectory(upper, contents, over: lower, at: [], hidesLower: false)
        return TreeChange.sorted(changes)
    }

    /// Adds the changes in a directory that was there before, and the directory itself where it differs.
    private mutating func addDirectory(
        _ upper: TreeDirectory,
        _ contents: UpperDirectory,
        over lower: TreeDirectory,
        at path: [UInt8],
        hidesLower: Bool
    ) throws(LayerUnpackError) {
        let before = changes.count
        let hasMountPoints = try addContents(of: upper, contents, over: lower, at: path, hidesLower: hidesLower)
        // Whoever makes a mount point changes the time of the directory that it is in.
        var isChanged = changes.count > before
        if !isChanged { isChanged = try TreeComparison.differ(lower, upper, comparingTimes: !hasMountPoints) }
        if isChanged { changes.append(TreeChange(.modified, path)) }
    }

    /// Adds the changes in a directory; returns whether mount points were left out. What is in an opaque directory hides
    /// what is below it, marked or not.
    private mutating func addContents(
        of upper: TreeDirectory,
        _ contents: UpperDirectory,
        over lower: TreeDirectory?,
        at path: [UInt8],
        hidesLower: Bool
    ) throws(LayerUnpackError) -> Bool {
        var hasMountPoints = false
        for (name, status) in contents.files {
            if Task.isCancelled { throw LayerUnpackError(.cancelled, "list changes") }
            let full = TreeChange.path(path, name)
            do throws(LayerUnpackError) {
                let isCounted = try add(name, status, in: upper, over: lower, at: full, hidesLower: hidesLower)
                if !isCounted { hasMountPoints = true }
            } catch {
                throw error.about(full)
            }
        }
        if let lower { try addDeleted(contents, in: lower, at: path, hidesLower: hidesLower) }
        return hasMountPoints
    }

    /// Adds what happened to one name of the upper directory; `false` for a mount point.
    private mutating func add(
        _ name: [UInt8],
        _ status: FileStatus,
        in upper: TreeDirectory,
        over lower: TreeDirectory?,
        at path: [UInt8],
        hidesLower: Bool
    ) throws(LayerUnpackError) -> Bool {
        let old = try lower?.status(name)
        guard status.kind == .directory else {
            if old == nil && status.isMountPoint(at: path, among: mountPoints) { return false }
            changes.append(TreeChange(old == nil ? .added : .modified, path))
            return true
        }
        guard let inner = try upper.directoryIfPresent(name) else { return true }
        let contents = try UpperDirectory(inner, at: path, marks)
        if old == nil && contents.isMountPoint(at: path, among: mountPoints) { return false }
        if let lower, old?.kind == .directory {
            let hides = hidesLower || contents.isOpaque
            try addDirectory(inner, contents, over: try lower.directory(name), at: path, hidesLower: hides)
        } else {
            changes.append(TreeChange(old == nil ? .added : .modified, path))
            _ = try addContents(of: inner, contents, over: nil, at: path, hidesLower: false)
        }
        return true
    }

    /// Adds what is hidden of a lower directory.
    private mutating func addDeleted(
        _ contents: UpperDirectory,
        in lower: TreeDirectory,
        at path: [UInt8],
        hidesLower: Bool
    ) throws(LayerUnpackError) {
        var hidden = contents.whiteouts
        if hidesLower {
            let present = Set(contents.files.map(\.name) + contents.whiteouts)
            hidden += try lower.sortedNames().filter { !present.contains($0) }
        }
        for name in hidden where try lower.status(name) != nil {
            changes.append(TreeChange(.deleted, TreeChange.path(path, name)))
        }
    }
}
