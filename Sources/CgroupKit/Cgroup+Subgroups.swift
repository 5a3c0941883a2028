// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import SystemPackage

extension Cgroup {
    /// Moves a process into groups below this one that differ by hierarchy, as version 1 allows.
    ///
    /// In a hierarchy for which no group is given, the process joins this group itself. On failure it may be in the
    /// groups of some hierarchies.
    ///
    /// - Parameters:
    ///   - processID: A process that the caller owns, in the caller's pid namespace.
    ///   - groups: By the name of a controller, such as `cpu`, or of a named hierarchy, such as `name=systemd`: a path
    ///     relative to this group, which exists; an empty one is this group.
    /// - Throws: ``CgroupError``: `controllerMissing` for a name that no hierarchy of this group has, `invalidPath`,
    ///   `notFound` when a group does not exist.
    /// - Note: Needs write access to the groups.
    public func add(processID: Int32, toSubgroups groups: [String: [UInt8]]) throws(CgroupError) {
        let known = Set(directories.flatMap { $0.hierarchy.names })
        for name in groups.keys.sorted() where !known.contains(name) {
            throw CgroupError(
                .controllerMissing,
                "error adding pid \(processID) to cgroups",
                path: path.filePath,
                hint: "unknown controller \(name): no hierarchy of the group has it"
            )
        }
        for directory in directories {
            let name = directory.hierarchy.names.first { groups[$0] != nil }
            let relative = name.flatMap { groups[$0] } ?? []
            let place = relative.isEmpty ? path : try path.appending(bytes: relative)
            let file = directory.hierarchy.mountPoint.appending(place.filePath.components).appending("cgroup.procs")
            do throws(SystemCallError) {
                let group = relative.isEmpty ? directory : try directory.child(FilePath(bytes: relative))
                try group.root.writeFile("cgroup.procs", Array("\(processID)".utf8), .noSymlinks)
            } catch { throw CgroupError("error adding pid \(processID) to cgroups", path: file, cause: error) }
        }
    }
}

extension CgroupHierarchy {
    /// What the hierarchy can be called by: its controllers, under both names, or its own name.
    var names: [String] {
        if let name { return ["name=\(name)", name] }
        return controllers.sorted { $0.rawValue < $1.rawValue }.flatMap { [$0.rawValue, $0.legacyName] }
    }
}
