// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff layers`.
struct LayersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "layers",
        abstract: "Show an image's layers, and what they waste.",
        discussion: """
            The layers are read and verified, and nothing is unpacked. SIZE is that of a layer as it is stored, FILES that \
            of its files, WASTED that of those of its files that upper layers replace or delete. With --tree every path \
            of the image is shown with the layer that it comes from, then what is wasted.
            """
    )

    /// The titles of the table's columns.
    static let header = ["LAYER", "DIGEST", "SIZE", "ENTRIES", "FILES", "WASTED", "CREATED BY"]

    @OptionGroup var store: StoreOptions

    @Flag(help: "Show the image's paths, and the files that are wasted.")
    var tree = false

    @Flag(help: "Print a page for a browser: layers, what is wasted, and the tree.")
    var html = false

    @Option(help: ArgumentHelp("table or json.", valueName: "format"))
    var format: String?

    @Option(help: ArgumentHelp("Platform of the image.", valueName: "os/arch"))
    var platform: String?

    @Flag(name: .customLong("no-trunc"), help: "Cut nothing short.")
    var isWhole = false

    @Argument(help: ArgumentHelp("Name or id.", valueName: "image"))
    var image: String

    mutating func run() throws {
        let shape = try ListFormat(format)
        guard !tree || shape == .table || shape == .json else {
            throw Failure("--format \(format ?? "") is not supported with --tree; use table or json")
        }
        if html && (tree || format != nil) {
            throw Failure("--html with --tree or --format is not supported: the page has all of it")
        }
        var listing = try Listing(format, header: Self.header)
        let platform = try platform.map { try Platform($0) } ?? Platform.host
        let store = try store.open()
        let resolved = try store.images.resolve(image, platform: platform)
        let merged = try store.tree(of: image, platform: platform)
        if html {
            let lines = LayerLine.lines(resolved, merged)
            return try Output.line(LayersPage(title: image, lines: lines, merged: merged).text)
        }
        if tree {
            if shape == .table { return try show(merged) }
            return try Output.line(String(decoding: merged.json(pretty: true), as: UTF8.self))
        }
        for line in LayerLine.lines(resolved, merged) { try listing.add(line.row(isWhole: isWhole)) }
        try listing.finish()
    }

    private func show(_ merged: MergedTree) throws {
        var table = TextTable(["LAYER", "MODE", "OWNER", "SIZE", "PATH"])
        for path in merged.entries { table.add(TreeLine.row(path)) }
        for file in merged.wasted {
            table.add([
                "\(file.layer)", "", "", HumanSize.text(bytes: Int64(clamping: file.size)), TreeLine.wasted(file),
            ])
        }
        for line in table.lines { try Output.line(line) }
        let size = HumanSize.text(bytes: Int64(clamping: merged.size))
        let wasted = HumanSize.text(bytes: Int64(clamping: merged.wastedBytes))
        try Output.line(
            "\(merged.entries.count) paths, \(size) of files; \(wasted) wasted in \(merged.wasted.count) files"
        )
    }
}
