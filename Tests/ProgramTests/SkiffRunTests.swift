// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import Testing

@Suite("skiff run", .requires(.root, .overlay, .programs, .busybox, .tar)) struct SkiffRunTests {
    @Test("ends as the program does")
    func statuses() throws {
        let store = try SkiffStore()
        for status in [0, 1, 3, 125, 126, 127, 137, 255] as [Int32] {
            try store.expect(status, "run", "--rm", "bb", "sh", "-c", "exit \(status)")
        }
        try store.expectNothingLeft()
    }

    @Test("ends with 128 and the signal's number when a signal ends the program")
    func signals() throws {
        let store = try SkiffStore()
        // The first process of a pid namespace is not killed by itself.
        let result = try store.shell(
            """
            "$S" --root "$R" run --cgroup-parent "$C" -d --name x bb sleep 60 >/dev/null
            "$S" --root "$R" kill -s KILL x >/dev/null; "$S" --root "$R" wait x
            """
        )
        #expect(result.output == "137\n")
        try store.expect(0, "rm", "x")
        try store.expectNothingLeft()
    }

    @Test("keeps output and errors apart, and hands input on with -i only")
    func streams() throws {
        let store = try SkiffStore()
        let result = try store.expect(0, "run", "--rm", "bb", "sh", "-c", "echo out; echo err >&2")
        #expect(result.output == "out\n")
        #expect(result.errors == "err\n")
        let run = #""$S" --root "$R" run --cgroup-parent "$C" --rm"#
        #expect(try store.shell("echo hello | \(run) -i bb cat").output == "hello\n")
        #expect(try store.shell("echo hello | \(run) bb cat").output == "")
        let large = try store.shell("head -c 3000000 /dev/zero | \(run) -i bb cat | wc -c")
        #expect(large.output == "3000000\n")
    }

    @Test("has no way back to the host")
    func root() throws {
        let store = try SkiffStore()
        let result = try store.expect(0, "run", "--rm", "bb", "ls", "/..", "/../..")
        let once = "bin\ndev\netc\nproc\nsrv\nsys\ntmp\n"
        #expect(result.output == "/..:\n\(once)\n/../..:\n\(once)")
    }

    @Test("shows mode and owner that the image's root has, and lets users in whatever the umask is here")
    func rootDirectory() throws {
        let store = try SkiffStore()
        let result = try store.shell(
            """
            set -e; cd "$D"; chown 5:6 root; chmod 711 root; tar -C root -cf odd.tar .; umask 077
            "$S" --root "$R" import odd.tar odd >/dev/null
            "$S" --root "$R" run --cgroup-parent "$C" --rm odd ls -ldn /
            "$S" --root "$R" run --cgroup-parent "$C" --rm -u 1000 bb sh -c 'ls / >/dev/null; cat /etc/hosts >/dev/null; echo ok'
            """
        )
        let words = result.output.split { $0 == " " || $0 == "\n" }
        #expect(words.first == "drwx--x--x" && words.dropFirst(2).prefix(2) == ["5", "6"], "\(result.errors)")
        #expect(words.last == "ok", "\(result.errors)")
    }

    @Test("sets variables, directory, user, groups and host name")
    func process() throws {
        let store = try SkiffStore()
        let script = "id -u; id -g; id -G; pwd; echo $A-$B-$HOME; hostname"
        let result = try store.expect(
            0,
            "run",
            "--rm",
            "-eA=1",
            "--env",
            "B=two words",
            "-w",
            "/tmp",
            "-u",
            "alice",
            "--group-add",
            "7",
            "-h",
            "h",
            "bb",
            "sh",
            "-c",
            script
        )
        #expect(result.output == "1000\n1001\n1001 7 1002\n/tmp\n1-two words-/srv\nh\n")
        let other = try store.expect(0, "run", "--rm", "-u", "5:6", "bb", "sh", "-c", "id -u; id -g")
        #expect(other.output == "5\n6\n")
        let file = try store.shell(
            """
            printf '# comment\\nA=file\\nHERE\\n' > "$D/env"
            HERE=there "$S" --root "$R" run --cgroup-parent "$C" --rm --env-file "$D/env" -e HERE bb \
            sh -c 'echo $A $HERE'
            """
        )
        #expect(file.output == "file there\n")
    }

    @Test("attaches host paths and file systems in memory")
    func mounts() throws {
        let store = try SkiffStore()
        let own = "\(store.path)/shared"
        _ = try Command.run(["mkdir", own])
        try store.expect(0, "run", "--rm", "-v", "\(own):/data", "bb", "touch", "/data/made")
        let listed = try store.expect(
            1,
            "run",
            "--rm",
            "-v",
            "\(own):/data:ro",
            "bb",
            "sh",
            "-c",
            "ls /data; touch /data/other"
        )
        #expect(listed.output == "made\n")
        #expect(listed.errors.contains("Read-only file system"))
        let mount = "type=bind,source=\(own),target=/data,readonly"
        #expect(try store.expect(0, "run", "--rm", "--mount", mount, "bb", "ls", "/data").output == "made\n")
        let memory = try store.expect(
            0,
            "run",
            "--rm",
            "--tmpfs",
            "/run:size=1m",
            "bb",
            "sh",
            "-c",
            "touch /run/x; grep ' /run ' /proc/mounts"
        )
        #expect(memory.output.contains("size=1024k"))
        try store.expect(1, "run", "--rm", "--read-only", "bb", "touch", "/x")
        try store.expectNothingLeft()
    }

    @Test("bounds memory and processes")
    func limits() throws {
        let store = try SkiffStore()
        let hungry = #"x=$(head -c 64m /dev/zero | tr "\0" x); echo survived"#
        #expect(try store.expect(137, "run", "--rm", "-m", "16m", "bb", "sh", "-c", hungry).output == "")
        let script = "i=0; while [ $i -lt 8 ]; do sleep 5 & i=$((i+1)); done; echo all"
        let forks = try store.expect(2, "run", "--rm", "--pids-limit", "4", "bb", "sh", "-c", script)
        #expect(forks.output == "")
        #expect(forks.errors.contains("fork"))
        let files = try store.expect(0, "run", "--rm", "--ulimit", "nofile=16:32", "bb", "sh", "-c", "ulimit -n")
        #expect(files.output == "16\n")
        try store.expect(0, "run", "--rm", "--cpus", "0.5", "-c", "512", "--cpuset-cpus", "0", "bb", "true")
        try store.expectNothingLeft()
    }

    @Test("gives docker's privileges, and takes them away when told to")
    func privileges() throws {
        let store = try SkiffStore()
        func status(_ flags: String...) throws -> String {
            let result = try store.run(
                ["run", "--rm"] + flags + ["bb", "grep", "-E", "CapEff|NoNew", "/proc/self/status"]
            )
            return result.output
        }
        #expect(try status() == "CapEff:\t00000000a80425fb\nNoNewPrivs:\t0\n")
        #expect(try status("--cap-drop", "ALL") == "CapEff:\t0000000000000000\nNoNewPrivs:\t0\n")
        #expect(try status("--cap-drop=all", "--cap-add=NET_ADMIN") == "CapEff:\t0000000000001000\nNoNewPrivs:\t0\n")
        #expect(try status("--security-opt", "no-new-privileges").hasSuffix("NoNewPrivs:\t1\n"))
        #expect(try store.expect(0, "run", "--rm", "bb", "ls", "/sys/class/net").output == "lo\n")
    }

    @Test("has a terminal with -t, of the size of ours, and gives ours back")
    func terminal() throws {
        let store = try SkiffStore()
        let result = try store.shell(
            """
            run="stty rows 33 cols 77; '$S' --root '$R' run --cgroup-parent '$C' --rm -it bb \
            sh -c 'stty size; tty; exit 4'; echo status \\$?; stty -a | grep -c -w -- -icanon"
            mkfifo "$D/keys"
            script -qec "$run" /dev/null <> "$D/keys"
            """
        )
        #expect(result.output.contains("33 77\r\n/dev/pts/0\r\n"), "\(result.output)")
        #expect(result.output.contains("status 4\r\n0\r\n"), "\(result.output)")
    }

    @Test("takes docker's ways to write options")
    func spellings() throws {
        let store = try SkiffStore()
        try store.expect(0, "run", "--rm=true", "--read-only=false", "-eA=1", "-w=/tmp", "bb", "touch", "x")
        #expect(try store.expect(0, "run", "--rm", "--", "bb", "echo", "--rm", "-x").output == "--rm -x\n")
        #expect(try store.expect(0, "run", "--rm", "--entrypoint", "echo", "bb", "-n", "x").output == "x")
        try store.expectNothingLeft()
    }
}
