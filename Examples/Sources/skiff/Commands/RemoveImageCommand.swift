// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff rmi`.
struct RemoveImageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rmi",
        abstract: "Remove images, and what no other image and no container needs of them."
    )

    @OptionGroup var store: StoreOptions

    @Flag(name: .shortAndLong, help: "Remove them even if containers were made from them.")
    var force = false

    @Argument(help: ArgumentHelp("Names or ids.", valueName: "image"))
    var names: [String]

    mutating func run() throws {
        let store = try store.open()
        let containers = try store.containers()
        try Each.of(names) { name in
            if !force, let resolved = try? store.images.resolve(name) {
                let isLast = try store.images.images().images.count { $0.id == resolved.id } == 1
                if isLast, let user = containers.first(where: { $0.metadata.imageID == resolved.id }) {
                    throw Failure(
                        "image \(name) is used by container \(user.metadata.name); remove that first, or use --force"
                    )
                }
            }
            _ = try store.images.remove(name)
            try Output.line("Untagged: \(name)")
        }
        // Where somebody else is at work, the next one collects.
        do throws(ImageLayoutError) { try store.images.collectGarbage() } catch {
            if error.code != .busy { throw error }
        }
        try store.pruneSnapshots()
    }
}
