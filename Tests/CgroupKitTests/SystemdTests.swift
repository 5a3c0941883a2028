// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import CgroupKit

/// Runs as root with the machine's systemd, and as a user with that user's own.
@Suite("SystemdManager", .serialized, .requires(.systemd)) struct SystemdTests {
    private let manager: SystemdManager
    private let layout: CgroupLayout
    private let unit: SystemdUnit

    init() throws {
        let directory = Environment.value(of: "XDG_RUNTIME_DIR").map { FilePath($0) }
        manager = clinux_geteuid() == 0 ? .machine() : .user(runtimeDirectory: directory)
        layout = try CgroupLayout.detect()
        let name = "test\(String(UInt64.random(in: .min ... .max), radix: 36))"
        unit = try SystemdUnit(
            Array("skiff-tests.slice:skiff:\(name)".utf8),
            name: "",
            defaultSlice: manager.defaultSlice
        )
    }

    private func start(_ processID: Int32, _ limits: CgroupLimits = .init(), _ more: [SystemdProperty] = []) throws
        -> Cgroup
    {
        let facts = try manager.facts()
        let properties = try limits.systemdProperties(layout, systemd: facts.version, isNew: true)
        try manager.start(
            unit,
            processID: processID,
            description: "a test of skiff",
            properties: properties + more,
            isUnified: layout.kind == .unified
        )
        let group = try Cgroup.create(
            at: try unit.path(below: facts.controlGroup, layout: layout),
            layout: layout,
            existing: .reuse
        )
        try group.verify(processID: processID)
        return group
    }

    private func word(_ file: FilePath, of group: Cgroup) throws -> String {
        let directory = try #require(group.unified)
        return KernelText.words(try directory.read(file)).joined(separator: " ")
    }

    @Test("says what it is") func facts() throws {
        let facts = try manager.facts()
        #expect(facts.version >= 240)
        #expect(facts.controlGroup.isEmpty == (clinux_geteuid() == 0))
    }

    @Test("makes a scope with its process, limits and properties, which ends with the process") func scope() throws {
        let process = try GatedProcess("sleep 3600")
        var limits = CgroupLimits()
        limits.memory.limit = .value(64 << 20)
        limits.memory.reservation = .value(32 << 20)
        limits.pids.limit = .value(17)
        let property = try SystemdProperty(
            annotation: SystemdProperty.prefix + "CollectMode",
            value: "'inactive-or-failed'"
        )
        let group = try start(process.processID, limits, [property])
        defer { try? manager.stop(unit.name) }
        #expect(try group.processIDs == [process.processID])
        #expect(try word("memory.max", of: group) == "\(64 << 20)")
        #expect(try word("memory.low", of: group) == "\(32 << 20)")
        #expect(try word("pids.max", of: group) == "17")
        let again = try GatedProcess("sleep 3600")
        let error = #expect(throws: CgroupError.self) { try start(again.processID) }
        #expect(error?.code == .alreadyExists)
        try process.open()
        try group.kill()
        #expect(process.wait() == 128 + 9)
        try manager.stop(unit.name)
        #expect(try !Cgroup.exists(at: group.path, layout: layout))
        try manager.stop(unit.name)
    }

    @Test("changes properties, takes further processes in, and names what it refuses") func changes() throws {
        let process = try GatedProcess("sleep 3600")
        let group = try start(process.processID)
        defer { try? manager.stop(unit.name) }
        var limits = CgroupLimits()
        limits.pids.limit = .value(23)
        limits.cpu.quota = .value(20_000)
        limits.cpu.period = 50_000
        let version = try manager.facts().version
        try manager.set(try limits.systemdProperties(layout, systemd: version), of: unit.name)
        #expect(try word("pids.max", of: group) == "23")
        #expect(try word("cpu.max", of: group) == "20000 50000")
        let other = try GatedProcess("sleep 3600")
        try manager.attach(processID: other.processID, to: unit.name)
        #expect(try group.processIDs.sorted() == [process.processID, other.processID].sorted())
        let error = #expect(throws: CgroupError.self) {
            try manager.set([SystemdProperty("NoSuchThing", .boolean(true))], of: unit.name)
        }
        #expect(error?.code == .managerFailed)
        #expect(error?.description.contains("NoSuchThing") == true)
    }

    @Test("says why a scope cannot be started") func refused() throws {
        let process = try GatedProcess("sleep 3600")
        let property = SystemdProperty("NoSuchThing", .boolean(true))
        let error = #expect(throws: CgroupError.self) { try start(process.processID, .init(), [property]) }
        #expect(error?.code == .managerFailed)
        #expect(error?.description.contains("NoSuchThing") == true)
        let facts = try manager.facts()
        #expect(try !Cgroup.exists(at: try unit.path(below: facts.controlGroup, layout: layout), layout: layout))
    }
}
