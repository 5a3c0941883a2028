// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LaunchPlan
internal import LinuxSystem
internal import SystemPackage

/// A plan in two parts: a front that needs no program, executed ahead of time, and the rest.
extension PlanBuilder {
    /// Computes the front of a launch: the namespaces, the mounts, the terminal, the kernel's parameters.
    ///
    /// Its last step waits for the rest, which ``prepareRest(_:decidedBefore:options:)`` computes. Until then the process
    /// dies with the thread that spawned it.
    ///
    /// - Parameters:
    ///   - configuration: The configuration; of its process, what ``difference(_:decidedBefore:)`` compares counts.
    ///   - options: What it depends on beside the configuration.
    /// - Returns: The front.
    /// - Throws: ``NamespaceError``: `unsupported` when hooks are to run within the front, since they are told whose
    ///   container it is; else as ``prepare(_:options:)``.
    package static func prepareFront(
        _ configuration: ContainerConfiguration,
        options: Options = Options()
    ) throws(NamespaceError) -> PreparedLaunch {
        guard !options.runsHostHooks, !configuration.hooks.contains(where: { $0.point == .beforePivot }) else {
            throw NamespaceError(
                .unsupported,
                step: "prepare a container ahead: prestart, createRuntime and createContainer hooks need its id"
            )
        }
        var builder = PlanBuilder(configuration: configuration, options: options)
        builder.isFront = true
        try builder.check()
        try builder.addNamespaces()
        try builder.addMounts()
        try builder.addSurroundings()
        builder.add(.awaitPlan)
        return builder.launch
    }

    /// Computes the rest of a launch whose front was executed.
    ///
    /// - Parameters:
    ///   - configuration: The whole configuration.
    ///   - prepared: The configuration that the front was computed from.
    ///   - options: What it depends on beside the configuration.
    /// - Returns: The rest; its slots begin with the program's own descriptors, which the launcher adds.
    /// - Throws: ``NamespaceError``: `invalidConfiguration` when it contradicts itself, or the front has decided
    ///   something differently, with the fields' names.
    package static func prepareRest(
        _ configuration: ContainerConfiguration,
        decidedBefore prepared: ContainerConfiguration,
        options: Options = Options()
    ) throws(NamespaceError) -> PreparedLaunch {
        var builder = PlanBuilder(configuration: configuration, options: options)
        let names = difference(configuration, decidedBefore: prepared)
        guard names.isEmpty else {
            throw builder.invalid("what was prepared differs in \(names.joined(separator: ", "))")
        }
        try builder.check()
        let streams: UInt32 = configuration.process.terminal == nil ? 3 : 0
        builder.launch.firstSlot = streams + options.preservedDescriptors
        builder.add(.placeDescriptors(first: 3 - streams, count: builder.launch.firstSlot))
        if !configuration.diesWithParent { builder.add(.dieWithParent(signal: 0)) }
        builder.addFirstKeyring()
        builder.addNames()
        let directory = configuration.process.workingDirectory
        if configuration.root != .host, directory != "/", directory != prepared.process.workingDirectory {
            builder.add(.makeDirectory(path: directory.bytes, mode: 0o755))
        }
        try builder.addProcessLimits()
        try builder.addIdentityAndEnd()
        return builder.launch
    }

    /// The fields in which a configuration differs from the one that a front was computed from, among those that the front
    /// has decided.
    ///
    /// - Parameters:
    ///   - requested: The configuration that is wanted.
    ///   - prepared: The configuration of the front.
    /// - Returns: The names of the fields, `process.` before those of the process; empty when the front fits.
    package static func difference(
        _ requested: ContainerConfiguration,
        decidedBefore prepared: ContainerConfiguration
    ) -> [String] {
        var names: [String] = []
        func compare(_ name: String, _ isEqual: Bool) { if !isEqual { names.append(name) } }
        func early(_ configuration: ContainerConfiguration) -> [LaunchHook] {
            configuration.hooks.filter { $0.point == .beforePivot }
        }
        compare("namespaces", requested.namespaces == prepared.namespaces)
        compare("uidMappings", requested.uidMappings == prepared.uidMappings)
        compare("gidMappings", requested.gidMappings == prepared.gidMappings)
        compare("clockOffsets", requested.clockOffsets == prepared.clockOffsets)
        compare("root", requested.root == prepared.root)
        compare("pivotsRoot", requested.pivotsRoot == prepared.pivotsRoot)
        compare("rootIsReadOnly", requested.rootIsReadOnly == prepared.rootIsReadOnly)
        compare("rootPropagation", requested.rootPropagation == prepared.rootPropagation)
        compare("mounts", requested.mounts == prepared.mounts)
        compare("mountContext", requested.mountContext == prepared.mountContext)
        compare("devices", requested.devices == prepared.devices)
        compare("links", requested.links == prepared.links)
        compare("maskedPaths", requested.maskedPaths == prepared.maskedPaths)
        compare("readOnlyPaths", requested.readOnlyPaths == prepared.readOnlyPaths)
        compare("sysctls", requested.sysctls == prepared.sysctls)
        compare("networkDevices", requested.networkDevices == prepared.networkDevices)
        compare("hooks", early(requested) == early(prepared))
        let (process, known) = (requested.process, prepared.process)
        compare("process.oomScoreAdjustment", process.oomScoreAdjustment == known.oomScoreAdjustment)
        compare("process.affinity", process.affinity == known.affinity)
        compare("process.initialAffinity", process.initialAffinity == known.initialAffinity)
        compare("process.appArmorProfile", process.appArmorProfile == known.appArmorProfile)
        compare("process.seLinuxContext", process.seLinuxContext == known.seLinuxContext)
        compare("process.terminal", process.terminal == known.terminal)
        // It is made when it is missing, which is too late in a read-only root.
        let isMade = requested.root == .host || !requested.rootIsReadOnly
        compare("process.workingDirectory", isMade || process.workingDirectory == known.workingDirectory)
        // A field that neither part knows of belongs to the front.
        if names.isEmpty && prepared.taking(restOf: requested) != requested { names.append("configuration") }
        return names
    }
}

extension ContainerConfiguration {
    /// The same with everything that is decided after the front taken from `other`.
    fileprivate func taking(restOf other: ContainerConfiguration) -> ContainerConfiguration {
        var copy = self
        copy.hostname = other.hostname
        copy.domainname = other.domainname
        copy.sessionKeyring = other.sessionKeyring
        copy.diesWithParent = other.diesWithParent
        copy.hooks = other.hooks
        copy.process.arguments = other.process.arguments
        copy.process.environment = other.process.environment
        copy.process.findsHome = other.process.findsHome
        copy.process.ownsStreams = other.process.ownsStreams
        copy.process.workingDirectory = other.process.workingDirectory
        copy.process.uid = other.process.uid
        copy.process.gid = other.process.gid
        copy.process.additionalGroups = other.process.additionalGroups
        copy.process.umask = other.process.umask
        copy.process.capabilities = other.process.capabilities
        copy.process.noNewPrivileges = other.process.noNewPrivileges
        copy.process.resourceLimits = other.process.resourceLimits
        copy.process.seccomp = other.process.seccomp
        copy.process.personality = other.process.personality
        copy.process.scheduling = other.process.scheduling
        copy.process.inputOutputPriority = other.process.inputOutputPriority
        copy.process.memoryPolicy = other.process.memoryPolicy
        return copy
    }
}
