// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CgroupKit
internal import OCIRuntime
internal import OCISpec

/// The member `data` of an event with statistics.
struct StatisticsDocument {
    let statistics: CgroupStatistics
    /// How many processes there are, where the kernel does not count tasks.
    var processCount: UInt64?
    var interfaces: [NetworkStatistics] = []
    /// What resctrl says, for a container with a class of cache and memory bandwidth.
    var resourceControl: ResourceControlStatistics?

    init(_ statistics: CgroupStatistics) { self.statistics = statistics }

    var value: JSONValue {
        .members([
            ("cpu", cpu), ("cpuset", cpuSet), ("memory", memory), ("pids", pids), ("blkio", blockIO),
            ("hugetlb", hugePages), ("intel_rdt", intelRDT), ("network_interfaces", networkInterfaces),
        ])
    }

    private var cpu: JSONValue {
        let cpu = statistics.cpu
        return .members([
            (
                "usage",
                .members([
                    ("total", .count(cpu?.usage)), ("percpu", .counts(cpu?.usageByCPU)),
                    ("percpu_kernel", .counts(cpu?.systemByCPU)), ("percpu_user", .counts(cpu?.userByCPU)),
                    ("kernel", .count(cpu?.system ?? 0)), ("user", .count(cpu?.user ?? 0)),
                ])
            ),
            (
                "throttling",
                .members([
                    ("periods", .count(cpu?.periods)), ("throttledPeriods", .count(cpu?.throttledPeriods)),
                    ("throttledTime", .count(cpu?.throttled)),
                ])
            ), ("psi", pressure(statistics.cpuPressure)),
        ])
    }

    private var cpuSet: JSONValue {
        let set = statistics.cpuSet
        let flags = [
            "cpu_exclusive", "mem_hardwall", "mem_exclusive", "memory_migrate", "memory_spread_page",
            "memory_spread_slab", "memory_pressure", "sched_load_balance", "sched_relax_domain_level",
        ]
        return .members(
            [("cpus", .counts(set?.cpus.map(UInt64.init))), ("mems", .counts(set?.memoryNodes.map(UInt64.init)))]
                + flags.map { ($0, .number(JSONNumber(set?.flags[$0] ?? 0))) }
        )
    }

