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

    @Test(
        "of its own changes with an update, which is stored; a class with a name does not",
        .requires(.root, .busybox)
    )
    func update() throws {
        let fixture = try ResourceControlFixture()
        let bundle = try TestBundle(script: "exec sleep 3600", resourceControlRoot: fixture.directory.path)
        bundle.configuration.linux?.intelRdt = LinuxIntelRDT(l3CacheSchema: "L3:0=f", memBwSchema: "MB:0=70")
        let container = try bundle.create().container
        let schemata = fixture.directory.path.appending(container.id).appending("schemata")
        try container.update(.init(), resourceControl: LinuxIntelRDT(memBwSchema: "MB:0=20"))
        #expect(try text(schemata).hasPrefix("MB:0=20\n"))
        #expect(try container.configuration().linux?.intelRdt?.memBwSchema == "MB:0=20")
        #expect(try container.configuration().linux?.intelRdt?.l3CacheSchema == "L3:0=f")
        for section in [LinuxIntelRDT(closID: "gold"), .init(enableMonitoring: true), .init(memBwSchema: "L3:0=1")] {
            #expect(throws: RuntimeError.self) { try container.update(.init(), resourceControl: section) }
        }
        // What was written is taken back when a limit is refused.
        try fixture.directory.open().replaceFile(FilePath("\(container.id)/schemata"), Array("MB:0=20\n".utf8))
        let limits = LinuxResources(cpu: LinuxCPU(cpus: "4000"))
        #expect(throws: RuntimeError.self) {
            try container.update(limits, resourceControl: LinuxIntelRDT(memBwSchema: "MB:0=99"))
        }
        #expect(try text(schemata) == "MB:0=20\n")
        #expect(try container.configuration().linux?.intelRdt?.memBwSchema == "MB:0=20")
        for name in ["schemata", "tasks"] {
            try fixture.directory.open().removeFile(FilePath("\(container.id)/\(name)"))
        }
        try container.delete(force: true)
        bundle.configuration.linux?.intelRdt = LinuxIntelRDT(closID: "/")
        let shared = try bundle.create().container
        let error = #expect(throws: RuntimeError.self) {
            try shared.update(.init(), resourceControl: LinuxIntelRDT(memBwSchema: "MB:0=20"))
        }
        #expect(error?.code == .unsupported)
        try shared.delete(force: true)
        #expect(try text(fixture.directory.path.appending("schemata")).contains("MB:0=100"))
    }

    @Test("has statistics, as far as the processor counts")
    func statistics() throws {
        let fixture = try ResourceControlFixture()
        let root = try fixture.directory.open()
        for directory in ["info", "info/L3", "info/MB", "c1", "c1/mon_data", "c1/mon_data/mon_L3_00", "c1/mon_data/x"] {
            try root.makeDirectory(FilePath(directory))
        }
        for (file, value) in [
            ("info/L3/cbm_mask", "fffff"), ("info/L3/min_cbm_bits", "2"), ("info/L3/num_closids", "16"),
            ("info/MB/bandwidth_gran", "10"), ("info/MB/delay_linear", "1"), ("info/MB/min_bandwidth", "10"),
            ("info/MB/num_closids", "8"), ("c1/schemata", "    L3:0=f"),
            ("c1/mon_data/mon_L3_00/llc_occupancy", "4096"),
            ("c1/mon_data/mon_L3_00/mbm_total_bytes", "Unavailable"),
            ("c1/mon_data/mon_L3_00/mbm_local_bytes", "12"),
        ] { try root.replaceFile(FilePath(file), Array("\(value)\n".utf8)) }
        let group = fixture.directory.path.appending("c1")
        let statistics = try fixture.tree.statistics(of: [group], container: "c1")
        #expect(statistics.cache == .init(mask: "fffff", minimumBits: 2, classCount: 16))
        #expect(
            statistics.bandwidth == .init(granularity: 10, delayIsLinear: 1, minimum: 10, classCount: 8)
        )
        #expect(statistics.defaultSchemata == ["L3:0=00fff;1=00fff", "MB:0=100;1=100"])
        #expect(statistics.schemata == ["L3:0=f"])
        #expect(
            statistics.domains == [
                .init(name: "mon_L3_00", cacheOccupancy: 4096, totalBytes: nil, localBytes: 12)
            ]
        )
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
