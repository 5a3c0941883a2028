// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import TestSupport
import Testing

@Suite("A container of skiff-oci under fire", .requires(.root, .programs, .busybox)) struct OCIFireTests {
    /// Known by its number among the processes of tests that run beside this one, other cases of the same among them.
    private let sleep = Int.random(in: 100_000..<1_000_000_000)

    private func bundle() throws -> OCIBundle {
        let bundle = try OCIBundle()
        bundle.configuration.process?.args = ["/bin/sleep", "\(sleep)"]
        try bundle.save()
        return bundle
    }

    @Test(
        "whose maker, starter, guest or remover is killed at any step is removed whole by a forced delete",
        .rows("F-05", "F-06"),
        .enabled(if: (try? Command.run(["strace", "-V"]).status) == 0, "needs strace"),
        arguments: ["create", "start", "exec", "delete"]
    )
    func killed(command: String) throws {
        let bundle = try bundle()
        // Every call of each kind has its number: strace kills the process at the one it is told. A dozen of them,
        // others each time.
        let result = try bundle.shell(
            """
            ready() { [ \(command) = create ] || $oci create $id </dev/null; case \(command) in
                delete) $oci start $id; $oci kill $id KILL; until $oci state $id | grep -q '"stopped"'; do sleep 0.01; done;;
                exec) $oci start $id;; esac; }
            case \(command) in exec) more='/bin/busybox true';; esac
            ready; strace -o trace $oci \(command) $id $more </dev/null; $oci delete --force $id
            sed -n 's/^\\([a-z][a-z0-9_]*\\)(.*/\\1/p' trace | awk '{ print $1, ++count[$1] }' | shuf -n 12 >points
            while read call number; do
                ready
                strace -o /dev/null -e inject=$call:signal=KILL:when=$number $oci \(command) $id $more </dev/null >/dev/null 2>&1
                timeout 60 $oci delete --force $id || echo $call $number: delete $?
                [ -z "$(ls -A state)" ] || echo $call $number: $(ls -A state)
                find /sys/fs/cgroup -maxdepth 3 -name $id | sed "s/^/$call $number: /"
            done <points 2>/dev/null
            wc -l <points
            """
        )
        #expect(result.output == "12\n")
        #expect(try bundle.remains() == "")
        #expect(try Command.run(["pgrep", "-f", "sleep \(sleep)"]).output == "")
    }

    /// The broken variant locked what the id meant by then: creations shared one directory, found a group in use, or ended
    /// with the error of a call.
    @Test("that many create and delete at once under one id is made by one at a time, and removed whole", .rows("F-15"))
    func oneID() throws {
        let bundle = try bundle()
        let result = try bundle.shell(
            """
            for remover in 1 2; do
                (until [ -e stop ]; do timeout 60 $oci delete --force $id 2>>delete; echo delete $? >>statuses; done) &
            done
            for maker in 1 2 3 4 5 6; do
                (for round in 1 2 3 4 5 6; do
                    timeout 60 $oci create $id </dev/null >/dev/null 2>>create; echo create $? >>statuses
                done; echo >>made) &
            done
            for wait in $(seq 600); do [ "$(cat made 2>/dev/null | wc -l)" = 6 ] && break; sleep 0.1; done
            touch stop; wait
            timeout 60 $oci delete --force $id 2>/dev/null
            sort -u statuses
            cat create delete | grep -v -e 'container with given ID already exists' -e 'container does not exist'
            """
        )
        let statuses = ["create 0", "create 1", "delete 0", "delete 1"]
        for line in result.output.split(separator: "\n") { #expect(statuses.contains(String(line))) }
        #expect(result.output.contains("create 0"))
        #expect(try bundle.remains() == "")
        #expect(try Command.run(["pgrep", "-f", "sleep \(sleep)"]).output == "")
    }

    @Test("is stopped when its process number belongs to another process", .rows("F-14"))
    func reusedNumber() throws {
        let bundle = try bundle()
        #expect(try bundle.oci("run", "--detach", bundle.id).status == 0)
        let result = try bundle.shell(
            """
            sleep 1000 & other=$!
            pid=$($oci state $id | sed -n 's/.*"pid": \\([0-9]*\\).*/\\1/p'); cp state/$id/state.json kept
            sed "s/\\"pid\\": *$pid\\b/\\"pid\\":$other/" kept >state/$id/state.json
            cmp -s kept state/$id/state.json && echo unchanged
            $oci state $id | grep -o '"status": "[a-z]*"'
            $oci kill $id KILL; echo kill $?; $oci delete --force $id; echo delete $?
            kill -0 $other && echo alive; kill $other
            """
        )
        #expect(result.output == "\"status\": \"stopped\"\nkill 1\ndelete 0\nalive\n")
        #expect(result.errors.contains("container not running"))
        #expect(try bundle.remains() == "")
    }

    @Test("keeps less than 300 KiB resident while it waits for its start")
    func resident() throws {
        let bundle = try bundle()
        #expect(try bundle.oci("create", bundle.id).status == 0)
        let result = try bundle.shell(
            "awk '/^VmRSS:/ { print $2 }' /proc/$($oci state $id | sed -n 's/.*\"pid\": \\([0-9]*\\).*/\\1/p')/status"
        )
        let kibibytes = try #require(Int(result.output.dropLast()))
        #expect(kibibytes < 300)
        #expect(try bundle.oci("delete", "--force", bundle.id).status == 0)
    }

    @Test("runs with 512 KiB of memory")
    func smallMemory() throws {
        let bundle = try OCIBundle(script: "echo runs")
        bundle.configuration.linux?.resources?.memory = LinuxMemory(limit: 512 << 10)
        try bundle.save()
        let result = try bundle.oci("run", bundle.id)
        #expect(result.output == "runs\n")
        #expect(result.status == 0)
        #expect(try bundle.remains() == "")
    }
}
