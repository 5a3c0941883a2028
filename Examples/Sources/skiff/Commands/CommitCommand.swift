// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff commit`.
struct CommitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "commit",
        abstract: "Make an image of a container and what it has changed, and print its id.",
        discussion: "What is mounted in the container is not part of the image."
    )

    @OptionGroup var store: StoreOptions

    @Option(name: .shortAndLong, help: ArgumentHelp("Who makes the image.", valueName: "name"))
    var author: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("Remark for the image's history.", valueName: "text"))
    var message: String?

    @Flag(
        name: .shortAndLong,
        inversion: .prefixedNo,
        help: "Freeze a running container's processes while its files are read."
    )
    var pause = true

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Configure the image: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME or WORKDIR.",
            valueName: "instruction"
        )
    )
    var change: [String] = []

    @Argument(help: ArgumentHelp("Name or id.", valueName: "container"))
    var container: String

    @Argument(help: ArgumentHelp("Name of the image.", valueName: "name[:tag]"))
    var name: String?

    mutating func run() throws {
        let reference = try name.map { try Reference($0) }
        if reference?.digest != nil { throw Failure("commit takes a name with a tag, not with a digest") }
        let container = try store.open().container(container)
        var execution = try container.execution()
        try ImageChange.apply(change, to: &execution)
        var options = CommitOptions()
        options.author = author
        options.comment = message
        options.running = pause ? .paused : .goesOn
        options.execution = execution
        try Output.line("\(try container.commit(options, as: reference).id)")
    }
}
