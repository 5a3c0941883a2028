// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import LinuxSystem
internal import SystemPackage

/// A control group: one path, in every hierarchy that the machine has.
///
/// The value holds an open directory for each hierarchy, so what it does goes to the group that was created or opened,
/// even when another group takes its name later. Copies share the directories. Nothing happens when the last copy goes
/// away: a group lives until ``remove(timeout:)``.
public struct Cgroup: Sendable {
    /// The group's path, the same in every hierarchy.
    public let path: CgroupPath
    /// The hierarchies that this machine has.
    public let layout: CgroupLayout
    /// The group's directories, in the order of the layout's hierarchies.
    let directories: [CgroupDirectory]

    init(path: CgroupPath, layout: CgroupLayout, directories: [CgroupDirectory]) {
        self.path = path
        self.layout = layout
        self.directories = directories
    }

    /// Opens the existing group `path` in every hierarchy that has it.
    ///
    /// On version 1 a group may exist in some hierarchies only, for example after an incomplete removal.
    ///
    /// - Throws: ``CgroupError``: `notFound` when no hierarchy has it.
    public static func open(at path: CgroupPath, layout: CgroupLayout) throws(CgroupError) -> Cgroup {
        try open(at: path, layout: layout, in: layout.hierarchies)
    }

    /// Opens the existing group `path` in those of `hierarchies` that have it.
    static func open(
        at path: CgroupPath,
        layout: CgroupLayout,
        in hierarchies: [CgroupHierarchy]
    ) throws(CgroupError) -> Cgroup {
        var directories: [CgroupDirectory] = []
        var missing: CgroupError?
        for hierarchy in hierarchies {
            let top = try CgroupDirectory.top(of: hierarchy, layout: layout)
            do throws(SystemCallError) { directories.append(try top.descendant(path)) } catch {
                let failure = CgroupError(
                    "open cgroup",
                    path: top.path.appending(path.filePath.components),
                    cause: error
                )
                if error.errno != .noSuchFileOrDirectory { throw failure }
                missing = failure
            }
        }
        if directories.isEmpty, let missing { throw missing }
        return Cgroup(path: path, layout: layout, directories: directories)
    }

    /// Whether the group exists in at least one hierarchy.
    ///
    /// - Throws: ``CgroupError`` when a hierarchy cannot be searched.
    public static func exists(at path: CgroupPath, layout: CgroupLayout) throws(CgroupError) -> Bool {
        do throws(CgroupError) {
            _ = try open(at: path, layout: layout)
            return true
        } catch {
            if error.code == .notFound { return false }
            throw error
        }
    }

    /// A descriptor for `CLONE_INTO_CGROUP`, or `nil` on version 1 and hybrid layouts, where a new process must be
    /// added with ``add(processID:)``.
    ///
    /// - Throws: ``CgroupError`` when the descriptor cannot be duplicated (`EMFILE`).
    /// - SeeAlso: clone(2), `CLONE_INTO_CGROUP`.
    public func makeDescriptor() throws(CgroupError) -> OwnedFileDescriptor? {
        guard layout.kind == .unified, let directory = unified else { return nil }
        do throws(SystemCallError) { return try directory.root.descriptor.duplicate() } catch {
            throw CgroupError("open cgroup", path: directory.path, cause: error)
        }
    }

    /// Lends the descriptor for `CLONE_INTO_CGROUP` to `body`, without a system call.
    ///
    /// - Returns: What `body` returned, or `nil` without calling it on version 1 and hybrid layouts.
    public func withDescriptor<Result, Failure: Error>(
        _ body: (borrowing OwnedFileDescriptor) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        guard layout.kind == .unified, let directory = unified else { return nil }
        return try body(directory.root.descriptor)
    }

    /// The group's directory in the version 2 hierarchy, if there is one.
    var unified: CgroupDirectory? { directories.first { $0.hierarchy.version == .v2 } }

    /// The group's directory in a version 1 hierarchy with `controller`.
    func legacy(_ controller: CgroupController) -> CgroupDirectory? {
        directories.first { $0.hierarchy.version == .v1 && $0.hierarchy.controllers.contains(controller) }
    }
}

extension CgroupDirectory {
    /// Opens the group at `path` below this one, which is a hierarchy's root group.
    func descendant(_ path: CgroupPath) throws(SystemCallError) -> CgroupDirectory {
        try child(path.relative.isEmpty ? "." : path.relative)
    }
}
