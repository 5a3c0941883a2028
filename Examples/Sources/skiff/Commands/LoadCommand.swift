// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import Attendance
internal import RuntimeCore

/// `skiff load`.
struct LoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Load images from an oci-archive or docker-archive, plain, gzip or zstd, or an OCI image layout."
    )

    @OptionGroup var store: StoreOptions

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The archive or directory; standard input by default.", valueName: "file")
    )
    var input: String?

    @Flag(name: .shortAndLong, help: "Print nothing but errors.")
    var quiet = false

    mutating func run() throws {
        if input == nil && HostTerminal.isInput {
            throw Failure("no archive: standard input is a terminal; use --input FILE")
        }
        let images = try load()
        if quiet { return }
        for image in images {
            for name in image.names { try Output.line("Loaded image: \((try? Reference(name))?.familiar ?? name)") }
            if image.names.isEmpty { try Output.line("Loaded image ID: \(image.descriptor.digest)") }
        }
    }

    private func load() throws -> [ImportedImage] {
        if let input, HostPath.isDirectory(input) {
            return try store.open().images.importLayout(ImageLayoutDirectory(opening: FilePath(input)))
        }
        let file = try Streams.input(input)
        let name = input.map { $0 == "-" ? "standard input" : $0 } ?? "standard input"
        return try store.open().images.importArchive(from: file, name: name)
    }
}
