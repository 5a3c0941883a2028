// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

// One function per kind of entry. Each makes something new under the name, and only then touches its metadata:
// owner, mode, extended attributes, times, in this order, since a change of owner clears setuid bits and capabilities.
extension LayerApplier {
    func makeDirectory(
        _ name: EntryName,
        in parent: TreeDirectory,
        _ entry: TarEntry,
        _ owner: Owner
    ) throws(LayerUnpackError) {
        let last = name.last
        var hidesLower = false
        do throws(LayerUnpackError) { try parent.makeDirectory(last) } catch {
            guard error.errno == .fileExists else { throw error }
            let existing = try parent.status(last)
            if form == .plain {
                if existing?.kind == .directory { return }
                throw LayerUnpackError(.notDirectory, "create directory", detail: "it is there, and no directory")
            }
            if existing?.kind != .directory {
                hidesLower = existing.map(isWhiteout) ?? false
                try remove(last, in: parent)
                try parent.makeDirectory(last)
            }
        }
        let directory = try parent.directory(last)
        if hidesLower { try markOpaque(directory) }
        try complete(directory: directory, path: name.bytes, entry, owner)
    }

    /// Gives a directory its owner and attributes, and takes note of what it gets at the end.
    func complete(
        directory: TreeDirectory,
        path: [UInt8],
        _ entry: TarEntry,
        _ owner: Owner
    ) throws(LayerUnpackError) {
        try OpenFile.setOwner(directory.descriptor, uid: owner.uid, gid: owner.gid)
        // Without privilege, a directory that its owner may not use could not be filled.
        try OpenFile.setMode(directory.descriptor, mode(of: entry) | 0o700)
        try setAttributes(of: entry, on: directory.descriptor)
        directories[directory.identity] = DirectoryRecord(
            path: path,
            mode: mode(of: entry),
            modified: entry.modified
        )
    }

    func makeFile(
        _ name: [UInt8],
        in parent: TreeDirectory,
        _ entry: TarEntry,
        _ owner: Owner,
        _ reader: TarReader?
    ) throws(LayerUnpackError) {
        let file: OwnedFileDescriptor
        do throws(LayerUnpackError) { file = try parent.makeFile(name) } catch {
            guard error.errno == .fileExists else { throw error }
            try remove(name, in: parent)
            file = try parent.makeFile(name)
        }
        // Below this size the extra call costs more than the fragments it avoids.
        if !entry.isSparse && entry.size > 1 << 20 { try OpenFile.reserve(file, entry.size) }
        if entry.size > 0 {
            guard let reader else {
                throw LayerUnpackError(.truncated, "write file", detail: "its content is elsewhere")
            }
            try reader.copyContent(of: entry, to: file)
        }
        try OpenFile.setOwner(file, uid: owner.uid, gid: owner.gid)
        try OpenFile.setMode(file, mode(of: entry))
        try setAttributes(of: entry, on: file)
        try OpenFile.setTimes(file, entry.modified)
        do throws(SystemCallError) { try file.close() } catch { throw LayerUnpackError("write file", error) }
    }

    func makeSymlink(
        _ name: [UInt8],
        in parent: TreeDirectory,
        _ entry: TarEntry,
        _ owner: Owner
    ) throws(LayerUnpackError) {
        let target = try entry.checkedSymlinkTarget
        try replacing(name, in: parent) { () throws(LayerUnpackError) in
            try parent.makeSymlink(name, target: target)
        }
        try parent.setOwner(name, uid: owner.uid, gid: owner.gid)
        try drop(entry)
        try parent.setTimes(name, entry.modified)
    }

    /// Makes another name of what is there already; its metadata came with its first name.
    func makeHardLink(_ name: [UInt8], in parent: TreeDirectory, _ entry: TarEntry) throws(LayerUnpackError) {
        let step = "create hard link"
        let target = try EntryName(entry.linkTarget, limits: options.limits, traversal: .linkTarget)
        guard let source = try tree.find(target.parent), let status = try source.status(target.last) else {
            throw LayerUnpackError(
                .linkTarget,
                step,
                detail: "\(entry.linkTarget.escapedForDisplay) is not there\(form.linkHint)"
            )
        }
        if status.kind == .directory || isWhiteout(status) {
            throw LayerUnpackError(
                .linkTarget,
                step,
                detail: "\(entry.linkTarget.escapedForDisplay) is no file that can be linked"
            )
        }
        if source.identity == parent.identity && target.last == name { return }
        try replacing(name, in: parent) { () throws(LayerUnpackError) in
            try parent.makeLink(name, to: target.last, in: source)
        }
    }

