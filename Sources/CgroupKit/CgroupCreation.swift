// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import SystemPackage

/// The making of one group in several hierarchies, undone unless it is committed.
struct CgroupCreation: ~Copyable {
    let path: CgroupPath
    let layout: CgroupLayout
    let required: Set<CgroupController>
    /// Where the group existed already.
    private(set) var found: [FilePath] = []
    private var rollback = Rollback()

    init(path: CgroupPath, layout: CgroupLayout, required: Set<CgroupController>) {
        self.path = path
        self.layout = layout
        self.required = required
    }

    /// Keeps what was made.
    consuming func commit() { rollback.commit() }

    /// Makes the group in `hierarchy`; `nil` where an auxiliary hierarchy is read-only for us.
    mutating func makeGroup(in hierarchy: CgroupHierarchy) throws(CgroupError) -> CgroupDirectory? {
        let isAuxiliary = hierarchy.controllers.isEmpty && layout.kind != .unified
        do throws(CgroupError) { return try makePath(in: hierarchy) } catch {
            if isAuxiliary && error.code == .notDelegated { return nil }
            throw error
        }
    }

    private mutating func makePath(in hierarchy: CgroupHierarchy) throws(CgroupError) -> CgroupDirectory {
        var directory = try CgroupDirectory.top(of: hierarchy, layout: layout)
        let names = path.names
        for (index, name) in names.enumerated() {
            if hierarchy.version == .v2 {
                try directory.enableControllers(required.intersection(hierarchy.controllers))
            }
            let isNew = try make(name, in: directory)
            let child: CgroupDirectory
            do throws(SystemCallError) { child = try directory.child(name) } catch {
                throw CgroupError("open cgroup", path: directory.path.appending(name.components), cause: error)
            }
            if !isNew && index == names.count - 1 { found.append(child.path) }
            switch hierarchy.version {
            case .v2: try child.checkDomain()
            case .v1: try child.inheritSettings(from: directory)
            }
            directory = child
        }
        return directory
    }

    /// Makes the directory `name`; `false` when it exists.
    private mutating func make(_ name: FilePath, in parent: CgroupDirectory) throws(CgroupError) -> Bool {
        do throws(SystemCallError) { try parent.root.makeDirectory(name) } catch {
            if error.errno == .fileExists { return false }
            let path = parent.path.appending(name.components)
            throw CgroupError("create cgroup", path: path, cause: error, hint: Self.hint(error.errno))
        }
        rollback.add {
            // The error that made us undo is the one to report.
            try? parent.root.removeDirectory(name)
        }
        return true
    }

    private static func hint(_ errno: Errno) -> String? {
        switch errno {
        case .resourceTemporarilyUnavailable: "cgroup.max.descendants or cgroup.max.depth of a group above is reached"
        case .permissionDenied, .notPermitted: "run as root, or below a group that was delegated to this user"
        case .readOnlyFileSystem: CgroupError.readOnlyHint
        default: nil
        }
    }
}

extension CgroupDirectory {
    /// Enables every controller this group has for its children; throws only for those in `required`.
    fileprivate func enableControllers(_ required: Set<CgroupController>) throws(CgroupError) {
        let available = KernelText.words(try readIfPresent("cgroup.controllers") ?? [])
        let enabled = Set(KernelText.words(try readIfPresent("cgroup.subtree_control") ?? []))
        for controller in required.map(\.rawValue).sorted() where !available.contains(controller) {
            throw CgroupError(
                .controllerMissing,
                "enable controller",
                path: path.appending("cgroup.controllers"),
                field: controller,
                hint: "the group above does not pass the \(controller) controller on"
            )
        }
        let missing = available.filter { !enabled.contains($0) }
        if missing.isEmpty { return }
        if try hasProcessesOfItsOwn() {
            // The kernel would refuse most controllers, and take some in a way that makes this a threaded group, below
            // which no process can be started.
            guard let controller = missing.first(where: { required.contains(CgroupController(rawValue: $0)) }) else {
                return
            }
            throw CgroupError(
                .busy,
                "enable controller",
                path: path.appending("cgroup.subtree_control"),
                field: controller,
                hint: Self.hint(.resourceBusy)
            )
        }
        if tryToEnable(missing) == nil { return }
        // One that cannot be enabled makes the kernel refuse all of them.
        for controller in missing {
            guard let error = tryToEnable([controller]) else { continue }
            if required.contains(CgroupController(rawValue: controller)) {
                throw CgroupError(
                    "enable controller",
                    path: path.appending("cgroup.subtree_control"),
                    field: controller,
                    cause: error,
                    hint: Self.hint(error.errno)
                )
            }
        }
    }

    /// Whether a process is in the group itself; the hierarchy's real root (which has no type) may have some.
    private func hasProcessesOfItsOwn() throws(CgroupError) -> Bool {
        if try !has("cgroup.type") { return false }
        return try readIfPresent("cgroup.procs")?.isEmpty == false
    }

    private func tryToEnable(_ controllers: [String]) -> SystemCallError? {
        let value = controllers.map { "+\($0)" }.joined(separator: " ")
        do throws(SystemCallError) {
            try root.writeFile("cgroup.subtree_control", Array(value.utf8), .noSymlinks)
            return nil
        } catch { return error }
    }

    private static func hint(_ errno: Errno) -> String? {
        switch errno {
        case .resourceBusy:
            "this group has processes of its own, and version 2 enables controllers only below groups without any; "
                + "move them to a child group first"
        case .permissionDenied, .notPermitted: "run as root, or below a group that was delegated to this user"
        case .readOnlyFileSystem: CgroupError.readOnlyHint
        default: nil
        }
    }

    /// Refuses threaded groups, which cannot hold whole processes with domain controllers.
    fileprivate func checkDomain() throws(CgroupError) {
        guard let type = try readIfPresent("cgroup.type") else { return }
        let words = KernelText.words(type)
        if words == ["threaded"] || words == ["domain", "invalid"] {
            throw CgroupError(
                .unsupported,
                "use cgroup",
                path: path,
                hint: "its type is \(words.joined(separator: " ")): it is part of a threaded subtree"
            )
        }
    }

    /// Gives a version 1 group what it needs before a process can enter.
    fileprivate func inheritSettings(from parent: CgroupDirectory) throws(CgroupError) {
        if hierarchy.controllers.contains(.cpuset) {
            for file in ["cpuset.cpus", "cpuset.mems"] as [FilePath] {
                guard let own = try readIfPresent(file), KernelText.words(own).isEmpty,
                    let value = KernelText.words(try parent.readIfPresent(file) ?? []).first
                else { continue }
                try write(file, value, step: "copy cpuset from the group above")
            }
        }
        if hierarchy.controllers.contains(.memory), let flag = try readIfPresent("memory.use_hierarchy"),
            KernelText.number(flag) == 0
        {
            try write("memory.use_hierarchy", "1", step: "account memory hierarchically")
        }
    }
}
