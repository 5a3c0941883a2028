// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import SystemPackage

extension Cgroup {
    /// Removes the group and the groups below it, deepest first, from every hierarchy.
    ///
    /// A group whose processes have just been killed stays busy for a moment, so `EBUSY` is tried again with growing
    /// pauses. Blocks the calling thread for at most about `timeout`. A group that is already gone is a success.
    ///
    /// - Parameter timeout: How long to try; zero tries once.
    /// - Throws: ``CgroupError``: `busy` when processes are left after that time; the groups that could be removed are
    ///   removed then, and the call can be repeated.
    public func remove(timeout: Duration = .seconds(5)) throws(CgroupError) {
        if path == .root { throw CgroupError(.invalidPath, "remove cgroup", hint: "the root group cannot be removed") }
        var deadline = Deadline(after: timeout)
        while true {
            var busy: CgroupError?
            for hierarchy in layout.hierarchies {
                do throws(CgroupError) { try Self.removeTree(path, from: hierarchy, layout: layout) } catch {
                    if error.code != .busy { throw error }
                    busy = error
                }
            }
            guard let busy else { return }
            if !deadline.wait() {
                let count = (try? processIDs.count) ?? 0  // for the message only
                throw CgroupError(
                    .busy,
                    "remove cgroup",
                    path: busy.path,
                    cause: busy.cause,
                    hint: count > 0 ? "the group has \(count) process(es)" : "the kernel still holds the group"
                )
            }
        }
    }

    /// Removes the group `path` from every hierarchy if it has no processes and no groups below it.
    ///
    /// Costs one attempt in each hierarchy, where ``open(at:layout:)``, a look at the processes and
    /// ``remove(timeout:)`` search the group three times.
    ///
    /// - Parameters:
    ///   - path: The group.
    ///   - layout: The machine's hierarchies.
    /// - Returns: Whether nothing is left of it, which is so when there was none. Otherwise it may be gone from some
    ///   hierarchies, and ``remove(timeout:)`` does the rest or says what is in the way.
    /// - Throws: ``CgroupError`` when a hierarchy cannot be opened.
    public static func removeIfUnused(at path: CgroupPath, layout: CgroupLayout) throws(CgroupError) -> Bool {
        if path == .root { return false }
        var isGone = true
        for hierarchy in layout.hierarchies {
            let top = try CgroupDirectory.top(of: hierarchy, layout: layout)
            do throws(SystemCallError) {
                try top.root.removeDirectory(path.relative)
            } catch {
                // Whatever else it is: remove(timeout:) tells, and says so.
                if !error.isGone { isGone = false }
            }
        }
        return isGone
    }

    private static func removeTree(
        _ path: CgroupPath,
        from hierarchy: CgroupHierarchy,
        layout: CgroupLayout
    ) throws(CgroupError) {
        let top = try CgroupDirectory.top(of: hierarchy, layout: layout)
        var reached = top.path.appending(path.filePath.components)
        do throws(SystemCallError) {
            let group = try top.descendant(path)
            try group.removeDescendants(reached: &reached)
            reached = group.path
            try top.root.removeDirectory(path.relative)
        } catch {
            if error.isGone { return }
            throw CgroupError("remove cgroup", path: reached, cause: error)
        }
    }
}

extension CgroupDirectory {
    /// How many groups are held open on the way down; a container may nest its own groups as deeply as it likes.
    private static let maximumChain = 64

    /// Removes all groups below this one; `reached` is the last one tried.
    fileprivate func removeDescendants(reached: inout FilePath) throws(SystemCallError) {
        while true {
            var chain: [CgroupDirectory] = [self]
            var names: [FilePath] = []
            while let current = chain.last {
                if let inner = try current.removeLeaves(reached: &reached) {
                    chain.append(try current.child(inner))
                    names.append(inner)
                    if chain.count > Self.maximumChain { chain.removeFirst() }
                    continue
                }
                chain.removeLast()
                guard let name = names.popLast() else { return }
                guard let parent = chain.last else { break }
                reached = current.path
                try parent.removeIfPresent(name)
            }
        }
    }

    /// Removes the children that have no children of their own; returns one that has.
    private func removeLeaves(reached: inout FilePath) throws(SystemCallError) -> FilePath? {
        for name in try children() {
            reached = path.appending(name.components)
            do throws(SystemCallError) { try removeIfPresent(name) } catch {
                if error.errno != .resourceBusy && error.errno != .directoryNotEmpty { throw error }
                if try child(name).children().isEmpty { throw error }
                return name
            }
        }
        return nil
    }

    private func removeIfPresent(_ name: FilePath) throws(SystemCallError) {
        do throws(SystemCallError) { try root.removeDirectory(name) } catch {
            if !error.isGone { throw error }
        }
    }
}
