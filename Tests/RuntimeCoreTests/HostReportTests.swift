// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import RuntimeCore
import TestSupport
import Testing

@Suite("A host report") struct HostReportTests {
    @Test("says of each subject what was found, and of what is wrong how to mend it")
    func complete() throws {
        let report = HostReport()
        #expect(Set(report.checks.map(\.subject)).count == report.checks.count)
        for check in report.checks {
            #expect(!check.detail.isEmpty)
            #expect((check.fix == nil) == (check.status == .ok), "\(check.subject)")
        }
        #expect(try HostReport(json: report.json()) == report)
    }

    @Test("finds a machine usable on which containers run", .requires(.root, .overlay))
    func usable() { #expect(HostReport().isUsable) }
}
