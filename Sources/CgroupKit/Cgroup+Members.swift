// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

extension Cgroup {
    /// Moves a process, with all its threads, into the group and verifies that it is there.
    ///
    /// - Parameter processID: A process id in the caller's pid namespace. The caller must own the process (have it as
    ///   an unreaped child, or hold it stopped), else the number may be another process by now.
    /// - Throws: ``CgroupError``: `busy` when the group enables controllers for children of its own (version 2),
    ///   `notDelegated`, `notFound` when the process has ended, `notEffective` when `/proc/PID/cgroup` names another
    ///   group afterwards. On version 1 the process may then be in the group in some hierarchies.
    /// - Note: Needs write access to the group and to the common ancestor of the old and the new group.
    /// - SeeAlso: cgroups(7).
    public func add(processID: Int32) throws(CgroupError) {
        if processID <= 0 {
            throw CgroupError(.invalidLimit, "error adding pid \(processID) to cgroups", hint: "not a process id")
        }
        for directory in directories {
            let file = directory.path.appending("cgroup.procs")
            do throws(SystemCallError) {
                try directory.root.writeFile("cgroup.procs", Array("\(processID)".utf8), .noSymlinks)
            } catch {
                let step = "error adding pid \(processID) to cgroups"
                if error.errno == .noSuchProcess {
                    throw CgroupError(.notFound, step, path: file, cause: error, hint: "the process has ended")
                }
                throw CgroupError(step, path: file, cause: error, hint: Self.hint(error.errno))
            }
        }
        try verify(processID: processID)
    }

    /// Checks that a process is in this group in every hierarchy the group was opened in.
    ///
    /// - Throws: ``CgroupError``: `notEffective`, or `notFound` when the process has ended.
    public func verify(processID: Int32) throws(CgroupError) {
        let memberships = try layout.memberships(of: "\(processID)")
        for directory in directories {
            let expected = directory.hierarchy.shownPath(of: path)
            let actual = memberships.first(where: directory.hierarchy.matches)
            if !(actual?.shownPath ?? []).elementsEqual(expected.bytes) {
                throw CgroupError(
                    .notEffective,
                    "error adding pid \(processID) to cgroups",
                    path: directory.path,
                    hint: "the process is in \(actual?.path.string ?? "no group of this hierarchy")"
                )
            }
        }
    }

    private static func hint(_ errno: Errno) -> String? {
        switch errno {
        case .resourceBusy: "the group enables controllers for groups below it, so it cannot have processes itself"
        case .noSpace: "the group's cpuset has no CPUs or no memory nodes"
        case .permissionDenied, .notPermitted:
            "moving needs write access to both groups and to the one that contains them"
        default: nil
        }
    }

    /// The processes in the group and in the groups below it, in ascending order.
    ///
    /// Process ids are those of the caller's pid namespace; processes outside of it are left out. The list is a
    /// snapshot: processes come and go while it is read.
    ///
    /// - Throws: ``CgroupError``. A group that has gone away has no processes.
    public var processIDs: [Int32] {
        get throws(CgroupError) {
            var all: Set<Int32> = []
            for directory in directories { try directory.collectProcessIDs(into: &all) }
            return all.sorted()
        }
    }
}

extension CgroupLayout {
    /// The groups of the process `process` (a number or `self`).
    func memberships(of process: String) throws(CgroupError) -> [ProcessMembership] {
        let file = root.appending("proc").appending(process).appending("cgroup")
        do throws(SystemCallError) {
            return ProcessMembership.parse(
                try OwnedFileDescriptor.open(file, CLINUX_O_RDONLY).readAll(limit: 1 << 20)
            )
        } catch {
            let step = "read groups of process \(process)"
            if error.errno == .noSuchProcess { throw CgroupError(.notFound, step, path: file, cause: error) }
            throw CgroupError(step, path: file, cause: error)
        }
    }
}

extension CgroupDirectory {
    /// Adds the process ids of this group and those below it.
    func collectProcessIDs(into all: inout Set<Int32>) throws(CgroupError) {
        var waiting: [FilePath] = ["."]
        while let relative = waiting.popLast() {
            let group: CgroupDirectory
            do throws(SystemCallError) {
                group = try child(relative)
                waiting += try group.children().map { relative == "." ? $0 : relative.appending($0.components) }
            } catch {
                if error.isGone { continue }
                throw CgroupError("list cgroup", path: path.appending(relative.components), cause: error)
            }
            do throws(SystemCallError) {
                let text = try group.root.readFile("cgroup.procs", limit: 64 << 20, .noSymlinks)
                for line in KernelText.lines(text) {
                    if let number = KernelText.number(line).flatMap(Int32.init(exactly:)), number > 0 {
                        all.insert(number)
                    }
                }
            } catch {
                // A threaded group cannot be asked for processes; its domain above has been.
                if error.isGone || error.errno == .notSupported { continue }
                throw CgroupError("list processes of cgroup", path: group.path, cause: error)
            }
        }
    }
}

extension SystemCallError {
    /// Whether the group was removed by somebody else meanwhile.
    var isGone: Bool { errno == .noSuchFileOrDirectory || errno == .operationNotSupportedByDevice }
}
