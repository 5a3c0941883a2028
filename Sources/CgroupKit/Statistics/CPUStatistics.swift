// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// CPU time of a group; times are in nanoseconds.
public struct CPUStatistics: Hashable, Sendable {
    /// All time.
    public var usage: UInt64?
    /// Time in user mode.
    public var user: UInt64?
    /// Time in the kernel.
    public var system: UInt64?
    /// Periods that had tasks to run, where a quota is set.
    public var periods: UInt64?
    /// Periods in which the quota was used up.
    public var throttledPeriods: UInt64?
    /// Time that tasks waited for the next period.
    public var throttled: UInt64?
    /// Periods that used saved time.
    public var bursts: UInt64?
    /// Saved time that was used.
    public var burst: UInt64?

    /// Reads version 2's `cpu.stat`, which every version 2 group has.
    init?(unified directory: CgroupDirectory) throws(CgroupError) {
        let table = try directory.table("cpu.stat")
        if table.isEmpty { return nil }
        func nanoseconds(_ key: String) -> UInt64? {
            table[key].map { $0.multipliedReportingOverflow(by: 1000).partialValue }
        }
        usage = nanoseconds("usage_usec")
        user = nanoseconds("user_usec")
        system = nanoseconds("system_usec")
        periods = table["nr_periods"]
        throttledPeriods = table["nr_throttled"]
        throttled = nanoseconds("throttled_usec")
        bursts = table["nr_bursts"]
        burst = nanoseconds("burst_usec")
    }

    /// Reads version 1's two controllers, each of which may be missing.
    init?(accounting: CgroupDirectory?, cpu: CgroupDirectory?) throws(CgroupError) {
        if accounting == nil && cpu == nil { return nil }
        usage = try accounting?.number("cpuacct.usage")
        user = try accounting?.number("cpuacct.usage_user")
        system = try accounting?.number("cpuacct.usage_sys")
        let table = try cpu?.table("cpu.stat") ?? [:]
        periods = table["nr_periods"]
        throttledPeriods = table["nr_throttled"]
        throttled = table["throttled_time"]
        bursts = table["nr_bursts"]
        burst = table["burst_time"]
    }
}
