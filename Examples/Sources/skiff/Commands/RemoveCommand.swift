// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff rm`.
struct RemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Remove containers with all they have written."
    )

    @OptionGroup var store: StoreOptions

    @Flag(name: .shortAndLong, help: "Kill running ones; do not complain about missing ones.")
    var force = false

    @Argument(help: ArgumentHelp("Names or ids.", valueName: "container"))
    var names: [String]

    mutating func run() throws {
        let store = try store.open()
        try Each.of(names) { name in
            do {
                try remove(try store.container(name))
                try Output.line(name)
            } catch let error as ContainerStoreError where error.code == .containerNotFound && force {
                return
            }
        }
    }

    private func remove(_ container: StoredContainer) throws {
        if force {
            // Damaged ones have no status; they are removed all the same.
            try? Ending(container).end(signal: "KILL", seconds: 10)
        } else if case .running = try container.status() {
            throw Failure("container \(container.metadata.name) is running; stop it first, or use rm --force")
        }
        try container.remove(force: force)
    }
}
