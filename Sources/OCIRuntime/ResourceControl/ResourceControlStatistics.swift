// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// What resctrl says about a container's class of cache and memory bandwidth, and counts for it.
///
/// - SeeAlso: Documentation/filesystems/resctrl.rst of the kernel.
public struct ResourceControlStatistics: Hashable, Sendable {
    /// What the processor's third level cache can be divided into.
    public struct Cache: Hashable, Sendable {
        /// The bits of a full mask, in hexadecimal.
        public var mask: String
        /// The fewest bits that a mask may have.
        public var minimumBits: UInt64
        /// How many classes there can be.
        public var classCount: UInt64
    }

    /// How the processor divides memory bandwidth.
    public struct Bandwidth: Hashable, Sendable {
        /// The steps in which it is given, in percent.
        public var granularity: UInt64
        /// Whether the delay grows as the bandwidth falls (1) or not (0).
        public var delayIsLinear: UInt64
        /// The least that may be given, in percent.
        public var minimum: UInt64
        /// How many classes there can be.
        public var classCount: UInt64
    }

    /// What is counted in one domain, such as the cores that share a cache.
    public struct Domain: Hashable, Sendable {
        /// The domain's name: `mon_L3_00`.
        public var name: String
        /// How much of the cache is in use, in bytes.
        public var cacheOccupancy: UInt64?
        /// What went over the memory's bus, in bytes.
        public var totalBytes: UInt64?
        /// What of that went to the domain's own memory, in bytes.
        public var localBytes: UInt64?
    }

    /// The third level cache; `nil` where it cannot be divided.
    public var cache: Cache?
    /// Memory bandwidth; `nil` where it cannot be divided.
    public var bandwidth: Bandwidth?
    /// The schemata of the default class, line by line.
    public var defaultSchemata: [String]
    /// The schemata of the container's class, line by line.
    public var schemata: [String]
    /// What is counted for the container, or for its class when it has no group of its own for that.
    public var domains: [Domain]
}

extension ResourceControlTree {
    /// Reads what there is about groups of this tree; what the processor does not have is left out.
    ///
    /// - Parameters:
    ///   - groups: The groups of a container, its class first.
    ///   - id: The container's id, for errors.
    /// - Returns: The statistics.
    /// - Throws: ``RuntimeError`` when the schemata cannot be read.
    func statistics(of groups: [FilePath], container id: String) throws(RuntimeError) -> ResourceControlStatistics {
        let group = groups.first ?? root
        return ResourceControlStatistics(
            cache: cache,
            bandwidth: bandwidth,
            defaultSchemata: try schemata(of: root, container: id),
            schemata: try schemata(of: group, container: id),
            domains: domains(of: groups.last ?? root)
        )
    }

    private var cache: ResourceControlStatistics.Cache? {
        // With code and data apart, each has a directory with the same numbers.
        for name in ["L3", "L3CODE"] {
            let directory = root.appending("info").appending(name)
            guard let mask = text(directory.appending("cbm_mask")) else { continue }
            return .init(
                mask: mask,
                minimumBits: number(directory.appending("min_cbm_bits")) ?? 0,
                classCount: number(directory.appending("num_closids")) ?? 0
            )
        }
        return nil
    }

    private var bandwidth: ResourceControlStatistics.Bandwidth? {
        let directory = root.appending("info/MB")
        guard let granularity = number(directory.appending("bandwidth_gran")) else { return nil }
        return .init(
            granularity: granularity,
            delayIsLinear: number(directory.appending("delay_linear")) ?? 0,
            minimum: number(directory.appending("min_bandwidth")) ?? 0,
            classCount: number(directory.appending("num_closids")) ?? 0
        )
    }

    private func domains(of group: FilePath) -> [ResourceControlStatistics.Domain] {
        let data = group.appending("mon_data")
        guard let entries = try? RootDirectory(at: data).entries() else { return [] }
        let names = entries.map { String(decoding: $0.name, as: UTF8.self) }.filter { $0.hasPrefix("mon_L3_") }.sorted()
        return names.map { name in
            let domain = data.appending(name)
            return .init(
                name: name,
                cacheOccupancy: number(domain.appending("llc_occupancy")),
                totalBytes: number(domain.appending("mbm_total_bytes")),
                localBytes: number(domain.appending("mbm_local_bytes"))
            )
        }
    }

    private func text(_ file: FilePath) -> String? {
        guard let bytes = try? OwnedFileDescriptor.open(file, CLINUX_O_RDONLY).readAll(limit: 4096) else { return nil }
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).first.map(String.init)
    }

    /// A number; a counter that the hardware cannot say now reads `Unavailable`.
    private func number(_ file: FilePath) -> UInt64? { text(file).flatMap { UInt64($0) } }
}

extension Container {
    /// What resctrl says about the container's class of cache and memory bandwidth.
    ///
    /// - Returns: The statistics; `nil` for a container whose configuration has no `linux.intelRdt`.
    /// - Throws: ``RuntimeError``: `notFound`; `unsupported` when resctrl is not mounted any more; `systemCall` when its
    ///   files cannot be read.
    /// - Note: Needs to be able to read the resctrl file system.
    public func resourceControlStatistics() throws(RuntimeError) -> ResourceControlStatistics? {
        let groups = (try snapshot(try openState()).resourceControlGroups ?? []).map { FilePath($0) }
        if groups.isEmpty { return nil }
        let tree = try ResourceControlTree.find(runtime.resourceControlRoot, container: id)
        return try tree.statistics(of: groups, container: id)
    }
}
