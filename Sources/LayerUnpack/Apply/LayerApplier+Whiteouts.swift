// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

extension LayerApplier {
    /// Removes, or hides, what lower layers have; what this layer has stays, whichever of the two came first.
    func apply(_ whiteout: Whiteout, _ name: EntryName) throws(LayerUnpackError) {
        switch (whiteout, form) {
        case (.ignored, _), (_, .flat(hasLowerContent: false)), (_, .plain): return
        case (.file(let hidden), .flat):
            guard let parent = try tree.find(name.parent) else { return }
            remember(parent, path: name.parent)
            tree.forgetPaths()
            try removeLower(hidden, in: parent)
        case (.opaque, .flat):
            guard let directory = try tree.find(name.parent) else { return }
            remember(directory, path: name.parent)
            tree.forgetPaths()
            for entry in try directory.entries() { try removeLower(entry.name, in: directory) }
        case (.file(let hidden), .overlay):
            let parent = try markedParent(of: name)
            do throws(LayerUnpackError) {
                try parent.makeNode(hidden, mode: UInt32(CLINUX_S_IFCHR), device: 0)
            } catch {
                guard error.errno == .fileExists else { throw error }
                if try parent.status(hidden)?.kind == .directory { try markOpaque(try parent.directory(hidden)) }
            }
        case (.opaque, .overlay): try markOpaque(try markedParent(of: name))
        }
    }

    private func markedParent(of name: EntryName) throws(LayerUnpackError) -> TreeDirectory {
        try tree.findOrMake(name.parent) { parent, name throws(LayerUnpackError) in
            try self.replaceWhiteout(name, in: parent)
        }
    }

    /// Removes what has this name unless this layer made it; directories go when nothing of this layer is in them.
    private func removeLower(_ name: [UInt8], in parent: TreeDirectory) throws(LayerUnpackError) {
        let isOurs = written.contains(TreeName(directory: parent.identity, name: name))
        if !isOurs {
            do throws(LayerUnpackError) { return try parent.removeFile(name) } catch {
                switch error.errno {
                case .noSuchFileOrDirectory: return
                case .isDirectory: break
                default: throw error
                }
            }
        } else if try parent.status(name)?.kind != .directory {
            return
        }
        let directory = try parent.directory(name)
        for entry in try directory.entries() { try removeLower(entry.name, in: directory) }
        if isOurs { return }
        do throws(LayerUnpackError) { try parent.removeDirectory(name) } catch {
            guard error.errno == .directoryNotEmpty else { throw error }
        }
    }

    // MARK: Overlayfs

    /// Whether this is a mark that one of this layer's whiteouts left; no entry can make one.
    func isWhiteout(_ status: FileStatus) -> Bool {
        guard case .overlay = form else { return false }
        return status.kind == .character && status.represents == FileStatus.Device(major: 0, minor: 0)
    }

    func markOpaque(_ directory: TreeDirectory) throws(LayerUnpackError) {
        guard case .overlay(let marks) = form else { return }
        try OpenFile.setAttribute(directory.descriptor, marks.opaqueAttribute, [UInt8(ascii: "y")])
    }

    /// Makes a directory where a whiteout was; it stays opaque. Anything else is left, and `false` returned.
    func replaceWhiteout(_ name: [UInt8], in parent: TreeDirectory) throws(LayerUnpackError) -> Bool {
        guard let status = try parent.status(name), isWhiteout(status) else { return false }
        try parent.removeFile(name)
        try parent.makeDirectory(name)
        let directory = try parent.directory(name)
        try OpenFile.setOwner(directory.descriptor, uid: 0, gid: 0)
        try OpenFile.setMode(directory.descriptor, 0o755)
        try markOpaque(directory)
        return true
    }
}
