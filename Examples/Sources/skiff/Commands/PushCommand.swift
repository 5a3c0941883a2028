// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RegistryClient
internal import RuntimeCore
internal import Synchronization

/// `skiff push`.
struct PushCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Push an image to a registry, and print its name there.",
        discussion: "Progress goes to standard error. What the registry has already is not sent."
    )

    @OptionGroup var store: StoreOptions

    @Flag(name: .shortAndLong, help: "Show no progress.")
    var quiet = false

    @Option(help: "How progress is shown: auto, plain, tty or json.")
    var progress = ProgressStyle.auto

    @Option(
        help: ArgumentHelp("Send blobs in pieces of this size, such as 8m; in one by default.", valueName: "size")
    )
    var chunkSize: String?

    @Option(help: ArgumentHelp("Write the digest of what was pushed to this file.", valueName: "file"))
    var digestfile: String?

    @OptionGroup(title: "Registries")
    var registries: RegistryFlags

    @Argument(help: ArgumentHelp("The image.", valueName: "image"))
    var image: String

    @Argument(help: ArgumentHelp("Where to; by default what the image is called.", valueName: "name[:tag]"))
    var destination: String?

    mutating func run() throws {
        let images = try store.open().images
        let match = try images.find(image)
        let reference = try target(of: match).withDefaultTag
        var options = PushOptions(mountSources: try neighbours(of: reference, in: images))
        if let chunkSize { options.upload = .chunked(bytes: try chunk(chunkSize)) }
        let repository = try Repository(reference, in: try registries.registry(reference.registry))
        let pushed = try push(from: images, to: repository, reference, options)
        if let digestfile {
            let file = try NewFile(digestfile)
            let output = try file.descriptor()
            try Output.write(Array("\(pushed.descriptor.digest)".utf8), to: output.rawValue)
            _ = consume output
            try file.commit()
        }
        try Output.line(reference.description)
    }

    private func push(
        from images: ImageLayoutDirectory,
        to repository: Repository,
        _ reference: Reference,
        _ options: PushOptions
    ) throws -> PushedImage {
        let image = image
        if quiet {
            return try Blocking.run {
                try await repository.push(image, from: images, to: reference, options: options)
            }
        }
        let display = Mutex(PushDisplay(.onStandardError(progress)))
        display.withLock { $0.begin(reference) }
        return try Blocking.run {
            try await repository.push(image, from: images, to: reference, options: options) { event in
                display.withLock { $0.show(event) }
            }
        }
    }

    private func target(of match: ImageMatch) throws -> Reference {
        if let destination { return try Reference(inRegistry: destination) }
        guard let reference = match.reference else {
            throw Failure("image \(image) has no name to push it to; give one: skiff push \(image) NAME")
        }
        return reference
    }

    /// Other repositories of the registry that images here are from: it may have layers there.
    private func neighbours(of reference: Reference, in images: ImageLayoutDirectory) throws -> [String] {
        let names = try images.images().images.compactMap(\.reference)
            .filter { $0.registry == reference.registry && $0.repository != reference.repository }
            .map(\.repository)
        return Array(Set(names).sorted().prefix(4))
    }

    private func chunk(_ text: String) throws -> Int {
        let size = try ByteSize.read(text, of: "--chunk-size")
        guard let bytes = Int(exactly: size), bytes > 0 else { throw Failure("--chunk-size \(text): too small") }
        return bytes
    }
}
