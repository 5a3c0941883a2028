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

@Suite("A store without overlayfs", .requires(.root, .overlay, .busybox))
struct CopiedRootTests {
    @Test("runs containers from copies of their own, which leave nothing")
    func run() async throws {
        let test = try TestStore()
        let store = try ContainerStore(at: test.store.path, roots: .copy)
        let script = "cat /srv/note; echo changed > /srv/note; cat /srv/note; id -u"
        for _ in 0..<2 {
            let result = try await Container.run("test", ["/bin/sh", "-c", script], in: store)
            #expect(result.output == "from the image\nchanged\n0\n", "\(result.errors)")
        }
        #expect(try test.leftovers().isEmpty)
    }

    @Test("keeps what a container wrote for its next start, whoever starts it")
    func kept() async throws {
        let test = try TestStore()
        let store = try ContainerStore(at: test.store.path, roots: .copy)
        let made = try store.create("test", ["/bin/sh", "-c", "echo more >> /srv/note"])
        #expect(made.metadata.root == .copy)
        for _ in 0..<2 {
            // A store that has overlayfs starts it from its copy as well.
            let found = try test.store.container(made.id)
            var options = CreateOptions()
            options.input = SharedDescriptor(try .open("/dev/null", CLINUX_O_RDWR))
            (options.output, options.errors) = (options.input, options.input)
            let container = try found.launch(options)
            try container.start()
            try found.finish(container, try container.waitBlocking())
        }
        let note = try RootDirectory(at: made.bundle).readFile("rootfs/srv/note")
        #expect(String(decoding: note, as: UTF8.self) == "from the image\nmore\nmore\n")
        let error = #expect(throws: ContainerStoreError.self) { try made.changes() }
        #expect(error?.code == .unsupported)
        let archive = try OwnedFileDescriptor.memory(name: "export")
        try made.export(to: archive)
        #expect(try archive.status().size > 10_000)
        // What has a copy needs the layers no more.
        _ = try test.store.images.remove("test")
        #expect(try test.store.pruneSnapshots()?.count == 2)
        try made.remove()
        #expect(try test.leftovers().isEmpty)
    }
}
