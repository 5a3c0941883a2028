// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import TestSupport
import Testing

/// skiff with Debian's `docker-registry` on this machine.
@Suite("skiff and registries", .requires(.root, .overlay, .programs, .busybox, .tar, .registry))
struct SkiffRegistryTests {
    @Test("pushes, and pulls again what it pushed, with progress on standard error only")
    func roundTrip() throws {
        let store = try SkiffStore()
        let server = try LocalRegistry(.plain)
        let name = "\(server.name)/team/bb:v1"
        let pushed = try store.expect(0, "push", "--digestfile", "\(store.path)/digest", "bb", name)
        #expect(pushed.output == "\(name)\n")
        #expect(pushed.errors.contains("The push refers to repository [\(server.name)/team/bb]"))
        #expect(pushed.errors.contains(": Pushed\n"))
        let digest = try Command.run(["cat", "\(store.path)/digest"]).output
        #expect(pushed.errors.contains("v1: digest: \(digest) size: "))
        let again = try store.expect(0, "push", "-q", "bb", name)
        #expect(again.output == "\(name)\n")
        #expect(again.errors == "")

        let pulled = try store.shell(#""$S" --root "$D/other" pull "docker://\#(name)""#)
        #expect(pulled.status == 0, "\(pulled.errors)")
        #expect(pulled.output == "\(name)\n")
        for words in ["v1: Pulling from team/bb", ": Pulling fs layer", ": Pull complete", "Digest: \(digest)"] {
            #expect(pulled.errors.contains(words), "\(pulled.errors)")
        }
        #expect(pulled.errors.contains("Status: Downloaded newer image for \(name)"))
        let newest = try store.shell(#""$S" --root "$D/other" pull "\#(name)""#)
        #expect(newest.errors.contains(": Already exists"), "\(newest.errors)")
        #expect(newest.errors.contains("Status: Image is up to date for \(name)"))
        let quiet = try store.shell(#""$S" --root "$D/other" pull -q "\#(server.name)/team/bb@\#(digest)""#)
        #expect(quiet.output == "\(server.name)/team/bb@\(digest)\n")
        #expect(quiet.errors == "")
    }

    @Test("tells programs of the progress in JSON")
    func json() throws {
        let store = try SkiffStore()
        let server = try LocalRegistry(.plain)
        let name = "\(server.name)/bb:v1"
        try store.expect(0, "push", "-q", "bb", name)
        let pulled = try store.shell(#""$S" --root "$D/other" pull --progress json "\#(name)""#)
        let lines = try pulled.errors.split(separator: "\n").map { try JSONValue(json: Array($0.utf8)).object }
        #expect(lines.first??["status"]?.string == "Pulling from bb")
        #expect(lines.first??["id"]?.string == "v1")
        #expect(
            lines.contains { $0?["progressDetail"]?.object?["total"] != nil && $0?["status"]?.string == "Downloading" }
        )
        #expect(lines.contains { $0?["status"]?.string == "Pull complete" && $0?["id"]?.string?.utf8.count == 12 })
    }

    @Test("runs an image that the store has not, or again a newer one, as --pull says")
    func pullPolicy() throws {
        let store = try SkiffStore()
        let server = try LocalRegistry(.plain)
        let name = "\(server.name)/bb:v1"
        try store.expect(0, "push", "-q", "bb", name)
        try store.expectError("run", "--pull", "never", "--rm", name, "true", says: "image \(name)")
        let first = try store.expect(0, "run", "--rm", name, "echo", "hello")
        #expect(first.output == "hello\n")
        #expect(first.errors.contains("image \(name) is not here; pulling it"))
        #expect(first.errors.contains("Pull complete") || first.errors.contains("Already exists"))
        #expect(try store.expect(0, "run", "--rm", name, "echo", "hello").errors == "")
        #expect(try store.expect(0, "run", "-q", "--pull=always", "--rm", name, "true").errors == "")
        let always = try store.expect(0, "create", "--pull", "always", "--name", "made", name, "true")
        #expect(always.errors.contains("Status: Image is up to date for \(name)"))
        try store.expect(0, "rm", "made")
        try store.expect(0, "rmi", name)
        let detached = try store.expect(0, "run", "-d", "--name", "back", name, "sleep", "3600")
        #expect(detached.output.utf8.count == 65)
        #expect(detached.errors.contains("Status: Downloaded newer image for \(name)"))
        try store.expect(0, "rm", "-f", "back")
        try store.expectNothingLeft()
    }

    @Test("asks for names and passwords, keeps them, and forgets them")
    func login() throws {
        let store = try SkiffStore()
        let server = try LocalRegistry(.protected)
        let name = "\(server.name)/bb:v1"
        let flags = #"--authfile "$D/auth.json" --cert-dir "$D/certs""#
        _ = try store.shell(#"mkdir "$D/certs"; cp "\#(server.certificate)" "$D/certs/ca.crt""#)
        func skiff(_ line: String) throws -> Command.Result { try store.shell(#""$S" --root "$R" \#(line)"#) }

        expectOneLine(try skiff("push -q \(flags) bb \(name)"), "status 401")
        func enter(_ password: String, _ flags: String) throws -> Command.Result {
            try store.shell(#"echo '\#(password)' | "$S" login \#(flags) -u me --password-stdin \#(server.name)"#)
        }
        expectOneLine(try enter("pass:word", #"--authfile "$D/auth.json""#), "certificate")
        expectOneLine(try enter("wrong", flags), "status 401")
        #expect(try Command.run(["ls", "\(store.path)/auth.json"]).status != 0)
        let good = try enter("pass:word", flags)
        #expect(good.output == "Login Succeeded\n", "\(good.errors)")
        #expect(good.errors.contains("stored unencrypted in \(store.path)/auth.json"))
        #expect(try Command.run(["stat", "-c", "%a", "\(store.path)/auth.json"]).output == "600\n")
        #expect(try skiff("login --get-login \(flags) \(server.name)").output == "me\n")
        let pushed = try skiff("push -q \(flags) bb \(name)")
        #expect(pushed.output == "\(name)\n", "\(pushed.errors)")
        let insecure = try skiff(#"pull -q --authfile "$D/auth.json" --tls-verify=false \#(name)"#)
        #expect(insecure.output == "\(name)\n", "\(insecure.errors)")
        let out = try skiff(#"logout --authfile "$D/auth.json" \#(server.name)"#)
        #expect(out.output == "Removed the login to \(server.name)\n")
        expectOneLine(try skiff("pull -q \(flags) \(name)"), "status 401")
        #expect(try skiff("pull -q \(flags) --creds me:pass:word \(name)").status == 0)
        #expect(
            try skiff(#"logout --authfile "$D/auth.json" \#(server.name)"#).output
                == "Not logged in to \(server.name)\n"
        )
    }

    @Test("unpacks while it pulls, keeps no layers where that is asked for, and says so when they are missed")
    func onePass() throws {
        let store = try SkiffStore()
        let server = try LocalRegistry(.plain)
        let name = "\(server.name)/bb:v1"
        try store.expect(0, "push", "-q", "bb", name)
        func skiff(_ line: String) throws -> Command.Result {
            try store.shell(#""$S" --root "$D/other" \#(line)"#)
        }
        let pulled = try skiff("pull --no-keep-layers \(name)")
        #expect(pulled.errors.contains(": Extracting\n"), "\(pulled.errors)")
        #expect(try store.shell(#"ls "$D/other/snapshots/snapshots" | wc -l"#).output == "1\n")
        // The manifest and the configuration.
        #expect(try store.shell(#"ls "$D/other/images/blobs/sha256" | wc -l"#).output == "2\n")
        #expect(try skiff("fsck").status == 0)
        #expect(try skiff(#"run --cgroup-parent "$C" --rm \#(name) echo ran"#).output == "ran\n")
        #expect(try skiff("prune").output == "Total reclaimed space: 0B\n")
        #expect(try skiff("pull -q --no-unpack \(name)").status == 0)
        #expect(try store.shell(#"ls "$D/other/images/blobs/sha256" | wc -l"#).output == "3\n")
        #expect(try skiff(#"save -o "$D/saved" \#(name)"#).status == 0)
        let unpacked = try store.shell(
            #""$S" --root "$D/third" pull -q --no-unpack \#(name); ls "$D/third/snapshots/snapshots""#
        )
        #expect(unpacked.output == "\(name)\n")
        expectOneLine(try skiff("pull --no-keep-layers --no-unpack \(name)"), "needs layers to be unpacked")
    }

    @Test("pulls every tag of a repository, and says what is not there")
    func tags() throws {
        let store = try SkiffStore()
        let server = try LocalRegistry(.plain)
        for tag in ["a", "b"] { try store.expect(0, "push", "-q", "bb", "\(server.name)/bb:\(tag)") }
        let all = try store.shell(#""$S" --root "$D/other" pull -q -a \#(server.name)/bb"#)
        #expect(
            all.output.split(separator: "\n").sorted() == ["\(server.name)/bb:a", "\(server.name)/bb:b"],
            "\(all.errors)"
        )
        try store.expectError("pull", "-q", "\(server.name)/bb:none", says: "\(server.name)/bb:none")
        try store.expectError("pull", "-q", "\(server.name)/none", says: "\(server.name)/none")
        try store.expectError("pull", "-q", "--platform", "linux/s390x", "\(server.name)/bb:a", says: "s390x")
        try store.expectError("pull", "oci-archive://x", says: "registries only")
        try store.expectError("pull", "A B", says: "A B")
        try store.expectError("push", "nosuch", "\(server.name)/x", says: "image nosuch")
        try store.expectError("push", "--tls-verify=perhaps", "bb", says: "neither true nor false")
        try store.expectError("login", "not a host", says: "is no registry")
        try store.expectError("login", "-u", "me", server.name, says: "standard input is no terminal")
    }
}
