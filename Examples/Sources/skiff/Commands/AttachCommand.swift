// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import Attendance
internal import RuntimeCore

/// `skiff attach`.
struct AttachCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach",
        abstract: "Take the terminal of a detached container, until it ends or the detach keys are typed.",
        discussion: """
            Of a container without a terminal the output from now on is shown, and signals are handed on to it; standard \
            input, too, if it was made with --interactive. The end of it here does not end it there.
            """
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var detachFlags: DetachFlags

    @Flag(help: "Hand no standard input to a container without a terminal.")
    var noStdin = false

    @Argument(help: ArgumentHelp("Name or id.", valueName: "container"))
    var name: String

    mutating func run() throws {
        let keys = try detachFlags.keys()
        let container = try store.open().container(name)
        guard case .running(let number) = try container.status() else {
            throw Failure("container \(container.metadata.name) is not running")
        }
        if try container.configuration().process?.terminal == true {
            guard HostTerminal.isInput else { throw Failure("the input device is not a TTY") }
            throw ExitCode(try TerminalClient(container, keys: keys).run(starts: false))
        }
        guard var log = try LogFile(container) else {
            throw Failure("container \(name) runs in the foreground of another program")
        }
        try log.skip(toLast: 0)
        var client = StreamClient(log, input: noStdin ? nil : try InputKeeper.connect(to: container))
        if let process = WatchedProcess(Int32(clamping: number)) { try client.follow(process) }
        throw ExitCode(try Ending(container).await() ?? 0)
    }
}
