// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import NamespaceKit
internal import OCIRuntime
internal import OCISpec
internal import SystemPackage

/// Makes an OCI configuration of an image's wishes and a caller's options: docker's defaults, and what was asked for.
///
/// Nothing is changed on the host; device nodes that were asked for are looked at.
struct ConfigurationBuilder: Sendable {
    /// The image's wishes.
    let image: ImageConfiguration.Execution
    /// The caller's options.
    let options: ContainerOptions
    /// What replaces the image's command.
    let command: [String]
    /// The container's id.
    let id: String
    /// The container's directory.
    let directory: FilePath
    /// Whether the host's control groups count swap, so that a limit of memory can bound it too.
    let countsSwap: Bool

    /// The user to look up: the caller's, else the image's, else root.
    var user: String { options.user ?? image.user ?? "" }

    /// The image's labels and the caller's.
    var labels: [String: String] { (image.labels ?? [:]).merging(options.labels) { $1 } }

    /// The signal that asks the process to end, if somebody chose one.
    var stopSignal: String? { options.stopSignal ?? image.stopSignal }

    /// The host name.
    var hostname: String { options.hostname ?? String(id.prefix(12)) }

    /// The configuration for a process that is `identity`.
    ///
    /// - Throws: ``ContainerStoreError``: `invalidOptions`.
    func configuration(for identity: UserIdentity) throws(ContainerStoreError) -> RuntimeConfiguration {
        var annotations = options.annotations
        annotations["org.opencontainers.image.stopSignal"] = stopSignal
        let capabilities = capabilities
        let devices = try devices()
        try checkUserMapping()
        return RuntimeConfiguration(
            ociVersion: Runtime.specificationVersion,
            process: try process(identity, capabilities),
            root: RuntimeConfiguration.Root(path: "rootfs", readonly: options.readOnlyRoot),
            hostname: hostname,
            mounts: try mounts(),
            annotations: annotations.isEmpty ? nil : annotations,
            linux: LinuxConfiguration(
                uidMappings: options.userMapping.map { UserMapping.document($0.uid) },
                gidMappings: options.userMapping.map { UserMapping.document($0.gid) },
                sysctl: options.sysctls.isEmpty ? nil : options.sysctls,
                resources: try resources(devices),
                cgroupsPath: "\(options.cgroupParent ?? "")/skiff-\(id)",
                namespaces: namespaces,
                devices: devices.isEmpty ? nil : devices.map(\.node),
                seccomp: seccomp(capabilities),
                maskedPaths: (Sandbox.standardMaskedPaths + HostFiles.heatCounters).map(\.string),
                readonlyPaths: Sandbox.standardReadOnlyPaths.map(\.string)
            )
        )
    }

    private func process(
        _ identity: UserIdentity,
        _ capabilities: CapabilitySet
    ) throws(ContainerStoreError) -> RuntimeConfiguration.Process {
        let directory = options.workingDirectory ?? image.workingDir ?? ""
        guard directory.isEmpty || directory.hasPrefix("/") else {
            throw ContainerStoreError(.invalidOptions, "the working directory \"\(directory)\" is not an absolute path")
        }
        let names = capabilities.capabilities.map(\.name)
        // A process of another user gets none; set-user-ID programs can reach the bounding set.
        let own = identity.uid == 0 ? names : []
        return RuntimeConfiguration.Process(
            terminal: options.terminal != nil,
            consoleSize: options.terminal.map {
                RuntimeConfiguration.ConsoleSize(height: UInt($0.rows), width: UInt($0.columns))
            },
            user: RuntimeConfiguration.User(
                uid: identity.uid,
                gid: identity.gid,
                additionalGids: identity.additionalGroups.isEmpty ? nil : identity.additionalGroups
            ),
            args: try arguments(),
            env: environment(identity),
            cwd: directory.isEmpty ? "/" : directory,
            capabilities: RuntimeConfiguration.Capabilities(bounding: names, effective: own, permitted: own),
            rlimits: options.resourceLimits.isEmpty ? nil : options.resourceLimits,
            noNewPrivileges: options.noNewPrivileges,
            oomScoreAdj: options.oomScoreAdjustment
        )
    }

