// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport

/// A bundle with busybox as its only program, and `skiff-oci` with a state directory of its own.
final class OCIBundle {
    let directory: TemporaryDirectory
    /// What `config.json` says, once it is saved.
    var configuration: RuntimeConfiguration
    /// An id that no other test uses.
    let id = "oci-\(String(UInt64.random(in: .min ... .max), radix: 36))"

    /// Makes the bundle around a shell script.
    init(script: String = "exit 0") throws {
        let directory = try TemporaryDirectory()
        let root = try directory.open()
        try root.makeDirectories("rootfs/bin")
        let busybox = try OwnedFileDescriptor.open("/bin/busybox", 0).readAll(limit: 64 << 20)
        try root.replaceFile("rootfs/bin/busybox", busybox, mode: 0o755)
        for name in ["sh", "sleep", "cat", "stty", "tty", "id"] {
            try root.makeSymlink(FilePath("rootfs/bin/\(name)"), target: Array("busybox".utf8))
        }
        configuration = .example
        configuration.process?.terminal = false
        configuration.process?.args = ["/bin/sh", "-c", script]
        self.directory = directory
        try save()
    }

    /// Where the state is.
    var state: String { directory.path.appending("state").string }

    /// Writes `config.json`.
    func save() throws { try write("config.json", configuration.json()) }

    /// Writes a file into the bundle.
    func write(_ name: FilePath, _ bytes: [UInt8]) throws {
        try directory.open().replaceFile(name, bytes, mode: 0o644)
    }

    /// The text of a file in the bundle.
    func text(of name: FilePath) throws -> String {
        String(decoding: try directory.open().readFile(name), as: UTF8.self)
    }

    /// Runs `skiff-oci` in the bundle.
    @discardableResult
    func oci(_ arguments: String...) throws -> Command.Result {
        try Program.oci.run(["--root", state] + arguments, directory: directory.path.string)
    }

    /// Runs a shell script of the host in the bundle, with `$oci` as the program and `$id` as the container's id.
    func shell(_ script: String) throws -> Command.Result {
        let variables = "oci='\(Program.oci.path) --root \(state)'; id=\(id); "
        return try Command.run(["/bin/sh", "-c", variables + script], directory: directory.path.string)
    }

    /// The container's state.
    func stateDocument() throws -> JSONObject {
        let text = try oci("state", id).output
        return try JSONValue(json: text).object ?? JSONObject()
    }

    /// A member of the container's state that is a string.
    func state(_ key: String) throws -> String? {
        guard case .string(let text) = try stateDocument()[key] else { return nil }
        return text
    }

    /// What is left of the container on the host: state, control groups, mounts.
    func remains() throws -> String {
        try shell(
            "ls -A state 2>/dev/null; find /sys/fs/cgroup -maxdepth 3 -name \"*$id\"; grep \"$PWD\" /proc/self/mountinfo"
        ).output
    }

    deinit {
        // What a failed test left.
        _ = try? oci("delete", "--force", id)
    }
}
