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

    @Option(help: ArgumentHelp("table, json (an object a line), or a template such as '{{.ID}}'.", valueName: "format"))
    var format: String?

    mutating func run() throws {
        var listing = try Listing(
            format,
            isQuiet: quiet,
            header: ["CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES"],
            titles: ["ID": "CONTAINER ID", "CreatedAt": "CREATED AT", "RunningFor": "CREATED"]
        )
        for container in try store.open().containers() {
            // One that is removed meanwhile is not in the list.
            guard let line = try? ContainerLine(container), all || line.isAlive else { continue }
            try listing.add(line.row(isWhole: isWhole))
        }
        try listing.finish()
    }
}
