// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import Attendance
internal import RuntimeCore

/// What `run`, `create` and `exec` say of a process.
struct ProcessFlags: ParsableArguments {
    @Flag(name: [.customShort("i"), .long], help: "Hand standard input to the process.")
    var interactive = false

    @Flag(name: [.customShort("t"), .long], help: "Give the process a terminal.")
    var tty = false

    @Option(
        name: [.customShort("e"), .long],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Set a variable; a bare name takes the value it has here.", valueName: "name=value")
    )
    var env: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Set the variables that a file lists, one a line.", valueName: "file")
    )
    var envFile: [String] = []

    @Option(
        name: [.customShort("w"), .long],
        parsing: .unconditional,
        help: ArgumentHelp("Working directory.", valueName: "dir")
    )
    var workdir: String?

    @Option(
        name: [.customShort("u"), .long],
        parsing: .unconditional,
        help: ArgumentHelp("User, by name or number.", valueName: "user[:group]")
    )
    var user: String?

    /// The variables that the flags set.
    func environment() throws -> [String] { try EnvironmentFlag.read(env, files: envFile) }

    /// The size of our terminal, which the process gets one like.
    ///
    /// - Throws: ``Failure`` when there is none.
    func terminal() throws -> TerminalSize? {
        guard tty else { return nil }
        guard HostTerminal.isInput else { throw Failure("the input device is not a TTY") }
        return HostTerminal.size ?? TerminalSize(rows: 24, columns: 80)
    }
}
