// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff unpause`.
struct UnpauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpause",
        abstract: "Let the processes of paused containers go on."
    )

    @OptionGroup var store: StoreOptions

    @Argument(help: ArgumentHelp("Names or ids.", valueName: "container"))
    var names: [String]

    mutating func run() throws {
        let store = try store.open()
        try Each.of(names) { name in
            try store.container(name).runtimeContainer().resume()
            try Output.line(name)
        }
    }
}
