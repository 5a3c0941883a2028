// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Puts the tree of an image together from its layers' entries, as overlayfs shows the layers stacked.
///
/// Symbolic links in an entry's parents are followed where the same layer made them, as they are when each layer is
/// unpacked into a directory of its own; a directory takes the place of a link of a lower layer.
struct TreeMerger {
    /// The tree's root.
    let root = TreeNode([], in: nil, TreeFile(Self.implied([]), layer: 0, ordinal: nil))
    private var layer = 0
    /// The parent that was found last; entries of one directory mostly follow each other.
    private var cached: (path: ArraySlice<UInt8>, node: TreeNode)?
    private(set) var wasted: [WastedFile] = []

    /// Says that further entries are of the layer at `position`.
    mutating func begin(layer position: Int) {
        layer = position
        cached = nil
    }

    /// Adds an entry of the layer.
    mutating func add(_ entry: ListedEntry, ordinal: UInt64) throws(LayerUnpackError) {
        let path = entry.path.bytes
        switch entry.kind {
        case .opaque:
            guard let directory = try find(path[...]) else { return }
            for name in directory.children.keys { removeLower(name, in: directory) }
            cached = nil
        case .whiteout:
            let (parent, name) = Self.split(path)
            guard let directory = try find(parent) else { return }
            removeLower(name, in: directory)
            cached = nil
        case .hardLink: try link(entry)
        default: try put(entry, ordinal)
        }
    }

    private mutating func put(_ entry: ListedEntry, _ ordinal: UInt64) throws(LayerUnpackError) {
        let path = entry.path.bytes
        let file = TreeFile(entry, layer: layer, ordinal: ordinal)
        if path.isEmpty {
            root.file = file
            return
        }
        let (parentPath, name) = Self.split(path)
        let parent = try findOrMake(parentPath)
        if let old = parent.children[name] {
            if old.isDirectory && entry.kind == .directory {
                old.file = file
                return
            }
            drop(old, as: .replaced)
            cached = nil
        }
        parent.children[name] = TreeNode(name, in: parent, file)
    }

    private mutating func link(_ entry: ListedEntry) throws(LayerUnpackError) {
        let (targetParent, targetName) = Self.split(entry.linkTarget?.bytes ?? [])
        guard let target = try find(targetParent)?.children[targetName], !target.isDirectory else {
            let text = (entry.linkTarget?.bytes ?? []).escapedForDisplay
            throw LayerUnpackError(.linkTarget, "read hard link", detail: "\(text) is no file that can be linked")
                .about(entry.path.bytes)
        }
        let (parentPath, name) = Self.split(entry.path.bytes)
        let parent = try findOrMake(parentPath)
        if let old = parent.children[name] {
            if old.file === target.file { return }
            drop(old, as: .replaced)
            cached = nil
        }
        target.file.names += 1
        parent.children[name] = TreeNode(name, in: parent, target.file)
    }

    // MARK: Removing

    /// Takes away what lower layers have under a name; directories go when nothing of this layer is in them.
    private mutating func removeLower(_ name: [UInt8], in parent: TreeNode) {
        guard let node = parent.children[name] else { return }
        if node.isDirectory { for inner in node.children.keys { removeLower(inner, in: node) } }
        guard node.file.layer < layer, node.children.isEmpty else { return }
        drop(node, as: .deleted)
        parent.children[name] = nil
    }

    /// Counts what is lost with a node and everything below it.
    private mutating func drop(_ node: TreeNode, as cause: WastedFile.Cause) {
        for child in node.children.values { drop(child, as: cause) }
        node.file.names -= 1
        guard node.file.names == 0, node.file.entry.size > 0 else { return }
        wasted.append(
            WastedFile(node.path, layer: node.file.layer, size: node.file.entry.size, cause, by: layer)
        )
    }

    // MARK: Finding

    private mutating func find(_ path: ArraySlice<UInt8>) throws(LayerUnpackError) -> TreeNode? {
        try walk(path, makes: false)
    }

    private mutating func findOrMake(_ path: ArraySlice<UInt8>) throws(LayerUnpackError) -> TreeNode {
        if let cached, cached.path == path { return cached.node }
        guard let node = try walk(path, makes: true) else { throw Self.noDirectory(path) }
        cached = (path, node)
        return node
    }

    private mutating func walk(_ path: ArraySlice<UInt8>, makes: Bool) throws(LayerUnpackError) -> TreeNode? {
        var pending = Self.components(path)
        var trail = [root]
        var links = 0
        while let name = pending.popLast() {
            let directory = trail[trail.count - 1]
            if name == Array("..".utf8) {
                if trail.count > 1 { trail.removeLast() }
                continue
            }
            let found = directory.children[name]
            if let found, found.isDirectory {
                trail.append(found)
                continue
            }
            if let found, found.file.layer == layer {
                guard found.file.entry.kind == .symlink, let target = found.file.entry.linkTarget?.bytes else {
                    if makes { throw Self.noDirectory(path) }
                    return nil
                }
                links += 1
                if links > 40 { throw Self.noDirectory(path) }
                if target.first == UInt8(ascii: "/") { trail = [root] }
                pending += Self.components(target[...])
                continue
            }
            guard makes else { return nil }
            if let found { drop(found, as: .replaced) }
            let made = TreeNode(name, in: directory, TreeFile(Self.implied(name), layer: layer, ordinal: nil))
            directory.children[name] = made
            trail.append(made)
        }
        return trail.last
    }

    /// Components in reverse, the last one first, without empty ones and `.`.
    private static func components(_ path: ArraySlice<UInt8>) -> [[UInt8]] {
        path.split(separator: UInt8(ascii: "/")).reversed().map { Array($0) }.filter { $0 != [UInt8(ascii: ".")] }
    }

    private static func split(_ path: [UInt8]) -> (parent: ArraySlice<UInt8>, name: [UInt8]) {
        guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return ([], path) }
        return (path[..<slash], Array(path[(slash + 1)...]))
    }

    /// A directory that no entry is about, as unpacking makes it.
    private static func implied(_ name: [UInt8]) -> ListedEntry {
        var entry = ListedEntry(.directory, name)
        entry.mode = 0o755
        return entry
    }

    private static func noDirectory(_ path: ArraySlice<UInt8>) -> LayerUnpackError {
        LayerUnpackError(.notDirectory, "find parent", detail: "a part of it is not a directory").about(Array(path))
    }
}
