// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LaunchPlan
internal import LinuxSystem
internal import SystemPackage

/// The part of a plan that sets the process's surroundings, identity and confinement.
extension PlanBuilder {
    mutating func addSurroundings() throws(NamespaceError) {
        let namespaces = configuration.namespaces
        let process = configuration.process
        if !isFront { addNames() }
        if namespaces.network == .new { add(.raiseLoopback) }
        for parameter in configuration.sysctls {
            add(.writeProcFile(path: try path(of: parameter), value: parameter.value))
        }
        if configuration.root == .host, let size = process.terminal {
            add(terminal(size, bindsConsole: false))
        }
        if !isFront { try addProcessLimits() }
    }

    mutating func addNames() {
        if let hostname = configuration.hostname { add(.setHostname(hostname)) }
        if let domainname = configuration.domainname { add(.setDomainname(domainname)) }
    }

    /// What every process of a container gets: the first and those that are added later.
    mutating func addProcessLimits() throws(NamespaceError) {
        let process = configuration.process
        for limit in process.resourceLimits {
            guard limit.soft <= limit.hard else {
                throw invalid("the soft \(limit.resource.name) exceeds the hard one")
            }
            add(.setResourceLimit(resource: limit.resource.rawValue, soft: limit.soft, hard: limit.hard))
        }
        if let personality = process.personality { add(.setPersonality(personality)) }
        if let policy = process.memoryPolicy {
            add(.setMemoryPolicy(mode: policy.mode.rawValue | policy.flags.rawValue, nodes: policy.nodes.mask.bytes))
        }
        if let priority = process.inputOutputPriority { add(.setIOPriority(priority.rawValue)) }
        if let scheduling = process.scheduling {
            add(
                .setScheduler(
                    policy: scheduling.policy.rawValue,
                    flags: scheduling.flags.rawValue,
                    nice: UInt32(bitPattern: scheduling.nice),
                    priority: scheduling.priority,
                    runtime: scheduling.runtime,
                    deadline: scheduling.deadline,
                    period: scheduling.period
                )
            )
        }
    }

    /// Sets the final credentials in two steps when the filter needs `CAP_SYS_ADMIN`: without no_new_privs it is kept
    /// until the filter is in place, and given up right after.
    ///
    /// The filter comes last but for hooks that run the container's own files, which are as confined as its program.
    /// One that asks a supervisor comes before the wait for the start: its listener is part of the creation.
    mutating func addIdentityAndEnd() throws(NamespaceError) {
        let process = configuration.process
        let sets = process.capabilities
        add(.setUmask(process.umask ?? 0o022))
        add(.dropBoundingSet(keep: sets.bounding.rawValue))
        let directory = process.workingDirectory.bytes
        // Before the directory changes: the file is looked up from there, which is the root now.
        if process.findsHome { add(.findHome(uid: process.uid)) }
        // Who sets the container up may enter directories that the user may not, and the other way round.
        add(.setWorkingDirectory(path: directory, mayBeDenied: 1))
        if process.ownsStreams { add(.ownStreams(uid: process.uid, hasTerminal: process.terminal == nil ? 0 : 1)) }
        add(user(process))
        let administration = CapabilitySet(.sysAdmin).rawValue
        let keepsForFilter = process.seccomp != nil && !process.noNewPrivileges
        let final = capabilities(sets, adding: 0)
        if process.noNewPrivileges { add(.setNoNewPrivileges) }
        add(keepsForFilter ? capabilities(sets, adding: administration) : final)
        add(.setWorkingDirectory(path: directory, mayBeDenied: 0))
        add(.findExecutable(candidates: process.candidates))
        let slot = options.startSocket.map { launch.add($0) } ?? PreparedLaunch.controlSlot
        let notifies = process.seccomp?.flags.contains(.newListener) ?? false
        if !notifies { add(.awaitStart(slot: slot)) }
        add(.closeDescriptors(first: 3 + options.preservedDescriptors))
        try addLabels()
        add(.prepareProgram(arguments: process.arguments, environment: process.environment))
        if !notifies { add(.announce) }
        if let program = process.seccomp {
            add(.installSeccomp(filter: program.bytes, flags: program.flags.rawValue))
            if keepsForFilter { add(final) }
        }
        if notifies {
            add(.awaitStart(slot: slot))
            add(.announce)
        }
        addHooks(at: .beforeProgram)
        add(.execute)
    }

