// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import SystemPackage

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
    /// All time by CPU, in the order of their numbers; version 1 only.
    public var usageByCPU: [UInt64] = []
    /// Time in user mode by CPU; version 1 only.
    public var userByCPU: [UInt64] = []
    /// Time in the kernel by CPU; version 1 only.
    public var systemByCPU: [UInt64] = []

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
        if let accounting {
            let byCPU = try accounting.readIfPresent("cpuacct.usage_percpu") ?? []
            usageByCPU = KernelText.fields(byCPU[...]).compactMap { KernelText.number($0) }
            (userByCPU, systemByCPU) = Self.parse(all: try accounting.readIfPresent("cpuacct.usage_all") ?? [])
        }
        let table = try cpu?.table("cpu.stat") ?? [:]
        periods = table["nr_periods"]
        throttledPeriods = table["nr_throttled"]
        throttled = table["throttled_time"]
        bursts = table["nr_bursts"]
        burst = table["burst_time"]
    }

    /// Lines `0 1234 567` of CPU, user and system time, below a heading.
    static func parse(all text: [UInt8]) -> (user: [UInt64], system: [UInt64]) {
        let rows = KernelText.lines(text).compactMap { line -> (UInt64, UInt64)? in
            let fields = KernelText.fields(line)
            guard fields.count >= 3, let user = KernelText.number(fields[1]), let system = KernelText.number(fields[2])
            else { return nil }
            return (user, system)
        }
        return (rows.map(\.0), rows.map(\.1))
    }
}
