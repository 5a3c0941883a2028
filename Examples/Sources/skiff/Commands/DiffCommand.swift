// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff diff`.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "List what a container has added (A), changed (C) and deleted (D) in its image's files.",
        discussion: "Control characters in names are shown as \\xNN."
    )

    @OptionGroup var store: StoreOptions

    @Argument(help: ArgumentHelp("Name or id.", valueName: "container"))
    var name: String

    mutating func run() throws {
        var text: [UInt8] = []
        for change in try store.open().container(name).changes() where !change.path.isEmpty {
            text += Self.line(change)
        }
        try Output.write(text, to: 1)
    }

    /// A line; the name's bytes are kept, but for those that would end the line or drive a terminal.
    private static func line(_ change: TreeChange) -> [UInt8] {
        let letter: Character =
            switch change.kind {
            case .added: "A"
            case .modified: "C"
            case .deleted: "D"
            }
        var line = Array("\(letter) /".utf8)
        for byte in change.path {
            if byte >= 0x20 && byte != 0x7f {
                line.append(byte)
            } else {
                line += Array((byte < 16 ? "\\x0" : "\\x").utf8) + Array(String(byte, radix: 16).utf8)
            }
        }
        return line + [UInt8(ascii: "\n")]
    }
}
