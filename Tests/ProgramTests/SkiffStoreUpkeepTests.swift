// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import Testing

@Suite("skiff's store", .requires(.root, .overlay, .programs, .busybox, .tar)) struct SkiffStoreUpkeepTests {
    @Test("shows what it takes, and frees what nobody needs")
    func usage() throws {
        let store = try SkiffStore()
        try store.expect(0, "tag", "bb", "other:v1")
        try store.expect(0, "create", "--name", "idle", "bb", "true")
        let lines = try store.expect(0, "df").output.split(separator: "\n").map { $0.split(separator: " ") }
        #expect(lines.map { $0.first ?? "" } == ["TYPE", "Images", "Containers", "Unpacked"])
        #expect(lines[1][1...2] == ["1", "1"] && lines[2][1...2] == ["1", "0"])
        let detail = try store.expect(0, "df", "-v").output
        #expect(detail.contains("bb:latest, other:v1") && detail.contains("idle"))
        #expect(try store.expect(0, "df", "--format", "{{.Type}}={{.TotalCount}}").output.contains("Containers=1\n"))
        try store.expectError("prune", "--all", says: "without a terminal use --force")
        try store.expect(0, "prune")
        let pruned = try store.expect(0, "prune", "-f", "-a", "--containers").output
        #expect(pruned.contains("Removed container: idle\n") && pruned.contains("Untagged: bb:latest\n"))
        #expect(pruned.contains("Deleted unpacked layer: sha256:") && pruned.contains("Total reclaimed space: "))
        #expect(try store.expect(0, "images", "-q").output == "")
        #expect(
            try store.shell(#"ls "$R/images/blobs/sha256" "$R/snapshots/snapshots""#).output.contains("sha256-")
                == false
        )
    }

    @Test("is checked, told of what is damaged, and repaired")
    func check() throws {
        let store = try SkiffStore()
        #expect(try store.expect(0, "fsck").output.hasSuffix(" and 0 containers: nothing is wrong\n"))
        try store.expect(0, "save", "--format", "oci-dir", "-o", "\(store.path)/copy", "bb")
        let damaged = try store.shell(
            #"cd "$R/images/blobs/sha256"; f=$(ls -S | head -n 1); chmod 644 $f; printf x | dd of=$f conv=notrunc status=none; echo $f"#
        )
        let digest = damaged.output.dropLast()
        let found = try store.expect(1, "fsck").output
        #expect(found.contains("blob sha256:\(digest)") && found.contains("bb:latest"))
        try store.expectError("fsck", "--remove-images", says: "needs --repair")
        #expect(try store.expect(1, "fsck", "--repair").output.contains("Deleted: sha256:\(digest)\n"))
        try store.expect(0, "load", "-q", "-i", "\(store.path)/copy")
        try store.expect(0, "fsck")
        try store.expect(0, "run", "--rm", "bb", "true")
    }

    @Test("is loaded from and saved to image layouts that skopeo and umoci read", .requires(.skopeo, .umoci))
    func layouts() throws {
        let store = try SkiffStore()
        try store.expect(0, "save", "--format", "oci-dir", "-o", "\(store.path)/dir", "bb")
        let seen = try store.shell(
            #"skopeo copy -q "oci:$D/dir:docker.io/library/bb:latest" "oci:$D/again:bb:v2" && umoci ls --layout "$D/again""#
        )
        #expect(seen.output.contains("v2") || seen.output.contains("bb:v2"), "\(seen.errors)")
        #expect(try store.shell(#""$S" --root "$D/other" load -i "$D/dir""#).output == "Loaded image: bb:latest\n")
        try store.expectError("save", "--format", "oci-dir", "bb", says: "needs --output")
        try store.expectError("load", "-i", "/etc", says: "no file oci-layout")
    }

    @Test("lists by templates, as scripts ask for it")
    func templates() throws {
        let store = try SkiffStore()
        try store.expect(0, "create", "--name", "idle", "-l", "a=b", "bb", "true")
        #expect(try store.expect(0, "images", "--format", "{{.Repository}}:{{.Tag}}").output == "bb:latest\n")
        #expect(
            try store.expect(0, "ps", "-a", "--format", "{{.Names | upper}} {{json .Labels}}").output
                == "IDLE \"a=b\"\n"
        )
        let table = try store.expect(0, "ps", "-a", "--format", #"table {{.Names}}\t{{.Status}}"#).output
        #expect(table == "NAMES   STATUS\nidle    Created\n")
        let inspected = try store.expect(
            0,
            "inspect",
            "-f",
            "{{.State.Status}} {{join .Args \",\"}} {{len .Id}}",
            "idle"
        )
        #expect(inspected.output == "created  64\n")
        #expect(try store.expect(0, "images", "--digests").output.contains(" sha256:"))
        try store.expectError(
            "ps",
            "--format",
            "{{.Nmaes}}",
            "-a",
            says: "there is no field .Nmaes; there are: Command"
        )
        try store.expectError("images", "--format", "{{range .}}", says: "range is not supported")
        try store.expectError("images", "--format", "{{.ID", says: "without \"}}\"")
        try store.expectError("inspect", "-f", "yaml", "idle", says: "--format yaml is not supported")
    }

    @Test("removes an image by force only while it is used, and notes things of it")
    func remove() throws {
        let store = try SkiffStore()
        try store.expect(0, "annotate", "bb", "team=blue", "x=1")
        try store.expect(0, "annotate", "bb", "x-")
        #expect(try store.shell(#"cat "$R/images/index.json""#).output.contains(#""team":"blue""#))
        try store.expectError("annotate", "bb", "team", says: "neither KEY=VALUE nor KEY-")
        try store.expectError("annotate", "bb", "org.opencontainers.image.ref.name=x", says: "is its name")
        try store.expect(0, "create", "--name", "user", "bb", "true")
        try store.expectError("rmi", "bb", says: "is used by container user")
        #expect(try store.expect(0, "rmi", "-f", "bb").output == "Untagged: bb:latest\n")
        #expect(try store.expect(0, "start", "-a", "user").status == 0)
        try store.expect(0, "rm", "user")
        #expect(try store.expect(0, "prune").output.contains("Deleted: sha256:"))
    }
}
