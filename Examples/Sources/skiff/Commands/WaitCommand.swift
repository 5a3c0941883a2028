// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff wait`.
struct WaitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Wait until containers have ended, and print their exit statuses."
    )

    @OptionGroup var store: StoreOptions

    @Argument(help: ArgumentHelp("Names or ids.", valueName: "container"))
    var names: [String]

    mutating func run() throws {
        let store = try store.open()
        try Each.of(names) { name in
            guard let status = try Ending(try store.container(name)).await() else {
                throw Failure("container \(name): nobody was there to see how it ended")
            }
            try Output.line("\(status)")
        }
    }
}
