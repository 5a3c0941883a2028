// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import Attendance
internal import RuntimeCore

/// `skiff top`.
struct TopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "List the processes of a running container, as the host's ps(1) shows them.",
        usage: "skiff top container [ps option ...]",
        helpNames: [.customLong("help")]
    )

    @OptionGroup var store: StoreOptions

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("Name or id, and what ps is told; -ef by default.", valueName: "container ps-option")
    )
    var words: [String] = []

    mutating func run() throws {
        guard let name = words.first else {
            throw Failure("'skiff top' needs a container; see 'skiff top --help'")
        }
        let processIDs = Set(try store.open().container(name).runtimeContainer().processIDs())
        let options = Array(words.dropFirst())
        let text: String
        do throws(ProcessTable.Failure) {
            text = try ProcessTable.text(of: processIDs, options: options.isEmpty ? ["-ef"] : options)
        } catch { throw Failure("\(error)") }
        try Output.line(text)
    }
}
