// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LaunchPlan
internal import LinuxSystem
internal import NamespaceKit
internal import SystemPackage

/// Compares a launch with what a host offers.
struct PlanCheck {
    let facts: HostFacts
    /// The root file system in which the program is looked for.
    let root: RootFileSystem
    /// What is mounted in the container so far: what is below may hide the root's own files.
    private var covered: [[UInt8]] = []

    init(facts: HostFacts, root: RootFileSystem) {
        self.facts = facts
        self.root = root
    }

    /// File systems that no kernel loads as a module: one that does not list them does not have them.
    private static let builtIn: Set = ["proc", "sysfs", "tmpfs", "devpts", "mqueue", "cgroup", "cgroup2"]

    /// What stands in the way of `launch`, whose first instruction is the step after `offset` others.
    mutating func findings(of launch: PreparedLaunch, from offset: Int) -> [DryRun.Finding] {
        var found = clone(launch, step: offset)
        for (index, instruction) in launch.instructions.enumerated() {
            guard let problem = problem(of: instruction) else { continue }
            found.append(
                DryRun.Finding(
                    problem.severity,
                    step: offset + index + 1,
                    instruction.description,
                    problem.reason,
                    fix: problem.fix
                )
            )
        }
        return found
    }

    private func clone(_ launch: PreparedLaunch, step: Int) -> [DryRun.Finding] {
        let subject = "clone the init"
        var found: [DryRun.Finding] = []
        func add(_ reason: String, fix: String) {
            found.append(DryRun.Finding(.fails, step: step, subject, reason, fix: fix))
        }
        if facts.kernel < (5, 12) {
            add(
                "Linux \(facts.kernel.0).\(facts.kernel.1) is older than 5.12, which has mount_setattr(2)",
                fix: "boot a newer kernel"
            )
        }
        if !facts.executesMemoryFiles {
            add("vm.memfd_noexec forbids executing files in memory", fix: "sysctl vm.memfd_noexec=1")
        }
        guard !facts.capabilities.contains(.sysAdmin) else { return found }
        let joined = launch.instructions.contains { if case .joinNamespaces = $0 { true } else { false } }
        if launch.cloneFlags & NamespaceKind.user.flag != 0 {
            if let obstacle = facts.userNamespaceObstacle {
                add("user namespaces are not to be had without privilege", fix: obstacle)
            }
        } else if launch.cloneFlags != 0 && !joined {
            add(
                "new namespaces need CAP_SYS_ADMIN",
                fix: "run this as root, or give the configuration a user namespace"
            )
        }
        return found
    }

    private struct Problem {
        var severity = DryRun.Severity.fails
        let reason: String
        var fix: String?
    }

    private mutating func problem(of instruction: HostInstruction) -> Problem? {
        switch instruction {
        case .mountFileSystem(let type, _, let target, _, _):
            covered.append(target.path)
            return problem(ofFileSystem: String(decoding: type, as: UTF8.self))
        case .bindMount(let source, let target, _):
            covered.append(target.path)
            guard case .path(let path, _) = source, !facts.hasFile(FilePath(bytes: path)) else { return nil }
            return Problem(reason: "there is nothing at the source", fix: "make it first, or mount something else")
        case .writeProcFile(let path, _):
            let file = FilePath("/proc").appending(FilePath(bytes: path).components)
            guard path.starts(with: Array("sys/".utf8)), !facts.hasFile(file) else { return nil }
            return Problem(
                reason: "the kernel has no such parameter",
                fix: "leave it out of linux.sysctl, or load the module that it belongs to"
            )
        case .installSeccomp:
            if facts.hasSeccomp { return nil }
            return Problem(
                reason: "the kernel has no seccomp filters",
                fix: "use a kernel with CONFIG_SECCOMP_FILTER"
            )
        case .findExecutable(let candidates): return problem(ofProgram: candidates)
        default: return nil
        }
    }

    private func problem(ofFileSystem type: String) -> Problem? {
        guard let known = facts.fileSystems, !known.contains(type) else { return nil }
        if Self.builtIn.contains(type) { return Problem(reason: "the kernel does not have the file system \(type)") }
        return Problem(
            severity: .warning,
            reason: "the kernel does not have the file system \(type), or has not loaded it yet",
            fix: "modprobe \(type)"
        )
    }

    private func problem(ofProgram candidates: [[UInt8]]) -> Problem? {
        if candidates.contains(where: { candidate in covered.contains { Self.isBelow(candidate, $0) } }) { return nil }
        let lookup: ProgramLookup
        do throws(SystemCallError) {
            switch root {
            case .host: lookup = ProgramLookup(root: try RootDirectory(at: "/"))
            case .directory(let path): lookup = ProgramLookup(root: try RootDirectory(at: path))
            case .detached(let tree):
                lookup = ProgramLookup(root: RootDirectory(takingOver: try tree.descriptor.duplicate()))
            }
        } catch {
            return Problem(reason: "the root file system cannot be opened: \(error)")
        }
        return lookup.problem(of: candidates).map { Problem(reason: $0.reason, fix: $0.fix) }
    }

    private static func isBelow(_ path: [UInt8], _ directory: [UInt8]) -> Bool {
        path == directory || (directory.count > 1 && path.starts(with: directory + [UInt8(ascii: "/")]))
    }
}
