// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import Glibc
internal import RuntimeCore

/// `skiff stats`.
struct StatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show what running containers use, again every second."
    )

    @OptionGroup var store: StoreOptions

    @Flag(name: .shortAndLong, help: "Show those that do not run, too.")
    var all = false

    @Flag(name: .customLong("no-stream"), help: "Show it once.")
    var isSingle = false

    @Flag(name: .customLong("no-trunc"), help: "Cut nothing short.")
    var isWhole = false

    @Option(help: ArgumentHelp("table, json (an object a line), or a template such as '{{.ID}}'.", valueName: "format"))
    var format: String?

    @Argument(help: ArgumentHelp("Names or ids; all that run by default.", valueName: "container"))
    var names: [String] = []

    mutating func run() throws {
        // A format that is none is an error before anything is shown.
        _ = try ListFormat(format)
        let store = try store.open()
        // A name that nobody has is an error before anything is shown.
        for name in names { _ = try store.container(name) }
        var samples = try samples(in: store)
        var histories: [String: Sparkline] = [:]
        repeat {
            sleep(1)
            let previous = samples
            samples = try self.samples(in: store)
            let lines = samples.map { sample in
                StatsLine(sample, since: previous.first { $0.metadata.id == sample.metadata.id })
            }
            for line in lines { histories[line.id, default: Sparkline()].add(line.processorShare) }
            try show(lines, histories)
        } while !isSingle
    }

    private func samples(in store: ContainerStore) throws -> [StatsSample] {
        let containers = names.isEmpty ? try store.containers() : try names.map(store.container)
        return containers.compactMap { container in
            let sample = StatsSample(container)
            return sample.isAlive || all || !names.isEmpty ? sample : nil
        }
    }

    private func show(_ lines: [StatsLine], _ histories: [String: Sparkline]) throws {
        // A terminal shows one table, which changes in place, with the processors' share of the last seconds.
        let redraws = !isSingle && isatty(1) == 1
        let hasHistory = redraws && (format == nil || format == "table")
        let header = StatsLine.header + (hasHistory ? ["CPU HISTORY"] : [])
        var listing = try Listing(format, header: header, titles: StatsLine.titles)
        for line in lines {
            var row = line.row(isWhole: isWhole)
            if hasHistory { row.cells.append(histories[line.id]?.text(full: 100) ?? "") }
            try listing.add(row)
        }
        if listing.lines.isEmpty { return }
        let text = listing.lines.map { redraws ? "\($0)\u{1B}[K\n" : "\($0)\n" }.joined()
        try Output.write(Array(((redraws ? "\u{1B}[H" : "") + text + (redraws ? "\u{1B}[J" : "")).utf8), to: 1)
    }
}
