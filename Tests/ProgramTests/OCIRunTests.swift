// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@Suite("skiff-oci run", .requires(.root, .programs, .busybox)) struct OCIRunTests {
    @Test("gives the status of the process, and leaves nothing", arguments: [0, 3, 255])
    func status(status: Int32) throws {
        let bundle = try OCIBundle(script: "echo out; echo err >&2; exit \(status)")
        let result = try bundle.oci("run", bundle.id)
        #expect(result.status == status)
        #expect(result.output == "out\n")
        #expect(result.errors == "err\n")
        #expect(try bundle.remains() == "")
    }

    @Test("gives 128 and the number of the signal that killed the process")
    func killed() throws {
        let bundle = try OCIBundle(script: "sleep 1000")
        let result = try bundle.shell(
            "$oci run $id & p=$!; until $oci kill $id KILL 2>/dev/null; do sleep 0.05; done; wait $p; exit $?"
        )
        #expect(result.status == 128 + 9)
        #expect(try bundle.remains() == "")
    }

    @Test("hands signals on to the process")
    func signals() throws {
        let bundle = try OCIBundle(script: "trap 'echo got it; exit 7' TERM; echo ready; while :; do sleep 0.1; done")
        let result = try bundle.shell(
            "$oci run $id > out & p=$!; until grep -q ready out; do sleep 0.05; done; kill -TERM $p; wait $p"
        )
        #expect(result.status == 7)
        #expect(try bundle.text(of: "out") == "ready\ngot it\n")
    }

    @Test("keeps the container when told so")
    func keep() throws {
        let bundle = try OCIBundle(script: "exit 2")
        #expect(try bundle.oci("run", "--keep", bundle.id).status == 2)
        #expect(try bundle.state("status") == "stopped")
        #expect(try bundle.oci("delete", bundle.id).status == 0)
    }

    @Test("passes descriptors and sockets on")
    func descriptors() throws {
        let bundle = try OCIBundle(script: "echo $LISTEN_FDS $LISTEN_PID; cat <&3; cat <&4")
        let result = try bundle.shell(
            "echo one > one; echo two > two; exec 3<one 4<two; LISTEN_FDS=1 $oci run --preserve-fds 1 $id"
        )
        #expect(result.output == "1 1\none\ntwo\n")
        #expect(try bundle.shell("$oci run --preserve-fds 1 $id 3<one").output.contains("one\n"))
    }

    @Test("gives the process a terminal of the user's size, and the user's terminal its mode back")
    func terminal() throws {
        let bundle = try OCIBundle(script: "stty size; tty; exit 6")
        bundle.configuration.process?.terminal = true
        try bundle.save()
        let result = try bundle.shell(
            "script -qec \"stty rows 33 cols 101; stty -g >before; $oci run $id; echo rc \\$?; stty -g >after\" /dev/null"
        )
        // Between the lines, script(1) shows what it makes of the end of its input.
        for line in ["33 101\r\n", "/dev/pts/0\r\n", "rc 6\r\n"] { #expect(result.output.contains(line)) }
        #expect(try bundle.text(of: "before") == bundle.text(of: "after"))
    }

    @Test("sends the terminal to the console socket when it does not stay itself")
    func consoleSocket() throws {
        let bundle = try OCIBundle(script: "exit 0")
        let without = try bundle.oci("run", "--detach", "--console-socket", "nowhere", bundle.id)
        #expect(without.status == 1)
        #expect(without.errors.contains("cannot use console socket"))
        bundle.configuration.process?.terminal = true
        try bundle.save()
        let refused = try bundle.oci("create", bundle.id)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("cannot allocate tty if skiff-oci will detach without setting console socket"))
        let missing = try bundle.oci("create", "--console-socket", "nowhere", bundle.id)
        #expect(missing.status == 1)
        #expect(try bundle.remains() == "")
    }

    @Test("says what is wrong with the bundle, and leaves nothing")
    func failures() throws {
        let bundle = try OCIBundle()
        func fails(_ words: String, _ change: (inout RuntimeConfiguration) -> Void) throws {
            var configuration = bundle.configuration
            change(&configuration)
            try bundle.write("config.json", configuration.json())
            let result = try bundle.oci("run", bundle.id)
            #expect(result.status == 1)
            #expect(result.errors.contains(words))
            #expect(result.errors.split(separator: "\n").count == 1)
            #expect(try bundle.remains() == "")
        }
        try fails("executable file not found in $PATH") { $0.process?.args = ["nosuch"] }
        try fails("no such file or directory") { $0.process?.args = ["/nosuch"] }
        try fails("is a directory") { $0.process?.args = ["/bin"] }
        try fails("permission denied") { $0.process?.args = ["/proc/version"] }
        try fails("process.args") { $0.process?.args = [] }
        try fails("process.scheduler.priority") { $0.process?.scheduler = .init(policy: .fifo) }
        try fails("rootfs-not-there") { $0.root?.path = "rootfs-not-there" }
        try fails("hook") { $0.hooks = .init(createRuntime: [.init(path: "/bin/false")]) }
        try fails("hook") { $0.hooks = .init(poststart: [.init(path: "/bin/false")]) }
        let missing = try bundle.oci("run", "--bundle", "/nonexistent", bundle.id)
        #expect(missing.status == 1)
        #expect(missing.errors.contains("/nonexistent/config.json"))
    }

    @Test("does without a control group when told so, and refuses limits then")
    func noControlGroup() throws {
        let bundle = try OCIBundle(script: "cat /proc/self/cgroup | sort -u | grep -c skiff")
        let refused = try bundle.oci("--cgroup-manager", "disabled", "run", bundle.id)
        #expect(refused.errors.contains("linux.resources"))
        bundle.configuration.linux?.resources = nil
        try bundle.save()
        #expect(try bundle.oci("--cgroup-manager", "disabled", "run", "--detach", bundle.id).status == 0)
        #expect(try bundle.shell("find /sys/fs/cgroup -maxdepth 3 -name \"*$id\"").output == "")
    }

    @Test("starts where /proc is not mounted")
    func noProc() throws {
        let bundle = try OCIBundle()
        let result = try bundle.shell("cp ${oci%% *} rootfs/oci && chroot rootfs /oci --version")
        #expect(result.status == 0)
    }

    @Test("runs no program of the environment's choice when it crashes", .rows("swift-backtrace"))
    func crash() throws {
        let bundle = try OCIBundle(script: "sleep 1000")
        try bundle.write("swift-backtrace", Array("#!/bin/sh\ntouch \(bundle.directory.path)/marker\n".utf8))
        let result = try bundle.shell(
            """
            ulimit -c 0; chmod +x swift-backtrace
            SWIFT_BACKTRACE="enable=yes,swift-backtrace=$PWD/swift-backtrace" PATH="$PWD:$PATH" $oci run $id & p=$!
            until $oci state $id 2>/dev/null | grep -q running; do sleep 0.05; done
            kill -SEGV $p; wait $p; rc=$?; ls marker 2>/dev/null; exit $rc
            """
        )
        #expect(result.status == 128 + 11)
        #expect(result.output.isEmpty)
    }
}
