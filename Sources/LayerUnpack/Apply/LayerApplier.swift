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
    private var budget: ContentBudget
    /// Whom the layer's users are in the tree, if they are others there.
    private let translation: OwnerTranslation?

    init(
        _ root: TreeDirectory,
        form: LayerForm,
        options: UnpackOptions,
        translation: OwnerTranslation? = nil
    ) {
        self.translation = translation
        tree = LayerTree(root, owner: translation?.root ?? (options.owners == .kept ? .root : .unchanged))
        self.form = form
        self.options = options
        budget = ContentBudget(options.limits)
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

    /// Makes what an entry says; `reader`, which is at the entry, has its content.
    func place(_ entry: TarEntry, _ reader: TarReader?) throws(LayerUnpackError) {
        let name = try EntryName(entry.name, limits: options.limits)
        if form != .plain, let whiteout = try Whiteout(name, kind: entry.kind) { return try apply(whiteout, name) }
        let owner = try owner(of: entry)
        if name.isRoot {
            guard entry.kind == .directory else { throw LayerUnpackError.rootIsNoDirectory }
            if form == .plain { return }
            return try complete(directory: tree.root, path: [], entry, owner)
        }
        try budget.spend(entry)
        let device = try DeviceNumber(entry)?.encoded
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

    private func owner(of entry: TarEntry) throws(LayerUnpackError) -> Owner {
        guard options.owners == .kept else { return translation?.root ?? .unchanged }
        let owner = try Owner(entry)
        return try translation?.stored(owner) ?? owner
    }

    private func parent(of name: EntryName) throws(LayerUnpackError) -> TreeDirectory {
        let directory = try tree.findOrMake(name.parent) { parent, name throws(LayerUnpackError) in
            try self.replaceWhiteout(name, in: parent)
        }
        remember(directory, path: name.parent)
        return directory
    }
}

extension LayerUnpackError {
    static var rootIsNoDirectory: LayerUnpackError {
        LayerUnpackError(.rootType, "check name", detail: "the root can only be a directory")
    }
}
