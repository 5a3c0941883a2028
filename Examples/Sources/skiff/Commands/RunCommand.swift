// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff run`.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a program in a new container.",
        usage: "skiff run [options] image [command] [argument ...]",
        discussion: """
            Without --network the container has nothing but a loopback interface. With -it the detach keys leave the \
            container running; 'skiff attach' returns to it.
            """,
        helpNames: [.customLong("help")]
    )

    @OptionGroup var store: StoreOptions

    @Flag(name: [.customShort("d"), .long], help: "Leave the container running, and print its id.")
    var detach = false

    @Flag(name: .customLong("rm"), help: "Remove the container when it has ended.")
    var isRemoved = false

    @Flag(
        name: .customLong("sig-proxy"),
        inversion: .prefixedNo,
        help: "Hand signals on to the container. Without, they end this program and the container."
    )
    var forwardsSignals = true

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Write what the launch did and when: a page if it ends in .html, a picture if in .svg, else a trace for \
            chrome://tracing or Perfetto.
            """,
            valueName: "file"
        )
    )
    var trace: String?

    @OptionGroup var detachFlags: DetachFlags
    @OptionGroup var process: ProcessFlags
    @OptionGroup var flags: ContainerFlags
    @OptionGroup var pulling: PullFlags

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("The image, and what runs in it.", valueName: "image command")
    )
    var words: [String] = []

    mutating func run() throws {
        let request = try ImageWords(words, of: "run")
        // One whose user may leave has a process of its own that stays, as a detached one has.
        let isConversation = !detach && process.tty && process.interactive
        let keys = try detachFlags.keys()
        let terminal =
            process.tty && (detach || Supervisor.isActive)
            ? TerminalSize(rows: 24, columns: 80) : try process.terminal()
        let options = try flags.options(process, terminal: terminal)
        if isRemoved, let supervision = options.supervision, supervision.restart != .no {
            throw Failure("--restart with --rm is not supported")
        }
        if trace != nil && (detach || isConversation) {
            throw Failure("--trace with --detach or -it is not supported: another process launches the container")
        }
        let store = try store.open()
        try pulling.provide(request.image, platform: options.platform, in: store)
        if detach && !Supervisor.isActive {
            let id = try Supervisor.spawn(ProgramArguments.all)
            try Output.line(id)
            return
        }
        if isConversation && !Supervisor.isActive {
            let id = try Supervisor.spawn(ProgramArguments.all)
            throw ExitCode(try TerminalClient(try store.container(id), keys: keys).run(starts: true))
        }
        let recording = try trace.map { try LaunchRecording(to: $0) }
        let container = try IDFile.around(flags.cidfile) {
            try recording.measure("make a container of the image") {
                try store.create(
                    request.image,
                    request.command,
                    options: options,
                    lifetime: isRemoved ? .scoped : .kept
                )
            }
        }
        if process.interactive { try ContainerMark.interactive.set(container) }
        if detach || isConversation {
            try Supervisor.run(
                container,
                isInteractive: process.interactive,
                removesUnstarted: true,
                startsForClient: isConversation
            )
            return
        }
        let foreground = Foreground(
            container: container,
            isInteractive: process.interactive,
            forwardsSignals: forwardsSignals,
            recording: recording
        )
        throw ExitCode(try foreground.run())
    }
}
