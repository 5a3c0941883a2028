// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import LayerUnpack
import LinuxSystem
import NamespaceKit
import SystemPackage
import TestSupport
import Testing

@Suite("Layers under a user namespace's mapping", .requires(.root, .overlay))
struct MappedLayersTests {
    /// Layers with files of user 5, and a namespace where users from 0 on are those from 100,000 on.
    private func prepare(_ directory: borrowing TemporaryDirectory) throws -> (OverlayMount, SharedDescriptor) {
        let root = try directory.open()
        for name in ["one", "two", "upper", "work"] as [FilePath] { try root.makeDirectory(name) }
        for name in ["one/a", "two/b"] as [FilePath] {
            try root.makeFile(name, Array("low".utf8), mode: 0o644)
            let file = try root.open(name, CLINUX_O_WRONLY)
            let number = file.rawValue
            try systemCall("fchown") { clinux_fchown(number, 5, 6) }
        }
        // The caller is a user that no layer has.
        let range = [
            IDMapping(containerID: 0, hostID: 100_000, count: 65_536),
            IDMapping(containerID: 65_536, hostID: 0, count: 1),
        ]
        let namespace = try MappingNamespace.make(PreparedLaunch.Mappings(uid: range, gid: range))
        let overlay = OverlayMount(lowers: [directory.path.appending("two"), directory.path.appending("one")])
        return (overlay, SharedDescriptor(namespace))
    }

    @Test("says that it cannot be written where the caller is nobody, instead of mounting for reading")
    func caller() throws {
        let directory = try TemporaryDirectory()
        var overlay = try prepare(directory).0
        let range = [IDMapping(containerID: 0, hostID: 100_000, count: 65_536)]
        let namespace = SharedDescriptor(try MappingNamespace.make(PreparedLaunch.Mappings(uid: range, gid: range)))
        overlay.writable = OverlayMount.Writable(
            upper: directory.path.appending("upper"),
            work: directory.path.appending("work")
        )
        let error = #expect(throws: LayerUnpackError.self) { _ = try overlay.make(mappedBy: namespace).rawValue }
        #expect(error?.code == .overlayUnsupported)
        overlay.writable?.work = "/tmp"
        #expect(throws: LayerUnpackError.self) { _ = try overlay.make(mappedBy: namespace).rawValue }
    }

    @Test("shows owners as the namespace has them, and leaves the layers as they are", .rows("CVE-2015-1340"))
    func readOnly() throws {
        let directory = try TemporaryDirectory()
        let (made, namespace) = try prepare(directory)
        var overlay = made
        for lowers in [overlay.lowers, [overlay.lowers[1]]] {
            overlay.lowers = lowers
            let status = try RootDirectory(takingOver: overlay.make(mappedBy: namespace)).status("a")
            #expect(status.uid == 100_005 && status.gid == 100_006)
            #expect(try RootDirectory(takingOver: overlay.make()).status("a").uid == 5)
        }
        #expect(try directory.open().status("one/a").uid == 5)
    }

    @Test("stores what is written with the owner that it has in the layers")
    func writable() throws {
        let directory = try TemporaryDirectory()
        let (made, namespace) = try prepare(directory)
        var overlay = made
        overlay.writable = OverlayMount.Writable(
            upper: directory.path.appending("upper"),
            work: directory.path.appending("work")
        )
        let tree = RootDirectory(takingOver: try overlay.make(mappedBy: namespace))
        try tree.open("a", CLINUX_O_WRONLY | CLINUX_O_TRUNC).write(Array("high".utf8))
        let stored = try directory.open().status("upper/a")
        #expect(stored.uid == 5 && stored.gid == 6)
        #expect(try tree.status("a").uid == 100_005)
        #expect(try directory.open().readFile("one/a") == Array("low".utf8))
    }
}
