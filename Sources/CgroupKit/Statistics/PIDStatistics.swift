// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Tasks of a group; threads count.
public struct PIDStatistics: Hashable, Sendable {
    /// Tasks now.
    public var current: UInt64?
    /// The most at one time; kernel 6.1.
    public var peak: UInt64?
    /// The limit.
    public var limit: ResourceLimit?
    /// How often the limit refused a new task.
    public var limitHits: UInt64?

    init?(_ directory: CgroupDirectory) throws(CgroupError) {
        guard let current = try directory.number("pids.current") else { return nil }
        self.current = current
        peak = try directory.number("pids.peak")
        limit = try directory.limit("pids.max")
        limitHits = try directory.table("pids.events")["max"]
    }
}
