// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff restart`.
struct RestartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart",
        abstract: "End a container as stop does, and start it again."
    )

    @OptionGroup var store: StoreOptions

    @Option(name: [.short, .long], help: ArgumentHelp("Seconds until it is killed; -1 never.", valueName: "seconds"))
    var time = 10

    @Argument(help: ArgumentHelp("Name or id.", valueName: "container"))
    var name: String

    mutating func run() throws {
        let container = try store.open().container(name)
        if Supervisor.isActive {
            try Supervisor.run(
                container,
                isInteractive: ContainerMark.interactive.isSet(container),
                removesUnstarted: false
            )
            return
        }
        try Ending(container).end(signal: nil, seconds: time)
        _ = try Supervisor.spawn(ProgramArguments.all)
        try Output.line(name)
    }
}
