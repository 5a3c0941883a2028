// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import Testing

@Suite("skiff run --uidmap", .requires(.root, .overlay, .programs, .busybox, .tar), .endsIfStuck)
struct SkiffUserMappingTests {
    private static let map = "0:100000:65536"

    @Test("makes root of the container a user that owns nothing on the host") func root() throws {
        let store = try SkiffStore()
        let script = """
            id -u; tr -s ' ' < /proc/self/uid_map; /bin/busybox stat -c '%u:%g' /bin/busybox /etc/hosts /srv; hostname
            echo x > /srv/made; test -c /dev/null && echo devices; mount -t tmpfs none /tmp && echo mounted
            grep CapEff /proc/self/status
            """
        let result = try store.expect(0, "run", "--rm", "--uidmap", Self.map, "-h", "box", "bb", "sh", "-c", script)
        #expect(
            result.output.hasPrefix("0\n 0 100000 65536\n0:0\n0:0\n0:0\nbox\ndevices\nCapEff:"),
            "\(result.output)\(result.errors)"
        )
        // Docker's capabilities, in this namespace only: no mount, as without one.
        #expect(!result.output.contains("mounted"))
        try store.expect(0, "run", "-d", "--name", "m", "--uidmap", Self.map, "bb", "sleep", "600")
        defer { _ = try? store.run(["rm", "-f", "m"]) }
        let pid = try store.expect(0, "inspect", "-f", "{{.State.Pid}}", "m").output.dropLast()
        let owner = try Command.run(["sed", "-n", "s/^Uid:\\t\\([0-9]*\\).*/\\1/p", "/proc/\(pid)/status"])
        #expect(owner.output == "100000\n")
        #expect(try store.expect(0, "exec", "-u", "alice", "m", "id", "-u").output == "1000\n")
        try store.expect(0, "rm", "-f", "m")
        try store.expectNothingLeft()
    }

    @Test("takes and gives files of a running container with the owners that it sees") func copies() throws {
        let store = try SkiffStore()
        defer { _ = try? store.run(["rm", "-f", "m"]) }
        try store.expect(0, "run", "-d", "--name", "m", "--uidmap", Self.map, "bb", "sleep", "600")
        let made = try store.shell(#"cd "$D"; mkdir in; echo in > in/f; chown 5:6 in/f; chmod 4755 in/f; chown 7:8 in"#)
        #expect(made.status == 0)
        try store.expect(0, "cp", "\(store.path)/in", "m:/srv/plain")
        try store.expect(0, "cp", "-a", "\(store.path)/in", "m:/srv/kept")
        let look = ["exec", "m", "/bin/busybox", "stat", "-c", "%u:%g %a", "/srv/plain", "/srv/plain/f", "/srv/kept/f"]
        #expect(try store.run(look).output == "0:0 755\n0:0 755\n5:6 4755\n")
        // What a process of the container may do with them is what its own root may.
        #expect(try store.expect(0, "exec", "m", "sh", "-c", "echo x > /srv/kept/f; rm -r /srv/kept/f").output == "")
        try store.expect(
            0,
            "exec",
            "m",
            "sh",
            "-c",
            "/bin/busybox chown 9:10 /srv/plain/f; chmod 4755 /srv/plain/f || true"
        )
        try store.expect(0, "cp", "-a", "m:/srv/plain", "\(store.path)/out")
        try store.expect(0, "cp", "m:/srv/plain/f", "\(store.path)/mine")
        let out = try store.shell(
            #"cd "$D"; stat -c '%u:%g' out out/f mine; "$S" --root "$R" cp m:/srv - | tar --numeric-owner -tvf -"#
        )
        #expect(out.output.hasPrefix("0:0\n9:10\n0:0\n") && out.output.contains(" 9/10 "), "\(out)")
        let archived = try store.shell(
            #"cd "$D"; tar -cf - --owner=11:11 --group=12:12 in | "$S" --root "$R" cp -a - m:/srv; echo $?"#
        )
        #expect(archived.output == "0\n", "\(archived.errors)")
        #expect(try store.run(["exec", "m", "/bin/busybox", "stat", "-c", "%u:%g", "/srv/in/f"]).output == "11:12\n")
        let foreign = try store.shell(
            #"cd "$D"; tar -cf - --owner=70000:70000 in | "$S" --root "$R" cp -a - m:/tmp; echo $?"#
        )
        #expect(foreign.output != "0\n" && foreign.errors.contains("nobody in the user namespace"), "\(foreign)")
        try store.expect(0, "rm", "-f", "m")
        try store.expectNothingLeft()
    }

    @Test("stores what is written with the image's owners: in images, in archives, and when it is started again")
    func owners() throws {
        let store = try SkiffStore()
        defer { _ = try? store.run(["rm", "-f", "m"]) }
        let script = """
            if test -e /srv/made; then /bin/busybox stat -c '%u:%g' /srv/made /etc/plain; exit; fi
            echo x > /srv/made; /bin/busybox chown 5:6 /srv/made; echo more >> /etc/plain
            """
        try store.expect(0, "run", "--name", "m", "--uidmap", Self.map, "bb", "sh", "-c", script)
        let stored = try store.shell("cd $R/containers/*/upper && stat -c '%u:%g %n' srv/made etc/plain")
        #expect(stored.output == "5:6 srv/made\n0:0 etc/plain\n", "\(stored.errors)")
        #expect(try store.expect(0, "diff", "m").output.contains("A /srv/made\n"))
        try store.expect(0, "commit", "m", "made")
        let plain = ["run", "--rm", "made", "/bin/busybox", "stat", "-c", "%u:%g", "/srv/made", "/etc/plain"]
        #expect(try store.run(plain).output == "5:6\n0:0\n")
        let archive = try store.shell("$S --root $R export m | tar --numeric-owner -tvf - srv/made")
        #expect(archive.output.contains("5/6"), "\(archive.errors)")
        _ = try store.shell(#"echo in > "$D/in"; chown 77:78 "$D/in""#)
        try store.expect(0, "cp", "\(store.path)/in", "m:/srv/in")
        let copied = try store.shell("cd $R/containers/*/upper && stat -c '%u:%g' srv/in")
        #expect(copied.output == "0:0\n")
        try store.expect(0, "start", "m")
        try store.expect(0, "wait", "m")
        #expect(try store.expect(0, "logs", "m").output.hasSuffix("5:6\n0:0\n"))
        try store.expect(0, "rm", "m")
        try store.expectNothingLeft()
    }

    @Test("is refused with what belongs to the host, and with ranges that are none")
    func refused() throws {
        let store = try SkiffStore()
        for (arguments, words) in [
            (["--uidmap", "0:100000:65536", "--network", "host"], "cannot share the host's network"),
            (["--uidmap", "0:100000:65536", "--pid", "host"], "cannot share the host's process ids"),
            (["--uidmap", "0:100000:65536", "--ipc", "host"], "cannot share the host's message queues"),
            (["--uidmap", "1:100000:65536"], "no user 0"), (["--uidmap", "0:100000"], "CONTAINER:HOST:COUNT"),
            (["--gidmap", "0:100000:0"], "CONTAINER:HOST:COUNT"),
            (["--uidmap", "0:100000:9", "--uidmap", "5:200000:9"], "overlap"),
            (["--uidmap", "0:4294967295:9"], "are none"), (["--userns", "auto"], "--userns"),
        ] {
            let result = try store.run(["run", "--rm"] + arguments + ["bb", "true"])
            expectOneLine(result, words)
        }
        try store.expectNothingLeft()
    }
}
