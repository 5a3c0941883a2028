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
            Without --network the container has nothing but a loopback interface. Detaching from a foreground \
            container (--detach-keys) is not supported; one that is to outlive this program is started with --detach.
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
        let terminal = detach && process.tty ? TerminalSize(rows: 24, columns: 80) : try process.terminal()
        let options = try flags.options(process, terminal: terminal)
        let store = try store.open()
        try pulling.provide(request.image, platform: options.platform, in: store)
        if detach && !Supervisor.isActive {
            let id = try Supervisor.spawn(ProgramArguments.all)
            try Output.line(id)
            return
        }
        let container = try IDFile.around(flags.cidfile) {
            try store.create(request.image, request.command, options: options, lifetime: isRemoved ? .scoped : .kept)
        }
        if detach {
            try Supervisor.run(container, isInteractive: process.interactive, removesUnstarted: true)
            return
        }
        let foreground = Foreground(
            container: container,
            isInteractive: process.interactive,
            forwardsSignals: forwardsSignals
        )
        throw ExitCode(try foreground.run())
    }
}
