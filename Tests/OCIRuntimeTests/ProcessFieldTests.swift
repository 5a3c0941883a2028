// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCIRuntime
import OCISpec
import SystemPackage
import TestSupport
import Testing

/// What the kernel says about a container's process after it was told by the fields of `config.json`.
@Suite("A process of a container", .requires(.root, .busybox)) struct ProcessFieldTests {
    /// Prints the scheduling policy, the nice value, the real-time priority, the I/O priority and the processors.
    private static let probe = """
        set -- $(/bin/busybox cat /proc/self/stat); shift 18; echo nice ${1}; shift 21; echo rt $1 policy $2
        /bin/busybox ionice -p $$
        /bin/busybox grep Cpus_allowed_list /proc/self/status
        """

    /// The same for the first process and for one that joins.
    private func both(
        _ script: String,
        _ change: (inout RuntimeConfiguration) -> Void
    ) async throws -> (first: String, added: String) {
        let bundle = try TestBundle(script: script)
        change(&bundle.configuration)
        let first = try await bundle.run().text
        let args = ["/bin/sh", "-c", "while :; do sleep 1; done"]
        bundle.configuration.process?.args = args
        let created = try bundle.create()
        try created.container.start()
        let added = try await bundle.exec(script, in: created.container)
        try created.container.delete(force: true)
        return (first, added.text)
    }

    @Test(
        "is scheduled as asked",
        arguments: [
            (RuntimeConfiguration.Scheduler(policy: .other, nice: 7), "nice 7", "rt 0 policy 0"),
            (.init(policy: .batch, nice: 3), "nice 3", "rt 0 policy 3"),
            (.init(policy: .idle), "nice 0", "rt 0 policy 5"),
        ]
    )
    func scheduler(scheduler: RuntimeConfiguration.Scheduler, nice: String, policy: String) async throws {
        let texts = try await both(Self.probe) { $0.process?.scheduler = scheduler }
        for text in [texts.first, texts.added] {
            #expect(text.contains(nice + "\n"), "\(text)")
            #expect(text.contains(policy + "\n"), "\(text)")
        }
    }

    @Test(
        "is scheduled in real time where its control group has some",
        .requires(.cgroup1),
        arguments: [
            (RuntimeConfiguration.Scheduler(policy: .fifo, priority: 11), "rt 11 policy 1"),
            (.init(policy: .roundRobin, priority: 12, flags: [.resetOnFork]), "rt 12 policy 2"),
        ]
    )
    func realTime(scheduler: RuntimeConfiguration.Scheduler, policy: String) async throws {
        let bundle = try TestBundle(
            script:
                "read line < /proc/self/stat; echo $line | /bin/busybox awk '{ print \"rt\", $40, \"policy\", $41 }'"
        )
        bundle.configuration.process?.scheduler = scheduler
        bundle.configuration.linux?.resources = LinuxResources(
            cpu: LinuxCPU(realtimeRuntime: 5000, realtimePeriod: 1_000_000)
        )
        #expect(try await bundle.run().text == policy + "\n")
        bundle.configuration.linux?.resources = nil
        let error = #expect(throws: RuntimeError.self) { try bundle.create() }
        #expect(error?.description.contains("real-time policies need a control group that has them") == true)
    }

    @Test(
        "has the I/O priority that was asked for",
        arguments: [
            (RuntimeConfiguration.IOPriority(class: .bestEffort, priority: 2), "best-effort: prio 2"),
            (.init(class: .realtime, priority: 5), "realtime: prio 5"), (.init(class: .idle, priority: 0), "idle"),
        ]
    )
    func inputOutputPriority(priority: RuntimeConfiguration.IOPriority, words: String) async throws {
        let texts = try await both(Self.probe) { $0.process?.ioPriority = priority }
        for text in [texts.first, texts.added] { #expect(text.contains(words), "\(text)") }
    }

    @Test("fails with the policy's name when the kernel has no such policy")
    func iso() throws {
        let bundle = try TestBundle(script: "true")
        bundle.configuration.process?.scheduler = .init(policy: .iso)
        let error = #expect(throws: RuntimeError.self) { try bundle.create() }
        #expect(error?.description.contains("SCHED_ISO") == true)
        #expect(error?.description.contains("sched_setattr") == true)
        #expect(try bundle.runtime.list().isEmpty)
    }

    @Test(
        "has the memory policy that was asked for",
        arguments: [
            (LinuxMemoryPolicy(mode: .bind, nodes: "0"), "bind:0"),
            (LinuxMemoryPolicy(mode: .preferred, nodes: "0", flags: [.staticNodes]), "prefer=static:0"),
            (LinuxMemoryPolicy(mode: .interleave, nodes: "0"), "interleave:0"),
            (LinuxMemoryPolicy(mode: .local), "local"),
        ]
    )
    func memoryPolicy(policy: LinuxMemoryPolicy, words: String) async throws {
        let script = "/bin/busybox awk '/stack/ { print $2 }' /proc/self/numa_maps"
        let texts = try await both(script) { $0.linux?.memoryPolicy = policy }
        #expect(texts.first == words + "\n")
        #expect(texts.added == words + "\n")
    }

    @Test("says which memory nodes it cannot have")
    func missingNode() throws {
        let bundle = try TestBundle(script: "true")
        bundle.configuration.linux?.memoryPolicy = LinuxMemoryPolicy(mode: .bind, nodes: "999")
        let error = #expect(throws: RuntimeError.self) { try bundle.create() }
        #expect(error?.description.contains("set_mempolicy") == true)
    }

    @Test("has the execution domain and its flags")
    func personality() async throws {
        let script = "/bin/busybox uname -m; /bin/busybox cat /proc/self/personality"
        let texts = try await both(script) {
            $0.linux?.personality = LinuxPersonality(domain: .linux32, flags: ["ADDR_NO_RANDOMIZE"])
        }
        for text in [texts.first, texts.added] { #expect(text.hasSuffix("\n00040008\n"), "\(text)") }
        #if arch(x86_64)
        #expect(texts.first.hasPrefix("i686\n"))
        #endif
    }

    @Test("may use every processor whatever its creator may use, and the final ones when it is added")
    func processors() async throws {
        let bundle = try TestBundle(script: "while :; do sleep 1; done")
        let created = try bundle.create()
        try created.container.start()
        let script = "/bin/busybox grep Cpus_allowed_list /proc/self/status"
        let all = try await bundle.exec(script, in: created.container).text
        var process = try #require(bundle.configuration.process)
        process.execCPUAffinity = .init(initial: "0", final: "1")
        let own = try OwnedFileDescriptor.open("/proc/thread-self/status", 0).readAll(limit: 1 << 16)
        let final = try await bundle.exec(script, in: created.container, process: process).text
        process.execCPUAffinity = .init(initial: "1")
        let initial = try await bundle.exec(script, in: created.container, process: process).text
        #expect(final == "Cpus_allowed_list:\t1\n")
        #expect(initial == "Cpus_allowed_list:\t1\n")
        #expect(all != final)
        // Whoever launches keeps its own processors.
        #expect(!own.isEmpty)
        process.execCPUAffinity = .init(final: "4095")
        await #expect(throws: RuntimeError.self) {
            try await bundle.exec(script, in: created.container, process: process)
        }
        try created.container.delete(force: true)
    }

    @Test("has the oom score that was asked for, in a user namespace with masks too", arguments: [false, true])
    func outOfMemoryScore(hasUserNamespace: Bool) async throws {
        let texts = try await both("/bin/busybox cat /proc/self/oom_score_adj") {
            if hasUserNamespace {
                let masks = $0.linux?.maskedPaths
                $0.mounts = RuntimeConfiguration.rootlessExample(uid: 0, gid: 0).mounts
                $0.linux = RuntimeConfiguration.rootlessExample(uid: 0, gid: 0).linux
                $0.linux?.maskedPaths = masks
                $0.linux?.sysctl = ["kernel.shmmax": "123456"]
            }
            $0.process?.oomScoreAdj = 321
        }
        #expect(texts.first == "321\n")
        #expect(texts.added == "321\n")
    }

    @Test("has a session keyring of its own, which those that join may find", arguments: [false, true])
    func keyring(hasUserNamespace: Bool) async throws {
        let bundle = try TestBundle(script: "while :; do sleep 1; done")
        if hasUserNamespace {
            bundle.configuration.mounts = RuntimeConfiguration.rootlessExample(uid: 0, gid: 0).mounts
            bundle.configuration.linux = RuntimeConfiguration.rootlessExample(uid: 0, gid: 0).linux
        }
        bundle.configuration.linux?.maskedPaths = []
        let created = try bundle.create()
        try created.container.start()
        let script = "/bin/busybox awk '/\(created.container.id)/ { print $1, $5 }' /proc/keys"
        let first = try await bundle.exec(script, in: created.container).text
        let second = try await bundle.exec(script, in: created.container).text
        try created.container.delete(force: true)
        if hasUserNamespace {
            // As with runc, they find it as somebody else only.
            #expect(first.contains(" 3f130008\n"), "\(first)")
        } else {
            #expect(first.split(separator: "\n").count == 1, "\(first)")
            #expect(first == second)
            #expect(first.hasSuffix(" 3f1b0000\n"), "\(first)")
        }
    }

    @Test("is refused before anything is made when it wants a security module that is not in use")
    func labels() throws {
        let bundle = try TestBundle(script: "true")
        bundle.configuration.process?.apparmorProfile = "unconfined"
        try bundle.create().container.delete(force: true)
        guard NamespaceProbe.hasNoModules else { return }
        for (profile, label) in [("web", nil), (nil, "system_u:system_r:t:s0")] {
            bundle.configuration.process?.apparmorProfile = profile
            bundle.configuration.process?.selinuxLabel = label
            let error = #expect(throws: RuntimeError.self) { try bundle.create() }
            #expect(error?.code == .unsupported)
            #expect(try bundle.runtime.list().isEmpty)
        }
    }
}
