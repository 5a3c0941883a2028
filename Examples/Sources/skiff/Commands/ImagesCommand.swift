// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff images`.
struct ImagesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "images",
        abstract: "List images.",
        discussion: "The size is that of the image as it is stored, its layers compressed."
    )

    @OptionGroup var store: StoreOptions

    @Flag(name: .shortAndLong, help: "Show ids only.")
    var quiet = false

    @Flag(name: .customLong("no-trunc"), help: "Cut nothing short.")
    var isWhole = false

    @Option(help: ArgumentHelp("table, or json: one object a line.", valueName: "format"))
    var format: String?

    @Argument(help: ArgumentHelp("Show images of this name only.", valueName: "name"))
    var name: String?

    mutating func run() throws {
        let format = try ListFormat(format)
        let list = try store.open().images.images()
        for problem in list.problems { Output.error("warning: \(problem)") }
        var table = TextTable(["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"])
        for summary in list.images {
            let line = ImageLine(summary)
            guard isWanted(line) else { continue }
            if quiet {
                try Output.line(line.id(isWhole: isWhole))
            } else if format == .json {
                try Output.line(line.json(isWhole: isWhole).line)
            } else {
                table.add([
                    line.repository, line.tag, line.id(isWhole: isWhole), line.created,
                    HumanSize.text(bytes: summary.size),
                ])
            }
        }
        if format == .table && !quiet { for line in table.lines { try Output.line(line) } }
    }

    private func isWanted(_ line: ImageLine) -> Bool {
        guard let name else { return true }
        if line.repository == name || "\(line.repository):\(line.tag)" == name { return true }
        guard let asked = try? Reference(name), let reference = line.summary.reference else { return false }
        return asked.name == reference.name && (asked.tag == nil || asked.tag == reference.tag)
    }
}
