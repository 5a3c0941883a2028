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

    @Flag(help: "Show the namespaces and processes of running containers as a tree; --format json gives objects.")
    var tree = false

    @Option(help: "Look at containers only, or at images only.")
    var type: Kind?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("json, or a template for each, such as '{{.State.Pid}}'.", valueName: "format")
    )
    var format: String?

    @Argument(help: ArgumentHelp("Names or ids of containers or images.", valueName: "name"))
    var names: [String]

    mutating func run() throws {
        let template = try self.template()
        let store = try store.open()
        if tree { return try showTrees(store) }
        var found: [JSONValue] = []
        var failure: (any Error)?
        for name in names {
            do { found.append(try inspect(name, in: store)) } catch { failure = failure ?? error }
        }
        if let template {
            for value in found { try Output.line(template.text(of: value)) }
        } else if format != nil {
            try Output.line(JSONValue.array(found).line)
        } else {
            try Output.line(String(decoding: JSONValue.array(found).json(pretty: true), as: UTF8.self))
        }
        if let failure { throw failure }
    }

    private func showTrees(_ store: ContainerStore) throws {
        guard format == nil || format == "json", type != .image else {
            throw Failure("--tree shows containers, as text or with --format json")
        }
        try Each.of(names) { name in
            let tree = try NamespaceTree(try store.container(name))
            if format == "json" { return try Output.line(tree.json.line) }
            for line in tree.lines { try Output.line(line) }
        }
    }

    private func template() throws -> GoTemplate? {
        guard let format, format != "json" else { return nil }
        guard format.contains("{{") else {
            throw Failure("--format \(format) is not supported; use json, or a template such as '{{.Id}}'")
        }
        return try GoTemplate(format)
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
