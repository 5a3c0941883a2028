// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import TestSupport
import Testing

@Suite("skiff's supervisors", .requires(.root, .overlay, .programs, .busybox, .tar)) struct SkiffSupervisionTests {
    /// Waits until `inspect` shows what is expected.
    private func await(_ store: SkiffStore, _ template: String, _ expected: String) throws -> Bool {
        let result = try store.shell(
            """
            for i in $(seq 300); do
              [ "$("$S" --root "$R" inspect -f '\(template)' x)" = '\(expected)' ] && exit 0; sleep 0.1
            done; exit 1
            """
        )
        return result.status == 0
    }

    @Test("start a container again as often as they are told, and no more")
    func onFailure() throws {
        let store = try SkiffStore()
        defer { _ = try? store.run(["rm", "-f", "x"]) }
        let script = "echo run >> /log; exit 3"
        try store.expect(0, "run", "-d", "--name", "x", "--restart", "on-failure:2", "bb", "sh", "-c", script)
        #expect(try self.await(store, "{{.RestartCount}} {{.State.Status}}", "2 exited"))
        // It stays ended: the next start would come after 400 ms.
        _ = try store.shell("sleep 1")
        try store.expect(0, "cp", "x:/log", "\(store.path)/log")
        #expect(try store.shell("cat \"$D/log\"").output == "run\nrun\nrun\n")
        #expect(
            try store.expect(0, "inspect", "-f", "{{.HostConfig.RestartPolicy.Name}}", "x").output == "on-failure\n"
        )
    }

    @Test("leave a container ended that was stopped or killed, and one that ended well")
    func stopped() throws {
        let store = try SkiffStore()
        defer { _ = try? store.run(["rm", "-f", "x"]) }
        for command in ["stop", "kill"] {
            try store.expect(0, "run", "-d", "--name", "x", "--restart", "always", "bb", "sleep", "600")
            try store.expect(0, command, "x")
            _ = try store.shell("sleep 0.6")
            #expect(try store.expect(0, "inspect", "-f", "{{.State.Status}}", "x").output == "exited\n")
            try store.expect(0, "rm", "x")
        }
        try store.expect(0, "run", "-d", "--name", "x", "--restart", "on-failure", "bb", "true")
        #expect(try self.await(store, "{{.State.Status}}", "exited"))
        #expect(try store.expect(0, "inspect", "-f", "{{.RestartCount}}", "x").output == "0\n")
        try store.expect(0, "rm", "x")
        try store.expectNothingLeft()
    }

    @Test("see how well a container is")
    func health() throws {
        let store = try SkiffStore()
        defer { _ = try? store.run(["rm", "-f", "x"]) }
        try store.expect(
            0,
            "run",
            "-d",
            "--name",
            "x",
            "--health-cmd",
            "cat /srv/well",
            "--health-interval",
            "100ms",
            "--health-retries",
            "2",
            "bb",
            "sleep",
            "600"
        )
        #expect(try self.await(store, "{{.State.Health.Status}}", "unhealthy"))
        #expect(try store.expect(0, "ps").output.contains("(unhealthy)"))
        try store.expect(0, "exec", "x", "touch", "/srv/well")
        #expect(try self.await(store, "{{.State.Health.Status}}", "healthy"))
    }

    @Test("see it by the health check that an image brings along, if there is no other word", .requires(.buildah))
    func imageHealth() throws {
        let store = try SkiffStore()
        defer { for name in ["x", "y"] { _ = try? store.run(["rm", "-f", name]) } }
        let made = try store.shell(
            """
            cd "$D"; set -e; b="buildah --storage-driver vfs --root $D/buildah --runroot $D/buildah-run"
            n=$($b from scratch); $b add -q $n root.tar /
            $b config --healthcheck 'CMD-SHELL cat /srv/well' --healthcheck-interval 100ms --healthcheck-retries 2 $n
            $b commit -q --format docker $n "docker-archive:$D/well.tar:well:1"; $b rm $n
            $S --root $R load -q -i well.tar
            """
        )
        try #require(made.status == 0, "\(made.errors)")
        try store.expect(0, "run", "-d", "--name", "x", "well:1", "sleep", "600")
        #expect(try self.await(store, "{{.State.Health.Status}}", "unhealthy"))
        try store.expect(0, "exec", "x", "touch", "/srv/well")
        #expect(try self.await(store, "{{.State.Health.Status}}", "healthy"))
        try store.expect(0, "run", "-d", "--no-healthcheck", "--name", "y", "well:1", "sleep", "600")
        let lines = try store.expect(0, "ps", "-a").output.split(separator: "\n").filter { $0.contains("sleep 600") }
        #expect(lines.filter { $0.contains("health") }.count == 1, "\(lines)")
        #expect(lines.count == 2)
        try store.expect(0, "run", "--rm", "well:1", "true")
    }

    @Test("look after a container in the foreground, too, and take over when it is to be started again")
    func foreground() throws {
        let store = try SkiffStore()
        defer { _ = try? store.run(["rm", "-f", "x"]) }
        let script = "echo run >> /log; echo out; echo err >&2; exit 3"
        let arguments = ["--name", "x", "--restart", "on-failure:2", "bb", "sh", "-c", script]
        let result = try store.run(["run"] + arguments)
        #expect(result.status == 3 && result.output == "out\n" && result.errors == "err\n", "\(result)")
        #expect(try self.await(store, "{{.RestartCount}} {{.State.Status}}", "2 exited"))
        try store.expect(0, "cp", "x:/log", "\(store.path)/log")
        #expect(try store.shell("cat \"$D/log\"").output == "run\nrun\nrun\n")
        #expect(try store.expect(3, "start", "-a", "x").output == "out\n")
        #expect(try self.await(store, "{{.RestartCount}} {{.State.Status}}", "2 exited"))
        try store.expect(0, "rm", "x")
        // Who interrupts it has stopped it.
        let stopped = try store.shell(
            """
            "$S" --root "$R" run --cgroup-parent "$C" --name x --restart always --health-cmd true --health-interval 100ms \
              bb sh -c 'trap "exit 5" TERM; while :; do sleep 0.1; done' & pid=$!
            for i in $(seq 300); do
              [ "$("$S" --root "$R" inspect -f '{{.State.Health.Status}}' x 2>/dev/null)" = healthy ] && break; sleep 0.1
            done
            kill $pid; wait $pid; echo "$i $?"; sleep 0.5
            """
        )
        #expect(stopped.output.hasSuffix(" 5\n") && !stopped.output.hasPrefix("300 "), "\(stopped)")
        #expect(try store.expect(0, "inspect", "-f", "{{.State.Status}}", "x").output == "exited\n")
        try store.expect(0, "rm", "x")
        try store.expectNothingLeft()
    }

    @Test("are refused where nobody could do it")
    func refusals() throws {
        let store = try SkiffStore()
        try store.expectError("run", "-d", "--rm", "--restart", "always", "bb", "true", says: "--rm")
        try store.expectError("run", "-d", "--restart", "sometimes", "bb", "true", says: "no such policy")
        try store.expectError("run", "-d", "--restart", "always:3", "bb", "true", says: "on-failure only")
        try store.expectError("run", "-d", "--health-interval", "1s", "bb", "true", says: "--health-cmd")
        try store.expectError(
            "run",
            "-d",
            "--health-cmd",
            "x",
            "--health-interval",
            "1",
            "bb",
            "true",
            says: "duration"
        )
        try store.expectError(
            "run",
            "-d",
            "--no-healthcheck",
            "--health-cmd",
            "x",
            "bb",
            "true",
            says: "contradicts"
        )
        try store.expectNothingLeft()
    }
}

