// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem

/// Writes the changes between two trees, with the directories that they are in.
struct DifferenceWalk {
    /// What is written in each directory, by its path.
    private struct Contents {
        var removed: Set<[UInt8]> = []
        var kept: Set<[UInt8]> = []
    }

    private var plan: [[UInt8]: Contents] = [:]
    private(set) var writer: EntryWriter

    init(_ writer: EntryWriter, _ changes: [TreeChange]) {
        self.writer = writer
        for change in changes where !change.path.isEmpty { add(change) }
    }

    private mutating func add(_ change: TreeChange) {
        var (parent, name) = TreeChange.split(change.path)
        if change.kind == .deleted {
            plan[parent, default: Contents()].removed.insert(name)
        } else {
            plan[parent, default: Contents()].kept.insert(name)
        }
        while !parent.isEmpty {
            (parent, name) = TreeChange.split(parent)
            if !plan[parent, default: Contents()].kept.insert(name).inserted { return }
        }
    }

    /// Writes the changes, as they are in the tree `upper`.
    mutating func write(_ upper: TreeDirectory) throws(LayerUnpackError) { try write(upper, at: []) }

    private mutating func write(_ directory: TreeDirectory, at path: [UInt8]) throws(LayerUnpackError) {
        try writer.add(directory, at: path)
        guard let contents = plan[path] else { return }
        // What hides comes before what is there: layer.md, "Whiteouts".
        for name in contents.removed.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            do throws(LayerUnpackError) { try Whiteout.refuse(name) } catch {
                throw error.about(TreeChange.path(path, name))
            }
            try writer.addWhiteout(of: name, in: path)
        }
        for name in contents.kept.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let full = TreeChange.path(path, name)
            do throws(LayerUnpackError) { try write(name, in: directory, at: full) } catch { throw error.about(full) }
        }
    }

    private mutating func write(
        _ name: [UInt8],
        in directory: TreeDirectory,
        at path: [UInt8]
    ) throws(LayerUnpackError) {
        try Whiteout.refuse(name)
        guard let status = try directory.status(name) else { return }
        guard status.kind == .directory else { return try writer.add(name, in: directory, at: path, status) }
        guard let inner = try directory.directoryIfPresent(name) else { return }
        try write(inner, at: path)
    }
}
