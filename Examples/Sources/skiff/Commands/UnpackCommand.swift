// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff unpack`.
struct UnpackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpack",
        abstract: "Unpack an image's layers into a directory.",
        discussion: """
            With --flat the directory becomes the image's root file system. Without, each layer gets a directory of its \
            own below it, and their paths are printed, the topmost first, as overlayfs' option lowerdir wants them.
            """
    )

    @OptionGroup var store: StoreOptions

    @Flag(help: "Unpack all layers into one tree.")
    var flat = false

    @Option(help: ArgumentHelp("Platform of the image.", valueName: "os/arch"))
    var platform: String?

    @Argument(help: ArgumentHelp("Name or id.", valueName: "image"))
    var image: String

    @Argument(help: ArgumentHelp("Where to; made if it is missing.", valueName: "dir"))
    var directory: String

    mutating func run() throws {
        let platform = try platform.map { try Platform($0) } ?? Platform.host
        let path = FilePath(try HostPath.absolute(directory))
        let store = try store.open()
        guard flat else {
            for lower in try store.unpackStacked(image, into: path, platform: platform) {
                try Output.line(lower.string)
            }
            return
        }
        for report in try store.unpackFlat(image, into: path, platform: platform) {
            for (name, count) in report.droppedAttributes {
                let attribute = String(decoding: name, as: UTF8.self)
                Output.error("warning: extended attribute \(attribute) left out of \(count) files")
            }
            if report.skippedDevices > 0 { Output.error("warning: \(report.skippedDevices) device nodes left out") }
        }
    }
}