    func makeNode(
        _ name: [UInt8],
        in parent: TreeDirectory,
        _ entry: TarEntry,
        _ owner: Owner,
        _ type: CInt,
        _ device: UInt64
    ) throws(LayerUnpackError) {
        try replacing(name, in: parent) { () throws(LayerUnpackError) in
            try parent.makeNode(name, mode: UInt32(type) | 0o600, device: device)
        }
        try parent.setOwner(name, uid: owner.uid, gid: owner.gid)
        try parent.setMode(name, mode(of: entry))
        try drop(entry)
        try parent.setTimes(name, entry.modified)
    }

    /// Makes something under a name; what has the name goes first.
    private func replacing(
        _ name: [UInt8],
        in parent: TreeDirectory,
        _ make: () throws(LayerUnpackError) -> Void
    ) throws(LayerUnpackError) {
        do throws(LayerUnpackError) { try make() } catch {
            guard error.errno == .fileExists else { throw error }
            try remove(name, in: parent)
            try make()
        }
    }

    /// Removes what has a name, with everything below it.
    func remove(_ name: [UInt8], in parent: TreeDirectory) throws(LayerUnpackError) {
        tree.forgetPaths()
        do throws(LayerUnpackError) { try parent.removeFile(name) } catch {
            switch error.errno {
            case .isDirectory where form == .plain:
                throw LayerUnpackError(.targetNotEmpty, "create file", detail: "a directory is there")
            case .isDirectory: try parent.removeTree(name)
            case .noSuchFileOrDirectory: return
            default: throw error
            }
        }
    }

    // MARK: Metadata

    /// The mode that an entry's file gets. Bits that lend the rights of an owner mean nothing once it is another one.
    private func mode(of entry: TarEntry) -> UInt32 {
        options.owners == .kept ? entry.mode : entry.mode & ~UInt32(0o6000)
    }

    private func setAttributes(
        of entry: TarEntry,
        on file: borrowing OwnedFileDescriptor
    ) throws(LayerUnpackError) {
        for name in entry.unreadAttributes { droppedAttributes[name, default: 0] += 1 }
        for attribute in entry.attributes {
            switch try AttributePolicy.verdict(on: attribute, of: entry.kind) {
            case .drop: droppedAttributes[attribute.name, default: 0] += 1
            case .keep:
                do throws(LayerUnpackError) { try OpenFile.setAttribute(file, attribute.name, attribute.value) } catch {
                    let isRefused = error.errno == .notPermitted && options.owners == .caller
                    guard error.errno == .notSupported || isRefused else { throw error }
                    droppedAttributes[attribute.name, default: 0] += 1
                }
            }
        }
    }

    /// Counts the attributes of an entry whose kind has none.
    private func drop(_ entry: TarEntry) throws(LayerUnpackError) {
        for name in entry.unreadAttributes + entry.attributes.map(\.name) {
            droppedAttributes[name, default: 0] += 1
        }
    }

    /// Keeps the time stamp of a directory that is about to change and that the layer may have no entry for.
    func remember(_ directory: TreeDirectory, path: [UInt8]) {
        guard form.hasLowerContent, directories[directory.identity] == nil else { return }
        directories[directory.identity] = DirectoryRecord(path: path, mode: nil, modified: directory.modified)
    }

    /// Gives directories their final modes and times, the deepest first.
    ///
    /// A path is opened anew, and used only if it still leads to the directory that was meant.
    func finishDirectories() throws(LayerUnpackError) {
        for (identity, record) in directories.sorted(by: { $0.value.path.count > $1.value.path.count }) {
            guard let directory = try tree.find(record.path), directory.identity == identity else { continue }
            if let mode = record.mode, mode & 0o700 != 0o700 { try OpenFile.setMode(directory.descriptor, mode) }
            try OpenFile.setTimes(directory.descriptor, record.modified)
        }
    }
}

extension TarEntry {
    /// The text of a symbolic link.
    ///
    /// - Throws: ``LayerUnpackError``: `badName` for what the kernel would not take.
    var checkedSymlinkTarget: [UInt8] {
        get throws(LayerUnpackError) {
            if linkTarget.isEmpty || linkTarget.count > 4095 {
                throw LayerUnpackError(.badName, "create symbolic link", detail: "its target is empty or too long")
            }
            return linkTarget
        }
    }
}

extension LayerForm {
    /// Why a hard link's target may be missing.
    fileprivate var linkHint: String {
        switch self {
        case .flat, .plain: ""
        case .overlay: " (a layer of a snapshot can link to files of the same layer only)"
        }
    }
}
