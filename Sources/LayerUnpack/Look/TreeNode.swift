// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A name in the tree of an image's layers while that is being put together.
final class TreeNode {
    let name: [UInt8]
    unowned let parent: TreeNode?
    /// What the name stands for; several names may share one.
    var file: TreeFile
    /// What is below, for a directory.
    var children: [[UInt8]: TreeNode] = [:]

    init(_ name: [UInt8], in parent: TreeNode?, _ file: TreeFile) {
        self.name = name
        self.parent = parent
        self.file = file
    }

    var isDirectory: Bool { file.entry.kind == .directory }

    /// The path below the root.
    var path: [UInt8] {
        guard let parent else { return [] }
        return parent.parent == nil ? name : parent.path + [UInt8(ascii: "/")] + name
    }
}

/// A file of an image, and where it comes from.
final class TreeFile {
    let entry: ListedEntry
    let layer: Int
    /// The position of its entry in the layer; `nil` for a directory that no entry is about.
    let ordinal: UInt64?
    /// How many names of the tree stand for it.
    var names = 1

    init(_ entry: ListedEntry, layer: Int, ordinal: UInt64?) {
        self.entry = entry
        self.layer = layer
        self.ordinal = ordinal
    }
}
