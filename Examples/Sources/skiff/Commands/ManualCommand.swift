// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff manual`.
struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual",
        abstract: "Write the manual pages, for man(1), into a directory."
    )

    @OptionGroup var store: StoreOptions

    @Argument(help: ArgumentHelp("An existing directory, such as /usr/local/share/man/man1.", valueName: "dir"))
    var directory: String

    mutating func run() throws {
        let directory = try HostPath.absolute(directory)
        for page in ManualPage.all {
            let file = try NewFile("\(directory)/\(page.name).1")
            try file.write(Array(page.source.utf8))
            try file.commit()
        }
    }
}
