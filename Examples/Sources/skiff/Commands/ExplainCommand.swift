// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff explain`.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show the steps that 'run' would take, without running anything.",
        usage: "skiff explain [options] image|bundle [command] [argument ...]",
        discussion: """
            Takes the options of 'run'. A directory with a config.json is an OCI bundle, and is explained as it is. \
            Layers of an image that are not unpacked yet are unpacked.
            """,
        helpNames: [.customLong("help")]
    )

    @OptionGroup var store: StoreOptions

    @Flag(name: .customLong("json"), help: "Print an array of strings.")
    var isJSON = false

    @OptionGroup var process: ProcessFlags
    @OptionGroup var flags: ContainerFlags

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("The image or bundle, and what runs in it.", valueName: "image command")
    )
    var words: [String] = []

    mutating func run() throws {
        let request = try ImageWords(words, of: "explain")
        let steps = try plan(request)
        if isJSON {
            try Output.line(String(decoding: JSONValue.strings(steps).json(pretty: true), as: UTF8.self))
            return
        }
        let width = "\(steps.count)".count
        for (index, step) in steps.enumerated() {
            let number = "\(index + 1)"
            try Output.line(String(repeating: " ", count: width - number.count) + "\(number)  \(step)")
        }
    }

    private func plan(_ request: ImageWords) throws -> [String] {
        let terminal = process.tty ? TerminalSize(rows: 24, columns: 80) : nil
        let bundle = FilePath(try HostPath.absolute(request.image))
        guard HostPath.isFile(bundle.appending("config.json")) else {
            let options = try flags.options(process, terminal: terminal)
            return try store.open().plan(request.image, request.command, options: options)
        }
        if !request.command.isEmpty { throw Failure("a bundle has its own command") }
        let content = try HostPath.read(bundle.appending("config.json").string, limit: 16 << 20)
        let configuration: RuntimeConfiguration
        do throws(JSONError) { configuration = try RuntimeConfiguration(json: content) } catch {
            throw Failure("\(bundle)/config.json: \(error)")
        }
        return try Runtime(root: store.path.appending("state")).plan(configuration, bundle: bundle)
    }
}
