// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import Attendance
internal import RuntimeCore

/// `skiff import`.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make an image of a root file system's tar archive, and print its id."
    )

    @OptionGroup var store: StoreOptions

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Configure the image: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME or WORKDIR.",
            valueName: "instruction"
        )
    )
    var change: [String] = []

    @Option(help: ArgumentHelp("Platform of the image; this machine's by default.", valueName: "os/arch"))
    var platform: String?

    @Argument(help: ArgumentHelp("The archive, or - for standard input.", valueName: "file"))
    var file: String

    @Argument(help: ArgumentHelp("Name of the image.", valueName: "name[:tag]"))
    var name: String?

    mutating func run() throws {
        var execution = ImageConfiguration.Execution()
        try ImageChange.apply(change, to: &execution)
        let platform = try platform.map { try Platform($0) } ?? Platform.host
        let reference = try name.map { try Reference($0) }
        if reference?.digest != nil { throw Failure("import takes a name with a tag, not with a digest") }
        let input = try Streams.input(file)
        if file == "-" && HostTerminal.isInput { throw Failure("no archive: standard input is a terminal") }
        let images = try store.open().images
        let lease = try images.lease()
        let layer = try images.addLayer(from: input, name: file == "-" ? "standard input" : file)
        let configuration = ImageConfiguration(
            architecture: platform.architecture,
            os: platform.os,
            variant: platform.variant,
            config: execution,
            rootfs: ImageConfiguration.RootFS(diffIDs: [])
        )
        let image = try images.addImage(configuration, layers: [layer], as: reference)
        let resolved = try images.resolve("\(image.descriptor.digest)", platform: platform)
        _ = consume lease
        try Output.line("\(resolved.id)")
    }
}
