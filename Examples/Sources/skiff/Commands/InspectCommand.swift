// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff inspect`.
struct InspectCommand: ParsableCommand {
    /// Whose words are used.
    enum Mode: String, ExpressibleByArgument, CaseIterable { case dockercompat, native }
    /// What is looked at.
    enum Kind: String, ExpressibleByArgument, CaseIterable { case container, image }

    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what is known of containers and images, as a JSON array."
    )

    @OptionGroup var store: StoreOptions

    @Option(help: "dockercompat: the members that docker shows. native: our documents.")
    var mode = Mode.dockercompat

    @Option(help: "Look at containers only, or at images only.")
    var type: Kind?

    @Argument(help: ArgumentHelp("Names or ids of containers or images.", valueName: "name"))
    var names: [String]

    mutating func run() throws {
        let store = try store.open()
        var found: [JSONValue] = []
        var failure: (any Error)?
        for name in names {
            do { found.append(try inspect(name, in: store)) } catch { failure = failure ?? error }
        }
        try Output.line(String(decoding: JSONValue.array(found).json(pretty: true), as: UTF8.self))
        if let failure { throw failure }
    }

    private func inspect(_ name: String, in store: ContainerStore) throws -> JSONValue {
        if type != .image {
            do {
                let inspection = ContainerInspection(try store.container(name))
                return mode == .native ? try inspection.native() : try inspection.dockers()
            } catch let error as ContainerStoreError {
                guard error.code == .containerNotFound, type == nil else { throw error }
            }
        }
        do {
            let inspection = ImageInspection(try store.images.resolve(name), in: store)
            return mode == .native ? try inspection.native() : try inspection.dockers()
        } catch let error as ImageLayoutError {
            guard type == nil, error.code == .notFound || error.code == .invalidName else { throw error }
            throw Failure("no such container or image: \(name)")
        }
    }
}
