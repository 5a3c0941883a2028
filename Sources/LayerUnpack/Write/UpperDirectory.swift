// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// One directory of an overlay's upper layer, with overlayfs' marks understood.
///
/// - SeeAlso: The kernel's Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories".
struct UpperDirectory {
    /// Whether nothing of lower layers can be seen in it.
    let isOpaque: Bool
    /// Names of lower layers that are hidden, in order.
    private(set) var whiteouts: [[UInt8]] = []
    /// What is there, by name, in order.
    private(set) var files: [(name: [UInt8], status: FileStatus)] = []

    /// Reads `directory`, which is at `path` below the layer's root.
    ///
    /// - Parameters:
    ///   - directory: The directory.
    ///   - path: Its path.
    ///   - marks: Where the mount keeps its marks.
    /// - Throws: ``LayerUnpackError``: `unsupportedMark` for a directory that was moved or a file whose content is in
    ///   another layer, `whiteout` for a name that would be a whiteout in a layer.
    init(_ directory: TreeDirectory, at path: [UInt8], _ marks: OverlayMarks) throws(LayerUnpackError) {
        isOpaque = try Self.isOpaque(directory.descriptor, marks)
        for name in try directory.sortedNames() {
            do throws(LayerUnpackError) {
                guard let status = try directory.status(name) else { continue }
                try Whiteout.refuse(name)
                if try Self.isWhiteout(name, in: directory, status, marks) {
                    whiteouts.append(name)
                } else {
                    files.append((name, status))
                }
            } catch {
                if error.errno == .noSuchFileOrDirectory { continue }
                throw error.about(TreeChange.path(path, name))
            }
        }
    }

    private static func isOpaque(
        _ directory: borrowing OwnedFileDescriptor,
        _ marks: OverlayMarks
    ) throws(LayerUnpackError) -> Bool {
        let names = try OpenFile.attributeNames(directory)
        try refuse(names, marks)
        guard names.contains(marks.opaqueAttribute) else { return false }
        // "x" says that there are whiteouts in the form of attributes.
        return try OpenFile.attribute(directory, marks.opaqueAttribute) == [UInt8(ascii: "y")]
    }

    /// A device 0:0, or an empty file with the attribute.
    private static func isWhiteout(
        _ name: [UInt8],
        in directory: TreeDirectory,
        _ status: FileStatus,
        _ marks: OverlayMarks
    ) throws(LayerUnpackError) -> Bool {
        if status.kind == .character { return status.represents == FileStatus.Device(major: 0, minor: 0) }
        guard status.kind == .regular else { return false }
        let names = try OpenFile.attributeNames(try directory.open(name, CLINUX_O_RDONLY | CLINUX_O_NONBLOCK))
        try refuse(names, marks)
        return status.size == 0 && names.contains(marks.attribute("whiteout"))
    }

    /// Refuses what cannot be understood without the lower layers.
    private static func refuse(_ names: [[UInt8]], _ marks: OverlayMarks) throws(LayerUnpackError) {
        for mark in ["redirect", "metacopy"] where names.contains(marks.attribute(mark)) {
            throw LayerUnpackError(
                .unsupportedMark,
                "read upper layer",
                detail: "it has overlayfs' mark \"\(mark)\", which a layer has no form for"
            )
        }
    }
}
