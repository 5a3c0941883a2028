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

    @Flag(name: .customLong("json"), help: "Print the steps as an array of objects, or what --check finds as one.")
    var isJSON = false

    @Flag(help: "Say which steps would fail on this host, why, and what to do; ends with status 1 if any would.")
    var check = false

    @OptionGroup var process: ProcessFlags
    @OptionGroup var flags: ContainerFlags

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("The image or bundle, and what runs in it.", valueName: "image command")
    )
    var words: [String] = []

    mutating func run() throws {
        let request = try ImageWords(words, of: "explain")
        if check {
            return try show(
                try look(request, { $0.dryRun($1, bundle: $2) }, { try $0.dryRun($1, $2, options: $3) })
            )
        }
        let plan = try look(request, { try $0.plan($1, bundle: $2) }, { try $0.plan($1, $2, options: $3) })
        if isJSON {
            let steps = JSONValue.array(try plan.steps.map { try .document($0) })
            return try Output.line(String(decoding: steps.json(pretty: true), as: UTF8.self))
        }
        try Output.line(plan.description)
    }

    private func show(_ run: DryRun) throws {
        if isJSON {
            try Output.line(String(decoding: run.json(pretty: true), as: UTF8.self))
        } else if run.findings.isEmpty {
            try Output.line("nothing stands in the way of the \(run.plan?.steps.count ?? 0) steps")
        } else {
            for finding in run.findings { try Output.line(finding.description) }
        }
        if !run.isPossible { throw ExitCode(1) }
    }

    /// What there is to say of a bundle, or of an image.
    private func look<Result>(
        _ request: ImageWords,
        _ ofBundle: (Runtime, RuntimeConfiguration, FilePath) throws -> Result,
        _ ofImage: (ContainerStore, String, [String], ContainerOptions) throws -> Result
    ) throws -> Result {
        let terminal = process.tty ? TerminalSize(rows: 24, columns: 80) : nil
        let bundle = FilePath(try HostPath.absolute(request.image))
        guard HostPath.isFile(bundle.appending("config.json")) else {
            let options = try flags.options(process, terminal: terminal)
            return try ofImage(try store.open(), request.image, request.command, options)
        }
        if !request.command.isEmpty { throw Failure("a bundle has its own command") }
        let content = try HostPath.read(bundle.appending("config.json").string, limit: 16 << 20)
        let configuration: RuntimeConfiguration
        do throws(JSONError) { configuration = try RuntimeConfiguration(json: content) } catch {
            throw Failure("\(bundle)/config.json: \(error)")
        }
        return try ofBundle(Runtime(root: store.path.appending("state")), configuration, bundle)
    }
}
