// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import SystemPackage

/// Finds what differs between two trees.
struct TreeComparison {
    private var changes: [TreeChange] = []
    private var files = FileComparison()
    private var links = LinkGroups()

    /// The changes from `lower` to `upper`, in order.
    mutating func changes(
        from lower: TreeDirectory,
        to upper: TreeDirectory
    ) throws(LayerUnpackError) -> [TreeChange] {
        let roots = (lower.identity, upper.identity)
        var isChanged = try compareContents(of: lower, and: upper, at: [], roots)
        if !isChanged { isChanged = try Self.differ(lower, upper) }
        if isChanged { changes.append(TreeChange(.modified, [])) }
        addChangedLinks()
        return TreeChange.sorted(changes)
    }

    /// Compares two directories' contents; returns whether anything differs.
    private mutating func compareContents(
        of lower: TreeDirectory?,
        and upper: TreeDirectory,
        at path: [UInt8],
        _ roots: (FileIdentity, FileIdentity)
    ) throws(LayerUnpackError) -> Bool {
        // What is mounted is not part of a tree.
        guard upper.identity.isOnDevice(of: roots.1), lower?.identity.isOnDevice(of: roots.0) ?? true else {
            return false
        }
        let before = changes.count
        let names = Set(try upper.sortedNames() + (try lower?.sortedNames() ?? []))
        for name in names {
            if Task.isCancelled { throw LayerUnpackError(.cancelled, "compare trees") }
            let full = TreeChange.path(path, name)
            do throws(LayerUnpackError) {
                try compare(name, in: lower, and: upper, at: full, roots)
            } catch {
                throw error.about(full)
            }
        }
        return changes.count > before
    }

    private mutating func compare(
        _ name: [UInt8],
        in lower: TreeDirectory?,
        and upper: TreeDirectory,
        at path: [UInt8],
        _ roots: (FileIdentity, FileIdentity)
    ) throws(LayerUnpackError) {
        let old = try lower?.status(name)
        guard let new = try upper.status(name) else {
            if old != nil { changes.append(TreeChange(.deleted, path)) }
            return
        }
        if new.kind == .directory {
            let before = old?.kind == .directory ? try lower?.directory(name) : nil
            let after = try upper.directory(name)
            var isChanged = try compareContents(of: before, and: after, at: path, roots)
            if let before, !isChanged { isChanged = try Self.differ(before, after) }
            if isChanged || before == nil { changes.append(TreeChange(old == nil ? .added : .modified, path)) }
            return
        }
        if let old, let lower, try files.areEqual(name, in: lower, old, and: upper, new) {
            links.add(unchanged: path, old, new)
        } else {
            links.add(changed: path, new)
            changes.append(TreeChange(old == nil ? .added : .modified, path))
        }
    }

    private mutating func addChangedLinks() {
        var listed = Set(changes.map(\.path))
        for path in links.changed {
            changes.append(TreeChange(.modified, path))
            var place = path
            repeat {
                place = TreeChange.split(place).parent
                if listed.insert(place).inserted { changes.append(TreeChange(.modified, place)) }
            } while !place.isEmpty
        }
    }

    /// Whether the directories themselves differ; their times count only if `comparingTimes`.
    static func differ(
        _ lower: TreeDirectory,
        _ upper: TreeDirectory,
        comparingTimes: Bool = true
    ) throws(LayerUnpackError) -> Bool {
        if lower.identity == upper.identity { return false }
        let (before, after): (FileStatus, FileStatus)
        do throws(SystemCallError) {
            (before, after) = (try lower.descriptor.status(), try upper.descriptor.status())
        } catch {
            throw LayerUnpackError("look at directory", error)
        }
        if comparingTimes && before.modified != after.modified { return true }
        if !FileComparison.haveEqualMetadata(before, after) { return true }
        return try !FileComparison.haveEqualAttributes(lower.descriptor, upper.descriptor, .directory)
    }
}
