// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Limits of the CPU controller; times are in microseconds.
///
/// A `nil` setting leaves what is in force.
///
/// - SeeAlso: OCI runtime-spec, config-linux.md, "CPU"; cgroup-v2.rst, "CPU Interface Files".
public struct CPULimits: Hashable, Sendable {
    /// Share of the time relative to siblings.
    public var weight: CPUWeight?
    /// Time that all tasks may use in one ``period``; at least 1000.
    public var quota: ResourceLimit?
    /// Length of a period, 1000 to 1000000.
    public var period: UInt64?
    /// Unused time that may be saved up, at most ``quota``; kernel 5.14.
    public var burst: UInt64?
    /// Whether the tasks run only when nothing else does (`SCHED_IDLE`), which excludes ``weight``; kernel 5.15.
    public var idle: Bool?
    /// Time of real-time tasks in one ``realtimePeriod``; version 1 with `CONFIG_RT_GROUP_SCHED` only.
    public var realtimeRuntime: Int64?
    /// Length of a real-time period; version 1 with `CONFIG_RT_GROUP_SCHED` only.
    public var realtimePeriod: UInt64?

    /// Limits that change nothing.
    public init() {}

    /// What is in force; it decides the order of writes.
    public struct Current: Hashable, Sendable {
        /// The quota.
        public var quota: ResourceLimit
        /// The period.
        public var period: UInt64
        /// The period of real-time tasks (version 1).
        public var realtimePeriod: UInt64

        /// What is known of the group; the defaults are those of a new group.
        public init(quota: ResourceLimit = .unlimited, period: UInt64 = 100_000, realtimePeriod: UInt64 = 1_000_000) {
            self.quota = quota
            self.period = period
            self.realtimePeriod = realtimePeriod
        }
    }

    /// The writes that apply the limits, in order.
    ///
    /// - Throws: ``CgroupError``: `invalidLimit` or `unsupported`, naming the setting.
    public func plan(_ version: CgroupVersion, current: Current = Current()) throws(CgroupError) -> [CgroupWrite] {
        try check(current)
        var plan: [CgroupWrite] = []
        // An idle group refuses a weight, so it must be woken first.
        if let idle { plan.append(CgroupWrite("cpu.idle", idle ? "1" : "0", .cpu, "cpu.idle")) }
        plan += try weightWrites(version)
        let bandwidth = version == .v1 ? legacyBandwidth(current) : unifiedBandwidth(current)
        let file = version == .v1 ? "cpu.cfs_burst_us" : "cpu.max.burst"
        if let burst {
            let write = CgroupWrite(file, "\(burst)", .cpu, "cpu.burst", whenMissing: burst == 0 ? .skip : .fail)
            // The kernel wants burst <= quota after each write.
            plan += current.quota.isAtLeast(.value(burst)) ? [write] + bandwidth : bandwidth + [write]
        } else {
            plan += bandwidth
        }
        return plan + (try realtimeWrites(version, current))
    }

    private func check(_ current: Current) throws(CgroupError) {
        try weight?.check()
        if idle == true && weight != nil { throw .invalid("cpu.idle", "an idle group has no weight; give one of them") }
        if let period, period < 1000 || period > 1_000_000 {
            throw .invalid("cpu.period", "\(period) is not in 1000...1000000 microseconds")
        }
        if case .value(let value) = quota, value < 1000 || value > UInt64(Int64.max) / 1000 {
            throw .invalid("cpu.quota", "\(value) is below 1000 microseconds, or too large")
        }
        if let burst, case .value(let value) = quota ?? current.quota, burst > value {
            throw .invalid("cpu.burst", "\(burst) is above the quota of \(value)")
        }
    }

    private func weightWrites(_ version: CgroupVersion) throws(CgroupError) -> [CgroupWrite] {
        guard let weight else { return [] }
        switch version {
        case .v1: return [CgroupWrite("cpu.shares", "\(weight.legacyValue)", .cpu, "cpu.shares", check: .exact)]
        case .v2: return [CgroupWrite("cpu.weight", "\(weight.unifiedValue)", .cpu, "cpu.shares", check: .exact)]
        }
    }

    /// One file for both, so a missing half comes from what is in force.
    private func unifiedBandwidth(_ current: Current) -> [CgroupWrite] {
        if quota == nil && period == nil { return [] }
        let value = "\((quota ?? current.quota).unifiedText) \(period ?? current.period)"
        return [CgroupWrite("cpu.max", value, .cpu, quota == nil ? "cpu.period" : "cpu.quota")]
    }

    /// Two files, and the kernel wants quota / period below the parent's after each write: the write that makes the
    /// quotient smaller goes first.
    private func legacyBandwidth(_ current: Current) -> [CgroupWrite] {
        let periodWrite = period.map { CgroupWrite("cpu.cfs_period_us", "\($0)", .cpu, "cpu.period") }
        let quotaWrite = quota.map { CgroupWrite("cpu.cfs_quota_us", $0.legacyText, .cpu, "cpu.quota") }
        let periodFirst = (period ?? 0) >= current.period
        return [periodFirst ? periodWrite : quotaWrite, periodFirst ? quotaWrite : periodWrite].compactMap { $0 }
    }

    /// As with ``legacyBandwidth(_:)``, the write that makes the quotient smaller goes first.
    private func realtimeWrites(_ version: CgroupVersion, _ current: Current) throws(CgroupError) -> [CgroupWrite] {
        if version == .v2 {
            if realtimeRuntime != nil { throw .unsupported("cpu.realtimeRuntime", by: .v2, .cpu) }
            if realtimePeriod != nil { throw .unsupported("cpu.realtimePeriod", by: .v2, .cpu) }
        }
        let periodWrite = realtimePeriod.map {
            CgroupWrite("cpu.rt_period_us", "\($0)", .cpu, "cpu.realtimePeriod")
        }
        let runtimeWrite = realtimeRuntime.map {
            CgroupWrite("cpu.rt_runtime_us", "\($0)", .cpu, "cpu.realtimeRuntime")
        }
        let periodFirst = (realtimePeriod ?? 0) >= current.realtimePeriod
        return [periodFirst ? periodWrite : runtimeWrite, periodFirst ? runtimeWrite : periodWrite].compactMap { $0 }
    }
}
