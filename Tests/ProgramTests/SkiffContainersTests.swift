// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import TestSupport
import Testing

@Suite("skiff's containers", .requires(.root, .overlay, .programs, .busybox, .tar)) struct SkiffContainersTests {
    @Test("run in the background, are listed, entered, ended and removed")
    func background() throws {
        let store = try SkiffStore()
        let id = try store.expect(
            0,
            "run",
            "-d",
            "--name",
            "web",
            "-l",
            "a=b",
            "bb",
            "sh",
            "-c",
            "echo out; echo err >&2; exec sleep 60"
        ).output.dropLast()
        #expect(id.count == 64)
        #expect(try store.expect(0, "ps", "-q", "--no-trunc").output == "\(id)\n")
        let lines = try store.expect(0, "ps").output.split(separator: "\n")
        #expect(
            lines.first?.split(separator: " ").joined(separator: " ")
                == "CONTAINER ID IMAGE COMMAND CREATED STATUS PORTS NAMES"
        )
        #expect(lines.count == 2 && lines[1].hasPrefix(id.prefix(12)) && lines[1].hasSuffix("web"))
        #expect(lines[1].contains(" Up "))
        #expect(try store.expect(0, "logs", "web").output == "out\nerr\n")
        #expect(try store.expect(0, "logs", "--tail", "1", "web").output == "err\n")
        #expect(try store.expect(7, "exec", "web", "sh", "-c", "hostname; exit 7").output == "\(id.prefix(12))\n")
        #expect(try store.expect(0, "exec", "web", "ls", "/..").output == "bin\ndev\netc\nproc\nsrv\nsys\ntmp\n")
        let user = try store.expect(
            0,
            "exec",
            "-u",
            "alice",
            "-w",
            "/tmp",
            "-e",
            "A=1",
            "web",
            "sh",
            "-c",
            "id -u; pwd; echo $A"
        )
        #expect(user.output == "1000\n/tmp\n1\n")
        try store.expectError("exec", "web", "nosuch", says: "executable file not found in $PATH", status: 127)
        try store.expectError("exec", "web", "/etc/plain", says: "permission denied", status: 126)
        try store.expectError("run", "--name", "web", "bb", "true", says: "already in use")
        try store.expectError("rm", "web", says: "is running")
        try store.expect(0, "kill", "web")
        #expect(try store.expect(0, "wait", "web").output == "137\n")
        #expect(try store.expect(0, "ps", "-q").output == "")
        #expect(try store.expect(0, "ps", "-a").output.contains("Exited (137)"))
        try store.expectError("exec", "web", "true", says: "not running")
        try store.expect(0, "rm", "web")
        try store.expectNothingLeft()
    }

    @Test("are removed by force while they run, and by themselves with -d --rm")
    func removal() throws {
        let store = try SkiffStore()
        try store.expect(0, "run", "-d", "--name", "x", "bb", "sleep", "60")
        try store.expect(0, "rm", "-f", "x")
        try store.expectNothingLeft()
        try store.expect(0, "run", "-d", "--rm", "--name", "x", "bb", "true")
        try store.expectNothingLeft()
        try store.expect(0, "run", "-d", "--rm", "--name", "x", "bb", "sleep", "60")
        try store.expect(0, "kill", "x")
        try store.expectNothingLeft()
        try store.expect(0, "rm", "-f", "x")
    }

    @Test("die with the front end that is killed, and what it leaves is removed by whoever comes next", .rows("F-07"))
    func killedFrontEnd() throws {
        let store = try SkiffStore()
        let script = """
            $S --root $R run --rm --cgroup-parent $C bb sleep 1000 & front=$!
            until $S --root $R ps -q | grep -q .; do sleep 0.05; done
            kill -9 $front; wait $front
            rounds=0
            while grep -q . /sys/fs/cgroup/*$C/*/cgroup.procs 2>/dev/null; do
                rounds=$((rounds + 1)); [ $rounds -lt 200 ] || exit 1; sleep 0.05
            done
            $S --root $R ps -a -q
            """
        let result = try store.shell(script)
        #expect(result.status == 0)
        #expect(result.output == "")
        try store.expectNothingLeft()
    }

    @Test("stop by their own signal, and by SIGKILL when they do not listen")
    func stop() throws {
        let store = try SkiffStore()
        let script = "trap 'exit 5' USR1; while :; do sleep 0.05; done"
        try store.expect(0, "run", "-d", "--name", "a", "--stop-signal", "USR1", "bb", "sh", "-c", script)
        try store.expect(0, "stop", "a")
        #expect(try store.expect(0, "wait", "a").output == "5\n")
        try store.expect(0, "run", "-d", "--name", "b", "bb", "sleep", "60")
        try store.expect(0, "stop", "-t", "0", "b")
        #expect(try store.expect(0, "wait", "b").output == "137\n")
        try store.expect(0, "rm", "a", "b")
        try store.expectNothingLeft()
    }

    @Test("are created, started, and started again with what they have written")
    func start() throws {
        let store = try SkiffStore()
        let script = "echo run >> /log; exec wc -l < /log"
        try store.expect(0, "create", "--name", "c", "bb", "sh", "-c", script)
        #expect(try store.expect(0, "ps", "-a").output.contains(" Created "))
        #expect(try store.expect(0, "start", "-a", "c").output == "1\n")
        #expect(try store.expect(0, "start", "-a", "c").output == "2\n")
        try store.expect(0, "start", "c")
        #expect(try store.expect(0, "wait", "c").output == "0\n")
        #expect(try store.expect(0, "logs", "-f", "c").output == "3\n")
        try store.expect(0, "rm", "c")
        try store.expectNothingLeft()
    }

    @Test("are described in docker's terms and in ours")
    func inspect() throws {
        let store = try SkiffStore()
        try store.expect(3, "run", "--name", "kept", "-m", "32m", "-l", "k=v", "bb", "sh", "-c", "exit 3")
        let document = try JSONValue(json: try store.expect(0, "inspect", "kept").output)
        let container = try #require(document.array?.first?.object)
        #expect(document.array?.count == 1)
        #expect(container["Name"]?.string == "/kept")
        #expect(container["State"]?.object?["Status"]?.string == "exited")
        #expect(container["State"]?.object?["ExitCode"]?.number?.integer(as: Int.self) == 3)
        #expect(container["HostConfig"]?.object?["Memory"]?.number?.integer(as: Int.self) == 32 << 20)
        #expect(container["Config"]?.object?["Labels"]?.object?["k"]?.string == "v")
        let native = try JSONValue(json: try store.expect(0, "inspect", "--mode", "native", "kept").output)
        #expect(native.array?.first?.object?["configuration"]?.object?["ociVersion"] != nil)
        let image = try JSONValue(json: try store.expect(0, "inspect", "bb").output)
        #expect(image.array?.first?.object?["RepoTags"] == .array([.string("bb:latest")]))
        let line = try JSONValue(json: try store.expect(0, "ps", "-a", "--format", "json").output)
        #expect(line.object?["Names"]?.string == "kept")
        try store.expect(0, "rm", "kept")
        try store.expectNothingLeft()
    }

    @Test("can be explained before they run")
    func explain() throws {
        let store = try SkiffStore()
        let steps = try store.expect(0, "explain", "-m", "64m", "--read-only", "bb", "true").output
        #expect(steps.contains("pivot root"))
        #expect(steps.contains("execute the program"))
        let again = try store.expect(0, "explain", "-m", "64m", "--read-only", "bb", "true").output
        #expect(steps == again)
        let json = try JSONValue(json: try store.expect(0, "explain", "--json", "bb", "true").output)
        #expect((json.array?.count ?? 0) > 20)
        try store.expect(0, "create", "--name", "c", "bb", "true")
        let native = try JSONValue(json: try store.expect(0, "inspect", "--mode", "native", "c").output)
        let bundle = try #require(native.array?.first?.object?["bundle"]?.string)
        #expect(try store.expect(0, "explain", bundle).output.contains("execute the program"))
        try store.expect(0, "rm", "c")
    }
}
