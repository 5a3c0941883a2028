// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@Suite("The command line of skiff-oci", .requires(.programs)) struct OCICommandLineTests {
    @Test(
        "explains each command and names its options",
        arguments: [
            (
                "create",
                [
                    "--bundle DIR, -b DIR", "--config FILE, -f FILE", "--no-pivot", "--console-socket", "--pid-file",
                    "--pidfd-socket", "--no-new-keyring",
                ]
            ),
            ("start", ["CONTAINER"]), ("state", ["CONTAINER"]), ("kill", ["--all, -a", "[SIGNAL]"]),
            ("delete", ["--force, -f"]), ("run", ["--detach, -d", "--keep", "--no-subreaper", "--preserve-fds"]),
            ("exec", ["--process FILE, -p FILE", "--tty, -t", "--user", "--env", "--cwd", "--cap", "--ignore-paused"]),
            ("list", ["--format", "--quiet, -q"]), ("ps", ["--format"]), ("pause", ["CONTAINER"]),
            ("resume", ["CONTAINER"]),
            ("update", ["--resources FILE, -r FILE", "--memory BYTES", "--cpuset-cpus LIST"]),
            ("events", ["--interval TIME", "--stats"]), ("spec", ["--bundle", "--rootless"]), ("features", ["JSON"]),
        ]
    )
    func help(command: String, words: [String]) throws {
        for arguments in [[command, "--help"], [command, "-h"], ["help", command]] {
            let result = try Program.oci.run(arguments)
            #expect(result.status == 0)
            #expect(result.errors.isEmpty)
            for word in words { #expect(result.output.contains(word)) }
        }
    }

    @Test("is a static executable, without Foundation")
    func isStatic() throws {
        let libraries = try Command.run(["ldd", Program.oci.path])
        #expect((libraries.output + libraries.errors).contains("not a dynamic executable"))
        let foundation = try Command.run(["grep", "-c", "-a", "FoundationEssentials", Program.oci.path])
        #expect(foundation.output == "0\n")
        #expect(foundation.status == 1)
    }

    @Test("lists all commands when it is given none")
    func overview() throws {
        for arguments in [[], ["--help"], ["-h"], ["help"]] {
            let result = try Program.oci.run(arguments)
            #expect(result.status == 0)
            for word in ["create", "features", "--root DIR", "--log-format"] { #expect(result.output.contains(word)) }
        }
    }

    @Test("tells versions in the three lines that docker and CRI-O read", arguments: ["--version", "-v"])
    func version(option: String) throws {
        let result = try Program.oci.run([option])
        let lines = result.output.split(separator: "\n")
        #expect(result.status == 0)
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("skiff-oci version "))
        #expect(lines[1].hasPrefix("commit: "))
        #expect(lines[2] == "spec: 1.3.0")
    }

    /// Command lines that are refused, and the words that say why.
    static let mistakes: [([String], String)] = [
        (["frobnicate"], #"unknown command "frobnicate""#), (["--frob", "list"], "unknown option --frob"),
        (["list", "--frob=1"], "unknown option --frob"), (["list", "-x"], "unknown option -x"),
        (["delete", "-fx", "a"], "unknown option -fx"), (["--root"], "option --root requires an argument"),
        (["--root=", "list"], "--root is empty"), (["run"], "run: too few arguments; usage: skiff-oci"),
        (["run", "a", "b"], #"unexpected argument "b""#), (["run", "a", "-b"], "option -b requires an argument"),
        (["--root", "/nonexistent", "list"], "list containers: open /nonexistent: ENOENT"),
        (["list", "--quiet=perhaps"], #"invalid value "perhaps" for --quiet"#),
        (["list", "--format", "xml"], #"invalid value "xml" for --format: choose table, json"#),
        (["--log-format", "xml", "list"], #"invalid value "xml" for --log-format"#),
        (["--log-level", "loud", "list"], #"invalid value "loud" for --log-level"#),
        (["--log", "/nonexistent/log", "list"], "--log /nonexistent/log: cannot open it"),
        (["--rootless=maybe", "list"], #"invalid value "maybe" for --rootless"#),
        (["--cgroup-manager", "none", "list"], #"invalid value "none" for --cgroup-manager"#),
        (["run", "--preserve-fds", "x", "a"], #"invalid value "x" for --preserve-fds"#),
        (["run", "--preserve-fds", "900", "a"], "is not open"), (["kill", "a", "FOO"], #"unknown signal "FOO""#),
        (["kill", "a", "65"], #"unknown signal "65""#),
        (["run", "../a"], "config.json"), (["state", "../a"], "invalid container id"),
    ]

    @Test("refuses what it does not understand in one line, with status 1", arguments: mistakes)
    func mistake(arguments: [String], words: String) throws {
        let result = try Program.oci.run(arguments, directory: "/")
        #expect(result.status == 1)
        #expect(result.output.isEmpty)
        #expect(result.errors.contains(words))
        #expect(result.errors.hasPrefix("skiff-oci: "))
        #expect(result.errors.hasSuffix("\n") && result.errors.dropLast().allSatisfy { !$0.isNewline })
    }

    /// Spellings of the same command line.
    static let spellings = [
        ["--root", "ROOT", "list", "--format", "json"], ["--root=ROOT", "list", "--format=json"],
        ["-root=ROOT", "list", "-format", "json"], ["--root", "ROOT", "list", "-f", "json"],
        ["--root", "ROOT", "--debug", "list", "-f=json"],
    ]

    @Test("takes options as runc and crun do", arguments: spellings)
    func spelling(arguments: [String]) throws {
        let directory = try TemporaryDirectory()
        let line = arguments.map { $0.replacing("ROOT", with: directory.path.string) }
        let result = try Program.oci.run(line)
        #expect(result.status == 0)
        #expect(result.output == "[]\n")
    }

    @Test("logs one JSON object for a failure, also to standard error, and nothing for a success")
    func log() throws {
        let directory = try TemporaryDirectory()
        let (log, root) = (directory.path.appending("log").string, directory.path.appending("state").string)
        let global = ["--root", root, "--log-format=json", "--log", log]
        #expect(try Program.oci.run(global + ["features"]).status == 0)
        #expect(try directory.open().readFile("log").isEmpty)
        let failed = try Program.oci.run(global + ["state", "nobody"])
        #expect(failed.status == 1)
        #expect(failed.errors == "skiff-oci: container nobody: container does not exist\n")
        let text = String(decoding: try directory.open().readFile("log"), as: UTF8.self)
        let object = try #require(try JSONValue(json: text).object)
        #expect(text.split(separator: "\n").count == 1)
        #expect(object["level"] == .string("error"))
        #expect(object["msg"] == .string("container nobody: container does not exist"))
        guard case .string(let time) = object["time"] else { throw JSONError(.wrongType, offset: 0, detail: "time") }
        #expect(time.utf8.count == 20 && time.hasSuffix("Z"))
    }

    @Test("logs to standard error in the format that was asked for when there is no file")
    func logToStandardError() throws {
        let result = try Program.oci.run(["--log-format", "json", "--root", "/nonexistent", "state", "nobody"])
        #expect(try JSONValue(json: result.errors).object?["level"] == .string("error"))
    }

    /// A program that prints the datagrams it gets, one a line, or sends one; also what says that it is ready.
    private static let datagrams = """
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/socket.h>
        #include <sys/un.h>
        #include <unistd.h>
        int main(int count, char **words) {
            struct sockaddr_un name = {.sun_family = AF_UNIX};
            int s = socket(AF_UNIX, SOCK_DGRAM, 0);
            if (count > 2) {
                strcpy(name.sun_path, words[1]);
                if (bind(s, (void *)&name, sizeof name)) return 1;
                for (int i = atoi(words[2]); i > 0; i--) {
                    char text[4096];
                    int size = recv(s, text, sizeof text, 0);
                    for (int j = 0; j < size; j++) putchar(text[j] == 10 ? 124 : text[j]);
                    putchar(10);
                    fflush(stdout);
                }
                return 0;
            }
            strcpy(name.sun_path, getenv("NOTIFY_SOCKET"));
            return sendto(s, "STATUS=up\\nREADY=1\\n", 18, 0, (void *)&name, sizeof name) != 18;
        }
        """

    /// Shell words that wait ten seconds at most for a socket.
    private static func await(_ socket: String) -> String {
        "for round in $(seq 500); do [ -S \(socket) ] && break; sleep 0.02; done"
    }

    @Test(
        "logs to the journal and to the system's log as crun does",
        .requires(.root, .compiler),
        arguments: [
            (
                "journald:box", "/run/systemd/journal/socket",
                "PRIORITY=3|MESSAGE=container nobody: container does not exist|ID=box|"
            ),
            ("syslog:box", "/dev/log", "<11>box["),
        ]
    )
    func systemLogs(log: String, socket: String, words: String) throws {
        let directory = try TemporaryDirectory()
        try directory.open().replaceFile("datagrams.c", Array(Self.datagrams.utf8), mode: 0o644)
        let place = socket == "/dev/log" ? "/dev" : "/run"
        let script = """
            cc -o datagrams datagrams.c && mount -t tmpfs none \(place) && mkdir -p $(dirname \(socket))
            [ -e /dev/null ] || mknod -m 666 /dev/null c 1 3
            timeout 20 ./datagrams \(socket) 1 & \(Self.await(socket))
            \(Program.oci.path) --log \(log) --root state state nobody; echo rc $?; wait
            """
        let result = try Command.run(["unshare", "-m", "sh", "-c", script], directory: directory.path.string)
        #expect(result.output.contains(words))
        #expect(result.output.contains("rc 1\n"))
        #expect(result.errors.contains("container does not exist"))
    }

    @Test("passes on that the process is ready, with its number on the host", .requires(.root, .compiler, .busybox))
    func readiness() throws {
        let bundle = try OCIBundle(script: "/bin/datagrams && sleep 1000")
        try bundle.write("datagrams.c", Array(Self.datagrams.utf8))
        let result = try bundle.shell(
            """
            cc -static -o rootfs/bin/datagrams datagrams.c
            timeout 60 rootfs/bin/datagrams $PWD/notify 6 >got & \(Self.await("notify"))
            NOTIFY_SOCKET=$PWD/notify $oci run --detach --pid-file one $id && cat one; echo; $oci delete --force $id
            NOTIFY_SOCKET=$PWD/notify $oci create --pid-file two $id && NOTIFY_SOCKET=$PWD/notify $oci start $id && cat two
            wait; cat got
            """
        )
        let (one, two) = (try bundle.text(of: "one"), try bundle.text(of: "two"))
        let words = ["READY=1|", "MAINPID=\(one)|", "BARRIER=1", "READY=1|", "MAINPID=\(two)|", "BARRIER=1", ""]
        #expect(result.output == "\(one)\n\(two)" + words.joined(separator: "\n"))
        #expect(result.errors.isEmpty)
    }

    @Test("tells at the level debug each step with its time", .requires(.root, .busybox))
    func debug() throws {
        let bundle = try OCIBundle()
        let result = try bundle.oci("--debug", "run", bundle.id)
        #expect(result.status == 0)
        let lines = result.errors.split(separator: "\n")
        #expect(lines.allSatisfy { $0.hasPrefix("time=\"20") && $0.contains(" level=debug msg=") })
        for words in ["step 0: ", "pivot root", "execve of the init: ", " µs"] {
            #expect(result.errors.contains(words))
        }
    }

    @Test("names itself as it was called, and the commit it was built from")
    func name() throws {
        let directory = try TemporaryDirectory()
        try directory.open().makeSymlink("runc", target: Array(Program.oci.path.utf8))
        let result = try Command.run(["\(directory.path)/runc", "--version"])
        let lines = result.output.split(separator: "\n")
        #expect(lines.first?.hasPrefix("runc version ") == true)
        let commit = try #require(lines.dropFirst().first).dropFirst("commit: ".count)
        #expect(commit.count >= 40 && commit.prefix(40).allSatisfy { $0.isHexDigit })
    }

    @Test("prints features as JSON and nothing else")
    func features() throws {
        let result = try Program.oci.run(["features"])
        let object = try #require(try JSONValue(json: result.output).object)
        #expect(result.status == 0 && result.errors.isEmpty)
        #expect(object["ociVersionMin"] == .string("1.0.0"))
        #expect(object["ociVersionMax"] == .string("1.3.0"))
    }
}
