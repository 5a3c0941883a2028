// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import Testing

@Suite("What skiff makes of containers", .requires(.root, .overlay, .programs, .busybox, .tar)) struct SkiffCommitTests
{
    @Test("are images, configured as the container and as asked for")
    func commit() throws {
        let store = try SkiffStore()
        try store.expect(
            0,
            "run",
            "--name",
            "c",
            "-e",
            "A=1",
            "bb",
            "sh",
            "-c",
            "echo hello > /srv/new; echo >> /etc/plain"
        )
        let id = try store.expect(
            0,
            "commit",
            "-a",
            "me",
            "-m",
            "first",
            "-c",
            #"CMD ["cat","/srv/new"]"#,
            "--change",
            "ENV A=2",
            "-c",
            "EXPOSE 80 53/udp",
            "-c",
            "USER alice",
            "c",
            "made:1"
        ).output
        #expect(id.hasPrefix("sha256:") && id.count == 72)
        #expect(try store.expect(0, "run", "--rm", "made:1").output == "hello\n")
        #expect(try store.expect(0, "run", "--rm", "made:1", "sh", "-c", "echo $A; id -u").output == "2\n1000\n")
        let shown = try store.expect(0, "inspect", "--mode", "native", "made:1").output
        #expect(shown.contains("\"53/udp\"") && shown.contains("\"80/tcp\""))
        // Without a name, and with the container's own command.
        let plain = try store.expect(0, "commit", "c").output
        #expect(plain != id)
        #expect(try store.expect(0, "run", "--rm", String(plain.dropLast()), "cat", "/srv/new").output == "hello\n")
        #expect(try store.expect(0, "inspect", "--mode", "native", "c").output.contains("echo hello"))
        try store.expect(0, "rm", "c")
        try store.expectError("commit", "c", says: "no such container: c")
        try store.expectNothingLeft()
    }

    @Test("are images for skopeo and umoci", .requires(.skopeo, .umoci))
    func peers() throws {
        let store = try SkiffStore()
        try store.expect(0, "run", "--name", "c", "bb", "sh", "-c", "/bin/busybox rm /etc/plain; echo new > /srv/new")
        try store.expect(0, "commit", "-m", "remark", "c", "made")
        let seen = try store.shell(
            """
            set -e; cd "$D"; "$S" --root "$R" save --format oci-archive -o made.tar made
            skopeo --insecure-policy inspect --config oci-archive:made.tar | grep remark
            skopeo --insecure-policy copy -q oci-archive:made.tar oci:layout:made
            umoci unpack --image layout:made bundle; cat bundle/rootfs/srv/new; ls bundle/rootfs/etc
            """
        )
        #expect(seen.status == 0, "\(seen.errors)")
        #expect(seen.output.contains("remark") && seen.output.hasSuffix("\nnew\ngroup\npasswd\n"), "\(seen.output)")
    }

    @Test(
        "may be made of a running container, which goes on",
        arguments: [[], ["-p"], ["--pause=false"], ["-p=false"]]
    )
    func running(_ flags: [String]) throws {
        let store = try SkiffStore()
        try store.expect(0, "run", "-d", "--name", "c", "bb", "sleep", "1000")
        let result = try store.run(["commit"] + flags + ["c", "made"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(try store.expect(0, "ps", "--format", "json").output.contains("\"State\":\"running\""))
        try store.expect(0, "run", "--rm", "made", "true")
        try store.expect(0, "rm", "-f", "c")
        try store.expectNothingLeft()
    }

    @Test("are refused in one line when they cannot be")
    func refused() throws {
        let store = try SkiffStore()
        try store.expect(0, "create", "--name", "c", "bb", "true")
        try store.expectError("commit", "c", "a@sha256:\(String(repeating: "0", count: 64))", says: "not with a digest")
        try store.expectError("commit", "c", "A B", says: "capital")
        try store.expectError("commit", "-c", "RUN true", "c", says: "--change \"RUN true\" is not supported")
        try store.expectError("commit", "-c", "EXPOSE many", "c", says: "PORT")
        try store.expectError("commit", says: "container")
        try store.expectError("commit", "-x", "c", says: "unknown shorthand flag")
        for command in ["export", "diff"] { try store.expectError(command, "x", says: "no such container: x") }
        try store.expectError("export", "-o", "/no/such/file", "c", says: "/no/such/file")
        try store.expectError("history", "x", says: "image x")
        try store.expectError("history", "--format", "yaml", "bb", says: "not supported")
        #expect(try store.expect(0, "images", "-q").output.split(separator: "\n").count == 1)
    }

    @Test("is a list of what they changed")
    func diff() throws {
        let store = try SkiffStore()
        try store.expect(0, "create", "--name", "c", "bb", "sh", "-c", "true")
        #expect(try store.expect(0, "diff", "c").output == "")
        try store.expect(
            0,
            "run",
            "--name",
            "d",
            "bb",
            "sh",
            "-c",
            #"""
            cd /srv; B=/bin/busybox; $B mkdir new; echo > "new/$(printf 'a\nb')"; $B rm /etc/plain; echo > "/tmp/$(printf 'caf\303\251')"
            """#
        )
        let lines = try store.expect(0, "diff", "d").output
        #expect(lines == "C /etc\nD /etc/plain\nC /srv\nA /srv/new\nA /srv/new/a\\x0ab\nC /tmp\nA /tmp/café\n")
    }

    @Test("is an archive of all their files, for tar and for import")
    func export() throws {
        let store = try SkiffStore()
        try store.expect(0, "run", "-d", "--name", "c", "bb", "sh", "-c", "echo new > /srv/new; sleep 1000")
        let made = try store.shell(
            #"""
            set -e; cd "$D"; until "$S" --root "$R" diff c | grep -q srv/new; do sleep 0.05; done
            "$S" --root "$R" export c > one.tar; "$S" --root "$R" export -o two.tar c; cmp one.tar two.tar
            mkdir tree; tar -C tree -xf two.tar; cat tree/srv/new; ls tree/bin | wc -l; "$S" --root "$R" import one.tar flat
            "$S" --root "$R" run --cgroup-parent "$C" --rm flat cat /srv/new /etc/plain
            """#
        )
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.output.hasPrefix("new\n24\nsha256:") && made.output.hasSuffix("\nnew\nplain\n"), "\(made.output)")
        // A pseudo-terminal for standard output.
        let refused = try store.shell(#"script -qec "$S --root $R export c" /dev/null < /dev/null"#)
        #expect(refused.status == 125 && refused.output.contains("refusing to write an archive to a terminal"))
        try store.expect(0, "rm", "-f", "c")
        try store.expectNothingLeft()
    }

    @Test("is told by their images' history")
    func history() throws {
        let store = try SkiffStore()
        try store.expect(0, "run", "--name", "c", "bb", "sh", "-c", "echo hello > /srv/new")
        let id = try store.expect(0, "commit", "-m", "remark", "c", "made").output.dropLast()
        let table = try store.expect(0, "history", "made").output.split(separator: "\n")
        try #require(table.count == 3)
        #expect(table[0].split(separator: " ") == ["IMAGE", "CREATED", "CREATED", "BY", "SIZE", "COMMENT"])
        #expect(table[1].hasPrefix(id.dropFirst(7).prefix(12)) && table[1].hasSuffix("remark"))
        #expect(table[1].contains("sh -c echo hello > /srv/new"))
        #expect(table[2].hasPrefix("<missing>"))
        #expect(try store.expect(0, "history", "-q", "--no-trunc", "made").output == "\(id)\n<missing>\n")
        let json = try store.expect(0, "history", "--format", "json", "made").output.split(separator: "\n")
        try #require(json.count == 2)
        #expect(json[0].contains("\"Comment\":\"remark\"") && json[1].contains("\"ID\":\"<missing>\""))
    }
}
