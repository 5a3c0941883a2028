// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem

/// Goes through an overlay's upper directory and writes what it says as a layer.
struct OverlayWalk {
    private let marks: OverlayMarks
    /// Mount points: empty files and directories at these paths are left out.
    private let mountPoints: Set<[UInt8]>
    private(set) var writer: EntryWriter

    init(_ writer: EntryWriter, _ marks: OverlayMarks, mountPoints: Set<[UInt8]>) {
        self.writer = writer
        self.marks = marks
        self.mountPoints = mountPoints
    }

    /// Writes the upper directory and everything below it.
    mutating func write(_ root: TreeDirectory) throws(LayerUnpackError) {
        try write(root, at: [], try UpperDirectory(root, at: [], marks))
    }

    private mutating func write(
        _ directory: TreeDirectory,
        at path: [UInt8],
        _ contents: UpperDirectory
    ) throws(LayerUnpackError) {
        try writer.add(directory, at: path)
        // What hides comes before what is there: layer.md, "Whiteouts".
        // Overlayfs takes no notice of the mark on a layer's root.
        if contents.isOpaque && !path.isEmpty { try writer.addOpaqueMark(in: path) }
        for name in contents.whiteouts { try writer.addWhiteout(of: name, in: path) }
        for (name, status) in contents.files {
            let full = TreeChange.path(path, name)
            do throws(LayerUnpackError) {
                if status.kind == .directory {
                    guard let inner = try directory.directoryIfPresent(name) else { continue }
                    let below = try UpperDirectory(inner, at: full, marks)
                    if !below.isMountPoint(at: full, among: mountPoints) { try write(inner, at: full, below) }
                } else if !status.isMountPoint(at: full, among: mountPoints) {
                    try writer.add(name, in: directory, at: full, status)
                }
            } catch {
                throw error.about(full)
            }
        }
    }
}
