// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCIRuntime
import OCISpec
import SystemPackage
import TestSupport

/// A bundle with busybox as its only program, and a runtime with its own state directory.
final class TestBundle {
    let directory: TemporaryDirectory
    let runtime: Runtime
    /// What `config.json` would say.
    var configuration: RuntimeConfiguration
    /// Who makes the containers' control groups.
    var cgroupManager = CgroupManager.fileSystem

    /// Makes the bundle around a shell script.
    init(script: String, resourceControlRoot: FilePath? = nil) throws {
        let directory = try TemporaryDirectory()
        let root = try directory.open()
        try root.makeDirectories("rootfs/bin")
        let busybox = try OwnedFileDescriptor.open("/bin/busybox", 0).readAll(limit: 64 << 20)
        try root.replaceFile("rootfs/bin/busybox", busybox, mode: 0o755)
        try root.makeSymlink("rootfs/bin/sh", target: Array("busybox".utf8))
        runtime = Runtime(root: directory.path.appending("state"), resourceControlRoot: resourceControlRoot)
        configuration = .example
        configuration.process?.terminal = false
        configuration.process?.args = ["/bin/sh", "-c", script]
        configuration.root?.readonly = false
        self.directory = directory
    }

    /// An id that no other test uses.
    static func newID() -> String { "test-\(String(UInt64.random(in: .min ... .max), radix: 36))" }

    /// Creates a container; what it prints is read from the result's `output`.
    func create(_ id: String = newID(), preserving: [SharedDescriptor] = []) throws -> Created {
        let ends = try OwnedFileDescriptor.pipe().shared()
        var options = CreateOptions()
        options.input = SharedDescriptor(try .open("/dev/null", 0))
        options.output = ends.writing
        options.errors = ends.writing
        options.cgroupManager = cgroupManager
        options.preservedDescriptors = preserving
        let container = try runtime.create(
            id,
            configuration: configuration,
            bundle: directory.path,
            options: options
        )
        return Created(container: container, output: ends.reading)
    }

    /// Runs a further process in a container that runs, to its end.
    func exec(
        _ script: String,
        in container: Container,
        process: RuntimeConfiguration.Process? = nil,
        change: (inout ExecOptions) -> Void = { _ in }
    ) async throws -> Finished {
        var process = process ?? configuration.process ?? RuntimeConfiguration.Process(cwd: "/")
        process.args = ["/bin/sh", "-c", script]
        let (added, output) = try start(process, in: container, change)
        let text = String(decoding: try output.descriptor.readAll(limit: 1 << 20), as: UTF8.self)
        return Finished(exit: try await added.wait().reason, text: text)
    }

    /// The writing end of its output is nobody's but the process's when this returns.
    private func start(
        _ process: RuntimeConfiguration.Process,
        in container: Container,
        _ change: (inout ExecOptions) -> Void
    ) throws -> (ExecProcess, SharedDescriptor) {
        let ends = try OwnedFileDescriptor.pipe().shared()
        var options = ExecOptions()
        options.output = ends.writing
        options.errors = ends.writing
        change(&options)
        return (try container.exec(process, options: options), ends.reading)
    }

    /// Runs a container to its end and deletes it.
    func run() async throws -> Finished {
        let created = try create()
        try created.container.start()
        let text = try created.text()
        let exit = try await created.container.wait()
        try created.container.delete()
        return Finished(exit: exit.reason, text: text)
    }
}

/// A created container and where its output arrives.
struct Created {
    let container: Container
    let output: SharedDescriptor

    /// Everything that is printed until the container and its children have ended.
    func text() throws -> String {
        String(decoding: try output.descriptor.readAll(limit: 1 << 20), as: UTF8.self)
    }
}

/// What a finished container left.
struct Finished {
    let exit: ProcessExit.Reason
    let text: String
}
