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

    @Flag(name: .customLong("digests"), help: "Show the digests of manifests.")
    var showsDigests = false

    @Option(help: ArgumentHelp("table, json (an object a line), or a template such as '{{.ID}}'.", valueName: "format"))
    var format: String?

    @Argument(help: ArgumentHelp("Show images of this name only.", valueName: "name"))
    var name: String?

    mutating func run() throws {
        let columns = showsDigests ? ["REPOSITORY", "TAG", "DIGEST", "IMAGE ID"] : ["REPOSITORY", "TAG", "IMAGE ID"]
        var listing = try Listing(
            format,
            isQuiet: quiet,
            header: columns + ["CREATED", "SIZE"],
            titles: ["ID": "IMAGE ID", "CreatedAt": "CREATED AT", "CreatedSince": "CREATED"]
        )
        let list = try store.open().images.images()
        for problem in list.problems { Output.error("warning: \(problem)") }
        for summary in list.images {
            let line = ImageLine(summary)
            guard isWanted(line) else { continue }
            try listing.add(line.row(isWhole: isWhole, hasDigest: showsDigests))
        }
        try listing.finish()
    }

    private func isWanted(_ line: ImageLine) -> Bool {
        guard let name else { return true }
        if line.repository == name || "\(line.repository):\(line.tag)" == name { return true }
        guard let asked = try? Reference(name), let reference = line.summary.reference else { return false }
        return asked.name == reference.name && (asked.tag == nil || asked.tag == reference.tag)
    }
}
