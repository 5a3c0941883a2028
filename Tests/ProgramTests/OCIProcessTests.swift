// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import TestSupport
import Testing

@Suite("A program of skiff-oci", .requires(.root, .programs, .busybox)) struct OCIProcessTests {
    @Test(
        "finds the home directory that /etc/passwd of the root has for its user, else /",
        arguments: [
            ("printf 'a:x:10:1::/a:\\nuser:x:1000:1::/home/user:/bin/sh\\nlater:x:1000:1::/b:\\n'", "/home/user"),
            ("printf 'user:x:1000:1::/last'", "/last"), ("printf 'user:x:1000:1:::/bin/sh\\n'", "/"),
            ("printf '1000:x:1:1000:1000:/no:\\nuser:x:1000\\n'", "/"),
            ("head -c 100000 /dev/zero; printf '\\nuser:x:1000:1::/far:\\n'", "/far"), ("rm /etc/passwd", "/"),
        ]
    )
    func home(users: String, expected: String) throws {
        let bundle = try OCIBundle(script: "echo $HOME")
        bundle.configuration.process?.user = .init(uid: 1000, gid: 1000)
        bundle.configuration.process?.env?.removeAll { $0.hasPrefix("HOME=") }
        try bundle.save()
        let making = users.hasPrefix("rm") ? "" : "{ \(users); } >rootfs/etc/passwd;"
        #expect(try bundle.shell("mkdir rootfs/etc; \(making) $oci run $id </dev/null").output == "\(expected)\n")
    }

    @Test(
        "does not wait for an /etc/passwd that is no file",
        arguments: ["mkfifo", "mkdir", "ln -s /proc/1/root/etc/hosts"]
    )
    func oddUsers(making: String) throws {
        let bundle = try OCIBundle(script: "echo $HOME")
        bundle.configuration.process?.env = ["PATH=/bin", "HOME="]
        try bundle.save()
        let result = try bundle.shell(
            "mkdir rootfs/etc; \(making) rootfs/etc/passwd; timeout 20 $oci run $id </dev/null"
        )
        #expect(result.output == "/\n")
    }

    @Test("owns its terminal and its pipes, but not the host's files")
    func owner() throws {
        let bundle = try OCIBundle(
            script: "busybox stat -L -c %u /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2; echo to >/dev/stderr"
        )
        bundle.configuration.process?.user = .init(uid: 1000, gid: 1000)
        try bundle.save()
        #expect(try bundle.shell("(cat | $oci run $id 2>&1 | cat) </dev/null").output == "1000\n1000\n1000\nto\n")
        let file = try bundle.shell("$oci run $id </dev/null >out 2>err; cat out; stat -c %u out err")
        #expect(file.output == "0\n0\n0\n0\n0\n")
        bundle.configuration.process?.terminal = true
        try bundle.save()
        let terminal = try bundle.shell("timeout 60 script -qec \"$oci run $id\" /dev/null </dev/null")
        #expect(terminal.output.filter { $0 != "\r" && $0 != "\r\n" }.contains("1000"))
        #expect(!terminal.output.contains("denied"))
    }

    @Test("enters a directory that only root may enter, and one that only its user may")
    func directory() throws {
        let bundle = try OCIBundle(script: "busybox readlink /proc/self/cwd")
        bundle.configuration.process?.user = .init(uid: 1000, gid: 1000)
        bundle.configuration.process?.capabilities = nil
        for (owner, uid) in [("0", 1000), ("1000", 1000), ("1000", 0)] {
            bundle.configuration.process?.cwd = "/closed"
            bundle.configuration.process?.user.uid = UInt32(uid)
            try bundle.save()
            let result = try bundle.shell(
                "mkdir -p rootfs/closed; chown \(owner) rootfs/closed; chmod 700 rootfs/closed; $oci run $id </dev/null"
            )
            #expect(result.output == "/closed\n")
        }
    }

    @Test("lacks a capability that does not exist, with a warning")
    func unknownCapability() throws {
        let bundle = try OCIBundle(script: "echo runs")
        bundle.configuration.process?.capabilities?.bounding?.append("CAP_TELEPORT")
        bundle.configuration.process?.capabilities?.ambient = ["CAP_KILL"]
        try bundle.save()
        let result = try bundle.oci("run", bundle.id)
        #expect(result.output == "runs\n")
        #expect(result.errors.contains("ignoring unknown or unavailable capabilities: [CAP_TELEPORT]"))
        #expect(result.errors.contains("can't raise ambient capability CAP_KILL"))
    }

    @Test(
        "is refused a root in which a symbolic link is in the place of a kernel file system",
        arguments: ["proc", "sys"]
    )
    func link(name: String) throws {
        let bundle = try OCIBundle()
        let result = try bundle.shell(
            "mkdir rootfs/other; rm -rf rootfs/\(name); ln -s /other rootfs/\(name); $oci run $id </dev/null; echo $?; ls rootfs/other"
        )
        #expect(result.output == "1\n")
        #expect(result.errors.contains("must be mounted on ordinary directory"))
        #expect(try bundle.remains() == "")
    }
}
