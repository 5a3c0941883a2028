// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// Applies one layer to one tree, by descriptor.
///
/// Wherever an entry's name leads, it is below the tree's root; what is made is made under one name in an open parent,
/// never through a link. On failure the tree is left half done: whoever made it removes it.
final class LayerApplier {
    let tree: LayerTree
    let form: LayerForm
    let options: UnpackOptions
    private var entries: UInt64 = 0
    private var skippedDevices: UInt64 = 0
    /// Extended attributes that were left out, by name.
    var droppedAttributes: [[UInt8]: UInt64] = [:]
    /// Modes and time stamps that directories get once nothing in them changes any more.
    var directories: [FileIdentity: DirectoryRecord] = [:]
    /// What this layer made, so that its whiteouts leave it alone.
    var written: Set<TreeName> = []
    private var contentBytes: UInt64 = 0

    init(_ root: TreeDirectory, form: LayerForm, options: UnpackOptions) {
        tree = LayerTree(root)
        self.form = form
        self.options = options
    }

    /// Applies every entry of `source`, then compares the digests, then completes the directories.
    func apply(_ source: LayerSource) throws(LayerUnpackError) -> LayerReport {
        let reader = try TarReader(source, limits: options.limits)
        while let entry = try reader.next() {
            if Task.isCancelled { throw LayerUnpackError(.cancelled, "unpack layer") }
            entries += 1
            do throws(LayerUnpackError) { try place(entry, reader) } catch { throw error.about(entry.name) }
        }
        let summary = try reader.finish()
        try finishDirectories()
        return LayerReport(
            entries: entries,
            streamBytes: summary.count,
            diffID: summary.digest,
            droppedAttributes: droppedAttributes,
            skippedDevices: skippedDevices
        )
    }

    private func place(_ entry: TarEntry, _ reader: TarReader) throws(LayerUnpackError) {
        let name = try EntryName(entry.name, limits: options.limits)
        if let whiteout = try Whiteout(name, kind: entry.kind) { return try apply(whiteout, name) }
        let owner = try Owner(entry)
        if name.isRoot {
            guard entry.kind == .directory else {
                throw LayerUnpackError(.rootType, "check name", detail: "the root can only be a directory")
            }
            return try complete(directory: tree.root, path: [], entry, owner)
        }
        let (size, overflow) = contentBytes.addingReportingOverflow(UInt64(clamping: entry.size))
        if overflow || size > options.limits.contentBytes {
            throw LayerUnpackError(
                .limit,
                "check size",
                detail: "more than \(options.limits.contentBytes) bytes of content"
            )
        }
        contentBytes = size
        let device = try deviceNumber(entry)
        if device != nil && options.devices == .skip {
            skippedDevices += 1
            return
        }
        let parent = try parent(of: name)
        switch entry.kind {
        case .directory: try makeDirectory(name, in: parent, entry, owner)
        case .regular: try makeFile(name.last, in: parent, entry, owner, reader)
        case .symlink: try makeSymlink(name.last, in: parent, entry, owner)
        case .hardLink: try makeHardLink(name.last, in: parent, entry)
        case .character: try makeNode(name.last, in: parent, entry, owner, CLINUX_S_IFCHR, device ?? 0)
        case .block: try makeNode(name.last, in: parent, entry, owner, CLINUX_S_IFBLK, device ?? 0)
        case .fifo: try makeNode(name.last, in: parent, entry, owner, CLINUX_S_IFIFO, 0)
        }
        if form.hasLowerContent { written.insert(TreeName(directory: parent.identity, name: name.last)) }
    }

    private func parent(of name: EntryName) throws(LayerUnpackError) -> TreeDirectory {
        let directory = try tree.findOrMake(name.parent) { parent, name throws(LayerUnpackError) in
            try self.replaceWhiteout(name, in: parent)
        }
        remember(directory, path: name.parent)
        return directory
    }

    /// The number of a device node; `nil` for other entries.
    private func deviceNumber(_ entry: TarEntry) throws(LayerUnpackError) -> UInt64? {
        guard entry.kind == .character || entry.kind == .block else { return nil }
        // The kernel has 12 bits for the major number and 20 for the minor one.
        guard (0..<4096).contains(entry.deviceMajor), (0..<1_048_576).contains(entry.deviceMinor) else {
            throw LayerUnpackError(
                .badDevice,
                "create node",
                detail: "device \(entry.deviceMajor):\(entry.deviceMinor) is out of range"
            )
        }
        if entry.kind == .character && entry.deviceMajor == 0 && entry.deviceMinor == 0 {
            throw LayerUnpackError(.badDevice, "create node", detail: "device 0:0 is overlayfs' mark for a whiteout")
        }
        return clinux_makedev(UInt32(entry.deviceMajor), UInt32(entry.deviceMinor))
    }
}
