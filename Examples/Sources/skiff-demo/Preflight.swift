// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import RuntimeCore

/// What this host offers containers.
enum Preflight {
    /// Prints a table of it; `false` if containers cannot run here.
    static func show() -> Bool {
        let report = HostReport()
        Page.heading("This host")
        Page.table(report.checks.map { [$0.subject, $0.status.rawValue, $0.detail] })
        for check in report.checks {
            if let fix = check.fix { Page.line("\(check.subject): \(fix)") }
        }
        return report.isUsable
    }
}
