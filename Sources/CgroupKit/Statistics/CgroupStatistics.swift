// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What the kernel counts for a group; `nil` where it does not say.
///
/// - SeeAlso: cgroup-v2.rst; Documentation/admin-guide/cgroup-v1/.
public struct CgroupStatistics: Hashable, Sendable {
    /// Memory.
    public var memory: MemoryStatistics?
    /// CPU time.
    public var cpu: CPUStatistics?
    /// Tasks.
    public var pids: PIDStatistics?
    /// Block devices, in the order of the kernel's list.
    public var io: [IOStatistics]?
    /// Huge pages, by page size as in `2MB`; empty where the controller is missing.
    public var hugePages: [String: HugePageStatistics] = [:]
    /// RDMA devices, by name; empty where the controller is missing.
    public var rdma: [String: RDMAStatistics] = [:]
    /// Miscellaneous resources, by name; empty where the controller is missing.
    public var misc: [String: MiscStatistics] = [:]
    /// CPUs and memory nodes.
    public var cpuSet: CPUSetStatistics?
    /// Time lost waiting for CPUs.
    public var cpuPressure: PressureStatistics?
    /// Time lost waiting for memory.
    public var memoryPressure: PressureStatistics?
    /// Time lost waiting for I/O.
    public var ioPressure: PressureStatistics?

    /// Statistics that say nothing.
    public init() {}
}
