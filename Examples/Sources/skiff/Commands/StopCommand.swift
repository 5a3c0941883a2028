// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff stop`.
struct StopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Ask running containers to end, and kill those that do not in time."
    )

    @OptionGroup var store: StoreOptions

    @Option(name: [.short, .long], help: ArgumentHelp("Seconds until it is killed; -1 never.", valueName: "seconds"))
    var time = 10

    @Option(name: .shortAndLong, help: ArgumentHelp("The signal, instead of its own.", valueName: "signal"))
    var signal: String?

    @Argument(help: ArgumentHelp("Names or ids.", valueName: "container"))
    var names: [String]

    mutating func run() throws {
        let store = try store.open()
        try Each.of(names) { name in
            try Ending(try store.container(name)).end(signal: signal, seconds: time)
            try Output.line(name)
        }
    }
}
