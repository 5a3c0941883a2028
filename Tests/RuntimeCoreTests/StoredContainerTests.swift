// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import LinuxSystem
import OCIRuntime
import RuntimeCore
import SystemPackage
import TestSupport
import Testing

@Suite("A kept container", .requires(.root, .overlay, .busybox)) struct StoredContainerTests {
    @Test("is created, runs, ends with a recorded status, can run again, and is gone once removed")
    func lifeCycle() async throws {
        let test = try TestStore()
        let stored = try test.store.create("test", ["/bin/sh", "-c", "echo x >> /srv/log; exit 3"])
        #expect(try stored.status() == .created)
        for _ in 0..<2 {
            let found = try test.store.container(stored.metadata.name)
            let container = try found.launch(try Self.quiet())
            try container.start()
            let recorded = try found.finish(container, try await container.wait())
            #expect(recorded.status == 3)
            #expect(try found.status() == .exited(recorded))
        }
        let log = try RootDirectory(at: stored.bundle).readFile("upper/srv/log")
        #expect(String(decoding: log, as: UTF8.self) == "x\nx\n")
        try stored.remove()
        #expect(try test.leftovers() == [])
    }

    @Test("is planned in words, its limits included, without being made")
    func plan() throws {
        let test = try TestStore()
        var options = ContainerOptions()
        options.limits.memory = 64 << 20
        options.limits.pids = 32
        let steps = try test.store.plan("test", ["/bin/true"], options: options).steps.map(\.text)
        #expect(steps.contains { $0.hasPrefix("write 67108864 to memory.") })
        #expect(steps.contains("write 32 to pids.max"))
        #expect(steps.contains { $0.contains("seccomp") })
        #expect(steps.contains { $0.contains("/bin/true") })
        #expect(try test.leftovers() == [])
    }

    @Test("is found by name, by id and by the first digits of its id, while these are unique")
    func find() throws {
        let test = try TestStore()
        var options = ContainerOptions()
        options.name = "pinta"
        let stored = try test.store.create("test", options: options)
        for name in ["pinta", stored.id, String(stored.id.prefix(6))] {
            #expect(try test.store.container(name).id == stored.id)
        }
        for name in ["", "nina", "..", "pinta/"] {
            #expect(throws: ContainerStoreError.self) { try test.store.container(name) }
        }
        let error = #expect(throws: ContainerStoreError.self) { try test.store.create("test", options: options) }
        #expect(error?.code == .nameInUse)
        #expect(try test.store.containers().map(\.id) == [stored.id])
        try stored.remove()
        try test.store.create("test", options: options).remove()
    }

    @Test("takes other processes while it runs, as confined as its first one", .rows("CVE-2019-10144"))
    func exec() async throws {
        let test = try TestStore()
        let stored = try test.store.create("test", ["/bin/sleep", "1000"])
        let container = try stored.launch(try Self.quiet())
        try container.start()
        let pipe = try OwnedFileDescriptor.pipe().shared()
        var request = ExecRequest(["/bin/sh", "-c", "echo $FROM; /bin/id -u; /bin/readlink /proc/self/cwd; exit 4"])
        request.environment = ["FROM=exec"]
        request.user = "sailor"
        request.workingDirectory = "/tmp"
        request.options = try Self.quietExec()
        request.options.output = pipe.writing
        let process = try stored.exec(request)
        request.options.output = nil
        #expect(try await process.wait().reason == .exited(4))
        var buffer = [UInt8](repeating: 0, count: 100)
        let count = try pipe.reading.descriptor.read(into: &buffer)
        #expect(String(decoding: buffer[0..<count], as: UTF8.self) == "exec\n1000\n/tmp\n")
        let missing = #expect(throws: ContainerStoreError.self) { try stored.exec(ExecRequest(["/no/where"])) }
        #expect(missing?.code == .executableNotFound)
        #expect(throws: ContainerStoreError.self) { try stored.remove() }
        try stored.remove(force: true)
        #expect(try test.leftovers() == [])
    }

    @Test("leaves no zombie when it is deleted after everybody let go of it")
    func zombie() throws {
        let test = try TestStore()
        let stored = try test.store.create("test", ["/bin/sleep", "3600"])
        let number = try Self.startAndForget(stored)
        let status = FilePath("/proc/\(number)/stat")
        #expect(throws: Never.self) { _ = try OwnedFileDescriptor.open(status, CLINUX_O_RDONLY) }
        try stored.remove(force: true)
        // A zombie would still have it.
        #expect(throws: SystemCallError.self) { _ = try OwnedFileDescriptor.open(status, CLINUX_O_RDONLY) }
    }

    /// Starts a container, whose process nobody can wait for afterwards; its number.
    private static func startAndForget(_ stored: StoredContainer) throws -> Int32 {
        let container = try stored.launch(try quiet())
        try container.start()
        return try #require(container.processID)
    }

    @Test("keeps the layers it needs when its image is removed; without it, they are pruned")
    func prune() throws {
        let test = try TestStore()
        let kept = try test.store.create("test")
        let count = try test.store.snapshots.chainIDs().count
        #expect(count == 2)
        #expect(try test.store.pruneSnapshots() == [])
        _ = try test.store.images.remove("test")
        #expect(try test.store.pruneSnapshots() == [])
        #expect(try test.store.snapshots.chainIDs().count == count)
        try kept.remove()
        #expect(try test.store.pruneSnapshots()?.count == count)
        #expect(try test.store.snapshots.chainIDs().isEmpty)
        #expect(try test.leftovers() == [])
    }

    @Test("stays when the store is opened again; a scoped one whose process is gone does not")
    func sweep() throws {
        let test = try TestStore()
        let kept = try test.store.create("test")
        let scoped = try test.store.create("test", lifetime: .scoped)
        // Its lock is held as long as the value lives.
        _ = try ContainerStore(at: test.store.path)
        #expect(try test.store.containers().count == 2)
        let id = scoped.id
        _ = consume scoped
        let reopened = try ContainerStore(at: test.store.path)
        #expect(try reopened.containers().map(\.id) == [kept.id])
        #expect(
            try !RootDirectory(at: test.store.path.appending("containers")).entries().contains {
                $0.name == Array(id.utf8)
            }
        )
        try kept.remove()
    }

    private static func quiet() throws -> CreateOptions {
        var options = CreateOptions()
        options.input = SharedDescriptor(try .open("/dev/null", CLINUX_O_RDWR))
        (options.output, options.errors) = (options.input, options.input)
        return options
    }

    private static func quietExec() throws -> ExecOptions {
        var options = ExecOptions()
        options.input = SharedDescriptor(try .open("/dev/null", CLINUX_O_RDWR))
        (options.output, options.errors) = (options.input, options.input)
        return options
    }
}
