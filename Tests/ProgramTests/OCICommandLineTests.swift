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
                ["--bundle DIR, -b DIR", "--console-socket", "--pid-file", "--pidfd-socket", "--no-new-keyring"]
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
        (["list", "--quiet=perhaps"], #"invalid value "perhaps" for --quiet"#),
        (["list", "--format", "xml"], #"invalid value "xml" for --format: choose table, json"#),
        (["--log-format", "xml", "list"], #"invalid value "xml" for --log-format"#),
        (["--log-level", "loud", "list"], #"invalid value "loud" for --log-level"#),
        (["--log", "journald:x", "list"], "--log journald: is not supported"),
        (["--rootless=maybe", "list"], #"invalid value "maybe" for --rootless"#),
        (["--cgroup-manager", "none", "list"], #"invalid value "none" for --cgroup-manager"#),
        (["run", "--no-pivot", "a"], "--no-pivot is not supported"),
        (["run", "--preserve-fds", "x", "a"], #"invalid value "x" for --preserve-fds"#),
        (["run", "--preserve-fds", "900", "a"], "is not open"), (["kill", "a", "FOO"], #"unknown signal "FOO""#),
        (["kill", "a", "65"], #"unknown signal "65""#), (["checkpoint", "--help"], #"unknown command "checkpoint""#),
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
        ["--root", "/nonexistent", "list", "--format", "json"], ["--root=/nonexistent", "list", "--format=json"],
        ["-root=/nonexistent", "list", "-format", "json"], ["--root", "/nonexistent", "list", "-f", "json"],
        ["--root", "/nonexistent", "--debug", "list", "-f=json"],
    ]

    @Test("takes options as runc and crun do", arguments: spellings)
    func spelling(arguments: [String]) throws {
        let result = try Program.oci.run(arguments)
        #expect(result.status == 0)
        #expect(result.output == "[]\n")
    }

    @Test("logs one JSON object for a failure, also to standard error, and nothing for a success")
    func log() throws {
        let directory = try TemporaryDirectory()
        let (log, root) = (directory.path.appending("log").string, directory.path.appending("state").string)
        let global = ["--root", root, "--log-format=json", "--log", log]
        #expect(try Program.oci.run(global + ["list"]).status == 0)
        #expect(throws: SystemCallError.self) { try directory.open().readFile("log") }
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

    @Test("prints features as JSON and nothing else")
    func features() throws {
        let result = try Program.oci.run(["features"])
        let object = try #require(try JSONValue(json: result.output).object)
        #expect(result.status == 0 && result.errors.isEmpty)
        #expect(object["ociVersionMin"] == .string("1.0.0"))
        #expect(object["ociVersionMax"] == .string("1.3.0"))
    }
}
