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

    @Test(
        "joins the user or mount namespace of another process",
        .requires(.root, .busybox),
        arguments: [(NamespaceKind.user, "user"), (.mount, "mnt")]
    )
    func joins(kind: NamespaceKind, name: String) async throws {
        var holder = ContainerConfiguration(
            process: ProcessConfiguration(arguments: ["/bin/busybox", "sleep", "1000"].map { Array($0.utf8) })
        )
        holder.namespaces[kind] = .new
        if kind == .user {
            holder.uidMappings = [IDMapping(containerID: 0, hostID: 100_000, count: 10)]
            holder.gidMappings = holder.uidMappings
        }
        var sandbox = Sandbox(["/bin/busybox", "true"])
        sandbox.configuration = holder
        let held = try sandbox.spawn()
        let namespace = "/proc/\(held.processID)/ns/\(name)"

        var joining = ContainerConfiguration(
            process: ProcessConfiguration(
                arguments: ["/bin/busybox", "readlink", "/proc/self/ns/\(name)"].map { Array($0.utf8) }
            )
        )
        joining.namespaces[kind] = .join(FilePath(namespace))
        sandbox.configuration = joining
        let ends = try OwnedFileDescriptor.pipe().shared()
        let joined = try sandbox.spawn(output: ends.writing)
        #expect(try await joined.wait().reason == .exited(0))
        var buffer = [UInt8](repeating: 0, count: 100)
        let count = try ends.reading.descriptor.read(into: &buffer)
        let seen = String(decoding: buffer[0..<count], as: UTF8.self)
        func link(_ path: String) throws -> String { try Command.run(["readlink", path]).output }
        #expect(seen == (try link(namespace)))
        #expect(seen != (try link("/proc/self/ns/\(name)")))
        held.kill()
        _ = try await held.wait()
    }
}
