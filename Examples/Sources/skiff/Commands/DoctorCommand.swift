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

    @Flag(name: .customLong("json"), help: "Print the report as JSON.")
    var isJSON = false

    @OptionGroup var store: StoreOptions

    mutating func run() throws {
        let report = HostReport()
        if isJSON {
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
