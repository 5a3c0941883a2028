// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff pause`.
struct PauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Freeze all processes of running containers."
    )

    @OptionGroup var store: StoreOptions

    @Argument(help: ArgumentHelp("Names or ids.", valueName: "container"))
    var names: [String]

    mutating func run() throws {
        let store = try store.open()
        try Each.of(names) { name in
            try store.container(name).runtimeContainer().pause()
            try Output.line(name)
        }
    }
}
