// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff mount`.
struct MountCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mount",
        abstract: "Mount an image read-only, and print where.",
        discussion: """
            At DIR, which must exist, else at a directory of the store. The view stays until 'skiff unmount'; its layers \
            are kept as long. Without an image the views are listed.
            """
    )

    @OptionGroup var store: StoreOptions

    @Option(help: ArgumentHelp("For the list: table, json (an object a line), or a template.", valueName: "format"))
    var format: String?

    @Option(help: ArgumentHelp("Platform of the image.", valueName: "os/arch"))
    var platform: String?

    @Argument(help: ArgumentHelp("Name or id.", valueName: "image"))
    var image: String?

    @Argument(help: ArgumentHelp("Where to.", valueName: "dir"))
    var directory: String?

    mutating func run() throws {
        var listing = try Listing(format, header: ["IMAGE", "IMAGE ID", "MOUNTED", "PATH"])
        let platform = try platform.map { try Platform($0) } ?? Platform.host
        let place = try directory.map { FilePath(try HostPath.absolute($0)) }
        let store = try store.open()
        if let image {
            let view = try store.mountImage(image, at: place, platform: platform)
            return try Output.write(view.path.bytes + Array("\n".utf8), to: 1)
        }
        for view in try store.mountedImages().sorted(by: { $0.created > $1.created }) {
            let age = Timestamp(view.created)?.ago ?? view.created
            try listing.add(
                Listing.Row(
                    id: "\(view.path)",
                    cells: [view.image, String(view.imageID.encoded.prefix(12)), age, "\(view.path)"],
                    members: .document(view)
                )
            )
        }
        try listing.finish()
    }
}
