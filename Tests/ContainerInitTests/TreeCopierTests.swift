// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import ContainerInit
import LaunchPlan
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// The copy of a tree, between two directories of the caller's own: no privilege is needed.
@Suite("The copy of a tree") struct TreeCopierTests {
    /// Makes a tree with a shell script, copies it, and runs `check` in the directory of both, `source` and `target`.
    private func copied(
        _ script: String,
        _ check: String,
        edit: (borrowing RootDirectory) throws -> Void = { _ in }
    ) throws -> Command.Result {
        let directory = try TemporaryDirectory()
        let root = try directory.open()
        try root.makeDirectory("source")
        try root.makeDirectory("target")
        let made = try Command.run(["/bin/sh", "-ec", script], directory: directory.path.appending("source").string)
        try #require(made.status == 0, "\(made.errors)")
        try edit(try RootDirectory(at: directory.path.appending("source")))
        let source = try OwnedFileDescriptor.open(directory.path.appending("source"), CLINUX_O_PATH)
        let target = try OwnedFileDescriptor.open(directory.path.appending("target"), CLINUX_O_PATH)
        try TreeCopier.copy(from: source.rawValue, to: target.rawValue)
        let result = try Command.run(["/bin/sh", "-ec", check], directory: directory.path.string)
        #expect(result.errors.isEmpty, "\(result.errors)")
        return result
    }

    /// A line for everything in a tree: path, type, mode, owner, links, size, time, text of a link.
    private static let compare = """
        list() { (cd $1; find . -mindepth 1 -type d -printf '%p %y %m %U:%G %T@\\n' -o -mindepth 1 -printf '%p %y %m %U:%G %n %s %T@ %l\\n' | sort); }
        list source >one; list target >two; diff one two; diff -r --no-dereference -x '*.node' source target; wc -l <two
        """

    @Test("keeps types, modes, owners, times, links and contents")
    func everything() throws {
        let result = try copied(
            """
            mkdir -p a/b/c 'with space'; echo text >a/file; : >a/empty; chmod 4751 a/file; chmod 1777 a/b
            ln -s ../nowhere a/dangling; ln -s /etc/passwd a/b/absolute; ln -s . a/self
            mkfifo a/fifo.node; printf 'x\\377y' >"$(printf 'n\\377')"; chmod 0500 'with space'
            touch -d '2001-02-03 04:05:06.123456789' a/file a/empty a/b/c; touch -h -d '2002-02-02 02:02:02' a/dangling
            touch -d '1999-01-01' a a/b; chmod 0000 a/empty
            """,
            Self.compare
        )
        #expect(result.output == "11\n")
    }

    @Test("makes hard links of hard links, and leaves nothing of its own behind")
    func hardLinks() throws {
        let result = try copied(
            """
            mkdir d e; echo one >one; ln one d/two; ln one e/three; ln -s there soft; ln -P soft d/soft; echo x >single
            mkfifo fifo.node; ln fifo.node d/other.node; mkdir "$(printf '\\001\\001')"; touch "$(printf '\\001\\002')"
            """,
            "cd target; [ one -ef d/two ] && [ one -ef e/three ] && [ fifo.node -ef d/other.node ] && cd .. && "
                + Self.compare
        )
        #expect(result.output == "12\n")
    }

    @Test("leaves holes as holes, and takes what a file has beyond 4 GiB")
    func holes() throws {
        let result = try copied(
            "truncate -s 5G big; printf end | dd of=big bs=1 seek=4500000000 conv=notrunc status=none; truncate -s 1M none",
            "cmp -s -i 4499990000 -n 20000 source/big target/big; stat -c '%s' target/big target/none; "
                + "[ $(stat -c %b target/big) -lt 100 ] && [ $(stat -c %b target/none) = 0 ] && tail -c +4500000001 target/big | head -c 3"
        )
        #expect(result.output == "5368709120\n1048576\nend")
    }

    @Test("copies a large file and many names, whatever directories stand between them")
    func many() throws {
        let result = try copied(
            """
            head -c 3000001 /dev/urandom >large; seq -f 'directory-with-a-long-name-%g/in' 700 | xargs mkdir -p
            seq -f 'file-%g' 700 | xargs touch
            """,
            Self.compare
        )
        #expect(result.output == "2101\n")
    }

