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

    @Flag(name: .shortAndLong, help: "Remove them even if containers were made from them; those keep what they need.")
    var force = false

    @Argument(help: ArgumentHelp("Names or ids.", valueName: "image"))
    var names: [String]

    mutating func run() throws {
        let store = try store.open()
        let force = force
        try Each.of(names) { name in
            let report = try store.removeImage(name, force: force)
            for name in report.images { try Output.line("Untagged: \(name)") }
            for blob in report.blobs { try Output.line("Deleted: \(blob)") }
        }
    }
}
