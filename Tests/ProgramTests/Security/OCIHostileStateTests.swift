// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@Suite("skiff-oci, given what it did not write,", .requires(.root, .programs, .busybox)) struct OCIHostileStateTests {
    @Test(
        "says which state is damaged, lists the others, and removes it by force",
        .rows("S-02", "containerd-1a1dad7ec"),
        arguments: [
            ": >$s", "echo '{' >$s", "printf '\\0' >$s", "echo '[]' >$s", "rm $s; mkfifo $s",

            "head -c 40 $s >x; mv x $s",
            "sed -i 's/\"pid\"/\"PID\"/' $s",
            "ln -s $PWD/canary state/$id/.state.json.tmp",
        ]
    )
    func damaged(_ damage: String) throws {
        let bundle = try OCIBundle()
        bundle.configuration.process?.args = ["/bin/sleep", "1000"]
        try bundle.save()
        let result = try bundle.shell(
            """
            echo canary >canary; $oci create whole-$id </dev/null; $oci run --detach $id </dev/null
            pid=$($oci state $id | sed -n 's/.*"pid": \\([0-9]*\\).*/\\1/p'); s=state/$id/state.json
            \(damage)
            timeout 20 $oci list -q >listed 2>/dev/null; [ $? != 124 ] || echo list hangs
            grep -x whole-$id listed || echo the other is not listed
            timeout 20 $oci state $id >/dev/null 2>error; rc=$?; [ $rc != 124 ] || echo state hangs
            [ $rc = 0 ] || [ $(wc -l <error) = 1 ] || { echo no line; cat error; }
            timeout 20 $oci delete --force $id 2>/dev/null; [ $? != 124 ] || echo delete hangs
            timeout 20 $oci delete --force $id 2>/dev/null; [ -e state/$id ] && echo still there
            [ "$(cat canary)" = canary ] || echo followed
            timeout 20 $oci delete --force whole-$id; ls -A state
            kill -9 $pid 2>/dev/null; find /sys/fs/cgroup -depth -name "$id" -type d | while read d; do
                until rmdir $d 2>/dev/null || [ ! -e $d ]; do sleep 0.05; done; done
            """
        )
        #expect(result.output == "whole-\(bundle.id)\n", "\(result.errors)")
    }

    @Test(
        "refuses a configuration without end, and one that repeats itself, before anything is made",
        .rows("S-01"),
        arguments: [
            "head -c 104857600 /dev/zero | tr '\\0' ' ' >config.json",
            "rm config.json; mkfifo config.json",
            "rm config.json; ln -s /dev/zero config.json",
            "sed -i 's/\"namespaces\":\\[/\"namespaces\":[{\"type\":\"mount\"},/' config.json",
            "sed -i 's/\"hostname\"/\"hostname\":\"a\",\"hostname\"/' config.json",
            "sed -i 's/\"soft\":1024/\"soft\":18446744073709551616/' config.json",
            "sed -i 's/\"soft\":1024/\"soft\":-1/' config.json",
            "sed -i 's/\"terminal\":false/\"terminal\":\"no\"/' config.json",
            "head -c 100000 /dev/zero | tr '\\0' '[' >config.json",
        ]
    )
    func configuration(_ damage: String) throws {
        let bundle = try OCIBundle()
        let result = try bundle.shell("\(damage); timeout 60 $oci run $id </dev/null")
        #expect(result.status == 1, "\(result.status) \(result.errors)")
        #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        #expect(try bundle.remains() == "")
    }

    @Test("takes a hundred thousand mounts for an error or makes them, but ends", .rows("S-01"))
    func manyMounts() throws {
        let bundle = try OCIBundle()
        let mount = RuntimeConfiguration.Mount(destination: "/tmp", type: "tmpfs", source: "t")
        bundle.configuration.mounts? += Array(repeating: mount, count: 100_000)
        try bundle.save()
        let result = try bundle.shell("timeout 300 $oci run $id </dev/null")
        #expect(result.status == 1)
        #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        #expect(try bundle.remains() == "")
    }

    @Test("starts a container although somebody else speaks to the socket of its start", .rows("lxc-19ad80ed8"))
    func startSocket() throws {
        let bundle = try OCIBundle(script: "echo started")
        #expect(try bundle.shell("$oci create $id </dev/null >out 2>&1").status == 0)
        let path = FilePath("\(bundle.state)/\(bundle.id)/start.sock")
        for bytes in [[UInt8](), [0], [UInt8](repeating: 255, count: 4096)] {
            guard let socket = try? StreamSocket.connect(to: path, isBlocking: false) else { break }
            if !bytes.isEmpty { try? socket.descriptor.write(bytes) }
        }
        _ = try bundle.shell(
            "timeout 20 $oci start $id; until $oci state $id | grep -q '\"stopped\"'; do sleep 0.02; done"
        )
        let result = try bundle.shell("cat out; timeout 20 $oci delete --force $id; echo $?")
        #expect(result.output == "started\n0\n", "\(result.errors)")
        #expect(try bundle.remains() == "")
    }

    @Test(
        "removes by force a container whose group somebody has frozen",
        .rows("F-13"),
        arguments: ["pause", "by hand"]
    )
    func frozen(_ how: String) throws {
        let bundle = try OCIBundle()
        bundle.configuration.process?.args = ["/bin/sleep", "1000"]
        try bundle.save()
        let freeze =
            how == "pause"
            ? "$oci pause $id"
            : "find /sys/fs/cgroup -maxdepth 4 -path \"*$id/*\" '(' -name freezer.state -o -name cgroup.freeze ')' | while read f; do case $f in *state) echo FROZEN >$f;; *) echo 1 >$f;; esac; done"
        let result = try bundle.shell(
            "$oci run --detach $id </dev/null; \(freeze); timeout 60 $oci delete --force $id; echo $?; ls -A state"
        )
        #expect(result.output == "0\n", "\(result.errors)")
        #expect(try bundle.remains() == "")
    }
}
