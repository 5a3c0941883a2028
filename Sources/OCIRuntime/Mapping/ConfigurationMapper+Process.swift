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
        _ modules: SecurityModules?,
        warnings: inout [String]
    ) throws(MappingError) -> ProcessConfiguration {
        let path = JSONPath.field("process")
        guard let arguments = process.args, !arguments.isEmpty else {
            throw .invalid(path.appending("args"), "must name a program to run")
        }
        var result = ProcessConfiguration(
            arguments: arguments.map { Array($0.utf8) },
            environment: environment(process.env ?? []),
            workingDirectory: FilePath(process.cwd)
        )
        let home = Array("HOME=".utf8)
        result.findsHome = !result.environment.contains { $0.starts(with: home) }
        result.ownsStreams = true
        result.uid = process.user.uid
        result.gid = process.user.gid
        result.additionalGroups = process.user.additionalGids ?? []
        result.umask = process.user.umask
        result.capabilities = try capabilities(
            process.capabilities,
            at: path.appending("capabilities"),
            warnings: &warnings
        )
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

    /// Of entries with one name the last counts, and an empty `HOME` counts as none, as with runc.
    static func environment(_ entries: [String]) -> [[UInt8]] {
        var names: Set<[UInt8]> = []
        var result: [[UInt8]] = []
        for entry in entries.reversed() {
            let bytes = Array(entry.utf8)
            let isNew = names.insert(Array(bytes.prefix { $0 != UInt8(ascii: "=") })).inserted
            if isNew && !bytes.elementsEqual("HOME=".utf8) { result.append(bytes) }
        }
        return result.reversed()
    }

    /// What the kernel cannot grant is left out with a warning, as the specification says.
    private static func capabilities(
        _ sets: RuntimeConfiguration.Capabilities?,
        at path: JSONPath,
        warnings: inout [String]
    ) throws(MappingError) -> ProcessCapabilities {
        var unknown: Set<String> = []
        func set(_ names: [String]?) -> CapabilitySet {
            var set = CapabilitySet()
            for name in names ?? [] {
                if let capability = Capability(name: name.utf8) {
                    set.insert(capability)
                } else {
                    unknown.insert(JSONError.excerpt(name.utf8))
                }
            }
            return set
        }
        var result = ProcessCapabilities(
            bounding: set(sets?.bounding),
            effective: set(sets?.effective),
            permitted: set(sets?.permitted),
            inheritable: set(sets?.inheritable),
            ambient: set(sets?.ambient)
        )
        if !unknown.isEmpty {
            let names = unknown.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined(separator: " ")
            warnings.append("\(path): ignoring unknown or unavailable capabilities: [\(names)]")
        }
        // The kernel refuses these too, but cannot say which capability it is about.
        let excess = result.effective.subtracting(result.permitted)
        if !excess.isEmpty { throw .invalid(path.appending("effective"), "\(excess) must be in permitted, too") }
        // The kernel raises only what is permitted and inheritable.
        let raised = result.ambient.intersection(result.permitted.intersection(result.inheritable))
        for capability in Capability.allCases where result.ambient.subtracting(raised).contains(capability) {
            warnings.append(
                "can't raise ambient capability \(capability): it must be in permitted and inheritable, too"
            )
        }
        result.ambient = raised
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
