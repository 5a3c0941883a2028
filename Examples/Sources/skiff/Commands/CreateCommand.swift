// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff create`.
struct CreateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a container without starting it, and print its id.",
        usage: "skiff create [options] image [command] [argument ...]",
        helpNames: [.customLong("help")]
    )

    @OptionGroup var store: StoreOptions
    @OptionGroup var process: ProcessFlags
    @OptionGroup var flags: ContainerFlags
    @OptionGroup var pulling: PullFlags

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("The image, and what runs in it.", valueName: "image command")
    )
    var words: [String] = []

    mutating func run() throws {
        let request = try ImageWords(words, of: "create")
        let terminal = process.tty ? TerminalSize(rows: 24, columns: 80) : nil
        let options = try flags.options(process, terminal: terminal)
        let store = try store.open()
        try pulling.provide(request.image, platform: options.platform, in: store)
        let container = try IDFile.around(flags.cidfile) {
            try store.create(request.image, request.command, options: options)
        }
        if process.interactive { try ContainerMark.interactive.set(container) }
        try Output.line(container.id)
    }
}
