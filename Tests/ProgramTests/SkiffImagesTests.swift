// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import Testing

@Suite("skiff's images", .requires(.root, .overlay, .programs, .busybox, .tar)) struct SkiffImagesTests {
    @Test(
        "are loaded from archives that skopeo made, plain and compressed, from files and from pipes",
        .requires(.skopeo),
        arguments: ["oci-archive", "docker-archive"],
        ["cat", "gzip", "zstd -q"]
    )
    func load(format: String, compressor: String) throws {
        let store = try SkiffStore()
        let result = try store.shell(
            """
            set -e; "$S" --root "$R" save --format oci-archive -o "$D/bb.tar" bb
            skopeo copy -q "oci-archive:$D/bb.tar" "\(format):$D/copy.tar:example.org/team/copy:1"
            \(compressor) < "$D/copy.tar" > "$D/packed"
            "$S" --root "$D/other" load -i "$D/packed"
            "$S" --root "$D/other" images -q
            "$S" --root "$D/other" run --cgroup-parent "$C" --rm copy:1 echo ran
            "$S" --root "$D/third" load < "$D/packed"
            """
        )
        let loaded = "Loaded image: example.org/team/copy:1\n"
        let id = try store.expect(0, "images", "-q").output
        #expect(id.count == 13)
        #expect(result.output == "\(loaded)\(id)ran\n\(loaded)", "\(result.errors)")
    }

    @Test("are listed as docker lists them, tagged and removed")
    func list() throws {
        let store = try SkiffStore()
        try store.expect(0, "tag", "bb", "example.org:5000/team/name:v1")
        let lines = try store.expect(0, "images").output.split(separator: "\n").map {
            $0.split(separator: " ").map(String.init)
        }
        #expect(lines.first == ["REPOSITORY", "TAG", "IMAGE", "ID", "CREATED", "SIZE"])
        #expect(lines.contains { $0.starts(with: ["bb", "latest"]) })
        #expect(lines.contains { $0.starts(with: ["example.org:5000/team/name", "v1"]) })
        try store.expect(0, "run", "--rm", "example.org:5000/team/name:v1", "true")
        try store.expect(0, "create", "--name", "user", "bb", "true")
        try store.expect(0, "rmi", "bb")
        try store.expectError("rmi", "example.org:5000/team/name:v1", says: "is used by container user")
        try store.expect(0, "rm", "user")
        try store.expect(0, "rmi", "example.org:5000/team/name:v1")
        #expect(try store.expect(0, "images", "-q").output == "")
        // The unpacked layers are gone with the last image that had them.
        #expect(try store.shell("ls \"$R/snapshots/snapshots\"").output == "")
    }

    @Test("are saved for skopeo", .requires(.skopeo), arguments: ["oci-archive", "docker-archive"])
    func save(format: String) throws {
        let store = try SkiffStore()
        try store.expect(0, "save", "--format", format, "-o", "\(store.path)/saved", "bb")
        let seen = try Command.run(["skopeo", "inspect", "--raw", "\(format):\(store.path)/saved"])
        #expect(seen.status == 0, "\(seen.errors)")
        try store.expectError("save", "-o", "\(store.path)/none", "nosuch", says: "image nosuch")
        #expect(try Command.run(["ls", store.path]).output == "root\nroot.tar\nsaved\nstore\n")
    }

    @Test("are made of a root file system, with a command")
    func makeImage() throws {
        let store = try SkiffStore()
        let id = try store.expect(
            0,
            "import",
            "-c",
            #"CMD ["echo","from the image"]"#,
            "-c",
            "ENV A=1",
            "\(store.path)/root.tar",
            "made:2"
        ).output
        #expect(id.hasPrefix("sha256:"))
        #expect(try store.expect(0, "run", "--rm", "made:2").output == "from the image\n")
        #expect(try store.shell(#""$S" --root "$R" import - piped < "$D/root.tar""#).status == 0)
        try store.expect(0, "run", "--rm", "piped", "true")
    }

    @Test("are unpacked, layer by layer or into one tree")
    func unpack() throws {
        let store = try SkiffStore()
        try store.expect(0, "unpack", "--flat", "bb", "\(store.path)/flat")
        #expect(
            try Command.run(["diff", "-r", "--no-dereference", "\(store.path)/root", "\(store.path)/flat"]).output == ""
        )
        let lowers = try store.expect(0, "unpack", "bb", "\(store.path)/stack").output.split(separator: "\n")
        #expect(lowers.count == 1)
        let same = try Command.run(["diff", "-r", "--no-dereference", "\(store.path)/root", "\(lowers[0])"])
        #expect(same.output == "")
    }
}
