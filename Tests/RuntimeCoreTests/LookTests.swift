// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import LayerUnpack
import LinuxSystem
import RuntimeCore
import SystemPackage
import TestSupport
import Testing

@Suite("Looking into a store's images", .requires(.root, .busybox))
struct LookTests {
    @Test("shows their paths and copies files out without unpacking anything")
    func look() throws {
        let test = try TestStore()
        let tree = try test.store.tree(of: "test")
        #expect(tree.layers.count == 2 && tree.wasted.isEmpty)
        #expect(tree.find(ByteText("/bin/sh"))?.path == ByteText("bin/busybox"))
        #expect(tree.find(ByteText("srv/note"))?.layer == 1)
        try test.store.extract(ByteText("/etc"), of: "test", into: test.directory.path, as: ByteText("copied"))
        let copied = try test.directory.open().readFile("copied/group")
        #expect(String(decoding: copied, as: UTF8.self).hasPrefix("root:x:0:"))
        let file = try OwnedFileDescriptor.memory(name: "out")
        try test.store.extract(ByteText("srv/note"), of: "test", to: file)
        #expect(try file.readFromStart(limit: 100) == Array("from the image\n".utf8))
        #expect(try test.store.changes(from: "test", to: "test").isEmpty)
        #expect(try test.store.snapshots.chainIDs().isEmpty)
        let missing = #expect(throws: ContainerStoreError.self) {
            try test.store.extract(ByteText("nothing"), of: "test", to: file)
        }
        #expect(missing?.code == .invalidOptions)
        let unknown = #expect(throws: ContainerStoreError.self) { try test.store.tree(of: "nosuch") }
        #expect(unknown?.code == .imageNotFound)
    }
}
