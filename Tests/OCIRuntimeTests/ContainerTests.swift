// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCIRuntime
import OCISpec
import SystemPackage
import TestSupport
import Testing

@Suite("A container", .requires(.root, .busybox)) struct ContainerTests {
    @Test("goes from created to running to stopped, and is gone after delete", .rows("F-15"))
    func lifeCycle() async throws {
        let bundle = try TestBundle(script: "read line")
        let created = try bundle.create()
        let container = created.container
        #expect(try container.state().status == .created)
        #expect(try container.state().pid > 0)
        #expect(throws: RuntimeError.self) { try bundle.create(container.id) }
        try container.start()
        // Its standard input is empty, so it ends by itself.
        _ = try await container.wait()
        let state = try container.state()
        #expect(state.status == .stopped)
        #expect(state.pid == 0)
        #expect(throws: RuntimeError.self) { try container.start() }
        #expect(throws: RuntimeError.self) { try container.kill(signal: 15) }
        try container.delete()
        #expect(throws: RuntimeError.self) { try container.state() }
        #expect(try bundle.runtime.list().isEmpty)
    }

    @Test("gives the program's exit status", arguments: [0, 1, 7, 255])
    func exitStatus(status: Int32) async throws {
        #expect(try await TestBundle(script: "exit \(status)").run().exit == .exited(status))
    }

    @Test("tells a signal from an exit status")
    func signal() async throws {
        let bundle = try TestBundle(script: "while :; do sleep 1; done")
        let created = try bundle.create()
        try created.container.start()
        try created.container.kill(signal: 9)
        #expect(try await created.container.wait().reason == .signaled(9, coreDumped: false))
        try created.container.delete()
    }

    @Test(
        "has nothing of the host's tree, neither above its root nor for processes that join",
        arguments: [true, false]
    )
    func nothingOnTop(hasMasks: Bool) async throws {
        let bundle = try TestBundle(script: "while :; do sleep 1; done")
        if !hasMasks { bundle.configuration.linux?.maskedPaths = nil }
        let created = try bundle.create()
        try created.container.start()
        let script = "echo /* /../* /proc/1/root/../*; cd ..; echo *; /bin/busybox awk '$5 == \"/\"' /proc/1/mountinfo"
        let added = try await bundle.exec(script, in: created.container)
        #expect(added.exit == .exited(0))
        try created.container.delete(force: true)
        let lines = added.text.split(separator: "\n")
        let names = ["bin", "dev", "proc", "sys"]
        let expected = ["/", "/../", "/proc/1/root/../"].flatMap { prefix in names.map { prefix + $0 } }
        #expect(lines.first == Substring(expected.joined(separator: " ")))
        #expect(lines.dropFirst().first == Substring(names.joined(separator: " ")))
        // One mount at the root: ours.
        #expect(lines.count == 3)
    }

    @Test("is set up in a user namespace of its own, with the capabilities it was given and no others")
    func userNamespace() async throws {
        let bundle = try TestBundle(script: "/bin/busybox id -u; /bin/busybox grep -E 'Cap|uid' /proc/self/status")
        let mapped = RuntimeConfiguration.rootlessExample(uid: 0, gid: 0).linux
        bundle.configuration.mounts = RuntimeConfiguration.rootlessExample(uid: 0, gid: 0).mounts
        bundle.configuration.linux = mapped
        let lines = try await bundle.run().text.split(separator: "\n")
        let sets = ["Inh": 0, "Prm": 0x2000_0420, "Eff": 0x2000_0420, "Bnd": 0x2000_0420, "Amb": 0]
        #expect(lines.first == "0")
        for (name, value) in sets {
            let digits = String(value, radix: 16)
            let padded = String(repeating: "0", count: 16 - digits.count) + digits
            #expect(lines.contains("Cap\(name):\t\(padded)"))
        }
    }

    @Test("tells its creator the number of its process, and nobody else")
    func processID() throws {
        let bundle = try TestBundle(script: "")
        let created = try bundle.create()
        #expect(created.container.processID.map(Int.init) == (try created.container.state().pid))
        #expect(try bundle.runtime.container(created.container.id).processID == nil)
        try created.container.delete(force: true)
    }

    @Test("is made from a configuration that was read from the bundle and changed")
    func changedConfiguration() throws {
        let bundle = try TestBundle(script: "")
        #expect(throws: RuntimeError.self) { try Runtime.configuration(ofBundle: bundle.directory.path) }
        let bytes = bundle.configuration.json()
        try bundle.directory.open().replaceFile("config.json", bytes)
        #expect(try Runtime.configuration(ofBundle: bundle.directory.path) == bundle.configuration)
    }

    @Test("stays in its creator's control group when it is to have none, unless limits are asked for")
    func noControlGroup() throws {
        let bundle = try TestBundle(script: "")
        bundle.configuration.linux?.resources = nil
        var options = CreateOptions()
        options.cgroupManager = .disabled
        let (id, path) = (TestBundle.newID(), bundle.directory.path)
        let container = try bundle.runtime.create(
            id,
            configuration: bundle.configuration,
            bundle: path,
            options: options
        )
        #expect(try container.processIDs().isEmpty)
        try container.delete(force: true)
        bundle.configuration.linux?.resources = LinuxResources(memory: LinuxMemory(limit: 16 << 20))
        let error = #expect(throws: RuntimeError.self) {
            try bundle.runtime.create(id, configuration: bundle.configuration, bundle: path, options: options)
        }
        #expect(error?.code == .unsupported)
        #expect(try bundle.runtime.list().isEmpty)
    }

    @Test("has its own host name, users and process numbers")
    func isolation() async throws {
        let bundle = try TestBundle(script: "echo $$ $(/bin/busybox hostname) $(/bin/busybox id -u)")
        bundle.configuration.hostname = "box"
        #expect(try await bundle.run().text == "1 box 0\n")
    }

    @Test("keeps only the capabilities it was given, and cannot gain others", .rows("CVE-2022-29162"))
    func capabilities() async throws {
        let bundle = try TestBundle(script: "/bin/busybox grep -E 'Cap|NoNewPrivs' /proc/self/status")
        let lines = try await bundle.run().text.split(separator: "\n").map(String.init)
        #expect(lines.contains("CapEff:\t0000000020000420"))
        #expect(lines.contains("CapBnd:\t0000000020000420"))
        #expect(lines.contains("CapInh:\t0000000000000000"))
        #expect(lines.contains("CapAmb:\t0000000000000000"))
        #expect(lines.contains("NoNewPrivs:\t1"))
    }

    @Test("has no descriptor but the three standard streams", .rows("CVE-2015-3627"))
    func descriptors() async throws {
        let bundle = try TestBundle(script: "cd /proc/self/fd && echo *")
        // The shell itself opens the directory to list it.
        #expect(try await bundle.run().text == "0 1 2 3\n")
    }

    @Test("finds masked paths empty and read-only paths read-only")
    func masks() async throws {
        let bundle = try TestBundle(
            script: "/bin/busybox wc -c < /proc/timer_list; echo x > /proc/sys/kernel/domainname; echo done"
        )
        let text = try await bundle.run().text
        #expect(text.hasPrefix("0\n"))
        #expect(text.contains("Read-only file system"))
        #expect(text.hasSuffix("done\n"))
    }

    @Test("runs as another user with its groups")
    func user() async throws {
        let bundle = try TestBundle(script: "/bin/busybox id -u; /bin/busybox id -G")
        bundle.configuration.process?.user = .init(uid: 1000, gid: 1001, additionalGids: [5])
        #expect(try await bundle.run().text == "1000\n1001 5\n")
    }

    @Test("is confined by a seccomp filter when privileges may still grow")
    func seccompWithoutNoNewPrivileges() async throws {
        let bundle = try TestBundle(
            script: "/bin/busybox mkdir /x && echo made; /bin/busybox grep Seccomp: /proc/self/status"
        )
        bundle.configuration.process?.noNewPrivileges = false
        bundle.configuration.linux?.seccomp = try LinuxSeccomp(
            json:
                #"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"}]}"#
        )
        let text = try await bundle.run().text
        #expect(!text.contains("made"))
        #expect(text.contains("Seccomp:\t2"))
    }

    @Test("runs further processes, as confined as the first", .rows("CVE-2019-10144"))
    func exec() async throws {
        let bundle = try TestBundle(script: "while :; do sleep 1; done")
        let created = try bundle.create()
        try created.container.start()
        let script = "/bin/busybox grep -E 'CapEff|NoNewPrivs' /proc/self/status; /bin/busybox hostname; exit 3"
        let added = try await bundle.exec(script, in: created.container)
        #expect(added.exit == .exited(3))
        #expect(added.text == "CapEff:\t0000000020000420\nNoNewPrivs:\t1\nskiff\n")
        try created.container.delete(force: true)
    }

    @Test("has the devices that are listed, in directories of their own too")
    func devices() async throws {
        let bundle = try TestBundle(
            script: "/bin/busybox stat -c '%F %t:%T %a' /dev/sub/dir/nothing; echo x > /dev/sub/dir/nothing"
        )
        bundle.configuration.linux?.devices = [
            LinuxDevice(type: .character, path: "/dev/sub/dir/nothing", major: 1, minor: 3, fileMode: 0o640)
        ]
        #expect(try await bundle.run().text == "character special file 1:3 640\n")
    }

    @Test(
        "joins a namespace that is another container's",
        arguments: [
            (LinuxNamespace.Kind.pid, "pid"), (.network, "net"), (.ipc, "ipc"), (.uts, "uts"), (.cgroup, "cgroup"),
            (.time, "time"),
        ]
    )
    func joins(kind: LinuxNamespace.Kind, name: String) async throws {
        let holder = try TestBundle(script: "while :; do sleep 1; done")
        holder.configuration.linux?.namespaces?.append(LinuxNamespace(type: .time))
        let created = try holder.create()
        try created.container.start()
        let script = "/bin/busybox readlink /proc/self/ns/\(name)"
        let theirs = try await holder.exec(script, in: created.container).text
        let bundle = try TestBundle(script: script)
        let alone = try await bundle.run().text
        bundle.configuration.linux?.namespaces?.removeAll { $0.type == kind }
        let path = "/proc/\(try created.container.state().pid)/ns/\(name)"
        bundle.configuration.linux?.namespaces?.append(LinuxNamespace(type: kind, path: path))
        #expect(try await bundle.run().text == theirs)
        #expect(theirs.hasPrefix("\(name):["))
        #expect(alone != theirs)
        try created.container.delete(force: true)
    }

    @Test("has clocks of its own, for its first process and for those that are added")
    func clocks() async throws {
        let bundle = try TestBundle(script: "echo $$; /bin/busybox cat /proc/uptime; read line")
        bundle.configuration.linux?.namespaces?.append(LinuxNamespace(type: .time))
        bundle.configuration.linux?.timeOffsets = LinuxTimeOffsets(
            monotonic: LinuxTimeOffset(secs: 5_000_000, nanosecs: 1),
            boottime: LinuxTimeOffset(secs: 7_000_000)
        )
        let text = try await bundle.run().text
        #expect(text.hasPrefix("1\n7"))
        #expect(text.dropFirst(2).prefix { $0 != "." }.count == 7)

        bundle.configuration.process?.args = ["/bin/busybox", "sleep", "1000"]
        let created = try bundle.create()
        try created.container.start()
        let added = try await bundle.exec("/bin/busybox cat /proc/self/timens_offsets", in: created.container)
        #expect(added.exit == .exited(0))
        let words = added.text.split { $0 == " " || $0 == "\n" }
        #expect(words == ["monotonic", "5000000", "1", "boottime", "7000000", "0"])
        try created.container.delete(force: true)
    }

    @Test("refuses clocks that would stand below zero, and leaves nothing")
    func impossibleClocks() throws {
        let bundle = try TestBundle(script: "true")
        bundle.configuration.linux?.namespaces?.append(LinuxNamespace(type: .time))
        bundle.configuration.linux?.timeOffsets = LinuxTimeOffsets(monotonic: LinuxTimeOffset(secs: -9_000_000_000))
        let error = #expect(throws: RuntimeError.self) { try bundle.create() }
        #expect(error?.description.contains("clock") == true)
        #expect(try bundle.runtime.list().isEmpty)
    }

    @Test("stops and goes on when it is paused and resumed")
    func pause() async throws {
        let bundle = try TestBundle(script: "while :; do sleep 1; done")
        let created = try bundle.create()
        try created.container.start()
        try created.container.pause()
        #expect(try created.container.state().status == .paused)
        #expect(throws: RuntimeError.self) { try created.container.pause() }
        try created.container.resume()
        #expect(try created.container.state().status == .running)
        try created.container.pause()
        try created.container.delete(force: true)
        #expect(throws: RuntimeError.self) { try created.container.state() }
    }

    @Test("is limited by its control group", .rows("CVE-2025-47291"))
    func limits() async throws {
        let bundle = try TestBundle(
            script: "/bin/busybox head -c 64m /dev/zero | /bin/busybox tail > /dev/null; echo $?"
        )
        bundle.configuration.linux?.resources = LinuxResources(memory: LinuxMemory(limit: 16 << 20))
        let text = try await bundle.run().text
        #expect(!text.hasSuffix("0\n") || text.hasSuffix("137\n"))
    }

    @Test("leaves nothing when the program does not exist")
    func missingExecutable() throws {
        let bundle = try TestBundle(script: "")
        bundle.configuration.process?.args = ["no-such-program"]
        let error = #expect(throws: RuntimeError.self) { try bundle.create() }
        #expect(error?.code == .executableNotFound)
        #expect(error?.description.contains("executable file not found in $PATH") == true)
        #expect(try bundle.runtime.list().isEmpty)
    }

    @Test("refuses a root file system whose /proc is a link", .rows("CVE-2019-19921", "R-03"))
    func linkedProc() throws {
        let bundle = try TestBundle(script: "true")
        try bundle.directory.open().makeSymlink("rootfs/proc", target: Array("/bin".utf8))
        #expect(throws: RuntimeError.self) { try bundle.create() }
        #expect(try bundle.directory.open().directory("rootfs/bin").entries().count == 2)
    }

    @Test("creates mount targets through dangling links inside the root only", .rows("CVE-2019-18837", "R-09"))
    func danglingTarget() async throws {
        let outside = try TemporaryDirectory()
        let bundle = try TestBundle(script: "echo here > /var/run/x/file; /bin/busybox cat /run/x/file")
        let root = try bundle.directory.open()
        try root.makeDirectory("rootfs/var")
        try root.makeSymlink("rootfs/var/run", target: Array("/run".utf8))
        bundle.configuration.mounts?.append(
            RuntimeConfiguration.Mount(destination: "/var/run/x", type: "tmpfs", source: "tmpfs")
        )
        #expect(try await bundle.run().text == "here\n")
        #expect(try outside.open().entries().isEmpty)
    }

    @Test("is killed and forgotten by a forced delete in every state")
    func forcedDelete() throws {
        let bundle = try TestBundle(script: "while :; do sleep 1; done")
        for starts in [false, true] {
            let created = try bundle.create()
            if starts { try created.container.start() }
            try created.container.delete(force: true)
            #expect(try bundle.runtime.list().isEmpty)
        }
    }

    @Test("says which id does not exist")
    func missing() throws {
        let bundle = try TestBundle(script: "")
        let error = #expect(throws: RuntimeError.self) { try bundle.runtime.container("nobody") }
        #expect(error?.description == "container nobody: container does not exist")
    }

    @Test(
        "takes no id that is not a plain name",
        .rows("crun-1.28", "N-01", "N-02"),
        arguments: ["", ".", "..", "a/b", "../x", "-x", "a\n", "a\u{301}", " "]
    )
    func badID(id: String) throws {
        let bundle = try TestBundle(script: "")
        let error = #expect(throws: RuntimeError.self) { try bundle.create(id) }
        #expect(error?.code == .invalidID)
    }
}
