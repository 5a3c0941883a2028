// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// What a newcomer runs first.
@Suite(.requires(.programs)) struct DemoTests {
    /// The names in a directory.
    private func names(in directory: FilePath) throws -> [String] {
        try RootDirectory(at: directory).entries().map { String(decoding: $0.name, as: UTF8.self) }
    }

    /// The rows of the demo's tables, each as its words.
    private func rows(_ output: String) -> [String] {
        output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    }

    @Test("Shows containers from an image that it built, and leaves nothing but the image", .requires(.root, .overlay))
    func everything() throws {
        let directory = try TemporaryDirectory()
        // What a demo that was killed has left.
        try directory.open().makeDirectories("work-4194305/store", mode: 0o700)
        let result = try Program.demo.run(["\(directory.path)"])
        try #require(result.status == 0, "\(result.output)\(result.errors)")
        let rows = rows(result.output)
        for text in ["kernel ok Linux", "privilege ok CAP_SYS_ADMIN", "overlayfs ok"] {
            #expect(rows.contains { $0.hasPrefix(text) }, "\(text)")
        }
        for text in [
            " 1", " demo", " CAP_CHOWN, CAP_KILL", " no", " filtered", " 64.0 MiB", " 32",
            "\"from the demo\"; the image says \"from the image\"",
        ] {
            #expect(rows.contains { $0.hasSuffix(text) }, "\(text)")
        }
        for text in ["exited with status 7", "killed: out of memory", "killed: timed out"] {
            #expect(rows.contains { $0.contains(text) && $0.contains(" ms ") }, "\(text)")
        }
        #expect(result.errors.isEmpty)
        #expect(try names(in: directory.path) == ["demo-image.tar"])
    }

    @Test("What it says to try next works", .requires(.root, .overlay)) func next() throws {
        let directory = try TemporaryDirectory()
        let demo = try Program.demo.run(["\(directory.path)"])
        try #require(demo.status == 0, "\(demo.output)\(demo.errors)")
        let commands = rows(demo.output).filter { $0.hasPrefix("bin/skiff ") && !$0.contains("-it") }
        try #require(commands.count == 2)
        let store = ["--root", "\(directory.path)/store"]
        for command in commands {
            var words = command.split(separator: " ").dropFirst().map { String($0) }
            words.insert(contentsOf: store, at: 0)
            let result = try Program.skiff.run(words)
            #expect(result.status == 0, "\(command): \(result.errors)")
            if command.contains(" run ") { #expect(result.output.hasPrefix("pid 1\n"), "\(result.output)") }
        }
    }

    @Test("The image is the same every time", .requires(.root, .overlay)) func deterministic() throws {
        let directory = try TemporaryDirectory()
        let archives = try (0..<2).map { _ in
            let result = try Program.demo.run(["\(directory.path)"])
            try #require(result.status == 0, "\(result.errors)")
            return try directory.open().readFile("demo-image.tar", limit: 1 << 26)
        }
        #expect(archives[0] == archives[1])
    }

    @Test("Says in one line that it needs root", .requires(.root)) func unprivileged() throws {
        let drop = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
        let result = try Command.run(drop + [Program.demo.path])
        #expect(result.status == 125)
        #expect(result.output.isEmpty)
        #expect(result.errors.split(separator: "\n").count == 1 && result.errors.contains("root"))
    }

    @Test("Does not write where others can write", .requires(.root, .overlay)) func directories() throws {
        let directory = try TemporaryDirectory()
        let open = "\(directory.path)/open"
        let link = "\(directory.path)/link"
        #expect(try Command.run(["mkdir", "-m", "0777", open]).status == 0)
        #expect(try Command.run(["ln", "-s", "/tmp", link]).status == 0)
        for path in [open, link] {
            let result = try Program.demo.run([path])
            #expect(result.status == 1 && result.errors.contains(path), "\(result.errors)")
        }
        #expect(try names(in: FilePath(open)).isEmpty)
    }
}
