// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import ImageLayout
import LayerUnpack
import LinuxSystem
import OCIRuntime
import OCISpec
import RuntimeCore
import SystemPackage
import TestSupport
import Testing

@Suite("A container's files", .requires(.root, .overlay, .busybox)) struct CommitTests {
    /// Makes a container and runs a script in it to its end.
    private static func container(
        _ script: String,
        in test: TestStore,
        configure: (inout ContainerOptions) -> Void = { _ in }
    ) async throws -> StoredContainer {
        var options = ContainerOptions()
        configure(&options)
        let stored = try test.store.create("test", ["/bin/sh", "-c", script], options: options)
        let running = try start(stored)
        #expect(try stored.finish(running, try await running.wait()).status == 0)
        return stored
    }

    private static func start(_ stored: StoredContainer) throws -> Container {
        var options = CreateOptions()
        options.input = SharedDescriptor(try .open("/dev/null", CLINUX_O_RDWR))
        (options.output, options.errors) = (options.input, options.input)
        let container = try stored.launch(options)
        try container.start()
        return container
    }

    private static func list(_ container: StoredContainer) throws -> [String] {
        try container.changes().filter { !$0.path.isEmpty }.map { change in
            let letter = [TreeChange.Kind.added: "A", .modified: "C", .deleted: "D"][change.kind] ?? "?"
            return "\(letter) /\(String(decoding: change.path, as: UTF8.self))"
        }
    }

    @Test("become an image that has what was written and lacks what was removed")
    func commit() async throws {
        let test = try TestStore()
        let stored = try await Self.container(
            "echo new > /srv/new; /bin/busybox rm /srv/note; echo >> /etc/passwd",
            in: test
        ) {
            $0.environment = ["FROM=container", "ADDED=1"]
            $0.labels = ["stage": "two"]
            $0.workingDirectory = "/tmp"
        }
        #expect(try Self.list(stored) == ["C /etc", "C /etc/passwd", "C /srv", "A /srv/new", "D /srv/note"])
        var options = CommitOptions()
        options.author = "somebody"
        options.comment = "remark"
        options.created = "2024-05-06T07:08:09Z"
        let image = try stored.commit(options, as: Reference("made:v1"))
        #expect(try stored.commit(options).id == image.id)
        let base = try test.store.images.resolve("test")
        #expect(image.layers.dropLast() == base.layers[...])
        #expect(image.configuration.author == "somebody")
        let step = try #require(image.configuration.history?.last)
        #expect(step.created == "2024-05-06T07:08:09Z" && step.author == "somebody" && step.comment == "remark")
        #expect(step.createdBy?.hasPrefix("/bin/sh -c echo new") == true)
        let execution = try #require(image.configuration.config)
        #expect(execution.env == ["PATH=/bin", "FROM=container", "ADDED=1"])
        #expect(execution.cmd == stored.metadata.command && execution.workingDir == "/tmp")
        #expect(execution.labels == ["origin": "test", "stage": "two"])
        let result = try await Container.run(
            "made:v1",
            ["/bin/sh", "-c", "cat /srv/*; echo $FROM; ls /srv"],
            in: test.store
        )
        #expect(result.output == "new\ncontainer\nnew\n")
        // What docker's default mounts are made on is not in the layer.
        let unpacked = test.directory.path.appending("layer")
        try Self.unpackTop(image, of: test.store, into: unpacked)
        #expect(try Set(RootDirectory(at: unpacked).entries().map(\.name)) == [Array("etc".utf8), Array("srv".utf8)])
        try stored.remove()
        #expect(try test.leftovers() == [])
    }

    /// Writes the same numbers to two files in turn, for ever, and not so fast that they become large; the one between
    /// them takes time to read.
    private static let counting = """
        cd /srv; head -c 4000000 /dev/zero > am
        while true; do i=$((i + 1)); echo $i >> a; echo $i >> b; sleep 0.002; done
        """

    @Test("are read at one moment, since the container is paused, and then goes on")
    func pause() async throws {
        let test = try TestStore()
        let stored = try test.store.create("test", ["/bin/sh", "-c", Self.counting])
        // Whatever fails: nothing goes on counting.
        defer { try? stored.remove(force: true) }
        let container = try Self.start(stored)
        while try Self.lastNumber(in: "upper/srv/b", of: stored.bundle) == nil {
            try await Task.sleep(for: .milliseconds(5))
        }
        let image = try stored.commit()
        #expect(try Self.isRunning(stored))
        let tree = test.directory.path.appending("tree")
        try Self.unpackTop(image, of: test.store, into: tree)
        let first = try #require(try Self.lastNumber(in: "srv/a", of: tree))
        let second = try #require(try Self.lastNumber(in: "srv/b", of: tree))
        #expect([0, 1].contains(first - second), "\(first) and \(second)")
        var options = CommitOptions()
        options.running = .goesOn
        try stored.commit(options)
        #expect(try Self.isRunning(stored))
        try container.pause()
        try stored.commit()
        if case .paused = try stored.status() {} else { Issue.record("a paused container stays paused") }
        try container.resume()
    }

    /// The number in the last line of a file; `nil` for one that is empty or missing.
    private static func lastNumber(in path: FilePath, of directory: FilePath) throws -> Int? {
        do throws(SystemCallError) {
            let bytes = try RootDirectory(at: directory).readFile(path, limit: 1 << 26)
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n").last.flatMap { Int($0) }
        } catch {
            if error.errno == .noSuchFileOrDirectory { return nil }
            throw error
        }
    }

    /// Unpacks the topmost layer of an image.
    private static func unpackTop(_ image: ResolvedImage, of store: ContainerStore, into tree: FilePath) throws {
        let layer = try #require(image.layers.last)
        let source = try LayerSource(store.images.blobs.open(layer.descriptor), of: layer)
        try FlatUnpacker().unpack([source], into: tree)
    }

    @Test("that a layer cannot hold make no image, and the container goes on")
    func refused() async throws {
        let test = try TestStore()
        let stored = try test.store.create("test", ["/bin/sh", "-c", "echo > /srv/.wh.note; sleep 1000"])
        _ = try Self.start(stored)
        let odd = stored.bundle.appending("upper/srv/.wh.note")
        while (try? OwnedFileDescriptor.open(odd, CLINUX_O_RDONLY)) == nil {
            try await Task.sleep(for: .milliseconds(5))
        }
        let blobs = try test.store.images.usage().blobs
        let error = #expect(throws: ContainerStoreError.self) { try stored.commit(as: Reference("test")) }
        #expect(error?.code == .invalidImage)
        #expect(error.map { "\($0)" }?.contains(".wh.note") == true)
        #expect(try Self.isRunning(stored))
        #expect(try test.store.images.resolve("test").layers.count == 2)
        #expect(try test.store.images.usage().blobs == blobs)
        try stored.remove(force: true)
        #expect(try test.leftovers() == [])
        let gone = #expect(throws: ContainerStoreError.self) { try stored.commit() }
        #expect(gone?.code == .containerNotFound)
        #expect(throws: ContainerStoreError.self) { try stored.changes() }
    }

    @Test("are exported as one archive, whether it runs or not, without what hides and is hidden")
    func export() async throws {
        let test = try TestStore()
        let script = "echo new > /srv/new; /bin/busybox rm /srv/note; sleep 1000"
        let stored = try test.store.create("test", ["/bin/sh", "-c", script])
        var archives: [[UInt8]] = []
        for isRunning in [false, true] {
            if isRunning {
                _ = try Self.start(stored)
                let note = stored.bundle.appending("upper/srv/note")
                while (try? RootDirectory(at: note.removingLastComponent()).status("note")) == nil {
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
            let path = test.directory.path.appending("export-\(isRunning)")
            let file = try OwnedFileDescriptor.open(path, CLINUX_O_RDWR | CLINUX_O_CREAT, mode: 0o600)
            try stored.export(to: file)
            let source = LayerSource(try .open(path, CLINUX_O_RDONLY), compression: .none)
            let tree = test.directory.path.appending("tree-\(isRunning)")
            try FlatUnpacker().unpack([source], into: tree)
            let root = try RootDirectory(at: tree)
            #expect(try root.readFile("etc/passwd").starts(with: Array("root:".utf8)))
            let names = Set(try root.directory("srv").entries().map { String(decoding: $0.name, as: UTF8.self) })
            #expect(names == (isRunning ? ["new"] : ["note"]))
            archives.append(try OwnedFileDescriptor.open(path, CLINUX_O_RDONLY).readAll(limit: 1 << 26))
        }
        #expect(!archives[1].isEmpty && archives[0] != archives[1])
        try stored.remove(force: true)
        #expect(try test.leftovers() == [])
    }

    private static func isRunning(_ container: StoredContainer) throws -> Bool {
        if case .running = try container.status() { return true }
        return false
    }
}
