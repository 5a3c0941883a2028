// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CgroupKit
import OCISpec
import Testing

@testable import OCIRuntime

@Suite("An update of limits") struct LimitUpdateTests {
    private static func update(
        _ before: LinuxResources?,
        _ changes: LinuxResources
    ) throws -> (after: LinuxResources, update: LimitUpdate) {
        var configuration = RuntimeConfiguration.example
        configuration.linux?.resources = before
        let update = try LimitUpdate(changes, of: configuration, container: "c1")
        return (try #require(update.configuration.linux?.resources), update)
    }

    @Test("leaves what it does not name, in the configuration and in force")
    func partial() throws {
        let before = LinuxResources(
            memory: LinuxMemory(limit: 100, reservation: 50),
            cpu: LinuxCPU(shares: 10, quota: 5000, period: 10_000, cpus: "0-1"),
            pids: LinuxPIDs(limit: 7)
        )
        let (after, update) = try Self.update(
            before,
            LinuxResources(cpu: LinuxCPU(quota: 6000), pids: LinuxPIDs(limit: 9))
        )
        var expected = before
        expected.cpu?.quota = 6000
        expected.pids?.limit = 9
        #expect(after == expected)
        var limits = CgroupLimits()
        limits.cpu.quota = .value(6000)
        limits.pids.limit = .value(9)
        #expect(update.limits == limits)
        #expect(update.devices == nil)
    }

    @Test("takes zero for a setting that is not given")
    func zero() throws {
        let before = LinuxResources(memory: LinuxMemory(limit: 100, swap: 200), cpu: LinuxCPU(shares: 10, idle: 0))
        let changes = LinuxResources(
            memory: LinuxMemory(limit: 0, reservation: 0, swap: 0),
            cpu: LinuxCPU(shares: 0, quota: 0, period: 0)
        )
        let (after, update) = try Self.update(before, changes)
        #expect(after.memory == before.memory)
        #expect(after.cpu == before.cpu)
        #expect(update.limits == CgroupLimits())
    }

    @Test("counts a new memory limit with the old sum of memory and swap")
    func swap() throws {
        let before = LinuxResources(memory: LinuxMemory(limit: 100, swap: 200))
        let grown = try Self.update(before, LinuxResources(memory: LinuxMemory(limit: 150))).update.limits.memory
        #expect(grown.limit == .value(150))
        #expect(grown.swap == .value(200))
        #expect(throws: RuntimeError.self) {
            try Self.update(before, LinuxResources(memory: LinuxMemory(limit: 201)))
        }
        let (after, lifted) = try Self.update(before, LinuxResources(memory: LinuxMemory(limit: -1)))
        #expect(after.memory?.swap == nil)
        #expect(lifted.limits.memory.limit == .unlimited)
        #expect(lifted.limits.memory.swap == nil)
        let sum = try Self.update(before, LinuxResources(memory: LinuxMemory(swap: 300))).update.limits.memory
        #expect(sum.limit == nil)
        #expect(sum.swap == .value(300))
    }

    @Test("replaces the entry of the same device, page size, interface and file")
    func entries() throws {
        let before = LinuxResources(
            blockIO: LinuxBlockIO(
                weightDevice: [LinuxWeightDevice(major: 8, minor: 0, weight: 10)],
                throttleReadBpsDevice: [
                    LinuxThrottleDevice(major: 8, minor: 0, rate: 1), LinuxThrottleDevice(major: 8, minor: 0, rate: 2),
                    LinuxThrottleDevice(major: 8, minor: 16, rate: 3),
                ]
            ),
            hugepageLimits: [LinuxHugepageLimit(pageSize: "2MB", limit: 1)],
            rdma: ["a": LinuxRDMA(hcaHandles: 1)],
            unified: ["memory.high": "1", "memory.low": "2"]
        )
        let changes = LinuxResources(
            blockIO: LinuxBlockIO(
                weightDevice: [LinuxWeightDevice(major: 8, minor: 16, weight: 20)],
                throttleReadBpsDevice: [LinuxThrottleDevice(major: 8, minor: 0, rate: 9)]
            ),
            hugepageLimits: [LinuxHugepageLimit(pageSize: "1GB", limit: 4)],
            rdma: ["b": LinuxRDMA(hcaObjects: 1)],
            unified: ["memory.high": "3"]
        )
        let (after, update) = try Self.update(before, changes)
        #expect(after.blockIO?.weightDevice?.count == 2)
        #expect(
            after.blockIO?.throttleReadBpsDevice == [
                LinuxThrottleDevice(major: 8, minor: 16, rate: 3), LinuxThrottleDevice(major: 8, minor: 0, rate: 9),
            ]
        )
        #expect(after.hugepageLimits?.map(\.pageSize) == ["2MB", "1GB"])
        #expect(after.rdma?.count == 2)
        #expect(after.unified == ["memory.high": "3", "memory.low": "2"])
        #expect(update.limits.unified.files == ["memory.high": "3"])
    }

    @Test("ends being idle with a weight, and the weight with being idle")
    func idle() throws {
        let weighed = LinuxResources(cpu: LinuxCPU(shares: 10))
        let idle = try Self.update(weighed, LinuxResources(cpu: LinuxCPU(idle: 1))).after
        #expect(idle.cpu == LinuxCPU(idle: 1))
        #expect(try Self.update(idle, LinuxResources(cpu: LinuxCPU(shares: 20))).after.cpu == LinuxCPU(shares: 20))
    }

    @Test("changes the device policy only when the rules differ")
    func devices() throws {
        let rules = [
            LinuxDeviceRule(allow: false), LinuxDeviceRule(allow: true, type: .character, major: 10, minor: 1),
        ]
        let before = LinuxResources(devices: rules)
        #expect(try Self.update(before, LinuxResources(devices: rules)).update.devices == nil)
        #expect(try Self.update(before, LinuxResources(devices: [])).update.devices == nil)
        let changed = try Self.update(before, LinuxResources(devices: [rules[0]])).update.devices
        #expect(changed?.rules.count == 1 + DeviceRule.defaults.count)
    }

    @Test("names the field that is not in order")
    func invalid() throws {
        let error = #expect(throws: RuntimeError.self) {
            try Self.update(nil, LinuxResources(cpu: LinuxCPU(idle: 2)))
        }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.description.contains("linux.resources.cpu.idle") == true)
    }
}
