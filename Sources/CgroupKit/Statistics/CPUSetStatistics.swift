// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import SystemPackage

/// The CPUs and memory nodes that a group may use.
public struct CPUSetStatistics: Hashable, Sendable {
    /// CPUs in effect, ascending.
    public var cpus: [UInt32] = []
    /// Memory nodes in effect, ascending.
    public var memoryNodes: [UInt32] = []
    /// The settings that version 1 has beside them, by file name without `cpuset.`, for example `memory_migrate`.
    public var flags: [String: Int64] = [:]

    private static let flagNames = [
        "cpu_exclusive", "mem_hardwall", "mem_exclusive", "memory_migrate", "memory_spread_page", "memory_spread_slab",
        "memory_pressure", "sched_load_balance", "sched_relax_domain_level",
    ]

    init?(_ directory: CgroupDirectory) throws(CgroupError) {
        let isLegacy = directory.hierarchy.version == .v1
        guard let cpus = try directory.readIfPresent(isLegacy ? "cpuset.cpus" : "cpuset.cpus.effective") else {
            return nil
        }
        self.cpus = Self.expand(cpus)
        memoryNodes = Self.expand(try directory.readIfPresent(isLegacy ? "cpuset.mems" : "cpuset.mems.effective") ?? [])
        guard isLegacy else { return }
        for name in Self.flagNames {
            let words = KernelText.words(try directory.readIfPresent(FilePath("cpuset.\(name)")) ?? [])
            if let value = words.first.flatMap(Int64.init) { flags[name] = value }
        }
    }

    /// The numbers of a list such as `0-3,7`; what does not follow the format, or is beyond any machine, is skipped.
    static func expand(_ list: [UInt8]) -> [UInt32] {
        var numbers: [UInt32] = []
        for item in (KernelText.fields(list[...]).first ?? []).split(separator: UInt8(ascii: ",")) {
            let (first, last) = KernelText.cut(item, at: UInt8(ascii: "-")) ?? (item, item)
            guard let low = KernelText.number(first), let high = KernelText.number(last), low <= high, high < 1 << 20
            else { continue }
            numbers += (UInt32(low)...UInt32(high)).map { $0 }
        }
        return numbers
    }
}
