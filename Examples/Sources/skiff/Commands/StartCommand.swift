// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import Attendance
internal import RuntimeCore

/// `skiff start`.
struct StartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Start a container that was created, or start an ended one again."
    )

    @OptionGroup var store: StoreOptions

    @Flag(name: .shortAndLong, help: "Stay, with the container's streams, and end as it does.")
    var attach = false

    @Flag(name: .shortAndLong, help: "Hand standard input to it.")
    var interactive = false

    /// For the supervisor that takes over from a foreground: what the container's life there ended with.
    @Option(help: .hidden)
    var afterStatus: Int?

    @OptionGroup var detachFlags: DetachFlags

    @Argument(help: ArgumentHelp("Name or id.", valueName: "container"))
    var name: String

    mutating func run() throws {
        let container = try store.open().container(name)
        switch try container.status() {
        case .running, .paused:
            if Supervisor.isActive { throw Failure("container \(container.metadata.name) is running") }
            try Output.line(name)
            return
        case .created, .exited: break
        }
        if attach || (interactive && !Supervisor.isActive) {
            if try container.configuration().process?.terminal == true && !HostTerminal.isInput && !Supervisor.isActive
            {
                throw Failure("the input device is not a TTY")
            }
            if attach && interactive, try container.configuration().process?.terminal == true {
                if Supervisor.isActive {
                    return try Supervisor.run(
                        container,
                        isInteractive: true,
                        removesUnstarted: false,
                        startsForClient: true
                    )
                }
                let keys = try detachFlags.keys()
                _ = try Supervisor.spawn(ProgramArguments.all)
                throw ExitCode(try TerminalClient(container, keys: keys).run(starts: true))
            }
            let foreground = Foreground(
                container: container,
                isInteractive: interactive,
                removesUnstarted: false
            )
            throw ExitCode(try foreground.run())
        }
        if Supervisor.isActive {
            try Supervisor.run(
                container,
                isInteractive: interactive || ContainerMark.interactive.isSet(container),
                removesUnstarted: false,
                after: afterStatus
            )
            return
        }
        _ = try Supervisor.spawn(ProgramArguments.all)
        try Output.line(name)
    }
}
