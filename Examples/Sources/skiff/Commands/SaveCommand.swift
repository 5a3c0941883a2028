// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import Glibc
internal import RuntimeCore

/// `skiff save`.
struct SaveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "save",
        abstract: "Save images as an archive, or as an OCI image layout."
    )

    @OptionGroup var store: StoreOptions

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The archive or directory; standard output by default.", valueName: "file")
    )
    var output: String?

    @Option(help: ArgumentHelp("docker-archive, oci-archive, or oci-dir for a directory.", valueName: "format"))
    var format = "docker-archive"

    @Option(help: ArgumentHelp("Platform, for a docker-archive.", valueName: "os/arch"))
    var platform: String?

    @Argument(help: ArgumentHelp("Images.", valueName: "image"))
    var names: [String]

    mutating func run() throws {
        let kind: ArchiveFormat
        switch format {
        case "oci-archive", "oci": kind = .oci
        case "docker-archive", "docker": kind = .docker
        case "oci-dir": return try saveDirectory()
        default: throw Failure("--format \(format) is not supported; use docker-archive, oci-archive or oci-dir")
        }
        let platform = try platform.map { try Platform($0) } ?? Platform.host
        let images = try store.open().images
        // A wrong name must not cost a file.
        for name in names { _ = try images.find(name) }
        guard let output else {
            if isatty(1) == 1 { throw Failure("refusing to write an archive to a terminal; use --output FILE") }
            let file = OwnedFileDescriptor(takingOver: try Streams.standard(.standardOutput))
            try images.export(names, as: kind, platform: platform, to: file)
            return
        }
        let file = try NewFile(output)
        try images.export(names, as: kind, platform: platform, to: try file.descriptor())
        try file.commit()
    }

    private func saveDirectory() throws {
        guard let output, output != "-" else { throw Failure("--format oci-dir needs --output DIR") }
        try store.open().images.export(names, toLayout: FilePath(output))
    }
}