    /// Entry point and command: a new entry point drops the image's command, as docker has it.
    func arguments() throws(ContainerStoreError) -> [String] {
        let entrypoint = options.entrypoint ?? image.entrypoint ?? []
        let arguments = command.isEmpty && options.entrypoint == nil ? image.cmd ?? [] : command
        let all = entrypoint + arguments
        guard let program = all.first, !program.isEmpty else {
            throw ContainerStoreError(
                .invalidOptions,
                "no command specified: the image names none",
                hint: "give one after the image's name"
            )
        }
        return all
    }

    /// The image's wishes as the caller's options change them: what an image made of the container wants.
    var execution: ImageConfiguration.Execution {
        var execution = image
        if let entrypoint = options.entrypoint { execution.entrypoint = entrypoint.isEmpty ? nil : entrypoint }
        if options.entrypoint != nil || !command.isEmpty { execution.cmd = command.isEmpty ? nil : command }
        if !options.environment.isEmpty { execution.env = Self.merged((image.env ?? []) + options.environment) }
        execution.user = options.user ?? image.user
        execution.workingDir = options.workingDirectory ?? image.workingDir
        execution.labels = labels.isEmpty ? nil : labels
        execution.stopSignal = stopSignal
        return execution
    }

    /// The variables: docker's, then the image's, then the caller's; the last of a name counts.
    func environment(_ identity: UserIdentity) -> [String] {
        var defaults = [Sandbox.defaultPath, "HOSTNAME=\(hostname)"]
        if options.terminal != nil { defaults.append("TERM=xterm") }
        defaults.append("HOME=\(String(decoding: identity.home, as: UTF8.self))")
        return Self.merged(defaults + (image.env ?? []) + options.environment)
    }

    /// One entry for each name, the last that there is; a bare name removes what was there.
    private static func merged(_ entries: [String]) -> [String] {
        var order: [[UInt8]] = []
        var values: [[UInt8]: String] = [:]
        for entry in entries {
            let name = Array(entry.utf8.prefix { $0 != UInt8(ascii: "=") })
            if name.count == entry.utf8.count {
                values[name] = nil
                continue
            }
            if values[name] == nil { order.append(name) }
            values[name] = entry
        }
        var seen: Set<[UInt8]> = []
        return order.compactMap { seen.insert($0).inserted ? values[$0] : nil }
    }

    private var capabilities: CapabilitySet {
        CapabilitySet.dockerDefault.subtracting(options.droppedCapabilities).union(options.addedCapabilities)
    }

    private var namespaces: [LinuxNamespace] {
        var namespaces = [LinuxNamespace(type: .mount), LinuxNamespace(type: .uts), LinuxNamespace(type: .cgroup)]
        if !options.sharesHostProcesses { namespaces.append(LinuxNamespace(type: .pid)) }
        if !options.sharesHostIPC { namespaces.append(LinuxNamespace(type: .ipc)) }
        if options.userMapping != nil { namespaces.append(LinuxNamespace(type: .user)) }
        switch options.network {
        case .host: break
        case .none: namespaces.append(LinuxNamespace(type: .network))
        case .join(let path): namespaces.append(LinuxNamespace(type: .network, path: path))
        }
        return namespaces
    }

    /// What belongs to the host's user namespace cannot be mounted in another one.
    private func checkUserMapping() throws(ContainerStoreError) {
        guard let mapping = options.userMapping else { return }
        try mapping.check()
        let shared =
            options.network != .none
            ? "network" : options.sharesHostProcesses ? "process ids" : options.sharesHostIPC ? "message queues" : nil
        if let shared {
            throw ContainerStoreError(
                .invalidOptions,
                "a container with a user namespace cannot share the host's \(shared)",
                hint: "leave out one of the two"
            )
        }
    }

    private func seccomp(_ capabilities: CapabilitySet) -> LinuxSeccomp? {
        switch options.seccomp {
        case .standard: LinuxSeccomp(.default(capabilities: capabilities))
        case .unconfined: nil
        case .profile(let profile): profile
        }
    }
}
