// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation
import LinuxSystem
import OCIRuntime
import OCISpec
import SystemPackage
import TestSupport
import Testing

@Suite("A launch pool", .requires(.root, .busybox), .serialized, .endsIfStuck) struct LaunchPoolTests {
    typealias Change = @Sendable (inout RuntimeConfiguration) -> Void

    /// Prints what a program can see of its container.
    private static let probe = """
        id -u; id -G; hostname; pwd; umask; env | sort; grep -E 'Cap|NoNew|Seccomp:|Uid|Gid|Groups' /proc/self/status; ls -1 /dev /
        awk '{print $4, $5, $6, $(NF-2)}' /proc/self/mountinfo; cat /proc/self/limits /proc/self/cgroup; ls /proc/self/fd
        ls /sys/class/net; cat /proc/self/oom_score_adj; ps -o pid,comm | head -3; cat /proc/timer_list | wc -c; ls -ld /work
        """.split(separator: "\n").joined(separator: ";")

    private func bundle(_ script: String = "exit 3") throws -> TestBundle {
        let bundle = try TestBundle(script: script)
        let root = try bundle.directory.open()
        for name in [
            "id", "hostname", "env", "sort", "grep", "ls", "awk", "cat", "ps", "head", "wc", "sleep", "tty", "stty",
        ] {
            try root.makeSymlink(FilePath("rootfs/bin/\(name)"), target: Array("busybox".utf8))
        }
        return bundle
    }

    private func pool(_ bundle: TestBundle, capacity: Int = 1) throws -> LaunchPool {
        try LaunchPool(
            bundle.runtime,
            configuration: bundle.configuration,
            bundle: bundle.directory.path,
            capacity: capacity
        )
    }

    /// Creates a container from a pool. The writing end of its output is nobody's but the process's when this returns.
    private func create(
        _ pool: LaunchPool,
        _ configuration: RuntimeConfiguration? = nil,
        preserving: [SharedDescriptor] = []
    ) throws -> Created {
        let ends = try OwnedFileDescriptor.pipe().shared()
        var options = CreateOptions()
        options.input = SharedDescriptor(try .open("/dev/null", 0))
        options.output = ends.writing
        options.errors = ends.writing
        options.preservedDescriptors = preserving
        let container = try pool.create(TestBundle.newID(), configuration: configuration, options: options)
        return Created(container: container, output: ends.reading)
    }

    /// Runs a created container to its end and deletes it.
    private func finish(_ created: Created) async throws -> Finished {
        do {
            try created.container.start()
            let text = try created.text()
            let exit = try await created.container.wait()
            try created.container.delete()
            return Finished(exit: exit.reason, text: text)
        } catch {
            try? created.container.delete(force: true)
            throw error
        }
    }

    /// Creates a container from a pool, runs it to its end and deletes it.
    private func run(
        _ pool: LaunchPool,
        _ configuration: RuntimeConfiguration? = nil,
        preserving: [SharedDescriptor] = []
    ) async throws -> Finished {
        try await finish(try create(pool, configuration, preserving: preserving))
    }

    private func isGone(_ processID: Int32) -> Bool { !FileManager.default.fileExists(atPath: "/proc/\(processID)") }

    private func waitUntilGone(_ processIDs: [Int32]) async throws {
        while !processIDs.allSatisfy(isGone) { try await Task.sleep(for: .milliseconds(20)) }
    }

    /// The names of the control groups of a process.
    private func groups(of processID: Int32) throws -> Set<String> {
        let lines = try String(contentsOfFile: "/proc/\(processID)/cgroup", encoding: .utf8).split(separator: "\n")
        return Set(
            lines.compactMap { $0.split(separator: "/").last.map(String.init) }.filter { $0.hasPrefix("skiff-pool-") }
        )
    }

    private func found(_ groups: Set<String>) throws -> String {
        try groups.map { try Command.run(["find", "/sys/fs/cgroup", "-name", $0]).output }.joined()
    }

    @Test("gives the container that there would be without it", arguments: [false, true])
    func same(hasUserNamespace: Bool) async throws {
        let bundle = try bundle()
        if hasUserNamespace {
            let rootless = RuntimeConfiguration.rootlessExample(uid: 0, gid: 0)
            bundle.configuration.mounts = rootless.mounts
            bundle.configuration.linux = rootless.linux
        }
        // The rootless example shares the host's network.
        if !hasUserNamespace { bundle.configuration.linux?.sysctl = ["net.ipv4.ip_forward": "1"] }
        let pool = try pool(bundle)
        defer { pool.close() }
        try pool.fill()
        bundle.configuration.hostname = "other"
        bundle.configuration.process?.args = ["/bin/sh", "-c", Self.probe]
        bundle.configuration.process?.env = ["PATH=/bin", "A=b c"]
        bundle.configuration.process?.cwd = "/work"
        if !hasUserNamespace {
            bundle.configuration.process?.user = .init(uid: 1000, gid: 1001, umask: 0o27, additionalGids: [5])
        }
        bundle.configuration.process?.rlimits = [.init(type: .core, soft: 7, hard: 9)]
        bundle.configuration.linux?.seccomp = try LinuxSeccomp(json: #"{"defaultAction":"SCMP_ACT_ALLOW"}"#)
        let pooled = try await run(pool, bundle.configuration)
        let statistics = pool.statistics
        let ordinary = try await bundle.run()
        #expect(statistics.taken == 1 && statistics.missed == 0)
        #expect(pooled.text == ordinary.text)
        #expect(pooled.exit == ordinary.exit)
        #expect(ordinary.text.contains("other"))
        #expect(ordinary.text.contains("/work"))
    }

    @Test("gives the program its descriptors, wherever those of the init lie")
    func descriptors() async throws {
        let bundle = try bundle()
        let pool = try pool(bundle)
        defer { pool.close() }
        try pool.fill()
        var preserved: [SharedDescriptor] = []
        for index in 0..<40 {
            let ends = try OwnedFileDescriptor.pipe().shared()
            try ends.writing.descriptor.write(Array("\(index);".utf8))
            preserved.append(ends.reading)
        }
        var configuration = bundle.configuration
        let script = "cd /proc/self/fd; set -- *; echo $#; i=3; while [ $i -lt 43 ]; do cat <&$i; i=$((i+1)); done"
        configuration.process?.args = ["/bin/sh", "-c", script]
        let finished = try await run(pool, configuration, preserving: preserved)
        #expect(finished.text == "44\n" + (0..<40).map { "\($0);" }.joined())
        #expect(pool.statistics.missed == 0)
    }

    @Test("gives a terminal that was opened ahead")
    func terminal() async throws {
        let bundle = try bundle("tty; stty size")
        bundle.configuration.process?.terminal = true
        bundle.configuration.process?.consoleSize = .init(height: 33, width: 77)
        let pool = try pool(bundle)
        defer { pool.close() }
        try pool.fill()
        let container = try pool.create(TestBundle.newID())
        let terminal = try #require(container.terminal)
        let finished: Finished
        do {
            try container.start()
            let exit = try await container.wait()
            var text: [UInt8] = []
            // A terminal that nobody has open any more ends with an error.
            var more = [UInt8](repeating: 0, count: 4096)
            while let count = try? terminal.descriptor.read(into: &more), count > 0 { text += more.prefix(count) }
            finished = Finished(exit: exit.reason, text: String(decoding: text, as: UTF8.self))
        } catch {
            try? container.delete(force: true)
            throw error
        }
        try container.delete()
        #expect(finished.text == "/dev/pts/0\r\n33 77\r\n")
        #expect(pool.statistics.missed == 0)
    }

    @Test("uses no container twice, has never more than its capacity, and is filled again by itself")
    func bounds() async throws {
        let bundle = try bundle()
        let pool = try pool(bundle, capacity: 2)
        defer { pool.close() }
        try pool.fill()
        try pool.fill()
        #expect(pool.statistics.waiting.count == 2)
        #expect(pool.statistics.waiting.allSatisfy { ($0.memory ?? 0) > 0 })
        var seen: Set<Int32> = []
        for _ in 0..<6 {
            let waiting = Set(pool.statistics.waiting.map(\.processID))
            #expect(waiting.count <= 2)
            let created = try create(pool)
            let processID = try #require(created.container.processID)
            #expect(waiting.contains(processID) && seen.insert(processID).inserted)
            #expect(!pool.statistics.waiting.map(\.processID).contains(processID))
            #expect(try await finish(created).exit == .exited(3))
            while pool.statistics.waiting.count < 2 { try await Task.sleep(for: .milliseconds(10)) }
        }
        let statistics = pool.statistics
        #expect(statistics.taken == 6 && statistics.missed == 0 && statistics.discarded == 0)
        #expect(statistics.prepared <= 8)
    }

    @Test("makes containers from the beginning when none waits")
    func empty() async throws {
        let bundle = try bundle()
        let pool = try pool(bundle)
        defer { pool.close() }
        for _ in 0..<4 { #expect(try await run(pool).exit == .exited(3)) }
        let statistics = pool.statistics
        #expect(statistics.taken + statistics.missed == 4)
    }

    @Test("replaces a container that died while it waited")
    func death() async throws {
        let bundle = try bundle()
        let pool = try pool(bundle, capacity: 2)
        defer { pool.close() }
        try pool.fill()
        let waiting = pool.statistics.waiting.map(\.processID)
        let names = try groups(of: waiting[0])
        #expect(!names.isEmpty)
        kill(waiting[0], SIGKILL)
        // Dead, though not reaped.
        while try !ProcessHandle(processID: waiting[0]).hasEnded() { try await Task.sleep(for: .milliseconds(5)) }
        #expect(try await run(pool).exit == .exited(3))
        try pool.fill()
        let statistics = pool.statistics
        #expect(statistics.waiting.count == 2 && statistics.discarded == 1 && statistics.missed == 0)
        #expect(!statistics.waiting.map(\.processID).contains(waiting[0]))
        #expect(isGone(waiting[0]))
        #expect(try found(names).isEmpty)
    }

    @Test("uses no container whose mounts are of a file that has been replaced")
    func replaced() async throws {
        let bundle = try bundle("cat /file")
        let root = try bundle.directory.open()
        try root.replaceFile("source", Array("old".utf8), mode: 0o644)
        let source = bundle.directory.path.appending("source").string
        bundle.configuration.mounts?.append(
            .init(destination: "/file", type: "bind", source: source, options: ["bind"])
        )
        let pool = try pool(bundle)
        defer { pool.close() }
        try pool.fill()
        #expect(try await run(pool).text == "old")
        try pool.fill()
        try root.replaceFile("source", Array("new".utf8), mode: 0o644)
        #expect(try await run(pool).text == "new")
        #expect(pool.statistics.discarded >= 1)
    }

    /// Changes of what is decided ahead, and what the refusal names.
    static let differences: [(String, Change)] = [
        ("namespaces", { $0.linux?.namespaces?.removeAll { $0.type == .ipc } }),
        (
            "uidMappings",
            {
                $0.linux?.namespaces?.append(LinuxNamespace(type: .user))
                $0.linux?.uidMappings = [.init(containerID: 0, hostID: 1000, size: 1)]
                $0.linux?.gidMappings = [.init(containerID: 0, hostID: 1000, size: 1)]
            }
        ),
        ("root", { $0.root?.path = "other" }), ("rootIsReadOnly", { $0.root?.readonly = true }),
        ("rootPropagation", { $0.linux?.rootfsPropagation = .private }),
        ("mounts", { $0.mounts?.append(.init(destination: "/x", type: "tmpfs", source: "tmpfs")) }),
        (
            "devices",
            {
                $0.linux?.devices = [LinuxDevice(type: .character, path: "/dev/x", major: 1, minor: 3, fileMode: 0o600)]
            }
        ),
        ("maskedPaths", { $0.linux?.maskedPaths = [] }), ("readOnlyPaths", { $0.linux?.readonlyPaths = [] }),
        ("sysctls", { $0.linux?.sysctl = ["net.ipv4.ip_forward": "1"] }),
        ("process.oomScoreAdjustment", { $0.process?.oomScoreAdj = 7 }),
        ("process.terminal", { $0.process?.terminal = true }),
        ("linux.resources", { $0.linux?.resources = LinuxResources(pids: .init(limit: 77)) }),
        ("linux.cgroupsPath", { $0.linux?.cgroupsPath = "/of-its-own" }),
        ("hooks.createRuntime", { $0.hooks = .init(createRuntime: [.init(path: "/bin/true")]) }),
    ]

    @Test("refuses by name a request that differs in what is decided ahead", arguments: differences.indices)
    func difference(index: Int) throws {
        let (name, change) = Self.differences[index]
        let bundle = try bundle()
        let pool = try pool(bundle)
        defer { pool.close() }
        try pool.fill()
        var configuration = bundle.configuration
        change(&configuration)
        let requested = configuration
        let error = #expect(throws: RuntimeError.self) { try pool.create(TestBundle.newID(), configuration: requested) }
        #expect(error?.code == .preparedDifferently)
        let named = error?.step.split(separator: ": ").last?.split(separator: ", ").map(String.init) ?? []
        #expect(named.contains(name))
        #expect(try bundle.runtime.list().isEmpty)
        #expect(pool.statistics.waiting.count == 1)
    }

    @Test("refuses by name to record the steps of a container whose first ones were not", arguments: [false, true])
    func recording(hasRecorder: Bool) async throws {
        let bundle = try bundle()
        let pool = try pool(bundle)
        defer { pool.close() }
        try pool.fill()
        var options = CreateOptions()
        if hasRecorder { options.recorder = PhaseRecorder() } else { options.recordsTimes = true }
        let wanted = options
        let error = #expect(throws: RuntimeError.self) { try pool.create(TestBundle.newID(), options: wanted) }
        #expect(error?.code == .preparedDifferently)
        #expect(error?.step.contains("CreateOptions.recordsTimes") == true)
        #expect(pool.statistics.waiting.count == 1)
    }

    @Test("refuses by name a directory that could not be made in a read-only root any more")
    func directory() async throws {
        let bundle = try bundle()
        bundle.configuration.root?.readonly = true
        let pool = try pool(bundle)
        defer { pool.close() }
        var configuration = bundle.configuration
        configuration.process?.cwd = "/new"
        let requested = configuration
        let error = #expect(throws: RuntimeError.self) { try pool.create(TestBundle.newID(), configuration: requested) }
        #expect(error?.step.hasSuffix(": process.workingDirectory") == true)
    }

    @Test("is refused by name for what cannot be prepared ahead")
    func unsupported() throws {
        let bundle = try bundle()
        bundle.configuration.linux?.cgroupsPath = "/of-its-own"
        bundle.configuration.hooks = .init(createContainer: [.init(path: "/bin/true")])
        let error = #expect(throws: RuntimeError.self) { try pool(bundle) }
        #expect(error?.code == .unsupported)
        #expect(error?.step.hasSuffix(": linux.cgroupsPath, hooks.createContainer") == true)
    }

    @Test("leaves nothing of a creation that fails")
    func failure() async throws {
        let bundle = try bundle()
        let pool = try pool(bundle)
        defer { pool.close() }
        try pool.fill()
        let slot = try #require(pool.statistics.waiting.first)
        let names = try groups(of: slot.processID)
        var configuration = bundle.configuration
        configuration.process?.args = ["/bin/not-there"]
        let requested = configuration
        let error = #expect(throws: RuntimeError.self) { try pool.create(TestBundle.newID(), configuration: requested) }
        #expect(error?.code == .executableNotFound)
        #expect(isGone(slot.processID))
        #expect(try found(names).isEmpty)
        #expect(try bundle.runtime.list().isEmpty)
    }

    @Test("leaves nothing when it is closed, and what came from it goes on")
    func close() async throws {
        let bundle = try bundle("sleep 1000")
        let pool = try pool(bundle, capacity: 3)
        try pool.fill()
        let container = try pool.create(TestBundle.newID())
        try container.start()
        try pool.fill()
        let waiting = pool.statistics.waiting.map(\.processID)
        let names = try waiting.reduce(into: Set<String>()) { try $0.formUnion(groups(of: $1)) }
        #expect(names.count == 3)
        pool.close()
        pool.close()
        let isRunning = try container.state().status == .running
        try container.delete(force: true)
        #expect(isRunning)
        #expect(waiting.count == 3 && waiting.allSatisfy(isGone))
        #expect(try found(names).isEmpty)
        #expect(pool.statistics.waiting.isEmpty)
        let error = #expect(throws: RuntimeError.self) { try pool.create(TestBundle.newID()) }
        #expect(error?.code == .wrongState)
    }

    @Test("leaves no descriptor open when it is closed")
    func leftDescriptors() async throws {
        await #expect(processExitsWith: .success) {
            let bundle = try TestBundle(script: "exit 3")
            // The event that ends a wait for the pool's thread is closed by whoever of both is the last to let go of it.
            let open = {
                try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
                    .compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)") }
                    .map { $0.hasPrefix("anon_inode") ? $0 : String($0.prefix { $0 != ":" }) }
                    .filter { $0 != "anon_inode:[eventfd]" }
                    .sorted()
            }
            var found: [[String]] = []
            for _ in 0..<4 {
                let pool = try LaunchPool(
                    bundle.runtime,
                    configuration: bundle.configuration,
                    bundle: bundle.directory.path,
                    capacity: 2
                )
                try pool.fill()
                let container = try pool.create(TestBundle.newID())
                try container.delete(force: true)
                pool.close()
                found.append(try open())
            }
            // The first has started the thread and made the init.
            #expect(found[1] == found[3], "\(found)")
        }
    }

    @Test("takes what waits along when its host is killed")
    func hostDeath() async throws {
        let bundle = try bundle()
        let path = "\(bundle.directory.path)"
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            var configuration = RuntimeConfiguration.example
            configuration.process?.terminal = false
            let pool = try LaunchPool(
                Runtime(root: FilePath(path).appending("other")),
                configuration: configuration,
                bundle: FilePath(path),
                capacity: 2
            )
            try pool.fill()
            let lines = pool.statistics.waiting.map { "\($0.processID)" }.joined(separator: "\n")
            try lines.write(toFile: path + "/waiting", atomically: true, encoding: .utf8)
            kill(getpid(), SIGKILL)
        }
        let lines = try String(contentsOfFile: path + "/waiting", encoding: .utf8)
        let waiting = lines.split(separator: "\n").compactMap { Int32($0) }
        #expect(waiting.count == 2)
        try await waitUntilGone(waiting)
    }
}
