// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import NamespaceKit
internal import OCISpec

/// What the kernel takes into account when it gives a process processors, memory and devices.
extension ConfigurationMapper {
    /// The scheduling policy; the check has compared its parameters.
    static func scheduling(
        _ scheduler: RuntimeConfiguration.Scheduler,
        at path: JSONPath
    ) throws(MappingError) -> SchedulingPolicy {
        guard let priority = UInt32(exactly: scheduler.priority ?? 0) else {
            throw .invalid(path.appending("priority"), "must not be negative")
        }
        return SchedulingPolicy(
            policy(scheduler.policy),
            flags: (scheduler.flags ?? []).reduce(into: []) { $0.insert(flag($1)) },
            nice: scheduler.nice ?? 0,
            priority: priority,
            runtime: scheduler.runtime ?? 0,
            deadline: scheduler.deadline ?? 0,
            period: scheduler.period ?? 0
        )
    }

    private static func policy(_ policy: RuntimeConfiguration.Scheduler.Policy) -> SchedulingPolicy.Policy {
        switch policy {
        case .other: .other
        case .fifo: .fifo
        case .roundRobin: .roundRobin
        case .batch: .batch
        case .iso: .iso
        case .idle: .idle
        case .deadline: .deadline
        }
    }

    private static func flag(_ flag: RuntimeConfiguration.Scheduler.Flag) -> SchedulingPolicy.Flags {
        switch flag {
        case .resetOnFork: .resetOnFork
        case .reclaim: .reclaim
        case .deadlineOverrun: .deadlineOverrun
        case .keepPolicy: .keepPolicy
        case .keepParameters: .keepParameters
        case .utilizationClampMinimum: .utilizationClampMinimum
        case .utilizationClampMaximum: .utilizationClampMaximum
        }
    }

    /// The priority of input and output; the check has seen to the level.
    static func inputOutputPriority(_ priority: RuntimeConfiguration.IOPriority) -> InputOutputPriority {
        let kind: InputOutputPriority.Class =
            switch priority.class {
            case .realtime: .realTime
            case .bestEffort: .bestEffort
            case .idle: .idle
            }
        return InputOutputPriority(kind, level: UInt32(clamping: priority.priority))
    }

    /// The execution domain with its flags, under the kernel's names (personality(2)).
    static func personality(_ personality: LinuxPersonality) throws(MappingError) -> UInt64 {
        var result: UInt64 =
            switch personality.domain {
            case .linux: 0x0000
            case .linux32: 0x0008
            }
        for (index, name) in (personality.flags ?? []).enumerated() {
            guard let flag = personalityFlags[name] else {
                throw .unsupported(
                    .field("linux", "personality", "flags").appending(index),
                    "\"\(JSONError.excerpt(name.utf8))\" is no flag that the kernel has"
                )
            }
            result |= flag
        }
        return result
    }

    private static let personalityFlags: [String: UInt64] = [
        "UNAME26": 0x002_0000, "ADDR_NO_RANDOMIZE": 0x004_0000, "FDPIC_FUNCPTRS": 0x008_0000,
        "MMAP_PAGE_ZERO": 0x010_0000, "ADDR_COMPAT_LAYOUT": 0x020_0000, "READ_IMPLIES_EXEC": 0x040_0000,
        "ADDR_LIMIT_32BIT": 0x080_0000, "SHORT_INODE": 0x100_0000, "WHOLE_SECONDS": 0x200_0000,
        "STICKY_TIMEOUTS": 0x400_0000, "ADDR_LIMIT_3GB": 0x800_0000,
    ]

    /// The memory policy; which modes need nodes is checked here, for errno says nothing about it.
    static func memoryPolicy(_ policy: LinuxMemoryPolicy) throws(MappingError) -> MemoryPolicy {
        let path = JSONPath.field("linux", "memoryPolicy", "nodes")
        let mode = memoryMode(policy.mode)
        guard let nodes = IndexSet(list: Array((policy.nodes ?? "").utf8)) else {
            throw .invalid(path, "must be a list of numbers and ranges such as 0-3,7")
        }
        if let needed = mode.needsNodes, needed == nodes.isEmpty {
            let rule = needed ? "must name a memory node" : "must be empty"
            throw .invalid(path, "\(rule) with the mode \(policy.mode.rawValue)")
        }
        let flags = (policy.flags ?? []).reduce(into: MemoryPolicy.Flags()) { result, flag in
            switch flag {
            case .numaBalancing: result.insert(.balancing)
            case .relativeNodes: result.insert(.relativeNodes)
            case .staticNodes: result.insert(.staticNodes)
            }
        }
        return MemoryPolicy(mode, flags: flags, nodes: nodes)
    }

    private static func memoryMode(_ mode: LinuxMemoryPolicy.Mode) -> MemoryPolicy.Mode {
        switch mode {
        case .default: .standard
        case .preferred: .preferred
        case .bind: .bind
        case .interleave: .interleave
        case .local: .local
        case .preferredMany: .preferredMany
        case .weightedInterleave: .weightedInterleave
        }
    }

    /// The processors of a process that joins a container: those it starts on, and those it is on once it is in the
    /// container's control group. What nobody asked for is as with runc: all that the group has.
    static func affinity(
        of process: RuntimeConfiguration.Process,
        to result: inout ProcessConfiguration
    ) throws(MappingError) {
        let affinity = process.execCPUAffinity
        let path = JSONPath.field("process", "execCPUAffinity")
        let initial = try processors(affinity?.initial, at: path.appending("initial"))
        let final = try processors(affinity?.final, at: path.appending("final"))
        result.initialAffinity = initial
        result.affinity = final.map { .only($0) } ?? (initial == nil ? .all : .inherited)
    }

    private static func processors(_ list: String?, at path: JSONPath) throws(MappingError) -> IndexSet? {
        guard let bytes = list.nonEmptyBytes else { return nil }
        guard let set = IndexSet(list: bytes) else {
            throw .invalid(path, "must be a list of numbers up to 65535 and ranges such as 0-3,7")
        }
        return set
    }
}
