// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import SystemPackage

extension Cgroup {
    /// What to do when the group exists already.
    public enum Existing: Hashable, Sendable {
        /// Throw `alreadyExists`.
        case refuse
        /// Use it if it has no process, nor a group below it has, and it is not frozen, else throw `alreadyExists`.
        case reuseEmpty
        /// Use it as it is.
        case reuse
    }

    /// Creates the group `path`, and the groups above it, in every hierarchy.
    ///
    /// On version 2 the controllers are enabled for the children of every group above it. On version 1 the CPUs and
    /// memory nodes of new cpuset groups are copied from the parent, and memory is accounted hierarchically.
    /// The named `systemd` hierarchy, and the version 2 one of a hybrid layout, are left out where the caller may not
    /// write; all others must succeed.
    ///
    /// - Parameters:
    ///   - path: The group; not the root group.
    ///   - layout: The machine's hierarchies.
    ///   - existing: What to do when the group exists already in some hierarchy.
    ///   - required: Controllers without which the call fails. All others that the parents offer are enabled too
    ///     where that is possible, and missed only when a limit needs them.
    /// - Returns: The open group.
    /// - Throws: ``CgroupError``: `alreadyExists`, `controllerMissing`, `notDelegated`, `busy` (a group above has
    ///   processes of its own, so version 2 cannot enable controllers below it), `unsupported` (threaded groups). On
    ///   failure the directories that this call made are removed again; enabled controllers stay enabled.
    /// - Note: Needs write access to the groups above: root, or a delegated group.
    /// - SeeAlso: cgroups(7); Documentation/admin-guide/cgroup-v2.rst, "No Internal Process Constraint".
    public static func create(
        at path: CgroupPath,
        layout: CgroupLayout,
        existing: Existing = .reuseEmpty,
        requiring required: Set<CgroupController> = []
    ) throws(CgroupError) -> Cgroup {
        if path == .root { throw CgroupError(.invalidPath, "create cgroup", hint: "the root group always exists") }
        for controller in required.sorted(by: { $0.rawValue < $1.rawValue })
        where layout.hierarchy(for: controller) == nil {
            throw CgroupError(
                .controllerMissing,
                "create cgroup",
                field: controller.rawValue,
                hint: "the \(controller) controller is mounted nowhere"
            )
        }
        var creation = CgroupCreation(path: path, layout: layout, required: required)
        var directories: [CgroupDirectory] = []
        for hierarchy in layout.hierarchies {
            if let directory = try creation.makeGroup(in: hierarchy) { directories.append(directory) }
        }
        let group = Cgroup(path: path, layout: layout, directories: directories)
        if !creation.found.isEmpty { try group.check(existing, found: creation.found) }
        creation.commit()
        return group
    }

    private func check(_ existing: Existing, found: [FilePath]) throws(CgroupError) {
        func inUse(_ hint: String) -> CgroupError {
            CgroupError(.alreadyExists, "create cgroup", path: found.first, hint: hint)
        }
        switch existing {
        case .reuse: return
        case .refuse: throw inUse("the group exists")
        case .reuseEmpty:
            let members = try processIDs
            if !members.isEmpty { throw inUse("container's cgroup is not empty: \(members.count) process(es) found") }
            if try freezerState != .thawed { throw inUse("container's cgroup unexpectedly frozen") }
        }
    }
}
