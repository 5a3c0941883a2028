// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension MergedTree {
    /// Compares this tree with a later one.
    ///
    /// - Parameters:
    ///   - later: The other tree. Contents are compared where both were read with contents hashed; else files of the same
    ///     size count as equal.
    ///   - ignoring: Attributes that do not make a difference.
    /// - Returns: The paths that differ, in the order of the tree. What is below an added or removed directory is listed
    ///   too.
    public func changes(to later: MergedTree, ignoring: Set<PathChange.Attribute> = []) -> [PathChange] {
        var changes: [PathChange] = []
        var (left, right) = (entries[...], later.entries[...])
        while let old = left.first ?? right.first {
            guard let one = left.first, let other = right.first else {
                changes.append(
                    left.isEmpty ? PathChange(old.path, .added, nil, old) : PathChange(old.path, .removed, old, nil)
                )
                if left.isEmpty { right.removeFirst() } else { left.removeFirst() }
                continue
            }
            if one.path == other.path {
                let differences = one.differences(from: other).filter { !ignoring.contains($0) }
                if !differences.isEmpty {
                    changes.append(PathChange(one.path, .changed, one, other, differences: differences))
                }
                left.removeFirst()
                right.removeFirst()
            } else if Self.precedes(one.path.bytes, other.path.bytes) {
                changes.append(PathChange(one.path, .removed, one, nil))
                left.removeFirst()
            } else {
                changes.append(PathChange(other.path, .added, nil, other))
                right.removeFirst()
            }
        }
        return changes
    }
}

extension MergedEntry {
    /// What of this entry is other in `later`, which has the same path.
    fileprivate func differences(from later: MergedEntry) -> [PathChange.Attribute] {
        let (one, other) = (entry, later.entry)
        if one.fileKind != other.fileKind { return [.type] }
        var found: [PathChange.Attribute] = []
        if one.mode != other.mode { found.append(.mode) }
        if one.uid != other.uid || one.gid != other.gid { found.append(.owner) }
        if one.size != other.size { found.append(.size) }
        if let content = one.content, let otherContent = other.content, content != otherContent {
            found.append(.content)
        }
        if one.modified != other.modified { found.append(.modified) }
        if one.fileKind == .symlink && one.linkTarget != other.linkTarget { found.append(.linkTarget) }
        if one.device != other.device { found.append(.device) }
        if Set(one.attributes ?? []) != Set(other.attributes ?? []) { found.append(.attributes) }
        if one.fileKind == .file && (names != later.names || firstName != later.firstName) { found.append(.names) }
        return found
    }

    /// The first name of a file, in the order of the tree.
    private var firstName: ByteText? { entry.kind == .hardLink ? entry.linkTarget : path }
}

extension ListedEntry {
    /// The kind of file, whichever of its names this is.
    fileprivate var fileKind: Kind { kind == .hardLink ? .file : kind }
}