    @Test("goes deeper than a path can say, and stops at its limit")
    func deep() throws {
        let directory = try TemporaryDirectory()
        let root = try directory.open()
        try root.makeDirectory("source")
        try root.makeDirectory("target")
        let name = FilePath(String(repeating: "n", count: 200))
        try Self.descend(30, name, into: root.directory("source")) {
            try $0.makeDirectory(name)
            return try $0.directory(name)
        }
        let source = try root.open("source", CLINUX_O_PATH)
        let target = try root.open("target", CLINUX_O_PATH)
        let error = #expect(throws: Interpreter.StepError.self) {
            try TreeCopier.copy(from: source.rawValue, to: target.rawValue, depthLimit: 30)
        }
        #expect(error?.errno == CLINUX_ENAMETOOLONG)
        #expect(error?.detail == .readDirectory)
        try root.removeTree("target")
        try root.makeDirectory("target")
        let fresh = try root.open("target", CLINUX_O_PATH)
        try TreeCopier.copy(from: source.rawValue, to: fresh.rawValue, depthLimit: 31)
        try Self.descend(30, name, into: root.directory("target")) { try $0.directory(name) }
    }

    private static func descend(
        _ levels: Int,
        _ name: FilePath,
        into directory: consuming RootDirectory,
        _ step: (borrowing RootDirectory) throws -> RootDirectory
    ) throws {
        var directory = directory
        for _ in 0..<levels { directory = try step(directory) }
    }

    private static func set(_ name: String, _ value: [UInt8], on file: String, in root: borrowing RootDirectory) throws
    {
        let descriptor = try root.open(FilePath(file), CLINUX_O_RDONLY)
        let number = descriptor.rawValue
        try systemCall("fsetxattr") {
            unsafe name.withCString { name in
                unsafe value.withUnsafeBytes { unsafe clinux_fsetxattr(number, name, $0.baseAddress, $0.count, 0) }
            }
        }
    }

    private static func attribute(_ name: String, of file: String, in root: borrowing RootDirectory) throws -> [UInt8] {
        let descriptor = try root.open(FilePath(file), CLINUX_O_RDONLY)
        let number = descriptor.rawValue
        var value = [UInt8](repeating: 0, count: 4096)
        let count = try systemCall("fgetxattr") {
            unsafe name.withCString { name in
                unsafe value.withUnsafeMutableBytes { unsafe clinux_fgetxattr(number, name, $0.baseAddress, $0.count) }
            }
        }
        return Array(value[0..<count])
    }

    @Test("keeps extended attributes of files and directories")
    func attributes() throws {
        let directory = try TemporaryDirectory()
        let root = try directory.open()
        try root.makeDirectories("source/d")
        try root.makeDirectory("target")
        try root.makeFile("source/f", [1, 2, 3])
        try Self.set("user.one", [1], on: "source/f", in: root)
        try Self.set("user.empty", [], on: "source/f", in: root)
        try Self.set("user.large", [UInt8](repeating: 7, count: 900), on: "source/d", in: root)
        let source = try root.open("source", CLINUX_O_PATH)
        let target = try root.open("target", CLINUX_O_PATH)
        try TreeCopier.copy(from: source.rawValue, to: target.rawValue)
        #expect(try Self.attribute("user.one", of: "target/f", in: root) == [1])
        #expect(try Self.attribute("user.empty", of: "target/f", in: root) == [])
        #expect(try Self.attribute("user.large", of: "target/d", in: root).count == 900)
    }

    @Test("makes devices and sockets, and keeps capabilities and owners", .requires(.root))
    func privileged() throws {
        // Version 2 of a capability, effective: CAP_NET_BIND_SERVICE.
        let capability: [UInt8] = [1, 0, 0, 2, 0, 4, 0, 0] + [UInt8](repeating: 0, count: 12)
        let result = try copied(
            """
            mknod null.node c 1 3; chmod 640 null.node; mknod block.node b 7 1000; echo x >f; chown 12:34 f null.node
            chmod 2755 f
            """,
            Self.compare + "; stat -c '%n %F %t %T' target/*.node; getcap target/f"
        ) { root in
            try Self.set("security.capability", capability, on: "f", in: root)
            let number = root.descriptor.rawValue
            try systemCall("mknodat") {
                unsafe clinux_mknodat(number, "socket.node", UInt32(CLINUX_S_IFSOCK) | 0o755, 0)
            }
        }
        #expect(
            result.output == """
                4
                target/block.node block special file 7 3e8
                target/null.node character special file 1 3
                target/socket.node socket 0 0
                target/f cap_net_bind_service=ep

                """
        )
    }
}
