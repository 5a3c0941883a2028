// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff cp`.
struct CopyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cp",
        abstract: "Copy files between a container and the host.",
        usage: """
            skiff cp [options] container:path path|-
            skiff cp [options] path|- container:path
            """,
        discussion: """
            A file goes to the path, or into the directory there. A directory becomes the path, or goes into the \
            directory there; of one that ends in /. only what is in it. With - a tar archive goes to standard output, \
            or comes from standard input and is unpacked into the directory. Links in a path of the container never \
            lead out of it. Files that are mounted in a container are seen while it runs.
            """
    )

    @OptionGroup var store: StoreOptions

    @Flag(name: [.customShort("L"), .long], help: "Follow a symbolic link at the end of the source.")
    var followLink = false

    @Flag(name: .shortAndLong, help: "Keep the owners; else copies belong to whoever copies, in the container to root.")
    var archive = false

    @Argument(help: ArgumentHelp("Where from.", valueName: "source"))
    var source: String

    @Argument(help: ArgumentHelp("Where to.", valueName: "dest"))
    var destination: String

    mutating func run() throws {
        var options = CopyOptions()
        options.followsLast = followLink
        options.owners = archive ? .kept : .caller
        let ends = (try CopyPlace.read(source), try CopyPlace.read(destination))
        let store = try store.open()
        switch ends {
        case (.container(let name, let path), .host(let target)):
            try store.container(name).copyOut(ByteText(path), to: CopyPlace.absolute(target), options: options)
        case (.container(let name, let path), .stream):
            let output = OwnedFileDescriptor(takingOver: try Streams.standard(.standardOutput))
            try store.container(name).archive(ByteText(path), to: output, options: options)
        case (.host(let source), .container(let name, let path)):
            try store.container(name).copyIn(CopyPlace.absolute(source), to: ByteText(path), options: options)
        case (.stream, .container(let name, let path)):
            try store.container(name).unpack(try Streams.input(nil), into: ByteText(path), options: options)
        case (.container, .container): throw Failure("copying between containers is not supported")
        default: throw Failure("one end of 'skiff cp' is in a container: NAME:PATH")
        }
    }
}
