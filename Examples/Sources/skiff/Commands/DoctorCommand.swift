// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff doctor`.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Show what this host offers containers, what is missing, and what to do about it.",
        discussion: "Ends with status 1 when containers from images cannot run here."
    )

    /// How the report is printed.
    enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

    @Option(help: "How the report is printed.")
    var format = Format.table

    @Flag(name: .customLong("json"), help: "The same as --format json.")
    var isJSON = false

    @OptionGroup var store: StoreOptions

    mutating func run() throws {
        let report = HostReport(store: store.path)
        if isJSON || format == .json {
            try Output.line(String(decoding: report.json(pretty: true), as: UTF8.self))
        } else {
            var table = TextTable(["CHECK", "STATUS", "DETAIL"])
            for check in report.checks {
                table.add([check.subject, check.status.rawValue, check.detail])
                if let fix = check.fix { table.add(["", "", "fix: \(fix)"]) }
            }
            for line in table.lines { try Output.line(line) }
        }
        if !report.isUsable { throw ExitCode(1) }
    }
}
