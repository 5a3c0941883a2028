// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite("A root directory") struct RootDirectoryTests {
    @Test("keeps absolute links and .. inside", arguments: ["link/secret", "../../../../secret", "link/../../secret"])
    func inRoot(path: String) throws {
        let outside = try TemporaryDirectory()
        try outside.open().replaceFile("secret", Array("outside".utf8))
        let inside = try TemporaryDirectory()
        let root = try inside.open()
        try root.makeSymlink("link", target: outside.path.bytes)
        #expect(throws: SystemCallError.self) { try root.readFile(FilePath(path)) }
        #expect(throws: SystemCallError.self) { try root.replaceFile(FilePath("link/secret"), Array("x".utf8)) }
        #expect(try outside.open().readFile("secret") == Array("outside".utf8))
    }

    @Test(
        "knows what one name is",
        arguments: [
            ("a", true), ("...", true), (".a", true), ("a.", true), ("", false), (".", false), ("..", false),
            ("/", false),
            ("/a", false), ("a/b", false), ("a/", true),
        ]
    )
    func names(path: String, isName: Bool) {
        // FilePath drops the separator at the end.
        #expect(FilePath(path).isName == isName)
    }

    @Test("refuses every link where names are ours")
    func noSymlinks() throws {
        let directory = try TemporaryDirectory()
        let root = try directory.open()
        try root.makeDirectory("real")
        try root.makeSymlink("link", target: Array("real".utf8))
        #expect(throws: Never.self) { _ = try root.directory("link") }
        #expect(throws: SystemCallError.self) { _ = try root.directory("link", .noSymlinks) }
    }

    @Test("removes a tree without following links out of it")
    func removeTree() throws {
        let outside = try TemporaryDirectory()
        try outside.open().replaceFile("keep", [1])
        let directory = try TemporaryDirectory()
        let root = try directory.open()
        try root.makeDirectories("a/b/c")
        try root.makeSymlink("a/b/out", target: outside.path.bytes)
        try root.removeTree("a")
        #expect(try root.entries().isEmpty)
        #expect(try outside.open().readFile("keep") == [1])
    }

    @Test("removes a tree that is deeper than there may be descriptors", .rows("F-10"))
    func deepTree() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let root = try directory.open()
            // Two branches of 3000 levels, the second one half way down the first.
            var inner = try directory.open()
            for level in 0..<3000 {
                try inner.makeDirectory("d")
                inner = try inner.directory("d")
                if level == 1500 { try inner.makeDirectories("e/e/e/e") }
                if level % 100 == 0 { try inner.makeFile("f", []) }
            }
            try inner.makeSymlink("out", target: directory.path.bytes)
            var limit = clinux_rlimit(soft: 64, hard: 64)
            try #require(unsafe clinux_prlimit(0, CLINUX_RLIMIT_NOFILE, &limit, nil) == 0)
            try root.removeTree("d")
            #expect(try root.entries().isEmpty)
        }
    }

    @Test("replaces a file whole, and leaves no temporary file")
    func replace() throws {
        let directory = try TemporaryDirectory()
        let root = try directory.open()
        try root.replaceFile("state", Array("one".utf8))
        try root.replaceFile("state", Array("two".utf8))
        #expect(try root.readFile("state") == Array("two".utf8))
        #expect(try root.entries().map(\.name) == [Array("state".utf8)])
    }

    @Test("writes through no link that somebody put at the name of the temporary file", .rows("containerd-1a1dad7ec"))
    func plantedLink() throws {
        let outside = try TemporaryDirectory()
        try outside.open().replaceFile("keep", [1])
        let directory = try TemporaryDirectory()
        let root = try directory.open()
        try root.makeSymlink(".state.tmp", target: outside.path.appending("keep").bytes)
        try root.makeSymlink("state", target: outside.path.appending("keep").bytes)
        try root.replaceFile("state", [2])
        #expect(try root.readFile("state", .noSymlinks) == [2])
        #expect(throws: SystemCallError.self) { try root.makeFile("state", [3]) }
        #expect(try outside.open().readFile("keep") == [1])
    }

    @Test("keeps names that are not UTF-8 apart", .rows("T-24"))
    func bytes() throws {
        let directory = try TemporaryDirectory()
        let root = try directory.open()
        let names: [[UInt8]] = [[0x61, 0xFF], [0x61, 0xFE], [0x65, 0xCC, 0x81], [0xC3, 0xA9]]
        for name in names { try root.makeDirectory(FilePath(bytes: name)) }
        #expect(Set(try root.entries().map(\.name)) == Set(names))
    }

    @Test("refuses a file that is larger than the limit")
    func limit() throws {
        let directory = try TemporaryDirectory()
        let root = try directory.open()
        try root.replaceFile("big", [UInt8](repeating: 7, count: 100))
        #expect(throws: SystemCallError.self) { try root.readFile("big", limit: 99) }
        #expect(try root.readFile("big", limit: 100).count == 100)
    }
}

@Suite("A system call error") struct SystemCallErrorTests {
    @Test("names the call, the path, the error and its meaning")
    func words() {
        let error = SystemCallError(call: "openat2", path: "/dev/x", errno: .noSuchFileOrDirectory)
        #expect(error.description == "openat2 /dev/x: ENOENT (no such file or directory)")
    }

    @Test("uses the words that callers of runc match on")
    func phrases() {
        #expect(Errno.permissionDenied.text == "permission denied")
        #expect(Errno.notPermitted.text == "operation not permitted")
        #expect(Errno.isDirectory.text == "is a directory")
    }
}

@Suite("Waiting for readiness") struct ReadinessTests {
    @Test("returns when there is something to read")
    func readable() async throws {
        let ends = try OwnedFileDescriptor.pipe().shared()
        async let waiting: Void = Readiness.shared.waitUntilReadable(ends.reading.descriptor)
        try ends.writing.descriptor.write([1])
        try await waiting
    }

    @Test("ends with the task that waits")
    func cancellation() async throws {
        let ends = try OwnedFileDescriptor.pipe().shared()
        let task = Task { try await Readiness.shared.waitUntilReadable(ends.reading.descriptor) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
