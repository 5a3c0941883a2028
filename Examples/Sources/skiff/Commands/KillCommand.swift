// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import Glibc
internal import RuntimeCore

/// `skiff kill`.
struct KillCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kill",
        abstract: "Send a signal to running containers."
    )

    @OptionGroup var store: StoreOptions

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The signal, by name or number.", valueName: "signal")
    )
    var signal = "KILL"

    @Argument(help: ArgumentHelp("Names or ids.", valueName: "container"))
    var names: [String]

    mutating func run() throws {
        let number = try SignalName.number(of: signal)
        let store = try store.open()
        try Each.of(names) { name in
            let container = try store.container(name)
            // What is to be killed dies, noted or not; it may be started again then.
            if number == SIGKILL { try? ContainerMark.stopped.set(container) }
            try container.runtimeContainer().kill(signal: number)
            try Output.line(name)
        }
    }
}
