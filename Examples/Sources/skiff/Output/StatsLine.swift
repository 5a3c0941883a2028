// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import Glibc
internal import RuntimeCore

/// What a container has used up to a moment.
struct StatsSample {
    let metadata: ContainerMetadata
    /// `nil` when it does not run, or has no control group.
    let statistics: CgroupStatistics?
    let network: [NetworkStatistics]
    let time: ContinuousClock.Instant

    init(_ container: StoredContainer) {
        metadata = container.metadata
        // One that does not run, or ends meanwhile, uses nothing.
        let running = try? container.runtimeContainer()
        statistics = try? running?.statistics()
        network = (try? running?.networkStatistics()) ?? []
        time = .now
    }

    /// Whether it runs.
    var isAlive: Bool { statistics != nil }
}

/// A container as `stats` shows it.
struct StatsLine {
    static let header = [
        "CONTAINER ID", "NAME", "CPU %", "MEM USAGE / LIMIT", "MEM %", "NET I/O", "BLOCK I/O", "PIDS",
    ]

    /// The titles of members that differ from their name.
    static let titles = [
        "ID": "CONTAINER ID", "Container": "CONTAINER", "CPUPerc": "CPU %", "MemUsage": "MEM USAGE / LIMIT",
        "MemPerc": "MEM %", "NetIO": "NET I/O", "BlockIO": "BLOCK I/O",
    ]

    private let sample: StatsSample
    /// Processors' worth of time between two samples, in percent.
    let processorShare: Double
    /// The container's id.
    var id: String { sample.metadata.id }

    init(_ sample: StatsSample, since previous: StatsSample?) {
        self.sample = sample
        let elapsed = previous.map { sample.time - $0.time } ?? .zero
        if let now = sample.statistics?.cpu?.usage, let before = previous?.statistics?.cpu?.usage, elapsed > .zero {
            processorShare = Double(now &- min(before, now)) / (elapsed / .nanoseconds(1)) * 100
        } else {
            processorShare = 0
        }
    }

    /// Memory without the page cache that is reclaimed first, as docker and kubectl count it.
    private var memory: UInt64 {
        let memory = sample.statistics?.memory
        let current = memory?.current ?? 0
        return current - min(current, memory?.inactiveFile ?? 0)
    }

    /// The limit, or all of the host's memory.
    private var memoryLimit: UInt64 {
        guard sample.isAlive else { return 0 }
        let installed = UInt64(sysconf(CInt(_SC_PHYS_PAGES))) * UInt64(sysconf(CInt(_SC_PAGESIZE)))
        guard case .value(let limit) = sample.statistics?.memory?.limit else { return installed }
        return min(limit, installed)
    }

    private var memoryShare: Double { memoryLimit == 0 ? 0 : Double(memory) / Double(memoryLimit) * 100 }

    private var traffic: String {
        let received = sample.network.reduce(0) { $0 &+ $1.received.bytes }
        let sent = sample.network.reduce(0) { $0 &+ $1.sent.bytes }
        return "\(Self.size(received)) / \(Self.size(sent))"
    }

    private var blocks: String {
        let devices = sample.statistics?.io ?? []
        let read = devices.reduce(0) { $0 &+ ($1.readBytes ?? 0) }
        let written = devices.reduce(0) { $0 &+ ($1.writtenBytes ?? 0) }
        return "\(Self.size(read)) / \(Self.size(written))"
    }

    private var processes: String { "\(sample.statistics?.pids?.current ?? 0)" }

    private func id(isWhole: Bool) -> String { isWhole ? sample.metadata.id : String(sample.metadata.id.prefix(12)) }

    /// The container in a list.
    func row(isWhole: Bool) -> Listing.Row {
        Listing.Row(id: id(isWhole: isWhole), cells: cells(isWhole: isWhole), members: json(isWhole: isWhole))
    }

    /// The cells of its row.
    private func cells(isWhole: Bool) -> [String] {
        [
            id(isWhole: isWhole), sample.metadata.name, Self.percent(processorShare),
            "\(BinarySize.text(bytes: memory)) / \(BinarySize.text(bytes: memoryLimit))", Self.percent(memoryShare),
            traffic,
            blocks, processes,
        ]
    }

    /// The members that docker's `--format json` has.
    private func json(isWhole: Bool) -> JSONValue {
        .members([
            "BlockIO": .string(blocks), "CPUPerc": .string(Self.percent(processorShare)),
            "Container": .string(id(isWhole: isWhole)), "ID": .string(id(isWhole: isWhole)),
            "MemPerc": .string(Self.percent(memoryShare)),
            "MemUsage": .string("\(BinarySize.text(bytes: memory)) / \(BinarySize.text(bytes: memoryLimit))"),
            "Name": .string(sample.metadata.name), "NetIO": .string(traffic), "PIDs": .string(processes),
        ])
    }

    private static func size(_ bytes: UInt64) -> String { HumanSize.text(bytes: Int64(clamping: bytes)) }

    private static func percent(_ value: Double) -> String { "\(Decimals.text(value, 2))%" }
}
