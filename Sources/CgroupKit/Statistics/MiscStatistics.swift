// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What a group uses of one resource of the misc controller.
public struct MiscStatistics: Hashable, Sendable {
    /// Used now.
    public var current: UInt64?
    /// How often the limit refused more.
    public var limitHits: UInt64?

    static func read(_ directory: CgroupDirectory) throws(CgroupError) -> [String: MiscStatistics] {
        let hits = try directory.table("misc.events")
        return try directory.table("misc.current").reduce(into: [:]) { all, item in
            all[item.key] = MiscStatistics(current: item.value, limitHits: hits["\(item.key).max"])
        }
    }
}
