// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import Attendance
internal import Glibc
internal import RuntimeCore

/// `skiff logs`.
struct LogsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Show what a detached container has written.",
        discussion: "Output and errors are kept in one file, in the order in which they were written."
    )

    @OptionGroup var store: StoreOptions

    @Flag(name: .shortAndLong, help: "Go on until the container has ended.")
    var follow = false

    @Option(
        name: [.customShort("n"), .customLong("tail")],
        help: ArgumentHelp("Show the last lines only.", valueName: "number")
    )
    var tail: String?

    @Argument(help: ArgumentHelp("Name or id.", valueName: "container"))
    var name: String

    mutating func run() throws {
        var lines: Int?
        if let tail, tail != "all" {
            guard let number = Int(tail), number >= 0 else { throw Failure("invalid argument \"\(tail)\" for --tail") }
            lines = number
        }
        let container = try store.open().container(name)
        guard var log = try LogFile(container) else {
            if case .created = try container.status() { return }
            throw Failure("container \(name) ran in the foreground, so its output was not kept")
        }
        try log.skip(toLast: lines)
        try log.copy()
        while follow, case .running(let number) = try container.status() {
            if let process = WatchedProcess(Int32(clamping: number)) { _ = process.waitForEnd(milliseconds: 50) }
            try log.copy()
        }
        try log.copy()
    }
}
