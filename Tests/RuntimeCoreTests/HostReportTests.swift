// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import RuntimeCore
import SystemPackage
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

    @Test("tries overlayfs where the store is, and leaves nothing", .requires(.root, .overlay, .busybox))
    func overlay() throws {
        let test = try TestStore()
        let names = try RootDirectory(at: test.store.path).entries().count
        let check = HostReport(store: test.store.path).checks.first { $0.subject == "overlayfs" }
        #expect(check?.detail.contains(test.store.path.string) == true)
        #expect(check?.status == .ok)
        #expect(try RootDirectory(at: test.store.path).entries().count == names)
        // The file system of the kernel's own files takes no directories: nothing is tried there.
        #expect(
            HostReport(store: "/proc").checks.first { $0.subject == "overlayfs" }?.detail.contains("/proc") == false
        )
    }

    @Test("finds a machine usable on which containers run", .requires(.root, .overlay))
    func usable() { #expect(HostReport().isUsable) }
}
