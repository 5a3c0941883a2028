// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// The tree that layers are applied to, and how names are found in it.
///
/// Names are resolved by the kernel with the tree's root as their root: symbolic links in a name's parents lead where
/// they will lead in the container, and never out of the tree.
final class LayerTree {
    let root: TreeDirectory
    /// Who owns directories that no entry is about.
    private let owner: Owner
    /// The parent that was used last; entries of one directory mostly follow each other.
    private var cached: (path: [UInt8], directory: TreeDirectory)?

    init(_ root: TreeDirectory, owner: Owner = .root) {
        self.root = root
        self.owner = owner
    }

    /// Must be called when a directory or symbolic link is removed: a name may lead elsewhere from then on.
    func forgetPaths() { cached = nil }

    /// The directory `path`, or `nil` when some part of it is missing.
    func find(_ path: [UInt8]) throws(LayerUnpackError) -> TreeDirectory? {
        do throws(LayerUnpackError) { return try open(path) } catch {
            if error.errno == .noSuchFileOrDirectory || error.errno == .notDirectory { return nil }
            throw error
        }
    }

    /// The directory `path`; what is missing of it is made, with mode 0755 and the tree's owner.
    /// `replacing` is asked about what stands where a directory is needed: `true` says that there is one now.
    func findOrMake(
        _ path: [UInt8],
        replacing: (TreeDirectory, [UInt8]) throws(LayerUnpackError) -> Bool
    ) throws(LayerUnpackError) -> TreeDirectory {
        do throws(LayerUnpackError) { return try open(path) } catch {
            guard error.errno == .noSuchFileOrDirectory || error.errno == .notDirectory else { throw error }
        }
        var hops = 0
        let made = try make(path, hops: &hops, replacing: replacing)
        forgetPaths()
        return made
    }

    private func open(_ path: [UInt8]) throws(LayerUnpackError) -> TreeDirectory {
        if path.isEmpty { return root }
        if let cached, cached.path == path { return cached.directory }
        let directory = try TreeDirectory(try root.openInRoot(path, CLINUX_O_RDONLY | CLINUX_O_DIRECTORY))
        cached = (path, directory)
        return directory
    }

    /// Makes `path` from its first missing component on. A symbolic link to nothing has its target made, in the root.
    private func make(
        _ path: [UInt8],
        hops: inout Int,
        replacing: (TreeDirectory, [UInt8]) throws(LayerUnpackError) -> Bool
    ) throws(LayerUnpackError) -> TreeDirectory {
        if path.count > 4095 { throw LayerUnpackError(.badName, "create parent", detail: "its path is too long") }
        let components = path.split(separator: UInt8(ascii: "/"))
        guard let last = components.last else { return root }
        do throws(LayerUnpackError) {
            return try TreeDirectory(try root.openInRoot(path, CLINUX_O_RDONLY | CLINUX_O_DIRECTORY))
        } catch {
            guard error.errno == .noSuchFileOrDirectory || error.errno == .notDirectory else { throw error }
        }
        let parentPath = Array(components.dropLast().joined(separator: CollectionOfOne(UInt8(ascii: "/"))))
        let parent = try make(parentPath, hops: &hops, replacing: replacing)
        let name = Array(last)
        // Only targets of symbolic links have these; with its parent made, the kernel can resolve them.
        if name == Array("..".utf8) || name == [UInt8(ascii: ".")] {
            return try TreeDirectory(try root.openInRoot(path, CLINUX_O_RDONLY | CLINUX_O_DIRECTORY))
        }
        if let target = try makeOne(name, in: parent, replacing: replacing) {
            hops += 1
            if hops > 40 { throw LayerUnpackError(.notDirectory, "create parent", detail: "too many symbolic links") }
            let isAbsolute = target.first == UInt8(ascii: "/")
            return try make(
                isAbsolute ? target : parentPath + [UInt8(ascii: "/")] + target,
                hops: &hops,
                replacing: replacing
            )
        }
        return try parent.directory(name)
    }

    /// Makes the directory `name`; returns the target when a symbolic link stands there.
    private func makeOne(
        _ name: [UInt8],
        in parent: TreeDirectory,
        replacing: (TreeDirectory, [UInt8]) throws(LayerUnpackError) -> Bool
    ) throws(LayerUnpackError) -> [UInt8]? {
        do throws(LayerUnpackError) {
            try parent.makeDirectory(name)
        } catch {
            guard error.errno == .fileExists else { throw error }
            switch try parent.status(name)?.kind {
            case .symlink: return try parent.readLink(name)
            case .directory: return nil
            default:
                guard try replacing(parent, name) else {
                    throw LayerUnpackError(
                        .notDirectory,
                        "create parent",
                        detail: "\(name.escapedForDisplay) is not a directory"
                    )
                }
                return nil
            }
        }
        let made = try parent.open(name, CLINUX_O_RDONLY | CLINUX_O_DIRECTORY)
        try OpenFile.setOwner(made, uid: owner.uid, gid: owner.gid)
        try OpenFile.setMode(made, 0o755)
        return nil
    }
}
