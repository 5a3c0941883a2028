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

/// A store of its own with one image, `test`: busybox in one layer, and files to look at in another.
final class TestStore {
    let directory: TemporaryDirectory
    let store: ContainerStore

    /// Makes the store.
    ///
    /// - Parameters:
    ///   - configure: What is changed about how the image is run.
    ///   - preparing: What is done to the files of the second layer, given their directory.
    /// - Throws: What `preparing` throws, and what is thrown when the image cannot be made.
    init(
        configure: (inout ImageConfiguration.Execution) -> Void = { _ in },
        preparing: (FilePath) throws -> Void = { _ in }
    ) throws {
        directory = try TemporaryDirectory()
        store = try ContainerStore(at: directory.path.appending("store"))
        var execution = ImageConfiguration.Execution(
            env: ["PATH=/bin", "FROM=image"],
            cmd: ["/bin/sh", "-c", "echo default"],
            workingDir: "/srv",
            labels: ["origin": "test"]
        )
        configure(&execution)
        try store.images.addImage(
            ImageConfiguration(
                architecture: Platform.host.architecture,
                os: "linux",
                config: execution,
                rootfs: ImageConfiguration.RootFS()
            ),
            layers: [try programs(), try files(preparing)],
            as: Reference("test")
        )
    }

    private func programs() throws -> ResolvedImage.Layer {
        let top = try directory.open()
        try top.makeDirectories("programs/bin")
        let busybox = try OwnedFileDescriptor.open("/bin/busybox", CLINUX_O_RDONLY).readAll(limit: 64 << 20)
        try top.replaceFile("programs/bin/busybox", busybox, mode: 0o755)
        for name in ["sh", "cat", "id", "sleep", "hostname", "touch", "ls", "env", "head", "true", "readlink"] {
            try top.makeSymlink(FilePath("programs/bin/\(name)"), target: Array("busybox".utf8))
        }
        return try layer("programs")
    }

    private func files(_ prepare: (FilePath) throws -> Void) throws -> ResolvedImage.Layer {
        let top = try directory.open()
        for name in ["etc", "srv", "tmp"] { try top.makeDirectories(FilePath("files/\(name)")) }
        let passwd = "root:x:0:0::/root:/bin/sh\nsailor:x:1000:1001::/srv:/bin/sh\n"
        try top.replaceFile("files/etc/passwd", Array(passwd.utf8), mode: 0o644)
        let group = "root:x:0:\ncrew:x:1001:\ndeck:x:1002:sailor\n"
        try top.replaceFile("files/etc/group", Array(group.utf8), mode: 0o644)
        try top.replaceFile("files/srv/note", Array("from the image\n".utf8), mode: 0o644)
        try top.replaceFile("files/bin-not-executable", Array("text".utf8), mode: 0o644)
        try prepare(directory.path.appending("files"))
        return try layer("files")
    }

    private func layer(_ name: String) throws -> ResolvedImage.Layer {
        let path = directory.path.appending("\(name).tar")
        let file = try OwnedFileDescriptor.open(path, CLINUX_O_RDWR | CLINUX_O_CREAT | CLINUX_O_EXCL, mode: 0o600)
        _ = try LayerWriter(compression: .none).write(directory.path.appending(name), to: file)
        return try store.images.addLayer(at: path)
    }

    /// Runs a shell script in a container of the image.
    func run(
        _ script: String,
        configure: (inout ContainerOptions) -> Void = { _ in }
    ) async throws -> ContainerResult {
        try await Container.run("test", ["/bin/sh", "-c", script], in: store, configure: configure)
    }

    /// What containers left in the store and in the kernel; empty when there is nothing.
    func leftovers() throws -> [String] {
        var found: [String] = []
        for place in ["containers", "owners", "names", "state"] {
            let entries: [DirectoryEntry]
            do throws(SystemCallError) {
                entries = try RootDirectory(at: store.path.appending(place)).entries()
            } catch {
                if error.errno == .noSuchFileOrDirectory { continue }
                throw error
            }
            found += entries.map { String(decoding: $0.name, as: UTF8.self) }.filter { $0 != ".lock" }
        }
        let mounts = try OwnedFileDescriptor.open("/proc/self/mountinfo", CLINUX_O_RDONLY).readAll(limit: 16 << 20)
        let text = String(decoding: mounts, as: UTF8.self)
        if text.contains(store.path.string) { found.append("a mount") }
        return found
    }
}
