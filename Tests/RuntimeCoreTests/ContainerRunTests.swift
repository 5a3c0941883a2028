// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import LinuxSystem
import OCIRuntime
import RuntimeCore
import SystemPackage
import TestSupport
import Testing

@Suite("Running an image", .requires(.root, .overlay, .busybox)) struct ContainerRunTests {
    @Test("gives what it wrote, how it ended and what it used, and leaves nothing behind")
    func result() async throws {
        let test = try TestStore()
        let result = try await test.run("echo out; echo err >&2; exit 7")
        #expect(result.exit == .exited(7))
        #expect(result.output == "out\n")
        #expect(result.errors == "err\n")
        #expect(result.usage.duration > .zero)
        #expect(result.usage.largestProcess > 0)
        #expect(result.usage.statistics != nil)
        #expect(try test.leftovers() == [])
    }

    @Test("runs the image's command in the image's directory when it is given none")
    func imageCommand() async throws {
        let test = try TestStore { $0.cmd = ["/bin/cat", "note"] }
        #expect(try await Container.run("test", in: test.store).output == "from the image\n")
    }

    @Test("puts a command behind the image's entry point")
    func entrypoint() async throws {
        let test = try TestStore { $0.entrypoint = ["/bin/cat"] }
        #expect(try await Container.run("test", ["/srv/note"], in: test.store).output == "from the image\n")
        let replaced = try await Container.run("test", ["/srv"], in: test.store) { $0.entrypoint = ["/bin/ls"] }
        #expect(replaced.output == "note\n")
    }

    @Test("gives the variables of the image and of the caller, the caller's winning")
    func environment() async throws {
        let result = try await TestStore().run("echo $FROM $MORE $HOSTNAME; /bin/hostname") {
            $0.environment = ["FROM=caller", "MORE=yes"]
            $0.hostname = "boat"
        }
        #expect(result.output == "caller yes boat\nboat\n")
    }

    @Test(
        "is the user that was asked for, with the groups that the image gives it",
        arguments: [
            ("", "uid=0(root) gid=0(root) groups=0(root)"), ("sailor", "uid=1000(sailor) gid=1001(crew)"),
            ("1000", "uid=1000(sailor) gid=1001(crew)"), ("sailor:deck", "uid=1000(sailor) gid=1002(deck)"),
            ("7:8", "uid=7 gid=8"),
        ]
    )
    func user(specification: String, expected: String) async throws {
        let result = try await TestStore().run("/bin/id; echo $HOME") { $0.user = specification }
        #expect(result.output.hasPrefix(expected))
        if specification == "sailor" {
            #expect(result.output.contains("1002(deck)"))
            #expect(result.output.hasSuffix("\n/srv\n"))
        }
    }

    @Test("reads what it is given as input, and nothing by default")
    func input() async throws {
        let test = try TestStore()
        #expect(try await test.run("/bin/cat") { $0.input = .bytes(Array("ahoy".utf8)) }.output == "ahoy")
        #expect(try await test.run("/bin/cat").output == "")
    }

    @Test("keeps what it writes from the image, and from the next container")
    func writes() async throws {
        let test = try TestStore()
        #expect(try await test.run("echo changed > /srv/note && /bin/cat /srv/note").output == "changed\n")
        #expect(try await test.run("/bin/cat /srv/note").output == "from the image\n")
    }

    @Test("has a read-only root when asked")
    func readOnly() async throws {
        let result = try await TestStore().run("echo x > /srv/note") { $0.readOnlyRoot = true }
        #expect(result.exit == .exited(1))
        #expect(result.errors.contains("Read-only file system"))
    }

    @Test("sees host paths that are attached, read-only where asked")
    func binds() async throws {
        let test = try TestStore()
        let shared = test.directory.path.appending("shared")
        try test.directory.open().makeDirectory("shared")
        let result = try await test.run("echo hello > /mnt/file; /bin/touch /ro/file; /bin/cat /ro/file") {
            $0.mounts = [
                .bind(source: shared.string, destination: "/mnt", readOnly: false),
                .bind(source: shared.string, destination: "/ro", readOnly: true),
                .tmpfs(destination: "/scratch", options: ["size=1m"]),
            ]
        }
        #expect(result.output == "hello\n")
        #expect(result.errors.contains("Read-only file system"))
    }

    @Test("has docker's capabilities and filter, no way to more, and a loopback interface only", .rows("CVE-2014-6408"))
    func confinement() async throws {
        let script = "/bin/busybox grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/self/status; /bin/ls /sys/class/net"
        let result = try await TestStore().run(script)
        #expect(result.output == "CapEff:\t00000000a80425fb\nNoNewPrivs:\t1\nSeccomp:\t2\nlo\n")
        let bare = try await TestStore().run("/bin/busybox grep CapEff /proc/self/status") {
            $0.droppedCapabilities = .dockerDefault
            $0.addedCapabilities = [CapabilitySet(.chown)]
        }
        #expect(bare.output == "CapEff:\t0000000000000001\n")
    }

    @Test(
        "cannot write to the host's kernel file systems, whatever it shares with the host",
        .rows("CVE-2023-25809"),
        arguments: ["nothing", "network", "processes", "ipc"]
    )
    func sharedKernelFileSystems(shared: String) async throws {
        let script = """
            /bin/busybox mkdir /sys/fs/cgroup/memory/x /sys/fs/cgroup/x /sys/x; echo x > /proc/sys/kernel/core_pattern
            /bin/busybox grep -E ' /(proc|sys)' /proc/self/mountinfo | /bin/busybox awk '$6 ~ /^rw/ { print $5 }'
            """
        let result = try await TestStore().run(script) {
            if shared == "network" { $0.network = .host }
            $0.sharesHostProcesses = shared == "processes"
            $0.sharesHostIPC = shared == "ipc"
        }
        // The container's own procfs is writable but for what is covered; nothing else is.
        #expect(result.output == "/proc\n")
        #expect(result.errors.contains("core_pattern: Read-only file system"))
    }

    @Test("is killed when its time is up")
    func timeout() async throws {
        let test = try TestStore()
        let result = try await test.run("echo begun; /bin/sleep 3600") { $0.timeout = .milliseconds(300) }
        #expect(result.exit == .timedOut)
        #expect(result.output == "begun\n")
        #expect(try test.leftovers() == [])
    }

    @Test("is killed when it writes more than is to be captured", .rows("CVE-2022-31030", "F-20"))
    func outputLimit() async throws {
        let test = try TestStore()
        let result = try await test.run("while :; do echo 0123456789; done") { $0.captureLimit = 5000 }
        #expect(result.exit == .outputLimitExceeded)
        #expect(result.standardOutput.count == 5000)
        #expect(try test.leftovers() == [])
        let exact = try await test.run("/bin/head -c 5000 /dev/zero") { $0.captureLimit = 5000 }
        #expect(exact.exit == .exited(0))
    }

    @Test("tells when memory ran out", .rows("F-20"))
    func outOfMemory() async throws {
        let eaten = try await TestStore().run("x=$(/bin/head -c 100000000 /dev/zero | /bin/busybox tr '\\0' x); exit 0")
        {
            $0.limits.memory = 16 << 20
        }
        #expect(eaten.exit == .outOfMemory)
        #expect(eaten.exit.statusCode == 137)
    }

    @Test("cannot have more processes than it may", .rows("F-20"))
    func pids() async throws {
        let script = "for i in 1 2 3 4 5 6 7 8 9; do /bin/sleep 5 & done; echo all"
        let result = try await TestStore().run(script) { $0.limits.pids = 5 }
        #expect(result.errors.contains("fork"))
        #expect(!result.output.contains("all"))
    }

    @Test("is killed, reaped and removed when its task is cancelled")
    func cancellation() async throws {
        let test = try TestStore()
        let store = test.store
        let task = Task { try await Container.run("test", ["/bin/sleep", "1000"], in: store) }
        while try store.runtime.list().allSatisfy({ $0.status != .running }) {
            try await Task.sleep(for: .milliseconds(5))
        }
        let processID = try #require(try store.runtime.list().first { $0.status == .running }).pid
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        // A zombie could still be opened.
        #expect(throws: SystemCallError.self) { _ = try ProcessHandle(processID: Int32(processID)) }
        #expect(try test.leftovers() == [])
    }

    @Test("can be done many times at once")
    func parallel() async throws {
        let test = try TestStore()
        let store = test.store
        try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<24 {
                group.addTask {
                    try await Container.run("test", ["/bin/sh", "-c", "echo \(number)"], in: store).output
                }
            }
            var outputs: Set<String> = []
            for try await output in group { outputs.insert(output) }
            #expect(outputs == Set((0..<24).map { "\($0)\n" }))
        }
        #expect(try test.leftovers() == [])
    }

    @Test("loses nothing of what a short program prints")
    func completeOutput() async throws {
        let test = try TestStore()
        for _ in 0..<50 { #expect(try await test.run("echo last words").output == "last words\n") }
    }
}
