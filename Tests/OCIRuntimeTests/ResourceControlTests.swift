// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@testable import OCIRuntime

/// A directory that stands for the resctrl file system.
private final class ResourceControlFixture {
    let directory: TemporaryDirectory
    var tree: ResourceControlTree { ResourceControlTree(root: directory.path) }

    init() throws {
        let directory = try TemporaryDirectory()
        let root = try directory.open()
        try root.makeDirectory("mon_groups")
        try root.replaceFile("schemata", Array("    L3:0=00fff;1=00fff\n    MB:0=100;1=100\n".utf8))
        self.directory = directory
    }
}

/// On a directory that stands for the resctrl file system. It differs in that its files do not come and go with their
/// directory, so tests make and remove them.
@Suite("A container's class of cache and memory bandwidth") struct ResourceControlTests {
    private func text(_ path: FilePath) throws -> String {
        String(decoding: try OwnedFileDescriptor.open(path, 0).readAll(limit: 4096), as: UTF8.self)
    }

    @Test("is a group with its own id, with schemata in the order of the specification, and goes with it")
    func ownGroup() throws {
        let fixture = try ResourceControlFixture()
        let tree = fixture.tree
        let request = ResourceControlRequest(schemata: ["L3:0=f", "MB:0=20", "L2:0=3"])
        let placement = try tree.place(request, container: "c1")
        let group = fixture.directory.path.appending("c1")
        #expect(placement.groups == [group])
        #expect(placement.made == [group])
        #expect(try text(group.appending("schemata")) == "L3:0=f\nMB:0=20\nL2:0=3\n")
        try ResourceControlTree.assign(17, to: placement.groups, container: "c1")
        #expect(try text(group.appending("tasks")) == "17")
        for name in ["schemata", "tasks"] { try fixture.directory.open().removeFile(FilePath("c1/\(name)")) }
        #expect(ResourceControlTree.remove(placement.made).isEmpty)
        #expect(try !fixture.directory.open().entries().contains { $0.name == Array("c1".utf8) })
    }

    @Test("is the default class for /, which is not changed and not removed")
    func defaultClass() throws {
        let fixture = try ResourceControlFixture()
        let tree = fixture.tree
        let request = ResourceControlRequest(classOfService: "/", schemata: ["L3:1=fff"], monitors: true)
        let placement = try tree.place(request, container: "c1")
        let monitor = fixture.directory.path.appending("mon_groups/c1")
        #expect(placement.groups == [fixture.directory.path, monitor])
        #expect(placement.made == [monitor])
        #expect(ResourceControlTree.remove(placement.made).isEmpty)
        #expect(try text(fixture.directory.path.appending("schemata")).contains("MB:0=100"))
    }

    @Test("must be there, or be said what it is to be")
    func missingClass() throws {
        let fixture = try ResourceControlFixture()
        let tree = fixture.tree
        let error = #expect(throws: RuntimeError.self) {
            try tree.place(ResourceControlRequest(classOfService: "gold"), container: "c1")
        }
        #expect(error?.code == .invalidConfiguration)
        let made = try tree.place(
            ResourceControlRequest(classOfService: "gold", schemata: ["MB:0=20"]),
            container: "c1"
        )
        // It may serve others.
        #expect(made.made.isEmpty)
        #expect(try text(fixture.directory.path.appending("gold/schemata")) == "MB:0=20\n")
    }

    @Test("must have the schemata that are asked for when it exists already")
    func otherSchemata() throws {
        let fixture = try ResourceControlFixture()
        let tree = fixture.tree
        try fixture.directory.open().makeDirectory("gold")
        try fixture.directory.open().replaceFile("gold/schemata", Array("MB:0= 20;1=70\nL3:0=007F0;1=1f\n".utf8))
        let same = ResourceControlRequest(classOfService: "gold", schemata: ["L3:1=01f;0=7f0", "MB:0=20"])
        #expect(try tree.place(same, container: "c1").made.isEmpty)
        for line in ["MB:0=30", "L3:0=7f", "L2:0=1", "nonsense"] {
            let other = ResourceControlRequest(classOfService: "gold", schemata: [line], monitors: true)
            #expect(throws: RuntimeError.self, "\(line)") { try tree.place(other, container: "c1") }
        }
        #expect(try fixture.directory.open().entries().filter { $0.name == Array("mon_groups".utf8) }.count == 1)
    }

    @Test("leaves nothing when its monitoring group cannot be made")
    func failure() throws {
        let fixture = try ResourceControlFixture()
        let tree = fixture.tree
        // On this fixture a new group has no mon_groups.
        #expect(throws: RuntimeError.self) {
            try tree.place(ResourceControlRequest(monitors: true), container: "c1")
        }
        #expect(try !fixture.directory.open().entries().contains { $0.name == Array("c1".utf8) })
    }

    @Test("is an error where resctrl is not mounted, before anything is made", .requires(.root, .busybox))
    func notMounted() throws {
        let bundle = try TestBundle(script: "true")
        bundle.configuration.linux?.intelRdt = LinuxIntelRDT(closID: "/")
        guard (try? ResourceControlTree.find(nil, container: "x")) == nil else { return }
        let error = #expect(throws: RuntimeError.self) { try bundle.create() }
        #expect(error?.code == .unsupported)
        #expect(error?.description.contains("resctrl") == true)
        #expect(try bundle.runtime.list().isEmpty)
    }

    @Test("has the container's first process and those that are added", .requires(.root, .busybox))
    func processes() async throws {
        let fixture = try ResourceControlFixture()
        let bundle = try TestBundle(script: "while :; do sleep 1; done", resourceControlRoot: fixture.directory.path)
        bundle.configuration.linux?.intelRdt = LinuxIntelRDT(l3CacheSchema: "L3:0=f")
        let created = try bundle.create()
        let group = fixture.directory.path.appending(created.container.id)
        #expect(try text(group.appending("tasks")) == "\(try created.container.state().pid)")
        try created.container.start()
        _ = try await bundle.exec("true", in: created.container)
        #expect(try text(group.appending("tasks")) != "\(try created.container.state().pid)")
        for name in ["schemata", "tasks"] {
            try fixture.directory.open().removeFile(FilePath("\(created.container.id)/\(name)"))
        }
        try created.container.delete(force: true)
        #expect(try fixture.directory.open().entries().count == 2)
    }
}
