// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import LayerUnpack
import LinuxSystem
import OCIRuntime
import RuntimeCore
import SystemPackage
import TestSupport
import Testing

@Suite("Files copied into and out of a container", .requires(.root, .overlay, .busybox)) struct CopyTests {
    private func text(_ path: FilePath) throws -> String {
        String(decoding: try OwnedFileDescriptor.open(path, CLINUX_O_RDONLY).readAll(limit: 1 << 20), as: UTF8.self)
    }

    /// A host directory with a tree `d` and a file `f`.
    private func host(_ test: TestStore) throws -> FilePath {
        let top = try test.directory.open()
        try top.makeDirectories("host/d/inner")
        try top.makeFile("host/f", Array("file".utf8), mode: 0o640)
        try top.makeFile("host/d/x", Array("x".utf8), mode: 0o755)
        try top.makeSymlink("host/d/link", target: Array("x".utf8))
        return test.directory.path.appending("host")
    }

    /// Each rule of docker's, in a container that runs: source, target, and where the file's content is then.
    @Test(
        "go where docker cp puts them",
        arguments: [
            ("f", "/srv/new", "/srv/new", "file"), ("f", "/srv", "/srv/f", "file"), ("f", "/srv/", "/srv/f", "file"),
            ("f", "/srv/note", "/srv/note", "file"), ("d", "/srv/new", "/srv/new/x", "x"),
            ("d", "/srv", "/srv/d/x", "x"), ("d/.", "/srv", "/srv/x", "x"), ("d/.", "/srv/new", "/srv/new/x", "x"),
            ("d/", "/srv/new/", "/srv/new/x", "x"), ("f", "/away/f", "/srv/f", "file"),
        ]
    )
    func rules(source: String, target: String, place: String, content: String) async throws {
        let test = try TestStore()
        let host = try host(test)
        try await withContainer("test", ["/bin/sleep", "3600"], in: test.store) { container in
            _ = try await container.run(["/bin/busybox", "ln", "-s", "/srv", "/away"])
            try container.stored.copyIn(ByteText("\(host)/\(source)"), to: ByteText(target))
            #expect(try await container.run(["/bin/cat", place]).output == content)
            // And back.
            try container.stored.copyOut(ByteText(place), to: ByteText("\(host)/back"))
            #expect(try text(host.appending("back")) == content)
        }
        #expect(try test.leftovers() == [])
    }

    @Test("are refused where a file and a directory are in each other's way, or there is nothing")
    func refusals() async throws {
        let test = try TestStore()
        let host = try host(test)
        try await withContainer("test", ["/bin/sleep", "3600"], in: test.store) { container in
            for (source, target) in [
                ("none", "/srv"), ("d", "/srv/note"), ("f", "/srv/note/"), ("f", "/none/f"), ("f", "/none/"),
                ("f/", "/srv"),
            ] {
                let error = #expect(throws: ContainerStoreError.self) {
                    try container.stored.copyIn(ByteText("\(host)/\(source)"), to: ByteText(target))
                }
                #expect(error?.code == .invalidOptions || error?.code == .systemCall, "\(source) \(target)")
            }
            #expect(throws: ContainerStoreError.self) { try container.stored.copyIn("relative", to: "/srv") }
            // A directory of the container is never replaced by a file.
            _ = try await container.run(["/bin/busybox", "mkdir", "-p", "/srv/f/kept"])
            #expect(throws: ContainerStoreError.self) {
                try container.stored.copyIn(ByteText("\(host)/f"), to: "/srv")
            }
            #expect(try await container.run(["/bin/ls", "/srv/f"]).output == "kept\n")
        }
    }

    @Test("never leave the container through its symbolic links, absolute or with two dots")
    func escapes() async throws {
        let test = try TestStore()
        let host = try host(test)
        let secret = host.appending("secret")
        try test.directory.open().makeFile("host/secret", Array("secret".utf8))
        try await withContainer("test", ["/bin/sleep", "3600"], in: test.store) { container in
            let script = """
                /bin/busybox ln -s \(host) /out; /bin/busybox ln -s \(secret) /leak
                /bin/busybox ln -s ../../../../../../..\(host) /up; /bin/busybox ln -s /proc/1/root\(host) /magic
                """
            _ = try await container.run(["/bin/sh", "-c", script])
            for path in ["/leak", "/out/secret", "/up/secret", "/magic/secret", "/../../..\(secret)"] {
                var options = CopyOptions()
                options.followsLast = true
                #expect(throws: ContainerStoreError.self, "\(path)") {
                    try container.stored.copyOut(ByteText(path), to: ByteText("\(host)/stolen"), options: options)
                }
            }
            for path in ["/out/planted", "/up/planted", "/magic/planted"] {
                #expect(throws: ContainerStoreError.self, "\(path)") {
                    try container.stored.copyIn(ByteText("\(host)/f"), to: ByteText(path))
                }
            }
            for name in ["stolen", "planted"] {
                #expect(throws: SystemCallError.self) { try test.directory.open().status(FilePath("host/\(name)")) }
            }
        }
    }

    @Test("go through an archive, belong to root unless told otherwise, and keep links and modes")
    func archives() async throws {
        let test = try TestStore()
        let host = try host(test)
        _ = try Command.run(["chown", "-R", "77:78", host.string])
        try await withContainer("test", ["/bin/sleep", "3600"], in: test.store) { container in
            var kept = CopyOptions()
            kept.owners = .kept
            try container.stored.copyIn(ByteText("\(host)/d"), to: "/srv/roots")
            try container.stored.copyIn(ByteText("\(host)/d"), to: "/srv/kept", options: kept)
            let owners = try await container.run([
                "/bin/busybox", "stat", "-c", "%u:%g %a %F", "/srv/roots/x", "/srv/kept/x", "/srv/kept/link",
            ])
            #expect(owners.output == "0:0 755 regular file\n77:78 755 regular file\n77:78 777 symbolic link\n")
            let path = host.appending("archive")
            let file = try OwnedFileDescriptor.open(path, CLINUX_O_RDWR | CLINUX_O_CREAT, mode: 0o600)
            try container.stored.archive("/srv/kept", to: file)
            let list = try Command.run(["tar", "-tf", path.string]).output
            #expect(list == "kept/\nkept/inner/\nkept/link\nkept/x\n")
            try container.stored.unpack(try OwnedFileDescriptor.open(path, CLINUX_O_RDONLY), into: "/tmp")
            #expect(try await container.run(["/bin/readlink", "/tmp/kept/link"]).output == "x\n")
        }
    }

    @Test("may have any name: one that would be a whiteout in a layer is a file")
    func whiteoutNames() async throws {
        let test = try TestStore()
        let host = try host(test)
        try test.directory.open().makeFile("host/d/.wh.x", Array("mark".utf8))
        try await withContainer("test", ["/bin/sleep", "3600"], in: test.store) { container in
            try container.stored.copyIn(ByteText("\(host)/d"), to: "/srv/w")
            #expect(try await container.run(["/bin/cat", "/srv/w/x", "/srv/w/.wh.x"]).output == "xmark")
        }
    }

    @Test("reach a container that does not run, and are there when it starts")
    func stopped() throws {
        let test = try TestStore()
        let host = try host(test)
        let stored = try test.store.create("test", ["/bin/cat", "/srv/f"])
        defer { try? stored.remove(force: true) }
        try stored.copyIn(ByteText("\(host)/f"), to: "/srv")
        try stored.copyOut("/srv/note", to: ByteText("\(host)/note"))
        #expect(try text(host.appending("note")) == "from the image\n")
        #expect(try text(stored.bundle.appending("upper/srv/f")) == "file")
    }
}
