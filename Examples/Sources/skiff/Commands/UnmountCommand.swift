// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff unmount`.
struct UnmountCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unmount",
        abstract: "Unmount images that were mounted by 'skiff mount'.",
        aliases: ["umount"]
    )

    @OptionGroup var store: StoreOptions

    @Argument(help: ArgumentHelp("Where they are mounted.", valueName: "dir"))
    var directories: [String]

    mutating func run() throws {
        let store = try store.open()
        try Each.of(directories) { directory in
            try store.unmountImage(at: FilePath(try HostPath.absolute(directory)))
            try Output.line(directory)
        }
    }
}