    private func capabilities(_ sets: ProcessCapabilities, adding extra: UInt64) -> HostInstruction {
        .setCapabilities(
            effective: sets.effective.rawValue | extra,
            permitted: sets.permitted.rawValue | extra,
            inheritable: sets.inheritable.rawValue,
            ambient: sets.ambient.rawValue
        )
    }

    /// The primary group is always a supplementary one too: without it, a set-group-id program could escape
    /// permissions that are meant to exclude the group (CVE-2022-2995 and its kin).
    private func user(_ process: ProcessConfiguration) -> HostInstruction {
        var groups = process.additionalGroups
        if !groups.contains(process.gid) { groups.insert(process.gid, at: 0) }
        let bytes = groups.flatMap { group in (0..<4).map { UInt8(truncatingIfNeeded: group >> (8 * $0)) } }
        return .setUser(uid: process.uid, gid: process.gid, groups: bytes, setGroups: setsGroups ? 1 : 0)
    }

    /// Who maps only itself must deny setgroups(2) to map a group at all.
    var setsGroups: Bool {
        guard configuration.namespaces.user == .new else { return true }
        let mappings = PreparedLaunch.Mappings(uid: configuration.uidMappings, gid: configuration.gidMappings)
        return UserMapper.writer(of: mappings) != .itself
    }

    /// A namespace that is joined by a path may be the one that the host is in, whose parameters stay as they are.
    func checkSysctls(_ kind: NamespaceKind, _ joined: borrowing OwnedFileDescriptor) throws(NamespaceError) {
        let prefix: [UInt8]
        switch kind {
        case .network: prefix = Array("net".utf8)
        case .ipc: prefix = Array("fs".utf8)
        default: return
        }
        let isIPC = kind == .ipc
        let names = configuration.sysctls.map(\.key).filter { key in
            key.starts(with: prefix)
                || isIPC && ["kernel/msg", "kernel/sem", "kernel/shm"].contains { key.starts(with: $0.utf8) }
        }
        guard let name = names.first else { return }
        do throws(SystemCallError) {
            let joined = try joined.status()
            let own = try OwnedFileDescriptor.open(FilePath("/proc/self/ns/\(isIPC ? "ipc" : "net")"), CLINUX_O_RDONLY)
                .status()
            guard joined.inode == own.inode && joined.device == own.device else { return }
        } catch { throw NamespaceError("compare the joined namespace with the host's", error) }
        let shown = String(decoding: name, as: UTF8.self)
        throw invalid("sysctl \(shown) not allowed in host \(kind.rawValue) namespace")
    }

    /// A key's file below `/proc/sys`, strict on bytes: nothing in it can lead elsewhere.
    private func path(of parameter: KernelParameter) throws(NamespaceError) -> [UInt8] {
        let key = parameter.key
        let shown = String(decoding: key, as: UTF8.self)
        let separator = key.contains(UInt8(ascii: "/")) ? UInt8(ascii: "/") : UInt8(ascii: ".")
        let parts = key.split(separator: separator, omittingEmptySubsequences: false)
        let isPlain = key.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "/"):
                true
            default: false
            }
        }
        guard isPlain, parts.count > 1, parts.allSatisfy({ !$0.isEmpty && $0 != [46] && $0 != [46, 46] }) else {
            throw invalid("sysctl \(shown) is not a kernel parameter's name")
        }
        if parameter.value.contains(0) || parameter.value.contains(UInt8(ascii: "\n")) {
            throw invalid("the value of sysctl \(shown) contains a NUL or a line break")
        }
        return Array("sys/".utf8) + Array(parts.joined(separator: [UInt8(ascii: "/")]))
    }
}

extension ProcessConfiguration {
    /// The paths at which the program may be, in the order they are tried: as execvp(3) looks for it, in the
    /// program's own `PATH`.
    var candidates: [[UInt8]] {
        guard let name = arguments.first else { return [] }
        if name.contains(UInt8(ascii: "/")) { return [name] }
        let prefix = Array("PATH=".utf8)
        let path = environment.last { $0.starts(with: prefix) }?.dropFirst(prefix.count)
        let directories =
            (path.map { Array($0) } ?? Array("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".utf8))
            .split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        // An empty or relative entry means the working directory, which no container engine searches.
        return directories.filter { $0.first == UInt8(ascii: "/") }.map { Array($0) + [UInt8(ascii: "/")] + name }
    }
}
