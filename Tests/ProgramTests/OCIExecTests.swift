// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@Suite("skiff-oci exec", .requires(.root, .programs, .busybox)) struct OCIExecTests {
    /// A running container.
    private func running() throws -> OCIBundle {
        let bundle = try OCIBundle(script: "sleep 1000")
        #expect(try bundle.oci("run", "--detach", bundle.id).status == 0)
        return bundle
    }

    @Test("gives the status of the process, or 128 and the signal")
    func status() throws {
        let bundle = try running()
        #expect(try bundle.oci("exec", bundle.id, "sh", "-c", "echo hi; exit 5").status == 5)
        #expect(try bundle.oci("exec", bundle.id, "sh", "-c", "kill -9 $$").status == 128 + 9)
        #expect(try bundle.oci("exec", bundle.id, "sh", "-c", "echo $0 $1", "-u", "-d").output == "-u -d\n")
    }

    /// What cannot be run, and the words that callers look for.
    static let failures: [([String], String)] = [
        (["nosuch"], "executable file not found in $PATH"), (["/nosuch"], "no such file or directory"),
        (["/bin"], "is a directory"), (["--user", "bob"], "ids are numbers"), ([], "no command"),
    ]

    @Test("fails with 255 when the process cannot be run", arguments: failures)
    func failure(arguments: [String], words: String) throws {
        let bundle = try running()
        let options = arguments.first?.hasPrefix("-") == true
        let line = options ? arguments + [bundle.id, "sh"] : [bundle.id] + arguments
        let result = try Program.oci.run(["--root", bundle.state, "exec"] + line)
        #expect(result.status == 255)
        #expect(result.errors.contains(words))
        #expect(try bundle.oci("exec", "nobody", "sh").status == 255)
    }

    @Test("follows its options")
    func options() throws {
        let bundle = try running()
        let script = "id -u; id -G; pwd; echo $COLOUR; busybox grep -E 'CapEff|NoNewPrivs' /proc/self/status"
        let result = try bundle.oci(
            "exec",
            "-e",
            "COLOUR=green",
            "-u",
            "1000:1001",
            "-g",
            "5",
            "--cwd",
            "/bin",
            "--cap",
            "CAP_SYS_TIME",
            bundle.id,
            "sh",
            "-c",
            script
        )
        let expected = "1000\n1001 5\n/bin\ngreen\nCapEff:\t0000000002000000\nNoNewPrivs:\t1\n"
        #expect(result.output == expected)
    }

    @Test("runs the process that a file describes, and returns at once when it is to detach")
    func file() throws {
        let bundle = try running()
        let process = RuntimeConfiguration.Process(args: ["/bin/sh", "-c", "echo from a file; exit 4"], cwd: "/")
        try bundle.write("process.json", process.json())
        let result = try bundle.oci("exec", "--process", "process.json", bundle.id)
        #expect(result.output == "from a file\n")
        #expect(result.status == 4)
        let detached = try bundle.oci("exec", "-d", "--pid-file", "pid", "-p", "process.json", bundle.id)
        #expect(detached.status == 0)
        #expect(Int(try bundle.text(of: "pid")) != nil)
        #expect(try bundle.oci("exec", "-p", "nowhere.json", bundle.id).status == 255)
        #expect(try bundle.oci("exec", "-d", "-t", bundle.id, "sh").errors.contains("cannot allocate tty"))
    }

    @Test("adds capabilities as runc does: ambient ones where there are inheritable ones")
    func capabilities() throws {
        let bundle = try OCIBundle(script: "sleep 1000")
        #expect(try bundle.oci("run", "--detach", bundle.id).status == 0)
        let script = "busybox grep -E 'CapInh|CapEff|CapAmb' /proc/self/status"
        let result = try bundle.oci("exec", "--cap", "CAP_SYSLOG", bundle.id, "sh", "-c", script)
        let lines = result.output.split(separator: "\n")
        #expect(lines.first == "CapInh:\t0000000000000000")
        #expect(lines.dropFirst().first?.hasPrefix("CapEff:\t00000004") == true)
        #expect(lines.last == "CapAmb:\t0000000000000000")
    }

    @Test(
        "refuses groups that make no sense in runc's words",
        arguments: [
            (["a:b", "c"], "missing <controller>: prefix"), ([":b"], "empty <controller> prefix"),
            (["pids:b", "pids:c"], "controller pids specified multiple times"),
            (["nosuch"], "no such file or directory"),
        ]
    )
    func subgroups(groups: [String], words: String) throws {
        let bundle = try running()
        let options = groups.flatMap { ["--cgroup", $0] }
        let result = try Program.oci.run(["--root", bundle.state, "exec"] + options + [bundle.id, "sh", "-c", "true"])
        #expect(result.status == 255)
        #expect(result.errors.contains(words), "\(result.errors)")
    }

    @Test("enters a paused container only when it is told to")
    func paused() throws {
        let bundle = try running()
        #expect(try bundle.oci("pause", bundle.id).status == 0)
        let result = try bundle.oci("exec", bundle.id, "sh", "-c", "true")
        #expect(result.status == 255)
        #expect(result.errors.contains("use --ignore-paused to override"))
        #expect(try bundle.oci("resume", bundle.id).status == 0)
    }

    @Test("gives the process a terminal")
    func terminal() throws {
        let bundle = try running()
        let result = try bundle.oci("exec", "-t", bundle.id, "sh", "-c", "tty; exit 3")
        #expect(result.output == "/dev/pts/0\n")
        #expect(result.status == 3)
    }
}
