// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Memory use of a group, in bytes.
public struct MemoryStatistics: Hashable, Sendable {
    /// How often a limit was met. Version 1 knows ``limitHits`` and ``oomKills`` only.
    public struct Events: Hashable, Sendable {
        /// Reclaim in spite of `memory.low`.
        public var lowBreaches: UInt64?
        /// Throttling at `memory.high`.
        public var highHits: UInt64?
        /// Use reached the hard limit.
        public var limitHits: UInt64?
        /// Allocation was about to fail.
        public var oom: UInt64?
        /// Processes killed by the OOM killer for this group or one below it.
        public var oomKills: UInt64?
        /// Times the whole group was killed.
        public var oomGroupKills: UInt64?
    }

    /// One kind of memory that version 1 counts by itself.
    public struct Counter: Hashable, Sendable {
        /// Used now.
        public var current: UInt64?
        /// The most that was used at one time.
        public var peak: UInt64?
        /// The limit.
        public var limit: ResourceLimit?
        /// How often the limit was met.
        public var limitHits: UInt64?

        /// Reads the files that begin with `prefix`; `nil` where the kernel has none.
        init?(_ directory: CgroupDirectory, _ prefix: String) throws(CgroupError) {
            guard let current = try directory.number("\(prefix).usage_in_bytes") else { return nil }
            self.current = current
            peak = try directory.number("\(prefix).max_usage_in_bytes")
            limit = try directory.limit("\(prefix).limit_in_bytes")
            limitHits = try directory.number("\(prefix).failcnt")
        }
    }

    /// Used now.
    public var current: UInt64?
    /// The most that was used at one time; kernel 5.19 in version 2.
    public var peak: UInt64?
    /// The hard limit.
    public var limit: ResourceLimit?
    /// Swap used now, without memory.
    public var swapCurrent: UInt64?
    /// Swap limit: without memory in version 2, together with memory in version 1, as the kernel counts it.
    public var swapLimit: ResourceLimit?
    /// The most swap that was used at one time; version 2, kernel 6.5.
    public var swapPeak: UInt64?
    /// Memory and swap together; version 1 only.
    public var withSwap: Counter?
    /// Kernel memory; version 1 only.
    public var kernel: Counter?
    /// TCP buffers; version 1 only.
    public var kernelTCP: Counter?
    /// How often a limit was met.
    public var events = Events()
    /// Private anonymous memory.
    public var anonymous: UInt64?
    /// Page cache, including shared memory and tmpfs.
    public var file: UInt64?
    /// Shared memory and tmpfs.
    public var shared: UInt64?
    /// Page cache that is reclaimed first; ``current`` without it is what tools show as the working set.
    public var inactiveFile: UInt64?
    /// All numbers of `memory.stat`, by the kernel's names.
    public var details: [String: UInt64] = [:]

    init?(_ directory: CgroupDirectory) throws(CgroupError) {
        switch directory.hierarchy.version {
        case .v2: try self.init(unified: directory)
        case .v1: try self.init(legacy: directory)
        }
    }

    private init?(unified directory: CgroupDirectory) throws(CgroupError) {
        guard let current = try directory.number("memory.current") else { return nil }
        self.current = current
        peak = try directory.number("memory.peak")
        limit = try directory.limit("memory.max")
        swapCurrent = try directory.number("memory.swap.current")
        swapPeak = try directory.number("memory.swap.peak")
        swapLimit = try directory.limit("memory.swap.max")
        let counters = try directory.table("memory.events")
        events = Events(
            lowBreaches: counters["low"],
            highHits: counters["high"],
            limitHits: counters["max"],
            oom: counters["oom"],
            oomKills: counters["oom_kill"],
            oomGroupKills: counters["oom_group_kill"]
        )
        details = try directory.table("memory.stat")
        anonymous = details["anon"]
        file = details["file"]
        shared = details["shmem"]
        inactiveFile = details["inactive_file"]
    }

    private init?(legacy directory: CgroupDirectory) throws(CgroupError) {
        guard let current = try directory.number("memory.usage_in_bytes") else { return nil }
        self.current = current
        peak = try directory.number("memory.max_usage_in_bytes")
        limit = try directory.limit("memory.limit_in_bytes")
        withSwap = try Counter(directory, "memory.memsw")
        kernel = try Counter(directory, "memory.kmem")
        kernelTCP = try Counter(directory, "memory.kmem.tcp")
        swapLimit = withSwap?.limit
        events.limitHits = try directory.number("memory.failcnt")
        events.oomKills = try directory.table("memory.oom_control")["oom_kill"]
        details = try directory.table("memory.stat")
        swapCurrent = details["total_swap"]
        anonymous = details["total_rss"]
        file = details["total_cache"]
        shared = details["total_shmem"]
        inactiveFile = details["total_inactive_file"]
    }
}
