// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCIRuntime
import OCISpec
import SystemPackage
import TestSupport
import Testing

@Suite("A hook", .requires(.root, .busybox)) struct HookTests {
    typealias Hook = RuntimeConfiguration.Hook

    /// A hook that runs a script with busybox.
    static func script(_ text: String, env: [String]? = [], timeout: Int? = nil) -> Hook {
        Hook(path: "/bin/busybox", args: ["sh", "-c", text], env: env, timeout: timeout)
    }

    /// Hooks of all six points that are made by `hook`.
    static func all(_ hook: (String) -> [Hook]) -> RuntimeConfiguration.Hooks {
        RuntimeConfiguration.Hooks(
            prestart: hook("prestart"),
            createRuntime: hook("createRuntime"),
            createContainer: hook("createContainer"),
            startContainer: hook("startContainer"),
            poststart: hook("poststart"),
            poststop: hook("poststop")
        )
    }

    private func text(_ path: FilePath) throws -> String {
        String(decoding: try OwnedFileDescriptor.open(path, 0).readAll(limit: 4 << 20), as: UTF8.self)
    }

    @Test("gets the state of its moment, all in the order of the life cycle", arguments: [true, false])
    func order(hasProcessNamespace: Bool) async throws {
        let bundle = try TestBundle(script: "echo program >> /log")
        let outside = bundle.directory.path.appending("rootfs/log").string
        bundle.configuration.annotations = ["long": String(repeating: "x", count: 100_000)]
        if !hasProcessNamespace { bundle.configuration.linux?.namespaces?.removeAll { $0.type == .pid } }
        bundle.configuration.hooks = Self.all { point in
            let file = point == "startContainer" ? "/log" : outside
            return [
                Self.script("echo \(point) >> \(file); /bin/busybox cat > \(file)-\(point)"),
                Self.script("echo again >> \(file)"),
            ]
        }
        let created = try bundle.create()
        let pid = try created.container.state().pid
        let stem = outside
        #expect(try text(FilePath(stem)) == "prestart\nagain\ncreateRuntime\nagain\ncreateContainer\nagain\n")
        try created.container.start()
        _ = try await created.container.wait()
        try created.container.delete()
        let end = "startContainer\nagain\nprogram\npoststart\nagain\npoststop\nagain\n"
        // The program and the hooks after its start run at the same time.
        let lines = try text(FilePath(stem)).split(separator: "\n").dropFirst(6)
        #expect(lines.sorted() == end.split(separator: "\n").sorted())
        #expect(lines.first == "startContainer")
        let expected: [(String, ContainerState.Status, Int?)] = [
            ("prestart", .creating, pid), ("createRuntime", .creating, pid),
            ("createContainer", .creating, hasProcessNamespace ? 1 : pid),
            ("startContainer", .created, hasProcessNamespace ? 1 : pid), ("poststart", .running, pid),
            ("poststop", .stopped, nil),
        ]
        for (point, status, number) in expected {
            let state = try ContainerState(json: Array(try text(FilePath("\(stem)-\(point)")).utf8))
            #expect(state.status == status, "\(point)")
            #expect(state.pid == number, "\(point)")
            #expect(state.id == created.container.id)
            #expect(state.bundle == bundle.directory.path.string)
            #expect(state.annotations == bundle.configuration.annotations)
        }
    }

    @Test(
        "gets its own arguments and environment, a directory to work in, and no descriptors of ours",
        .rows("CVE-2025-23266", "CVE-2021-21334")
    )
    func surroundings() async throws {
        let bundle = try TestBundle(script: "/bin/busybox grep SigBlk /proc/self/status")
        let root = bundle.directory.path.appending("rootfs").string
        bundle.configuration.process?.env = ["FRUIT=plum"]
        bundle.configuration.hooks = Self.all { point in
            let file = point == "startContainer" ? "/out" : root + "/out"
            let probe =
                "/bin/busybox tr '\\0' '\\n' < /proc/self/environ; echo 0 $0 1 $1; /bin/busybox pwd; cd /proc/self/fd; echo *"
            return [
                Hook(
                    path: "/bin/busybox",
                    args: ["sh", "-c", "(\(probe)) > \(file)-\(point)", "zero", "one"],
                    env: ["A=1", "B=two words"]
                ),
                Hook(
                    path: "/bin/busybox",
                    args: ["sh", "-c", "/bin/busybox cat < /proc/self/environ > \(file)-\(point)-standard; true"]
                ),
            ]
        }
        let created = try bundle.create(preserving: [SharedDescriptor(try .open("/dev/null", 0))])
        try created.container.start()
        // What a hook does to its signals is not the program's.
        let signals = try created.text()
        #expect(signals == "SigBlk:\t0000000000000000\n")
        _ = try await created.container.wait()
        try created.container.delete()
        for point in ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"] {
            let lines = try text(FilePath("\(root)/out-\(point)")).split(separator: "\n").map(String.init)
            #expect(lines.prefix(3) == ["A=1", "B=two words", "0 zero 1 one"], "\(point)")
            let place = lines.dropFirst(3).first
            switch point {
            case "createContainer": break
            case "startContainer": #expect(place == "/")
            default: #expect(place == bundle.directory.path.string)
            }
            #expect(lines.last == "0 1 2 3", "\(point)")
            let standard = try text(FilePath("\(root)/out-\(point)-standard"))
            #expect(standard.contains("FRUIT=plum") == (point == "startContainer"), "\(point)")
            #expect(standard.contains("PATH=") == (point != "startContainer"), "\(point)")
        }
    }

    @Test("of the creation works on the container's root, and on what is mounted there")
    func root() throws {
        let bundle = try TestBundle(script: "true")
        let probe = "test -c ./dev/null && test -d ./proc/self && ! test -e ./etc"
        bundle.configuration.hooks = .init(createContainer: [Self.script(probe)])
        try bundle.create().container.delete(force: true)
    }

    @Test("finds the container's mounts at the root's name in the bundle, and mounts there for the container")
    func mountsAtRoot() async throws {
        let bundle = try TestBundle(script: "/bin/busybox cat /inside/file; echo * /../*")
        let root = bundle.directory.path.appending("rootfs").string
        try bundle.directory.open().makeDirectory("rootfs/inside")
        let script =
            "test -c \(root)/dev/null && /bin/busybox mount -t tmpfs hook \(root)/inside && echo hello > \(root)/inside/file"
        bundle.configuration.hooks = .init(createContainer: [Self.script(script)])
        #expect(
            try await bundle.run().text
                == "hello\nbin dev inside proc sys /../bin /../dev /../inside /../proc /../sys\n"
        )
        // What was mounted is the container's.
        #expect(try bundle.directory.open().directory("rootfs/inside").entries().isEmpty)
    }

    @Test(
        "that fails fails the container, with its name and what it printed",
        .rows("F-11"),
        arguments: ["prestart", "createRuntime", "createContainer", "startContainer", "poststart"]
    )
    func failure(point: String) async throws {
        let bundle = try TestBundle(script: "while :; do sleep 1; done")
        let log = bundle.directory.path.appending("stopped")
        bundle.configuration.hooks = Self.all { current in
            switch current {
            case point: [Self.script("true"), Self.script("echo no; echo luck >&2; exit 3"), Self.script("exit 4")]
            case "poststop": [Self.script("exit 1"), Self.script("/bin/busybox cat > \(log)")]
            default: []
            }
        }
        let isLate = point == "startContainer" || point == "poststart"
        var error: RuntimeError?
        if isLate {
            let created = try bundle.create()
            error = #expect(throws: RuntimeError.self) { try created.container.start() }
            // It is over, and stays on record for who asks why.
            _ = try await created.container.wait()
            #expect(try created.container.state().status == .stopped)
            #expect(throws: (any Error).self) { try text(log) }
            try created.container.delete()
        } else {
            error = #expect(throws: RuntimeError.self) { try bundle.create() }
        }
        #expect(error?.code == .hookFailed)
        #expect(error?.description.contains("error running \(point) hook #1: exit status 3: no; luck") == true)
        #expect(try bundle.runtime.list().isEmpty)
        #expect(try ContainerState(json: Array(try text(log).utf8)).status == .stopped)
    }

    @Test(
        "is killed with everything it started when its time is over",
        .rows("F-11"),
        arguments: ["createRuntime", "createContainer"]
    )
    func timeLimit(point: String) throws {
        let bundle = try TestBundle(script: "true")
        bundle.configuration.linux?.namespaces?.removeAll { $0.type == .pid }
        let file = bundle.directory.path.appending("number")
        let script = "/bin/busybox sleep 1000 & echo $! > \(file); wait"
        bundle.configuration.hooks = Self.all { $0 == point ? [Self.script(script, timeout: 1)] : [] }
        let error = #expect(throws: RuntimeError.self) { try bundle.create() }
        #expect(error?.code == .hookFailed)
        #expect(error?.description.contains("\(point) hook #0: timed out after 1 s and was killed") == true)
        let number = try #require(Int32(try text(file).split(separator: "\n").first ?? ""))
        #expect(!isRunning(number))
    }

    /// Whether a process exists and is no zombie.
    private func isRunning(_ number: Int32) -> Bool {
        guard let status = try? text(FilePath("/proc/\(number)/stat")) else { return false }
        return !status.contains(") Z ")
    }

    @Test("that ends by a signal is told by the signal")
    func signal() throws {
        let bundle = try TestBundle(script: "true")
        for point in ["createRuntime", "createContainer"] {
            bundle.configuration.hooks = Self.all { $0 == point ? [Self.script("kill -9 $$")] : [] }
            let error = #expect(throws: RuntimeError.self) { try bundle.create() }
            #expect(error?.description.contains("killed by signal 9") == true)
        }
    }

    @Test(
        "that cannot be executed is named with the error of the file",
        arguments: [
            ("/no/such", "no such file or directory"), ("/usr", "is a directory"), ("/etc/passwd", "permission denied"),
        ]
    )
    func noProgram(path: String, words: String) throws {
        for point in ["prestart", "createContainer", "startContainer"] {
            let bundle = try TestBundle(script: "while :; do sleep 1; done")
            let root = try bundle.directory.open()
            try root.makeDirectories("rootfs/etc")
            try root.makeDirectories("rootfs/usr")
            try root.replaceFile("rootfs/etc/passwd", [], mode: 0o644)
            bundle.configuration.hooks = Self.all { $0 == point ? [Hook(path: path)] : [] }
            let error = #expect(throws: RuntimeError.self) {
                let created = try bundle.create()
                defer { try? created.container.delete(force: true) }
                try created.container.start()
            }
            #expect(error?.code == .hookFailed)
            #expect(error?.description.contains("\(point) hook #0") == true)
            #expect(error?.description.contains(words) == true, "\(String(describing: error))")
            #expect(try bundle.runtime.list().isEmpty)
        }
    }

    @Test("may print a lot and need not read, and nothing of it is the container's output", .rows("F-11"))
    func output() async throws {
        let bundle = try TestBundle(script: "echo program")
        bundle.configuration.annotations = ["long": String(repeating: "x", count: 200_000)]
        let noise = Self.script("/bin/busybox head -c 300000 /dev/zero | /bin/busybox tr '\\0' x")
        bundle.configuration.hooks = Self.all { _ in [noise] }
        let finished = try await bundle.run()
        #expect(finished.text == "program\n")
        #expect(finished.exit == .exited(0))
    }

    @Test("of the start is as confined as the program", arguments: [true, false])
    func confinement(noNewPrivileges: Bool) throws {
        let bundle = try TestBundle(script: "while :; do sleep 1; done")
        bundle.configuration.process?.noNewPrivileges = noNewPrivileges
        bundle.configuration.process?.rlimits = [.init(type: .core, soft: 0, hard: 0)]
        bundle.configuration.linux?.seccomp = LinuxSeccomp(
            defaultAction: .allow,
            syscalls: [.init(names: ["mkdir", "mkdirat"], action: .killProcess)]
        )
        let script = "/bin/busybox grep CapEff /proc/self/status; exec /bin/busybox mkdir /dev/shm/x"
        bundle.configuration.hooks = .init(startContainer: [Self.script(script)])
        let created = try bundle.create()
        let error = #expect(throws: RuntimeError.self) { try created.container.start() }
        #expect(error?.description.contains("bad system call") == true)
        #expect(error?.description.contains("CapEff:\t0000000020000420") == true, "\(String(describing: error))")
        try created.container.delete(force: true)
    }

    @Test("does not run again for processes that are added")
    func exec() async throws {
        let bundle = try TestBundle(script: "while :; do sleep 1; done")
        bundle.configuration.hooks = .init(startContainer: [Self.script("echo once >> /log")])
        let created = try bundle.create()
        try created.container.start()
        #expect(try await bundle.exec("/bin/busybox cat /log", in: created.container).text == "once\n")
        try created.container.delete(force: true)
    }
}
