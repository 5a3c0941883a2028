// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import NamespaceKit
internal import OCISpec
internal import SystemPackage

extension ConfigurationMapper {
    /// Maps a process with the confinement that `linux` has for it.
    static func mapChecked(
        _ process: RuntimeConfiguration.Process,
        linux: LinuxConfiguration?,
        _ modules: SecurityModules?
    ) throws(MappingError) -> ProcessConfiguration {
        let path = JSONPath.field("process")
        guard let arguments = process.args, !arguments.isEmpty else {
            throw .invalid(path.appending("args"), "must name a program to run")
        }
        var result = ProcessConfiguration(
            arguments: arguments.map { Array($0.utf8) },
            environment: (process.env ?? []).map { Array($0.utf8) },
            workingDirectory: FilePath(process.cwd)
        )
        result.uid = process.user.uid
        result.gid = process.user.gid
        result.additionalGroups = process.user.additionalGids ?? []
        result.umask = process.user.umask
        result.capabilities = try capabilities(process.capabilities, at: path.appending("capabilities"))
        result.noNewPrivileges = process.noNewPrivileges ?? false
        result.resourceLimits = try resourceLimits(process.rlimits ?? [], at: path.appending("rlimits"))
        result.oomScoreAdjustment = process.oomScoreAdj
        if process.terminal ?? false {
            result.terminal = try terminal(process.consoleSize, at: path.appending("consoleSize"))
        }
        result.seccomp = try seccomp(linux?.seccomp)
        try labels(of: process, modules, to: &result)
        result.scheduling = try process.scheduler.map { (scheduler) throws(MappingError) in
            try scheduling(scheduler, at: path.appending("scheduler"))
        }
        result.inputOutputPriority = process.ioPriority.map(inputOutputPriority)
        result.personality = try linux?.personality.map(personality)
        result.memoryPolicy = try linux?.memoryPolicy.map(memoryPolicy)
        return result
    }

    private static func capabilities(
        _ sets: RuntimeConfiguration.Capabilities?,
        at path: JSONPath
    ) throws(MappingError) -> ProcessCapabilities {
        func set(_ names: [String]?, _ field: String) throws(MappingError) -> CapabilitySet {
            var set = CapabilitySet()
            for (index, name) in (names ?? []).enumerated() {
                guard let capability = Capability(name: name.utf8) else {
                    throw .invalid(
                        path.appending(field).appending(index),
                        "\"\(JSONError.excerpt(name.utf8))\" is not a capability known here"
                    )
                }
                set.insert(capability)
            }
            return set
        }
        var result = ProcessCapabilities(
            bounding: try set(sets?.bounding, "bounding"),
            effective: try set(sets?.effective, "effective"),
            permitted: try set(sets?.permitted, "permitted"),
            inheritable: try set(sets?.inheritable, "inheritable"),
            ambient: try set(sets?.ambient, "ambient")
        )
        // The kernel refuses these too, but cannot say which capability it is about.
        let excess = result.effective.subtracting(result.permitted)
        if !excess.isEmpty { throw .invalid(path.appending("effective"), "\(excess) must be in permitted, too") }
        // The kernel raises only what is permitted and inheritable. Callers ask for more and count on runc's leniency:
        // its own example configuration lists ambient capabilities and no inheritable ones.
        result.ambient.formIntersection(result.permitted.intersection(result.inheritable))
        return result
    }

    private static func resourceLimits(
        _ limits: [RuntimeConfiguration.RLimit],
        at path: JSONPath
    ) throws(MappingError) -> [ResourceLimit] {
        var result: [ResourceLimit] = []
        for (index, limit) in limits.enumerated() {
            guard let resource = ResourceLimit.Resource(name: limit.type.rawValue) else {
                throw .unsupported(path.appending(index).appending("type"), "\(limit.type.rawValue) is not supported")
            }
            result.append(ResourceLimit(resource, soft: limit.soft, hard: limit.hard))
        }
        return result
    }

    private static func terminal(
        _ size: RuntimeConfiguration.ConsoleSize?,
        at path: JSONPath
    ) throws(MappingError) -> TerminalSize {
        guard let size else { return TerminalSize() }
        guard let rows = UInt16(exactly: size.height) else {
            throw .invalid(path.appending("height"), "is above 65535")
        }
        guard let columns = UInt16(exactly: size.width) else {
            throw .invalid(path.appending("width"), "is above 65535")
        }
        return TerminalSize(rows: rows, columns: columns)
    }
}
