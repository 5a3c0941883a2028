// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import SystemPackage

/// Huge pages of one size that a group uses, in bytes.
public struct HugePageStatistics: Hashable, Sendable {
    /// Used now.
    public var current: UInt64?
    /// The most at one time; version 1 only.
    public var peak: UInt64?
    /// The limit.
    public var limit: ResourceLimit?
    /// How often the limit refused a page.
    public var limitHits: UInt64?
    /// Reserved now, used or not; kernel 5.7.
    public var reserved: UInt64?
    /// The limit of reservations.
    public var reservedLimit: ResourceLimit?

    /// The statistics of every size that the kernel has files for.
    static func read(_ directory: CgroupDirectory) throws(CgroupError) -> [String: HugePageStatistics] {
        let isLegacy = directory.hierarchy.version == .v1
        let suffix = isLegacy ? ".usage_in_bytes" : ".current"
        let names: [String]
        do throws(SystemCallError) {
            names = try directory.root.entries().map { KernelText.string($0.name[...]) }
        } catch { throw CgroupError("list cgroup", path: directory.path, cause: error) }
        var all: [String: HugePageStatistics] = [:]
        for name in names where name.hasPrefix("hugetlb.") && name.hasSuffix(suffix) && !name.contains(".rsvd.") {
            let prefix = name.dropLast(suffix.utf8.count)
            let item = HugePageStatistics(
                current: try directory.number(name),
                peak: isLegacy ? try directory.number("\(prefix).max_usage_in_bytes") : nil,
                limit: try directory.limit(isLegacy ? "\(prefix).limit_in_bytes" : "\(prefix).max"),
                limitHits: isLegacy
                    ? try directory.number("\(prefix).failcnt") : try directory.table("\(prefix).events")["max"],
                reserved: try directory.number("\(prefix).rsvd\(suffix)"),
                reservedLimit: try directory.limit("\(prefix).rsvd\(isLegacy ? ".limit_in_bytes" : ".max")")
            )
            all[String(prefix.dropFirst("hugetlb.".utf8.count))] = item
        }
        return all
    }
}
