// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import Testing

@Suite("skiff's errors", .requires(.root, .overlay, .programs, .busybox, .tar)) struct SkiffErrorsTests {
    private static let cases: [(arguments: [String], text: String, status: Int32)] = [
        (["run", "--pull", "never", "nosuch", "true"], "image nosuch", 125), (["run"], "needs an image", 125),
        (["run", "--bogus", "bb"], "unknown flag: --bogus", 125), (["run", "-Q", "bb"], "unknown shorthand", 125),
        (["run", "-p", "80:80", "bb"], "--publish is not supported", 125),
        (["run", "--privileged", "bb"], "--privileged is not supported", 125),
        (["run", "--init", "bb"], "--init is not supported", 125),
        (["run", "--dns", "1.1.1.1", "bb"], "--dns is not supported", 125),
        (["run", "--add-host=a:1.1.1.1", "bb"], "--add-host is not supported", 125),
        (["run", "--network", "bridge", "bb"], "--network bridge is not supported", 125),
        (["run", "-v", "name:/data", "bb"], "named volumes are not supported", 125),
        (["run", "-v", "/no/such:/data", "bb"], "no such file or directory", 125),
        (["run", "-v", "/:/data:z", "bb"], "not supported", 125),
        (["run", "-m", "much", "bb"], "invalid size", 125),
        (["run", "-m", "1k", "bb", "true"], "too small", 125), (["run", "--cap-add", "FLY", "bb"], "FLY", 125),
        (["run", "--security-opt", "label=disable", "bb"], "not supported", 125),
        (["run", "--security-opt", "seccomp=/no/such", "bb"], "/no/such", 125),
        (["run", "--ulimit", "nofile", "bb"], "KEY=VALUE", 125), (["run", "-t", "bb", "sh"], "not a TTY", 125),
        (["run", "--rm", "-u", "nobody", "bb", "true"], "unable to find user nobody", 125),
        (["run", "bb"], "no command specified", 125),
        (["run", "-w", "x", "bb", "true"], "not an absolute path", 125),
        (["run", "bb", "nosuch"], "executable file not found in $PATH", 127),
        (["run", "bb", "/no/such"], "no such file or directory", 127),
        (["run", "bb", "/etc/plain"], "permission denied", 126), (["run", "bb", "/etc"], "is a directory", 126),
        (["run", "-d", "bb", "nosuch"], "executable file not found in $PATH", 127),
        (["run", "-d", "--pull=never", "nosuch", "true"], "image nosuch", 125),
        (["run", "-d", "--rm", "bb", "/etc"], "is a directory", 126),
        (["run", "--detach-keys", "ctrl-a,ctrl", "bb"], "--detach-keys", 125), (["frob"], "not a skiff command", 125),
        (["--frob"], "unknown flag: --frob", 125), (["ps", "--frob"], "unknown option", 125),
        (["ps", "--format", "yaml"], "not supported", 125), (["exec", "x"], "needs a container", 125),
        (["exec", "x", "true"], "no such container: x", 125), (["kill", "x"], "no such container: x", 125),
        (["kill", "-s", "NONE", "x"], "invalid signal", 125), (["rm", "x"], "no such container: x", 125),
        (["logs", "x"], "no such container: x", 125), (["load", "-i", "/no/such"], "/no/such", 125),
        (["load", "-i", "/etc/passwd"], "cannot be read as a tar archive", 125),
        (["save", "--format", "zip", "bb"], "not supported", 125), (["tag", "bb", "A B"], "capital", 125),
        (["explain", "nosuch"], "image nosuch", 125), (["unpack", "--flat", "nosuch", "/no"], "image nosuch", 125),
    ]

    @Test("are one line, and leave nothing")
    func oneLine() throws {
        let store = try SkiffStore()
        for (arguments, text, status) in Self.cases {
            expectOneLine(try store.run(arguments), text, status)
            try store.expectNothingLeft()
        }
    }

    @Test("tell of archives that are cut off or changed, and take nothing from them")
    func archives() throws {
        let store = try SkiffStore()
        try store.expect(0, "save", "--format", "oci-archive", "-o", "\(store.path)/good", "bb")
        let made = try store.shell(
            """
            set -e; cd "$D"; head -c 100000 good > short
            mkdir tree; tar -C tree -xf good; blob=$(ls -S tree/blobs/sha256/* | head -n 1)
            printf x | dd of="$blob" bs=1 seek=5000 conv=notrunc 2>/dev/null; tar -C tree -cf changed .
            """
        )
        #expect(made.status == 0, "\(made.errors)")
        for (file, text) in [("short", "truncated"), ("changed", "digest")] {
            let result = try Program.skiff.run(["--root", "\(store.path)/other", "load", "-i", "\(store.path)/\(file)"])
            expectOneLine(result, text)
            #expect(try Program.skiff.run(["--root", "\(store.path)/other", "images", "-q"]).output == "")
            let blobs = try Command.run(["find", "\(store.path)/other/images/blobs", "-type", "f"])
            #expect(blobs.output == "")
        }
    }

    @Test("tell who may not run containers, and leave nothing")
    func unprivileged() throws {
        let store = try SkiffStore()
        _ = try store.shell(#"chmod 755 "$D"; install -d -o 65534 "$D/mine"; cp "$S" "$D/skiff""#)
        func run(_ arguments: String...) throws -> Command.Result {
            try Command.run(
                ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "\(store.path)/skiff"]
                    + ["--root", "\(store.path)/mine/store"] + arguments
            )
        }
        #expect(try run("import", "\(store.path)/root.tar", "bb").status == 0)
        expectOneLine(try run("run", "--rm", "bb", "true"), "need root")
        expectOneLine(try run("run", "-d", "bb", "true"), "need root")
        #expect(try run("ps", "-aq").output == "")
        let left = try Command.run(["find", "\(store.path)/mine/store/containers", "-mindepth", "1", "-type", "d"])
        #expect(left.output == "")
        #expect(try run("doctor").status == 1)
        let outside = try Command.run(
            ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "\(store.path)/skiff"]
                + ["--root", store.store, "ps"]
        )
        expectOneLine(outside, "permission denied")
    }

    @Test("go to standard error, help to standard output")
    func help() throws {
        for arguments in [["--help"], [], ["run", "--help"], ["help", "run"], ["--version"], ["version"]] {
            let result = try Program.skiff.run(arguments)
            #expect(result.status == 0)
            #expect(result.errors == "")
            #expect(!result.output.isEmpty)
        }
        #expect(try Program.skiff.run(["run", "--help"]).output.contains("loopback"))
    }
}
