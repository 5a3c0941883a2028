// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import Glibc
internal import RuntimeCore

/// `skiff extract`.
struct ExtractCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extract",
        abstract: "Copy a file or directory out of an image.",
        discussion: """
            Into DEST where that is a directory, else under the name DEST; the working directory by default. With - the \
            content of a file goes to standard output. Links in the path are followed inside the image. Owners and device \
            nodes are kept by root; for others files belong to the caller, and devices are left out.
            """
    )

    @OptionGroup var store: StoreOptions

    @Flag(name: [.customShort("L"), .long], help: "Follow a symbolic link at the end of the path.")
    var followLink = false

    @Option(help: ArgumentHelp("Platform of the image.", valueName: "os/arch"))
    var platform: String?

    @Argument(help: ArgumentHelp("Name or id.", valueName: "image"))
    var image: String

    @Argument(help: ArgumentHelp("What to copy.", valueName: "path"))
    var path: String

    @Argument(help: ArgumentHelp("Where to.", valueName: "dest"))
    var destination = "."

    mutating func run() throws {
        let platform = try platform.map { try Platform($0) } ?? Platform.host
        let store = try store.open()
        if destination == "-" {
            let copy = dup(1)
            if copy < 0 { throw Failure("standard output: \(Failure.text(of: errno))") }
            let output = OwnedFileDescriptor(takingOver: copy)
            return try store.extract(ByteText(path), of: image, to: output, platform: platform)
        }
        let target = FilePath(try HostPath.absolute(destination))
        var (directory, name) = (target, FilePath(path).lexicallyNormalized().lastComponent?.string ?? "")
        if !Self.isDirectory(target) {
            (directory, name) = (target.removingLastComponent(), target.lastComponent?.string ?? "")
        }
        if name.isEmpty || name == ".." { name = "rootfs" }
        var options = UnpackOptions()
        if geteuid() != 0 {
            options.owners = .caller
            options.devices = .skip
        }
        try store.extract(
            ByteText(path),
            of: image,
            into: directory,
            as: ByteText(name),
            followsLast: followLink,
            platform: platform,
            options: options
        )
    }

    private static func isDirectory(_ path: FilePath) -> Bool {
        var status = stat()
        return unsafe stat(path.string, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
