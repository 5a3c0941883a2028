// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CgroupKit
import LinuxSystem
import OCIRuntime
import OCISpec
import TestSupport
import Testing

@Suite("A container of systemd", .serialized, .requires(.root, .busybox, .systemd)) struct SystemdContainerTests {
    private func bundle(_ script: String) throws -> TestBundle {
        let bundle = try TestBundle(script: script)
        bundle.cgroupManager = .systemd
        bundle.configuration.linux?.resources = LinuxResources(
            memory: LinuxMemory(limit: 64 << 20),
            pids: LinuxPIDs(limit: 20)
        )
        return bundle
    }

    /// What systemd says of a unit.
    private func show(_ unit: String, _ property: String) throws -> String {
        try Command.run(["systemctl", "show", "--value", "--property", property, unit]).output
            .trimmingPrefix("\n").split(separator: "\n").joined()
    }

    @Test("is a scope in its slice, with its limits and properties, from its creation to its deletion")
    func lifeCycle() async throws {
        let bundle = try bundle("exec sleep 3600")
        let id = TestBundle.newID()
        bundle.configuration.linux?.cgroupsPath = "skiff-tests.slice:skiff:\(id)"
        bundle.configuration.annotations = [
            "org.systemd.property.TimeoutStopUSec": "uint64 5000000",
            "org.systemd.property.CollectMode": "'inactive-or-failed'",
        ]
        let container = try bundle.create(id).container
        defer { try? container.delete(force: true) }
        let unit = "skiff-\(id).scope"
        #expect(try show(unit, "ActiveState") == "active")
        #expect(try show(unit, "Delegate") == "yes")
        #expect(try show(unit, "Slice") == "skiff-tests.slice")
        #expect(try show(unit, "MemoryMax") == "\(64 << 20)")
        #expect(try show(unit, "TasksMax") == "20")
        #expect(try show(unit, "TimeoutStopUSec") == "5s")
        #expect(try show(unit, "CollectMode") == "inactive-or-failed")
        #expect(try container.statistics().memory?.limit == .value(64 << 20))
        try container.start()
        #expect(try await bundle.exec("cat /proc/self/cgroup", in: container).text == "0::/\n")
        #expect(try container.processIDs().count == 1)
        try container.update(LinuxResources(memory: LinuxMemory(limit: 96 << 20), pids: LinuxPIDs(limit: -1)))
        #expect(try show(unit, "MemoryMax") == "\(96 << 20)")
        #expect(try show(unit, "TasksMax") == "infinity")
        #expect(try container.statistics().memory?.limit == .value(96 << 20))
        #expect(throws: RuntimeError.self) {
            try container.update(LinuxResources(memory: LinuxMemory(limit: 80 << 20), cpu: LinuxCPU(cpus: "1000")))
        }
        #expect(try show(unit, "MemoryMax") == "\(96 << 20)")
        #expect(try container.statistics().memory?.limit == .value(96 << 20))
        try container.pause()
        try container.resume()
        try container.delete(force: true)
        #expect(try show(unit, "LoadState") == "not-found")
    }

    @Test("is an own scope in system.slice when it says nothing, and gone when it has ended")
    func defaults() async throws {
        let bundle = try bundle("exit 7")
        let id = TestBundle.newID()
        let created = try bundle.create(id)
        #expect(try show("skiff-\(id).scope", "Slice") == "system.slice")
        try created.container.start()
        #expect(try await created.container.wait().reason == .exited(7))
        try created.container.delete()
        #expect(try show("skiff-\(id).scope", "LoadState") == "not-found")
    }

    @Test("leaves nothing when it cannot be made")
    func failures() throws {
        let bundle = try bundle("exit 0")
        let id = TestBundle.newID()
        bundle.configuration.process?.args = ["no-such-program"]
        #expect(throws: RuntimeError.self) { try bundle.create(id) }
        #expect(try show("skiff-\(id).scope", "LoadState") == "not-found")
        bundle.configuration.process?.args = ["/bin/sh"]
        bundle.configuration.linux?.resources?.unified = ["memory.nothing": "1"]
        #expect(throws: RuntimeError.self) { try bundle.create(id) }
        #expect(try show("skiff-\(id).scope", "LoadState") == "not-found")
        bundle.configuration.linux?.resources?.unified = nil
        bundle.configuration.annotations = ["org.systemd.property.NoSuchThing": "true"]
        let error = #expect(throws: RuntimeError.self) { try bundle.create(id) }
        #expect(error?.description.contains("NoSuchThing") == true)
        bundle.configuration.annotations = ["org.systemd.property.CollectMode": "what"]
        #expect(throws: RuntimeError.self) { try bundle.create(id) }
        bundle.configuration.annotations = nil
        bundle.configuration.linux?.cgroupsPath = "/a/b"
        let form = #expect(throws: RuntimeError.self) { try bundle.create(id) }
        #expect(form?.description.contains("slice:prefix:name") == true)
        #expect(try bundle.runtime.list().isEmpty)
    }

    @Test("does not end another one's scope of the same name")
    func sameName() throws {
        let first = try bundle("exec sleep 3600")
        first.configuration.linux?.cgroupsPath = "skiff-tests.slice:skiff:same-\(TestBundle.newID())"
        let container = try first.create().container
        defer { try? container.delete(force: true) }
        try container.start()
        let error = #expect(throws: RuntimeError.self) { try first.create() }
        #expect(error?.description.contains("already") == true)
        #expect(try container.state().status == .running)
        #expect(try container.statistics().pids?.current == 1)
    }
}
