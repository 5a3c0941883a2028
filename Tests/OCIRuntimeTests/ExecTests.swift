// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import CgroupKit
import LinuxSystem
import OCIRuntime
import OCISpec
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite("A process that is added to a container", .requires(.root, .busybox)) struct ExecTests {
    private func running(_ script: String = "while :; do sleep 1; done") throws -> (TestBundle, Created) {
        let bundle = try TestBundle(script: script)
        let created = try bundle.create()
        try created.container.start()
        return (bundle, created)
    }

    /// Makes the group `sub` below a container's, in every hierarchy.
    private func makeSubgroup(of container: Container) throws -> Cgroup {
        let layout = try CgroupLayout.detect()
        let path = try CgroupPath(bytes: Array("/\(container.id)/sub".utf8))
        return try Cgroup.create(at: path, layout: layout)
    }

    @Test("joins a group below the container's when asked", .rows("CVE-2025-47291", "crun-1.28"))
    func subgroup() async throws {
        let (bundle, created) = try running()
        let group = try makeSubgroup(of: created.container)
        let script = "/bin/busybox cat /proc/self/cgroup"
        let text = try await bundle.exec(script, in: created.container) {
            $0.controlGroup = .everywhere("sub")
        }.text
        let lines = text.split(separator: "\n")
        #expect(!lines.isEmpty)
        #expect(
            lines.filter { $0.contains(":pids:") || $0.hasPrefix("0::") }.allSatisfy { $0.hasSuffix("/sub") },
            "\(text)"
        )
        let own = try await bundle.exec(script, in: created.container) { $0.controlGroup = .everywhere("") }.text
        #expect(!own.contains("/sub"))
        try group.remove()
        await #expect(throws: RuntimeError.self) {
            try await bundle.exec(script, in: created.container) { $0.controlGroup = .everywhere("sub") }
        }
        await #expect(throws: RuntimeError.self) {
            try await bundle.exec(script, in: created.container) { $0.controlGroup = .everywhere("../..") }
        }
        try created.container.delete(force: true)
    }

    @Test("joins groups by controller on version 1", .requires(.cgroup1))
    func byController() async throws {
        let (bundle, created) = try running()
        let group = try makeSubgroup(of: created.container)
        let text = try await bundle.exec("/bin/busybox cat /proc/self/cgroup", in: created.container) {
            $0.controlGroup = .byController(["pids": "sub"])
        }.text
        for line in text.split(separator: "\n") {
            #expect(line.hasSuffix("/sub") == line.contains(":pids:"), "\(line)")
        }
        let error = await #expect(throws: RuntimeError.self) {
            try await bundle.exec("true", in: created.container) { $0.controlGroup = .byController(["tides": "sub"]) }
        }
        #expect(error?.description.contains("tides") == true)
        try group.remove()
        try created.container.delete(force: true)
    }

    @Test("joins the group of the first process when the container's own takes no processes", .requires(.cgroup2))
    func movedAway() async throws {
        let (bundle, created) = try running()
        let layout = try CgroupLayout.detect()
        guard layout.kind == .unified else { return }
        let group = try makeSubgroup(of: created.container)
        let pid = Int32(try created.container.state().pid)
        try group.add(processID: pid)
        // Every process of the container is below; now its group may have controllers for groups below it.
        let directory = FilePath("/sys/fs/cgroup/\(created.container.id)")
        for other in try created.container.processIDs() where other != pid { try? group.add(processID: other) }
        try RootDirectory(at: directory).writeFile("cgroup.subtree_control", Array("+pids".utf8))
        let text = try await bundle.exec("/bin/busybox cat /proc/self/cgroup", in: created.container).text
        #expect(text.contains("/sub"), "\(text)")
        try created.container.delete(force: true)
    }

    @Test("is refused by a paused container in runc's words, and waits in it when it is to enter")
    func paused() async throws {
        let (bundle, created) = try running()
        try created.container.pause()
        let error = await #expect(throws: RuntimeError.self) { try await bundle.exec("true", in: created.container) }
        #expect(error?.code == .wrongState)
        let words = "cannot exec in a paused container (use --ignore-paused to override)"
        #expect(error?.description.contains(words) == true)
        let container = created.container
        let resumed = Mutex(false)
        let ends = try OwnedFileDescriptor.pipe().shared()
        let added: ExecProcess
        do {
            let waker = try WorkerThread {
                // Until somebody waits in the container, there is nothing to wake.
                while (try? container.processIDs().count) ?? 0 < 2 { sleepBriefly() }
                resumed.withLock { $0 = true }
                try? container.resume()
            }
            var process = try #require(bundle.configuration.process)
            process.args = ["/bin/sh", "-c", "echo woken"]
            var options = ExecOptions()
            options.entersPaused = true
            options.output = ends.writing
            added = try container.exec(process, options: options)
            _ = consume waker
        }
        #expect(try await added.wait().reason == .exited(0))
        #expect(resumed.withLock { $0 })
        try created.container.delete(force: true)
    }

    @Test("gets the descriptors that are passed on, and no others")
    func descriptors() async throws {
        let (bundle, created) = try running()
        let passed = SharedDescriptor(try .open("/dev/null", 0))
        let text = try await bundle.exec("cd /proc/self/fd && echo *", in: created.container) {
            $0.preservedDescriptors = [passed, passed]
        }.text
        #expect(text == "0 1 2 3 4 5\n")
        try created.container.delete(force: true)
    }

    @Test("has the limits, the filter and the identity that its description says", .rows("CVE-2019-10144"))
    func confinement() async throws {
        let (bundle, created) = try running()
        var process = try #require(bundle.configuration.process)
        process.user = .init(uid: 1000, gid: 1001, umask: 0o027, additionalGids: [5])
        process.rlimits = [.init(type: .openFiles, soft: 77, hard: 88)]
        process.oomScoreAdj = 55
        process.capabilities = nil
        let script = """
            /bin/busybox id -u; /bin/busybox id -G; umask; ulimit -n; /bin/busybox cat /proc/self/oom_score_adj
            /bin/busybox grep -E 'CapBnd|NoNewPrivs' /proc/self/status
            """
        let text = try await bundle.exec(script, in: created.container, process: process).text
        let expected = "1000\n1001 5\n0027\n77\n55\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\n"
        #expect(text == expected)
        try created.container.delete(force: true)
    }

    @Test("takes after the first process when it is described by it, and what that throws passes through")
    func describedByFirst() async throws {
        let (bundle, created) = try running("exec /bin/busybox sleep 1000")
        let ends = try OwnedFileDescriptor.pipe().shared()
        let reading = ends.reading
        let added: ExecProcess
        do {
            var options = ExecOptions()
            options.output = ends.writing
            added = try created.container.exec(options: options) { first in
                var process = try #require(first)
                #expect(process == bundle.configuration.process)
                process.args = ["/bin/sh", "-c", "echo $MORE"]
                process.env = (process.env ?? []) + ["MORE=more"]
                return process
            }
            _ = consume ends
        }
        #expect(try await added.wait().reason == .exited(0))
        #expect(String(decoding: try reading.descriptor.readAll(limit: 64), as: UTF8.self) == "more\n")
        let before = try created.container.processIDs()
        #expect(throws: CancellationError.self) {
            try created.container.exec { _ in throw CancellationError() }
        }
        #expect(try created.container.processIDs() == before)
        try created.container.delete(force: true)
    }
}

/// Gives others time.
private func sleepBriefly() { _ = clinux_nanosleep(0, 5_000_000) }
