// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff history`.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List how an image was made, the last step first.",
        discussion: "The size is that of a step's layer as it is stored, compressed."
    )

    @OptionGroup var store: StoreOptions

    @Flag(name: .shortAndLong, help: "Show ids only.")
    var quiet = false

    @Flag(name: .customLong("no-trunc"), help: "Cut nothing short.")
    var isWhole = false

    @Option(help: ArgumentHelp("table, json (an object a line), or a template such as '{{.ID}}'.", valueName: "format"))
    var format: String?

    @Option(help: ArgumentHelp("Platform of the image.", valueName: "os/arch"))
    var platform: String?

    @Argument(help: ArgumentHelp("Name or id.", valueName: "image"))
    var name: String

    mutating func run() throws {
        var listing = try Listing(
            format,
            isQuiet: quiet,
            header: ["IMAGE", "CREATED", "CREATED BY", "SIZE", "COMMENT"],
            titles: [
                "ID": "IMAGE", "CreatedAt": "CREATED AT", "CreatedSince": "CREATED", "CreatedBy": "CREATED BY",
            ]
        )
        let platform = try platform.map { try Platform($0) } ?? Platform.host
        let image = try store.open().images.resolve(name, platform: platform)
        for (position, step) in image.steps.reversed().enumerated() {
            let line = HistoryLine(step, image: position == 0 ? image.id : nil)
            try listing.add(line.row(isWhole: isWhole))
        }
        try listing.finish()
    }
}
