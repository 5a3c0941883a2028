// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The limit of the pids controller: how many tasks (threads count) a group may have.
public struct PIDLimits: Hashable, Sendable {
    /// The limit; zero refuses every new task, also one that is to be born in the group. `nil` leaves what is in force.
    public var limit: ResourceLimit?

    /// Limits to `limit` tasks.
    public init(limit: ResourceLimit? = nil) { self.limit = limit }

    /// The writes that apply the limit; the file is the same in both versions.
    ///
    /// - Throws: ``CgroupError``: `invalidLimit` above the kernel's `PID_MAX_LIMIT` of 4194304.
    public func plan(_ version: CgroupVersion) throws(CgroupError) -> [CgroupWrite] {
        guard let limit else { return [] }
        if case .value(let value) = limit, value > 4_194_304 {
            throw .invalid("pids.limit", "\(value) is above the kernel's limit of 4194304")
        }
        return [CgroupWrite("pids.max", limit.unifiedText, .pids, "pids.limit")]
    }
}