    private var memory: JSONValue {
        guard let memory = statistics.memory else { return .members([]) }
        let usage = entry(memory.limit, memory.current, memory.peak, memory.events.limitHits)
        let raw = memory.details.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.number(JSONNumber($0.value))) }
        return .members([
            ("cache", .count(memory.file)), ("usage", usage), ("swap", swap(memory)), ("kernel", entry(memory.kernel)),
            ("kernelTCP", entry(memory.kernelTCP)), ("raw", .members(raw)),
            ("psi", pressure(statistics.memoryPressure)),
        ])
    }

    /// Memory and swap together, as version 1 counts; of version 2 the sum.
    private func swap(_ memory: MemoryStatistics) -> JSONValue {
        if let counter = memory.withSwap { return entry(counter) }
        guard let swap = memory.swapCurrent, let limit = memory.swapLimit else { return .null }
        var sum = ResourceLimit.unlimited
        if case .value(let swap) = limit, case .value(let memory)? = memory.limit {
            sum = .value(swap.addingReportingOverflow(memory).partialValue)
        }
        return entry(sum, swap + (memory.current ?? 0), nil, nil)
    }

    private func entry(_ counter: MemoryStatistics.Counter?) -> JSONValue {
        guard let counter else { return .null }
        return entry(counter.limit, counter.current, counter.peak, counter.limitHits)
    }

    private func entry(_ limit: ResourceLimit?, _ usage: UInt64?, _ peak: UInt64?, _ hits: UInt64?) -> JSONValue {
        .members([
            ("limit", .limit(limit ?? .value(0))), ("usage", .count(usage)), ("max", .count(peak)),
            ("failcnt", .count(hits ?? 0)),
        ])
    }

    private var pids: JSONValue {
        var limit: UInt64?
        if case .value(let value)? = statistics.pids?.limit { limit = value }
        return .members([("current", .count(statistics.pids?.current ?? processCount)), ("limit", .count(limit))])
    }

    private var blockIO: JSONValue {
        let devices = statistics.io ?? []
        func table(_ columns: [(String, KeyPath<IOStatistics, UInt64?>)]) -> JSONValue {
            let rows = devices.flatMap { device in
                columns.compactMap { name, path -> JSONValue? in
                    guard let value = device[keyPath: path] else { return nil }
                    return .members([
                        ("major", .number(JSONNumber(device.device.major))),
                        ("minor", .number(JSONNumber(device.device.minor))), ("op", .string(name)),
                        ("value", .number(JSONNumber(value))),
                    ])
                }
            }
            return rows.isEmpty ? .null : .array(rows)
        }
        return .members([
            (
                "ioServiceBytesRecursive",
                table([("Read", \.readBytes), ("Write", \.writtenBytes), ("Discard", \.discardedBytes)])
            ), ("ioServicedRecursive", table([("Read", \.reads), ("Write", \.writes), ("Discard", \.discards)])),
            ("psi", pressure(statistics.ioPressure)),
        ])
    }

    private var hugePages: JSONValue {
        .members(
            statistics.hugePages.sorted { $0.key < $1.key }.map { size, item in
                (
                    size,
                    .members([
                        ("usage", .count(item.reserved ?? item.current)), ("max", .count(item.peak)),
                        ("failcnt", .count(item.limitHits ?? 0)),
                    ])
                )
            }
        )
    }

    private var intelRDT: JSONValue {
        guard let control = resourceControl else { return .members([]) }
        func line(_ lines: [String], _ prefix: String) -> JSONValue {
            lines.first { $0.hasPrefix(prefix) }.map { .string($0) } ?? .null
        }
        func table(_ rows: [JSONValue]) -> JSONValue { rows.allSatisfy { $0 == .members([]) } ? .null : .array(rows) }
        let cache = control.cache.map { cache -> JSONValue in
            .members([
                ("cbm_mask", .string(cache.mask)), ("min_cbm_bits", .count(cache.minimumBits)),
                ("num_closids", .count(cache.classCount)),
            ])
        }
        let bandwidth = control.bandwidth.map { bandwidth -> JSONValue in
            .members([
                ("bandwidth_gran", .count(bandwidth.granularity)), ("delay_linear", .count(bandwidth.delayIsLinear)),
                ("min_bandwidth", .count(bandwidth.minimum)), ("num_closids", .count(bandwidth.classCount)),
            ])
        }
        return .members([
            ("l3_cache_info", cache ?? .null), ("l3_cache_schema_root", line(control.defaultSchemata, "L3")),
            ("l3_cache_schema", line(control.schemata, "L3")), ("mem_bw_info", bandwidth ?? .null),
            ("mem_bw_schema_root", line(control.defaultSchemata, "MB")),
            ("mem_bw_schema", line(control.schemata, "MB")),
            (
                "mbm_stats",
                table(
                    control.domains.map {
                        .members([
                            ("mbm_total_bytes", .count($0.totalBytes)), ("mbm_local_bytes", .count($0.localBytes)),
                        ])
                    }
                )
            ), ("cmt_stats", table(control.domains.map { .members([("llc_occupancy", .count($0.cacheOccupancy))]) })),
        ])
    }

    private var networkInterfaces: JSONValue {
        .array(
            interfaces.map { item in
                func traffic(_ prefix: String, _ traffic: NetworkStatistics.Traffic) -> [(String, JSONValue)] {
                    [
                        ("\(prefix)Bytes", .number(JSONNumber(traffic.bytes))),
                        ("\(prefix)Packets", .number(JSONNumber(traffic.packets))),
                        ("\(prefix)Errors", .number(JSONNumber(traffic.errors))),
                        ("\(prefix)Dropped", .number(JSONNumber(traffic.dropped))),
                    ]
                }
                return .members(
                    [("Name", .string(item.name))] + traffic("Rx", item.received) + traffic("Tx", item.sent)
                )
            }
        )
    }

    private func pressure(_ pressure: PressureStatistics?) -> JSONValue {
        guard let pressure else { return .null }
        func line(_ line: PressureStatistics.Line?) -> JSONValue {
            guard let line else { return .null }
            return .members([
                ("avg10", .decimal(line.average10)), ("avg60", .decimal(line.average60)),
                ("avg300", .decimal(line.average300)), ("total", .number(JSONNumber(line.total))),
            ])
        }
        return .members([("some", line(pressure.some)), ("full", line(pressure.full))])
    }
}
