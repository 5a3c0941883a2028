// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Limits of the memory controller, in bytes.
///
/// A `nil` setting leaves what is in force.
///
/// - SeeAlso: OCI runtime-spec, config-linux.md, "Memory"; cgroup-v2.rst, "Memory Interface Files".
public struct MemoryLimits: Hashable, Sendable {
    /// Hard limit: `memory.max`, `memory.limit_in_bytes`. The kernel rounds it down to pages.
    public var limit: ResourceLimit?
    /// Soft limit: `memory.low` in version 2 (protection from reclaim), `memory.soft_limit_in_bytes` in version 1.
    public var reservation: ResourceLimit?
    /// Memory and swap together, as OCI counts; at least ``limit``. Version 2 gets the difference.
    public var swap: ResourceLimit?
    /// Throttling limit `memory.high`; version 2 only.
    public var high: ResourceLimit?
    /// Hard protection from reclaim `memory.min`; version 2 only.
    public var minimum: ResourceLimit?
    /// Best-effort protection `memory.low`; version 2 only, and not together with ``reservation``.
    public var low: ResourceLimit?
    /// 0 to 100; version 1 only.
    public var swappiness: UInt64?
    /// Whether tasks that hit the limit wait instead of being killed; `true` exists in version 1 only.
    public var disableOOMKiller: Bool?
    /// Kernel memory; version 1 of kernels before 5.16 only.
    public var kernel: ResourceLimit?
    /// Kernel TCP buffers; version 1 only.
    public var kernelTCP: ResourceLimit?
    /// Whether a ``limit``, or a ``swap``, that is not above the current use of memory is refused, instead of being
    /// enforced by reclaim and the OOM killer.
    public var checkBeforeUpdate: Bool?
    /// Whether the OOM killer takes the whole group, `memory.oom.group`; `true` exists in version 2 only.
    public var oomGroup: Bool?

    /// Limits that change nothing.
    public init() {}

    /// What is in force; it decides the order of writes.
    public struct Current: Hashable, Sendable {
        /// The hard limit.
        public var limit: ResourceLimit?
        /// The limit of memory and swap together (version 1).
        public var swap: ResourceLimit?
        /// What is used now.
        public var usage: UInt64?

        /// What is known of the group.
        public init(limit: ResourceLimit? = nil, swap: ResourceLimit? = nil, usage: UInt64? = nil) {
            self.limit = limit
            self.swap = swap
            self.usage = usage
        }
    }

    /// The writes that apply the limits, in order.
    ///
    /// - Throws: ``CgroupError``: `invalidLimit` or `unsupported`, naming the setting.
    public func plan(_ version: CgroupVersion, current: Current = Current()) throws(CgroupError) -> [CgroupWrite] {
        try checkUsage(current)
        return switch version {
        case .v1: try legacyPlan(current)
        case .v2: try unifiedPlan(current)
        }
    }

    /// The words are those that callers of runc match on.
    private func checkUsage(_ current: Current) throws(CgroupError) {
        guard checkBeforeUpdate == true, let usage = current.usage else { return }
        if case .value(let sum) = swap, sum <= usage {
            throw .invalid("memory.swap", "rejecting memory+swap limit \(sum) <= usage \(usage)")
        }
        if case .value(let limit) = limit, limit <= usage {
            throw .invalid("memory.limit", "rejecting memory limit \(limit) <= usage \(usage)")
        }
    }

    // MARK: Version 2

    private func unifiedPlan(_ current: Current) throws(CgroupError) -> [CgroupWrite] {
        let legacyOnly = [
            ("memory.swappiness", swappiness != nil), ("memory.disableOOMKiller", disableOOMKiller == true),
            ("memory.kernel", kernel != nil), ("memory.kernelTCP", kernelTCP != nil),
        ]
        for (field, isSet) in legacyOnly where isSet { throw .unsupported(field, by: .v2, .memory) }
        if low != nil && reservation != nil {
            throw .invalid("memory.low", "memory.reservation sets the same file; give one of them")
        }
        var plan: [CgroupWrite] = []
        if let oomGroup {
            plan.append(CgroupWrite("memory.oom.group", oomGroup ? "1" : "0", .memory, "memory.oomGroup"))
        }
        if let value = minimum { plan.append(write("memory.min", value, "memory.min")) }
        if let value = reservation { plan.append(write("memory.low", value, "memory.reservation")) }
        if let value = low { plan.append(write("memory.low", value, "memory.low")) }
        if let value = high { plan.append(write("memory.high", value, "memory.high")) }
        if let value = try unifiedSwap(current) {
            let missing: CgroupWrite.WhenMissing =
                switch value {
                case .unlimited: .skip
                case .value(0): .skipWithoutSwap
                case .value: .fail
                }
            plan.append(
                CgroupWrite(
                    "memory.swap.max",
                    value.unifiedText,
                    .memory,
                    "memory.swap",
                    whenMissing: missing,
                    check: .roundedToPages
                )
            )
        }
        if let value = limit { plan.append(write("memory.max", value, "memory.limit")) }
        return plan
    }

