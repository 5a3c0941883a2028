// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import Foundation
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// A store for one test, with the image `bb`: busybox, two users and some files.
final class SkiffStore: Sendable {
    let directory: TemporaryDirectory
    /// The control group below which all containers of the test are.
    let cgroup: String

    var path: String { directory.path.string }
    var store: String { "\(path)/store" }

    init() throws {
        directory = try TemporaryDirectory()
        cgroup = "/program-test-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        try makeRootArchive()
        try expect(0, "import", "\(path)/root.tar", "bb")
    }

    /// Packs a root file system as `root.tar`.
    private func makeRootArchive() throws {
        let programs = [
            "sh", "true", "false", "cat", "ls", "echo", "sleep", "id", "env", "pwd", "mount", "head", "tail", "tr",
            "touch", "kill", "hostname", "grep", "tty", "stty", "ps", "wc", "yes",
        ]
        let script = """
            set -e; cd "$1"; mkdir -p root/bin root/etc root/tmp root/srv
            cp /bin/busybox root/bin/busybox
            for name in \(programs.joined(separator: " ")); do ln -s busybox "root/bin/$name"; done
            printf 'root:x:0:0::/root:/bin/sh\\nalice:x:1000:1001::/srv:/bin/sh\\n' > root/etc/passwd
            printf 'root:x:0:\\ncrew:x:1001:\\ndeck:x:1002:alice\\n' > root/etc/group
            echo plain > root/etc/plain; chmod 644 root/etc/plain
            tar -C root -cf root.tar .
            """
        let result = try Command.run(["sh", "-c", script, "sh", path])
        try #require(result.status == 0, "\(result.errors)")
    }

    /// Runs skiff on this store.
    func run(_ arguments: [String]) throws -> Command.Result {
        var arguments = arguments
        if let command = arguments.first, ["run", "create"].contains(command) {
            arguments.insert(contentsOf: ["--cgroup-parent", cgroup], at: 1)
        }
        return try Program.skiff.run(["--root", store] + arguments)
    }

    /// Runs skiff on this store and expects it to end with `status`.
    @discardableResult
    func expect(
        _ status: Int32,
        _ arguments: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Command.Result {
        let result = try run(arguments)
        let told = "skiff \(arguments.joined(separator: " ")): \(result.output)\(result.errors)"
        #expect(result.status == status, "\(told)", sourceLocation: sourceLocation)
        return result
    }

    /// Expects a failure of skiff's own, in one line.
    @discardableResult
    func expectError(
        _ arguments: String...,
        says text: String,
        status: Int32 = 125,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Command.Result {
        let result = try run(arguments)
        expectOneLine(result, text, status, sourceLocation: sourceLocation)
        return result
    }

    /// Runs a shell command, where `$S` is the program, and `$R` is the store.
    func shell(shell: String = "sh", _ script: String) throws -> Command.Result {
        try Command.run([
            "env", "S=\(Program.skiff.path)", "R=\(store)", "C=\(cgroup)", "D=\(path)", shell, "-c", script,
        ])
    }

    deinit { for group in Self.groups(below: cgroup) { _ = try? Command.run(["rmdir", group]) } }
}

/// Expects an error of skiff's own: one line on standard error, nothing on standard output.
func expectOneLine(
    _ result: Command.Result,
    _ text: String,
    _ status: Int32 = 125,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(result.status == status, "\(result.errors)", sourceLocation: sourceLocation)
    #expect(result.output.isEmpty, sourceLocation: sourceLocation)
    #expect(result.errors.hasPrefix("skiff: "), "\(result.errors)", sourceLocation: sourceLocation)
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)", sourceLocation: sourceLocation)
    #expect(result.errors.contains(text), "\(result.errors)", sourceLocation: sourceLocation)
}
