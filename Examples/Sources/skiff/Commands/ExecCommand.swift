// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import Attendance
internal import RuntimeCore

/// `skiff exec`.
struct ExecCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: "Run another program in a running container.",
        usage: "skiff exec [options] container command [argument ...]",
        helpNames: [.customLong("help")]
    )

    @OptionGroup var store: StoreOptions

    @Flag(name: [.customShort("d"), .long], help: "Do not wait for the program.")
    var detach = false

    @OptionGroup var detachFlags: DetachFlags
    @OptionGroup var process: ProcessFlags

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("Name or id, and what runs.", valueName: "container command")
    )
    var words: [String] = []

    mutating func run() throws {
        guard words.count >= 2 else {
            throw Failure("'skiff exec' needs a container and a command; see 'skiff exec --help'")
        }
        if detach && (process.tty || process.interactive) {
            throw Failure("exec --detach with --interactive or --tty is not supported")
        }
        let container = try store.open().container(words[0])
        var request = ExecRequest(Array(words.dropFirst()))
        request.environment = try process.environment()
        request.workingDirectory = process.workdir
        request.user = process.user
        request.terminal = try process.terminal()
        if !process.interactive { request.options.input = try Streams.null(.readOnly) }
        if detach {
            request.options.output = try Streams.null(.writeOnly)
            request.options.errors = try Streams.null(.writeOnly)
            _ = try container.exec(request)
            return
        }
        throw ExitCode(try attend(container, request))
    }

    private func attend(_ container: StoredContainer, _ request: ExecRequest) throws -> Int32 {
        let keys = try detachFlags.keys()
        let signals = try SignalQueue()
        let running = try container.exec(request)
        var attendance = Attendance(
            signals: signals,
            terminal: running.terminal,
            readsInput: process.interactive,
            patience: Foreground.patience,
            keys: keys
        )
        if let process = WatchedProcess(running.processID) { try attendance.follow(process) }
        if attendance.hasDetached, let terminal = running.terminal {
            try TerminalKeeper.leave(terminal)
            return 0
        }
        return ExitReason(try running.waitBlocking(), statistics: nil).statusCode
    }
}