    /// Swap alone: what OCI's sum leaves after the memory limit.
    func unifiedSwap(_ current: Current) throws(CgroupError) -> ResourceLimit? {
        guard let swap else { return limit == .unlimited ? .unlimited : nil }
        guard case .value(let sum) = swap else { return .unlimited }
        guard case .value(let memory) = limit ?? current.limit else {
            throw .invalid("memory.swap", "it counts memory and swap together, so memory.limit must be set too")
        }
        let (rest, isLess) = sum.subtractingReportingOverflow(memory)
        if isLess {
            throw .invalid("memory.swap", "\(sum) counts memory and swap together and is below memory.limit \(memory)")
        }
        return .value(rest)
    }

    private func write(_ file: String, _ value: ResourceLimit, _ field: String) -> CgroupWrite {
        CgroupWrite(file, value.unifiedText, .memory, field, check: .roundedToPages)
    }

    // MARK: Version 1

    private func legacyPlan(_ current: Current) throws(CgroupError) -> [CgroupWrite] {
        let unifiedOnly = [
            ("memory.high", high != nil), ("memory.min", minimum != nil), ("memory.low", low != nil),
            ("memory.oomGroup", oomGroup == true),
        ]
        for (field, isSet) in unifiedOnly where isSet { throw .unsupported(field, by: .v1, .memory) }
        var plan = try legacyPair(current)
        if let value = reservation {
            plan.append(legacy("memory.soft_limit_in_bytes", value, "memory.reservation"))
        }
        if let value = kernel { plan.append(legacy("memory.kmem.limit_in_bytes", value, "memory.kernel")) }
        if let value = kernelTCP { plan.append(legacy("memory.kmem.tcp.limit_in_bytes", value, "memory.kernelTCP")) }
        if let disableOOMKiller {
            plan.append(
                CgroupWrite("memory.oom_control", disableOOMKiller ? "1" : "0", .memory, "memory.disableOOMKiller")
            )
        }
        if let swappiness {
            if swappiness > 100 { throw .invalid("memory.swappiness", "\(swappiness) is above 100") }
            plan.append(
                CgroupWrite("memory.swappiness", "\(swappiness)", .memory, "memory.swappiness", check: .exact)
            )
        }
        return plan
    }

    /// The kernel wants limit <= limit with swap after each write, so the one that grows goes first.
    private func legacyPair(_ current: Current) throws(CgroupError) -> [CgroupWrite] {
        if let limit, let swap, !swap.isAtLeast(limit) {
            throw .invalid("memory.swap", "it counts memory and swap together and is below memory.limit")
        }
        if limit == nil, let swap, let memory = current.limit, !swap.isAtLeast(memory) {
            throw .invalid("memory.swap", "it counts memory and swap together and is below the limit in force")
        }
        let limitWrite = limit.map { legacy("memory.limit_in_bytes", $0, "memory.limit") }
        // No limit on memory needs no limit on the sum either.
        let wantedSwap = swap ?? (limit == .unlimited ? .unlimited : nil)
        let missing: CgroupWrite.WhenMissing =
            switch wantedSwap {
            case .unlimited: .skip
            case let sum? where sum == limit ?? current.limit: .skipWithoutSwap
            default: .fail
            }
        let swapWrite = wantedSwap.map {
            CgroupWrite(
                "memory.memsw.limit_in_bytes",
                $0.legacyText,
                .memory,
                "memory.swap",
                whenMissing: missing,
                check: .roundedToPages
            )
        }
        let swapGrows = wantedSwap.map { $0.isAtLeast(current.swap ?? .unlimited) } ?? false
        return [swapGrows ? swapWrite : limitWrite, swapGrows ? limitWrite : swapWrite].compactMap { $0 }
    }

    private func legacy(_ file: String, _ value: ResourceLimit, _ field: String) -> CgroupWrite {
        CgroupWrite(file, value.legacyText, .memory, field, check: .roundedToPages)
    }
}
