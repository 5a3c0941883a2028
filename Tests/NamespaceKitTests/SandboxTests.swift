// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import NamespaceKit
import SystemPackage
import TestSupport
import Testing

@Suite("A sandbox") struct SandboxTests {
    /// Runs a shell script with busybox in a sandbox and returns what it printed.
    private func output(
        of script: String,
        edit: (inout Sandbox) -> Void = { _ in }
    ) async throws -> (exit: ProcessExit, text: String) {
        var sandbox = Sandbox(["/bin/busybox", "sh", "-c", script])
        edit(&sandbox)
        let ends = try OwnedFileDescriptor.pipe().shared()
        let reading = ends.reading
        let process = try sandbox.spawn(output: ends.writing)
        _ = consume ends
        let text = try reading.descriptor.readAll(limit: 1 << 20)
        return (try await process.wait(), String(decoding: text, as: UTF8.self))
    }

    @Test("runs a program as process 1 of a new pid namespace", .requires(.root, .busybox))
    func processOne() async throws {
        let result = try await output(of: "echo $$; exit 7")
        #expect(result.text == "1\n")
        #expect(result.exit.reason == .exited(7))
    }

    @Test("shows the host's files read-only and a private /tmp", .requires(.root, .busybox))
    func readOnly() async throws {
        let result = try await output(of: "touch /etc/x 2>&1; touch /tmp/y && ls /tmp")
        #expect(result.text.contains("Read-only file system"))
        #expect(result.text.hasSuffix("y\n"))
    }
}
