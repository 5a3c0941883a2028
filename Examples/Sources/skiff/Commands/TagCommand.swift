// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff tag`.
struct TagCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "tag", abstract: "Give an image another name.")

    @OptionGroup var store: StoreOptions

    @Argument(help: ArgumentHelp("Name or id.", valueName: "image"))
    var source: String

    @Argument(help: ArgumentHelp("The new name.", valueName: "name[:tag]"))
    var target: String

    mutating func run() throws {
        let reference = try Reference(target)
        let images = try store.open().images
        for descriptor in try images.find(source).descriptors { try images.tag(descriptor, as: reference) }
    }
}
