// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LaunchPlan
package import LinuxSystem
package import SystemPackage

/// Computes the launch plan of a configuration.
///
/// All decisions are here; the init only executes. Apart from opening what the plan refers to (bind sources, namespace
/// files), nothing on the host changes.
package struct PlanBuilder {
    /// What a launch depends on beside the configuration.
    package struct Options: Sendable {
        /// Whether the host puts the process into control groups after the clone (cgroup v1).
        package var placesAfterClone = false
        /// Whether the host has hooks to run when the mounts are done.
        package var runsHostHooks = false
        /// How many descriptors from 3 on the program inherits.
        package var preservedDescriptors: UInt32 = 0
        /// The listening socket on which the start arrives; without it, the start comes over the control socket.
        package var startSocket: SharedDescriptor?
        /// The host's cgroup hierarchies that a cgroup mount shows.
        package var cgroupMounts: [CgroupMount] = []
        /// Whether bind sources are opened by the host, which needs `CAP_SYS_ADMIN` here, or by the init.
        package var opensSourcesOnHost = true
        /// The security modules in use; `nil` asks the kernel when a label is to be set.
        package var securityModules: SecurityModules?

        package init() {}
    }

    /// One file system of a cgroup mount.
    package struct CgroupMount: Hashable, Sendable {
        /// `cgroup2` or `cgroup`.
        package var type: String
        /// Mount options that choose the hierarchy.
        package var options: [String]
        /// Directory below the mount's destination; empty for the destination itself.
        package var directory: String
        /// Names that link to `directory`.
        package var links: [String]
        /// The group's own directory on the host, which is bind mounted when the process shares the host's cgroup
        /// namespace: the file system itself would show every group of the host.
        package var hostDirectory: FilePath

        package init(
            type: String,
            options: [String],
            directory: String,
            links: [String] = [],
            hostDirectory: FilePath
        ) {
            self.type = type
            self.options = options
            self.directory = directory
            self.links = links
            self.hostDirectory = hostDirectory
        }
    }

    let configuration: ContainerConfiguration
    let options: Options
    var launch = PreparedLaunch()
    /// Whether only what comes before the program is known is planned.
    var isFront = false
    /// The namespaces to unshare once the process is placed, while that is still to be planned.
    var dueNamespaces: UInt32?
    /// The user namespaces that were made for mounts.
    var mappingNamespaces: [PreparedLaunch.Mappings: SharedDescriptor] = [:]

    /// Computes the launch of `configuration`.
    ///
    /// - Throws: ``NamespaceError``: `invalidConfiguration` when it contradicts itself, `systemCall` when a source
    ///   cannot be opened.
    package static func prepare(
        _ configuration: ContainerConfiguration,
        options: Options = Options()
    ) throws(NamespaceError) -> PreparedLaunch {
        var builder = PlanBuilder(configuration: configuration, options: options)
        try builder.check()
        try builder.addNamespaces()
        try builder.addMounts()
        builder.addPlacement()
        try builder.addSurroundings()
        try builder.addIdentityAndEnd()
        return builder.launch
    }

    /// Computes the launch of another process in the container that `target`, a pidfd, is the first process of.
    ///
    /// The process joins every namespace that the configuration does not share with the host, and then goes through
    /// the same steps as the first one, except for those that build what it finds.
    package static func prepareJoining(
        _ configuration: ContainerConfiguration,
        target: SharedDescriptor,
        options: Options = Options()
    ) throws(NamespaceError) -> PreparedLaunch {
        var builder = PlanBuilder(configuration: configuration, options: options)
        try builder.check()
        try builder.addJoining(target)
        try builder.addProcessLimits()
        try builder.addIdentityAndEnd()
        return builder.launch
    }

    /// All namespaces at once: the kernel enters the user namespace first and checks the others against it.
    private mutating func addJoining(_ target: SharedDescriptor) throws(NamespaceError) {
        try addProc(isJoining: true)
        try addOutOfMemoryScore()
        add(.hide)
        launch.isPlacedAtOnce = options.placesAfterClone
        dueNamespaces = 0
        addPlacement()
        let namespaces = configuration.namespaces
        let flags = NamespaceKind.allCases.reduce(UInt32(0)) { namespaces[$1] == .host ? $0 : $0 | $1.flag }
        if flags != 0 { add(.joinNamespaces(slot: launch.add(target), flags: flags)) }
        if namespaces.user != .host { add(.becomeRoot) }
        if configuration.sharesMountNamespace {
            add(.enterDirectory(slot: launch.add(try Self.root(of: target))))
            add(.enterRoot)
        }
        if namespaces.pid != .host { add(.continueInChild) }
        if namespaces.user != .host { add(.hide) }
        add(.newSession)
        addSessionKeyring(permissions: 0)
        if let size = configuration.process.terminal { add(terminal(size, bindsConsole: false)) }
    }

    /// The root directory of the process that a pidfd refers to.
    private static func root(of target: SharedDescriptor) throws(NamespaceError) -> SharedDescriptor {
        do throws(SystemCallError) {
            let processID = try ProcessInformation.processID(of: target.descriptor)
            let root = try OwnedFileDescriptor.open(
                FilePath("/proc/\(processID)/root"),
                CLINUX_O_PATH | CLINUX_O_DIRECTORY
            )
            // Still there: then the number has meant this process all the time.
            _ = try ProcessInformation.processID(of: target.descriptor)
            return SharedDescriptor(root)
        } catch { throw NamespaceError("find the container's root", error) }
    }

    mutating func add(_ instruction: HostInstruction) { launch.instructions.append(instruction) }

    func check() throws(NamespaceError) {
        let namespaces = configuration.namespaces
        if namespaces.mount == .host && configuration.needsMountNamespace {
            throw invalid(
                "masked and read-only paths, remounts and rootfsPropagation need a mount namespace of their own"
            )
        }
        if configuration.root == .host && configuration.needsRoot {
            throw invalid("mounts, masks and devices need a root file system")
        }
        if (configuration.hostname ?? configuration.domainname) != nil && namespaces.uts == .host {
            throw invalid("a host name needs a uts namespace of its own")
        }
        let hasMaps = !configuration.uidMappings.isEmpty || !configuration.gidMappings.isEmpty
        if hasMaps && namespaces.user != .new { throw invalid("id mappings need a new user namespace") }
        if namespaces.user == .new && (configuration.uidMappings.isEmpty || configuration.gidMappings.isEmpty) {
            throw invalid("a new user namespace needs uid and gid mappings")
        }
        guard let program = configuration.process.arguments.first, !program.isEmpty else {
            throw invalid("process.args is empty")
        }
        let process = configuration.process
        for text in process.arguments + process.environment where text.contains(0) {
            throw invalid("an argument or environment entry contains a NUL byte")
        }
        if let policy = process.memoryPolicy, let needed = policy.mode.needsNodes, needed == policy.nodes.isEmpty {
            throw invalid("this memory policy needs \(needed ? "memory nodes" : "to have no memory nodes")")
        }
        if let level = process.inputOutputPriority?.level, level > 7 { throw invalid("I/O priority is not in 0...7") }
        if !configuration.networkDevices.isEmpty && namespaces.network == .host {
            throw invalid("moving network devices needs a network namespace of its own")
        }
        if !setsGroups && !process.additionalGroups.isEmpty {
            throw invalid(
                "additional groups need setgroups(2), which a user namespace with only the caller's own group denies"
            )
        }
        if !configuration.clockOffsets.isEmpty && namespaces.time != .new {
            throw invalid("offsets of clocks need a new time namespace")
        }
    }

    func invalid(_ text: String) -> NamespaceError { NamespaceError(.invalidConfiguration, step: text) }

    mutating func addNamespaces() throws(NamespaceError) {
        let namespaces = configuration.namespaces
        // Without privilege here, the right to join the others comes with the user namespace.
        let kinds = NamespaceKind.allCases
        let order = options.opensSourcesOnHost ? kinds.filter { $0 != .user } + [.user] : kinds
        let joined = order.compactMap { kind -> (NamespaceKind, FilePath)? in
            if case .join(let path) = namespaces[kind] { return (kind, path) }
            return nil
        }
        // A namespace of the host's can be joined only before the process is in another user namespace, and new ones are
        // to belong to that one.
        let staged = !joined.isEmpty && namespaces.user != .host
        let cgroupFlag = NamespaceKind.cgroup.flag
        let newFlags = namespaces.newFlags
        // Only a child enters a new time namespace; in a pid namespace, that child is to be the first process.
        let hasNewClocks = namespaces.time == .new
        let lateFlags = cgroupFlag | (hasNewClocks ? NamespaceKind.time.flag | NamespaceKind.pid.flag : 0)
        launch.cloneFlags = staged ? 0 : newFlags & ~lateFlags
        try addProc()
        if namespaces.user == .new {
            launch.oomScoreAdjustment = try outOfMemoryScore()
        } else {
            try addOutOfMemoryScore()
        }
        if namespaces.user == .host { add(.hide) }
        if diesWithParent { add(.dieWithParent(signal: UInt32(CLINUX_SIGKILL))) }
        for (kind, path) in joined {
            let descriptor: OwnedFileDescriptor
            do throws(SystemCallError) { descriptor = try .open(path, CLINUX_O_RDONLY) } catch {
                throw NamespaceError("join \(kind.rawValue) namespace", error)
            }
            try checkSysctls(kind, descriptor)
            add(.joinNamespaces(slot: launch.add(SharedDescriptor(descriptor)), flags: kind.flag))
        }
        if staged && namespaces.user == .new { add(.unshare(flags: NamespaceKind.user.flag)) }
        if namespaces.user == .new {
            launch.mappings = .init(uid: configuration.uidMappings, gid: configuration.gidMappings)
        }
        launch.isPlacedAtOnce = options.placesAfterClone && launch.mappings == nil
        if launch.mappings != nil { add(.awaitHost(point: PreparedLaunch.placementPoint)) }
        if namespaces.user != .host { add(.becomeRoot) }
        let late = newFlags & (staged ? ~NamespaceKind.user.flag : lateFlags)
        let entersPID: Bool = if case .join = namespaces.pid { true } else { staged && namespaces.pid == .new }
        dueNamespaces = late
        // A child is to be born in its groups, and what waits for its command is to be in them.
        if !launch.isPlacedAtOnce || late & ~cgroupFlag != 0 || entersPID || isFront { addPlacement() }
        if !configuration.clockOffsets.isEmpty {
            launch.clockOffsets = configuration.clockOffsets
            add(.awaitHost(point: PreparedLaunch.clocksPoint))
        }
        if entersPID || hasNewClocks {
            add(.continueInChild)
            // A child does not inherit it.
            if diesWithParent { add(.dieWithParent(signal: UInt32(CLINUX_SIGKILL))) }
        }
        if !configuration.networkDevices.isEmpty {
            launch.networkDevices = configuration.networkDevices
            add(.awaitHost(point: PreparedLaunch.devicesPoint))
        }
        if namespaces.user != .host { add(.hide) }
        add(.newSession)
        if !isFront { addFirstKeyring() }
    }

    /// The step before which the process is to be in its control groups, unless that was planned before: it waits there
    /// until the host has placed it.
    ///
    /// As late as can be: what the init does meanwhile costs no time. But nothing of the container's is read, copied or
    /// executed before, and no group is looked at.
    mutating func addPlacement() {
        guard let namespaces = dueNamespaces else { return }
        dueNamespaces = nil
        if launch.isPlacedAtOnce { add(.awaitPlacement) }
        addAffinity()
        if namespaces != 0 { add(.unshare(flags: namespaces)) }
    }

    /// Who waits for the rest of its plan is nobody's yet, and goes with who made it.
    private var diesWithParent: Bool { isFront || configuration.diesWithParent }

    /// The keyring of the container's first process. Whoever joins the container later must find it: with a user
    /// namespace, as somebody else.
    mutating func addFirstKeyring() {
        addSessionKeyring(permissions: configuration.namespaces.user == .host ? 0x8_0000 : 0x8)
    }
}

extension ContainerMount {
    /// Whether it changes a mount that is there.
    fileprivate var isRemount: Bool { if case .remount = source { true } else { false } }
}

extension ContainerConfiguration {
    /// Whether something is mounted or made below the root.
    var needsRoot: Bool {
        !(mounts.isEmpty && devices.isEmpty && links.isEmpty && maskedPaths.isEmpty && readOnlyPaths.isEmpty)
            || rootIsReadOnly
    }

    /// Whether the mount namespace cannot be the host's.
    var needsMountNamespace: Bool {
        !maskedPaths.isEmpty || !readOnlyPaths.isEmpty || mounts.contains(where: \.isRemount)
            || rootPropagation?.kind == .shared || rootPropagation?.kind == .unbindable
    }

    /// Whether the process has a root of its own in the host's mount namespace.
    var sharesMountNamespace: Bool { namespaces.mount == .host && root != .host }
}