@Suite("skiff attach without a terminal", .requires(.root, .overlay, .programs, .busybox, .tar)) struct SkiffInputTests
{
    @Test("hands input to a container that was made to read, and the end of it to none")
    func input() throws {
        let store = try SkiffStore()
        defer { _ = try? store.run(["rm", "-f", "x"]) }
        let script = "while read -r line; do echo \"got $line\"; [ \"$line\" = end ] && exit 4; done; exit 9"
        try store.expect(0, "run", "-d", "-i", "--name", "x", "bb", "sh", "-c", script)
        // Who attaches sees what comes from then on, and goes with the container.
        let result = try store.shell(
            """
            mkfifo "$D/in"; "$S" --root "$R" attach x < "$D/in" > "$D/out" & first=$!; exec 3> "$D/in"
            echo one >&3; for i in $(seq 300); do grep -q one "$D/out" && break; sleep 0.1; done
            echo two | timeout -s KILL 3 "$S" --root "$R" attach x >/dev/null
            echo end >&3; exec 3>&-; wait $first; echo $?; cat "$D/out"
            """
        )
        #expect(result.output == "4\ngot one\ngot two\ngot end\n", "\(result.errors)")
        // It was made so, and is so when it is started again.
        try store.expect(0, "start", "x")
        #expect(try store.shell(#"echo end | "$S" --root "$R" attach x"#).status == 4)
        try store.expect(0, "start", "x")
        let without = try store.shell(#"echo end | timeout -s KILL 1 "$S" --root "$R" attach --no-stdin x"#)
        #expect(without.status == 137, "\(without)")
    }

    @Test("leaves one alone that was made without input")
    func none() throws {
        let store = try SkiffStore()
        defer { _ = try? store.run(["rm", "-f", "x"]) }
        try store.expect(0, "run", "-d", "--name", "x", "bb", "sh", "-c", "cat; sleep 1; exit 6")
        #expect(try store.shell(#"echo word | "$S" --root "$R" attach x"#).output == "")
        #expect(try store.expect(0, "wait", "x").output == "6\n")
    }
}

@Suite("skiff's terminals", .requires(.root, .overlay, .programs, .busybox, .tar)) struct SkiffTerminalTests {
    /// Types `keys` at a command that runs in a terminal of its own; each after a moment.
    private func type(_ store: SkiffStore, _ keys: [String], at command: String) throws -> Command.Result {
        let typing = keys.map { "sleep 1; printf '\($0)'" }.joined(separator: "; ")
        return try store.shell("(\(typing); sleep 1) | script -qec '\(command)' /dev/null; echo \"status $?\"")
    }

    @Test("are left by the detach keys, and the container goes on; attach returns to it")
    func detach() throws {
        let store = try SkiffStore()
        defer { _ = try? store.run(["rm", "-f", "x"]) }
        let run = "\(Program.skiff.path) --root \(store.store) run -it --cgroup-parent \(store.cgroup) --name x bb sh"
        let first = try type(store, ["A=kept\\r", "\\020\\021"], at: run)
        #expect(first.output.contains("status 0"), "\(first.output)")
        #expect(try store.expect(0, "ps", "-q").output.split(separator: "\n").count == 1)
        let attach = "\(Program.skiff.path) --root \(store.store) attach x"
        let second = try type(store, ["echo is $A\\r", "exit 7\\r"], at: attach)
        #expect(second.output.contains("is kept"), "\(second.output)")
        #expect(second.output.contains("status 7"), "\(second.output)")
        #expect(try store.expect(0, "logs", "x").output.contains("is kept"))
    }

    @Test("give a foreground program's status and refusals, and leave nothing")
    func foreground() throws {
        let store = try SkiffStore()
        let run = "\(Program.skiff.path) --root \(store.store) run -it --rm --cgroup-parent \(store.cgroup) bb"
        #expect(try type(store, ["\\r"], at: "\(run) sh -c \"tty; exit 5\"").output.contains("status 5"))
        #expect(try type(store, ["\\r"], at: "\(run) nosuch").output.contains("status 127"))
        #expect(try type(store, ["\\r"], at: "\(run) /etc").output.contains("status 126"))
        try store.expectNothingLeft()
        try store.expectError("run", "--detach-keys", "ctrl-", "bb", "true", says: "--detach-keys")
        try store.expectError("attach", "nosuch", says: "no such container")
    }
}
