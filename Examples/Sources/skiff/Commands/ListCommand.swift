// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff ps`.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ps",
        abstract: "List containers.",
        aliases: ["ls"]
    )

    @OptionGroup var store: StoreOptions

    @Flag(name: .shortAndLong, help: "Show those that do not run, too.")
    var all = false

    @Flag(name: .shortAndLong, help: "Show ids only.")
    var quiet = false

    @Flag(name: .customLong("no-trunc"), help: "Cut nothing short.")
    var isWhole = false

    @Option(help: ArgumentHelp("table, or json: one object a line.", valueName: "format"))
    var format: String?

    mutating func run() throws {
        let format = try ListFormat(format)
        var table = TextTable(["CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES"])
        for container in try store.open().containers() {
            // One that is removed meanwhile is not in the list.
            guard let line = try? ContainerLine(container), all || line.isAlive else { continue }
            if quiet {
                try Output.line(line.id(isWhole: isWhole))
            } else if format == .json {
                try Output.line(line.json(isWhole: isWhole).line)
            } else {
                table.add([
                    line.id(isWhole: isWhole), line.metadata.image, line.command(isWhole: isWhole), line.created,
                    line.statusText, "", line.metadata.name,
                ])
            }
        }
        if format == .table && !quiet { for line in table.lines { try Output.line(line) } }
    }
}
