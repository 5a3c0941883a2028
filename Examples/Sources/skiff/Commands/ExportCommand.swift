// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import Glibc
internal import RuntimeCore

/// `skiff export`.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a container's root file system as a tar archive.",
        discussion: "What is mounted in the container is not part of it. The container may run."
    )

    @OptionGroup var store: StoreOptions

    @Option(name: .shortAndLong, help: ArgumentHelp("The archive; standard output by default.", valueName: "file"))
    var output: String?

    @Argument(help: ArgumentHelp("Name or id.", valueName: "container"))
    var name: String

    mutating func run() throws {
        if output == nil && isatty(1) == 1 {
            throw Failure("refusing to write an archive to a terminal; use --output FILE")
        }
        let container = try store.open().container(name)
        guard let output else {
            return try container.export(to: OwnedFileDescriptor(takingOver: try Streams.standard(.standardOutput)))
        }
        let file = try NewFile(output)
        try container.export(to: try file.descriptor())
        try file.commit()
    }
}
