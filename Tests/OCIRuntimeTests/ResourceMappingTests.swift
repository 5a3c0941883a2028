// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import CgroupKit
import OCISpec
import Testing

@testable import OCIRuntime

@Suite("Mapping of resources")
struct ResourceMappingTests {
    private static func request(_ change: (inout LinuxResources) -> Void) throws -> CgroupRequest {
        try MappingFixture.map {
            var resources = LinuxResources()
            change(&resources)
            $0.linux?.resources = resources
        }.cgroup
    }

    @Test("asks for no group when nothing is limited")
    func nothing() throws {
        let request = try MappingFixture.map { $0.linux?.resources = nil }.cgroup
        #expect(request == CgroupRequest())
        #expect(!request.needsGroup)
        #expect(try MappingFixture.map { $0.linux?.cgroupsPath = "/a:b" }.cgroup.path == "/a:b")
        #expect(try Self.request { $0.pids = LinuxPIDs(limit: 5) }.needsGroup)
        #expect(try Self.request { $0.devices = [LinuxDeviceRule(allow: false)] }.needsGroup)
    }

    @Test("takes zero for a setting that an engine was not given; of tasks it leaves the first one")
    func zero() throws {
        let request = try Self.request {
            $0.memory = LinuxMemory(limit: 0, reservation: 0, swap: 0, kernel: 0, kernelTCP: 0)
            $0.cpu = LinuxCPU(shares: 0, quota: 0, period: 0, realtimeRuntime: 0, realtimePeriod: 0, cpus: "", mems: "")
            $0.blockIO = LinuxBlockIO(weight: 0, leafWeight: 0)
        }
        #expect(request.limits == CgroupLimits())
        #expect(try Self.request { $0.pids = LinuxPIDs(limit: 0) }.limits.pids.limit == .value(1))
    }

    @Test("gives every setting of memory, CPU and tasks")
    func core() throws {
        let limits = try Self.request {
            $0.memory = LinuxMemory(
                limit: 10,
                reservation: 5,
                swap: -1,
                kernel: 7,
                kernelTCP: 8,
                swappiness: 60,
                disableOOMKiller: true,
                checkBeforeUpdate: true
            )
            $0.cpu = LinuxCPU(
                shares: 512,
                quota: -1,
                burst: 3,
                period: 4000,
                realtimeRuntime: 950,
                realtimePeriod: 1000,
                cpus: "0-1,3",
                mems: "0",
                idle: 0
            )
            $0.pids = LinuxPIDs(limit: -1)
        }.limits
        var expected = CgroupLimits()
        expected.memory.limit = .value(10)
        expected.memory.reservation = .value(5)
        expected.memory.swap = .unlimited
        expected.memory.kernelTCP = .value(8)
        expected.memory.swappiness = 60
        expected.memory.disableOOMKiller = true
        expected.memory.checkBeforeUpdate = true
        expected.cpu.weight = .shares(512)
        expected.cpu.quota = .unlimited
        expected.cpu.burst = 3
        expected.cpu.period = 4000
        expected.cpu.realtimeRuntime = 950
        expected.cpu.realtimePeriod = 1000
        expected.cpu.idle = false
        expected.cpuSet.cpus = try .init(bytes: Array("0-1,3".utf8), field: "cpus")
        expected.cpuSet.memoryNodes = try .init(bytes: Array("0".utf8), field: "mems")
        expected.pids.limit = .unlimited
        #expect(limits == expected)
    }

    @Test("gives every setting of devices, huge pages, RDMA, networks and files")
    func others() throws {
        let device = LinuxThrottleDevice(major: 8, minor: 16, rate: 99)
        let limits = try Self.request {
            $0.blockIO = LinuxBlockIO(
                weight: 100,
                leafWeight: 200,
                weightDevice: [LinuxWeightDevice(major: 8, minor: 0, weight: 300, leafWeight: 0)],
                throttleReadBpsDevice: [device],
                throttleWriteBpsDevice: [device],
                throttleReadIOPSDevice: [device],
                throttleWriteIOPSDevice: [device]
            )
            $0.hugepageLimits = [LinuxHugepageLimit(pageSize: "2MB", limit: 4096)]
            $0.rdma = ["mlx5_1": LinuxRDMA(hcaHandles: 3, hcaObjects: 4), "mlx5_0": LinuxRDMA(hcaHandles: 1)]
            $0.network = LinuxNetwork(
                classID: 0x10001,
                priorities: [LinuxInterfacePriority(name: "eth0", priority: 500)]
            )
            $0.unified = ["memory.high": "5"]
        }.limits
        let rate = IOLimits.DeviceRate(device: .init(major: 8, minor: 16), rate: 99)
        var expected = CgroupLimits()
        expected.io.weight = 100
        expected.io.leafWeight = 200
        expected.io.deviceWeights = [.init(device: .init(major: 8, minor: 0), weight: 300)]
        expected.io.readBytes = [rate]
        expected.io.writeBytes = [rate]
        expected.io.readOperations = [rate]
        expected.io.writeOperations = [rate]
        expected.hugePages = [HugePageLimit(pageSize: "2MB", limit: .value(4096))]
        expected.rdma = [
            RDMALimit(device: "mlx5_0", handles: .value(1)),
            RDMALimit(device: "mlx5_1", handles: .value(3), objects: .value(4)),
        ]
        expected.network = NetworkTags(classID: 0x10001, priorities: [.init(interface: "eth0", priority: 500)])
        expected.unified = UnifiedSettings(files: ["memory.high": "5"])
        #expect(limits == expected)
    }

    @Test("keeps device rules in order, the default ones last")
    func devices() throws {
        let rules = try Self.request {
            $0.devices = [
                LinuxDeviceRule(allow: false, access: "rwm"),
                LinuxDeviceRule(allow: true, type: .character, major: 10, minor: 229, access: "rw"),
                LinuxDeviceRule(allow: true, type: .block, major: 8, minor: -1),
            ]
        }.deviceRules
        #expect(
            Array(rules.prefix(3)) == [
                DeviceRule(allow: false, .all, major: nil, minor: nil, access: .full),
                DeviceRule(allow: true, .character, major: 10, minor: 229, access: [.read, .write]),
                DeviceRule(allow: true, .block, major: 8, minor: nil, access: .full),
            ]
        )
        #expect(Array(rules.dropFirst(3)) == DeviceRule.defaults)
    }

    @Test("lets a container that is denied everything use its default devices only", .rows("GHSA-g54h-m393-cpwq"))
    func policy() throws {
        let policy = DevicePolicy(rules: try Self.request { $0.devices = [LinuxDeviceRule(allow: false)] }.deviceRules)
        for (major, minor) in [(1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 2), (136, 3)] as [(UInt32, UInt32)] {
            #expect(policy.allowedAccess(.character, major: major, minor: minor) == .full)
        }
        for (major, minor) in [(1, 1), (1, 2), (1, 4), (5, 1), (10, 200)] as [(UInt32, UInt32)] {
            #expect(policy.allowedAccess(.character, major: major, minor: minor) == .mknod)
        }
        #expect(policy.allowedAccess(.block, major: 8, minor: 0) == .mknod)
    }
}
