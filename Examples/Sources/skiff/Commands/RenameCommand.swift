// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff rename`.
struct RenameCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename",
        abstract: "Give a container another name."
    )

    @OptionGroup var store: StoreOptions

    @Argument(help: ArgumentHelp("Name or id.", valueName: "container"))
    var name: String

    @Argument(help: ArgumentHelp("Its new name.", valueName: "new-name"))
    var newName: String

    mutating func run() throws { try store.open().container(name).rename(to: newName) }
}
