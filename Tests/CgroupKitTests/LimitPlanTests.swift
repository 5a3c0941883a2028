// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import LinuxSystem
import Testing

@testable import CgroupKit

/// A plan as text: one `file=value` for each write.
func text(_ plan: [CgroupWrite]) -> [String] { plan.map { "\($0.file)=\($0.value)" } }

@Suite("MemoryLimits") struct MemoryLimitsTests {
    @Test("become version 2 files; swap is the part of OCI's sum beyond memory") func unified() throws {
        var limits = MemoryLimits()
        limits.limit = .value(1000)
        limits.swap = .value(1500)
        limits.reservation = .value(800)
        limits.high = .value(900)
        limits.minimum = .value(10)
        limits.oomGroup = true
        #expect(
            text(try limits.plan(.v2)) == [
                "memory.oom.group=1", "memory.min=10", "memory.low=800", "memory.high=900", "memory.swap.max=500",
                "memory.max=1000",
            ]
        )
    }

    @Test(
        "convert swap as OCI runtimes do",
        arguments: [
            (
                ResourceLimit?.some(.unlimited), ResourceLimit?.none, ResourceLimit?.none,
                ["memory.swap.max=max", "memory.max=max"]
            ),
            (.value(1000), .unlimited, nil, ["memory.swap.max=max", "memory.max=1000"]),
            (.value(1000), .value(1000), nil, ["memory.swap.max=0", "memory.max=1000"]),
            (nil, .value(1500), .value(1000), ["memory.swap.max=500"]),
            (nil, .unlimited, nil, ["memory.swap.max=max"]),
            (.value(1000), nil, nil, ["memory.max=1000"]),
            (.value(0), nil, nil, ["memory.max=0"]),
        ]
    )
    func swap(_ limit: ResourceLimit?, _ swap: ResourceLimit?, _ current: ResourceLimit?, _ expected: [String]) throws {
        var limits = MemoryLimits()
        limits.limit = limit
        limits.swap = swap
        #expect(text(try limits.plan(.v2, current: .init(limit: current))) == expected)
    }

    @Test("refuse a sum below memory, and a sum without memory", arguments: [CgroupVersion.v1, .v2])
    func badSwap(_ version: CgroupVersion) {
        var limits = MemoryLimits()
        limits.limit = .value(1000)
        limits.swap = .value(999)
        #expect(throws: CgroupError.self) { try limits.plan(version) }
        limits.limit = .unlimited
        #expect(throws: CgroupError.self) { try limits.plan(version) }
        limits.limit = nil
        #expect(throws: CgroupError.self) { try limits.plan(version, current: .init(limit: .value(2000))) }
    }

    @Test("write first on version 1 what grows, so that memory <= sum holds after each write") func order() throws {
        var limits = MemoryLimits()
        limits.limit = .value(1000)
        limits.swap = .value(2000)
        let memory = "memory.limit_in_bytes=1000"
        let sum = "memory.memsw.limit_in_bytes=2000"
        #expect(text(try limits.plan(.v1)) == [memory, sum])
        #expect(text(try limits.plan(.v1, current: .init(limit: .value(500), swap: .value(600)))) == [sum, memory])
        #expect(text(try limits.plan(.v1, current: .init(limit: .value(5000), swap: .value(6000)))) == [memory, sum])
        limits.limit = .unlimited
        limits.swap = nil
        #expect(
            text(try limits.plan(.v1, current: .init(limit: .value(5), swap: .value(6)))) == [
                "memory.memsw.limit_in_bytes=-1", "memory.limit_in_bytes=-1",
            ]
        )
    }

    @Test("have version 1 files for the settings that only it knows") func legacyOnly() throws {
        var limits = MemoryLimits()
        limits.reservation = .value(5)
        limits.swappiness = 100
        limits.disableOOMKiller = true
        limits.kernel = .unlimited
        limits.kernelTCP = .value(7)
        #expect(
            text(try limits.plan(.v1)) == [
                "memory.soft_limit_in_bytes=5", "memory.kmem.limit_in_bytes=-1", "memory.kmem.tcp.limit_in_bytes=7",
                "memory.oom_control=1", "memory.swappiness=100",
            ]
        )
        limits.swappiness = 101
        #expect(throws: CgroupError.self) { try limits.plan(.v1) }
    }

    @Test("name the setting that the version lacks") func unsupported() {
        func field(_ version: CgroupVersion, _ change: (inout MemoryLimits) -> Void) -> String? {
            var limits = MemoryLimits()
            change(&limits)
            let error = #expect(throws: CgroupError.self) { try limits.plan(version) }
            return error?.code == .unsupported ? error?.field : nil
        }
        #expect(field(.v2) { $0.swappiness = 1 } == "memory.swappiness")
        #expect(field(.v2) { $0.disableOOMKiller = true } == "memory.disableOOMKiller")
        #expect(field(.v2) { $0.kernel = .value(1) } == "memory.kernel")
        #expect(field(.v2) { $0.kernelTCP = .value(1) } == "memory.kernelTCP")
        #expect(field(.v1) { $0.high = .value(1) } == "memory.high")
        #expect(field(.v1) { $0.low = .value(1) } == "memory.low")
        #expect(field(.v1) { $0.minimum = .value(1) } == "memory.min")
        #expect(field(.v1) { $0.oomGroup = true } == "memory.oomGroup")
    }

    @Test("that only state the default of the other version are no error") func defaults() throws {
        var limits = MemoryLimits()
        limits.disableOOMKiller = false
        #expect(try limits.plan(.v2).isEmpty)
        limits = MemoryLimits()
        limits.oomGroup = false
        #expect(try limits.plan(.v1).isEmpty)
    }

    @Test("below the use are refused when the caller wants that") func checkBeforeUpdate() throws {
        var limits = MemoryLimits()
        limits.limit = .value(1000)
        #expect(try limits.plan(.v2, current: .init(usage: 1001)).count == 1)
        limits.checkBeforeUpdate = true
        #expect(throws: CgroupError.self) { try limits.plan(.v2, current: .init(usage: 1001)) }
        #expect(throws: CgroupError.self) { try limits.plan(.v2, current: .init(usage: 1000)) }
        #expect(try limits.plan(.v2, current: .init(usage: 999)).count == 1)
        limits.swap = .value(1000)
        let error = #expect(throws: CgroupError.self) { try limits.plan(.v2, current: .init(usage: 1000)) }
        #expect(error?.hint == "rejecting memory+swap limit 1000 <= usage 1000")
    }
}

@Suite("CPULimits") struct CPULimitsTests {
    @Test(
        "convert shares by the quadratic curve",
        arguments: [
            (1, 1), (2, 1), (3, 2), (10, 4), (100, 17), (256, 35), (512, 59), (1000, 99), (1024, 100), (2048, 174),
            (10_000, 627), (262_143, 10_000), (262_144, 10_000), (500_000, 10_000),
        ] as [(UInt64, UInt64)]
    )
    func shares(_ shares: UInt64, _ weight: UInt64) { #expect(CPUWeight.shares(shares).unifiedValue == weight) }

    @Test("convert shares without ever going down") func monotonic() {
        var last: UInt64 = 0
        for shares in stride(from: UInt64(2), through: 262_144, by: 37) {
            let weight = CPUWeight.shares(shares).unifiedValue
            #expect(weight >= last)
            last = weight
        }
    }

    @Test("keep in version 2 the half of cpu.max that is not given") func bandwidth() throws {
        var limits = CPULimits()
        limits.quota = .value(5000)
        #expect(text(try limits.plan(.v2)) == ["cpu.max=5000 100000"])
        #expect(text(try limits.plan(.v2, current: .init(quota: .unlimited, period: 7000))) == ["cpu.max=5000 7000"])
        limits.quota = nil
        limits.period = 9000
        #expect(text(try limits.plan(.v2, current: .init(quota: .value(3000)))) == ["cpu.max=3000 9000"])
        limits.quota = .unlimited
        #expect(text(try limits.plan(.v2)) == ["cpu.max=max 9000"])
    }

    @Test("write first on version 1 what makes the quotient smaller") func order() throws {
        var limits = CPULimits()
        limits.quota = .value(5000)
        limits.period = 200_000
        #expect(text(try limits.plan(.v1)) == ["cpu.cfs_period_us=200000", "cpu.cfs_quota_us=5000"])
        limits.period = 50_000
        #expect(text(try limits.plan(.v1)) == ["cpu.cfs_quota_us=5000", "cpu.cfs_period_us=50000"])
        limits = CPULimits()
        limits.realtimeRuntime = 3000
        limits.realtimePeriod = 10_000
        #expect(text(try limits.plan(.v1)) == ["cpu.rt_runtime_us=3000", "cpu.rt_period_us=10000"])
        #expect(
            text(try limits.plan(.v1, current: .init(realtimePeriod: 5000))) == [
                "cpu.rt_period_us=10000", "cpu.rt_runtime_us=3000",
            ]
        )
    }

    @Test("keep burst <= quota after each write") func burst() throws {
        var limits = CPULimits()
        limits.quota = .value(5000)
        limits.burst = 4000
        #expect(text(try limits.plan(.v2)) == ["cpu.max.burst=4000", "cpu.max=5000 100000"])
        #expect(
            text(try limits.plan(.v2, current: .init(quota: .value(3000)))) == [
                "cpu.max=5000 100000", "cpu.max.burst=4000",
            ]
        )
        #expect(
            text(try limits.plan(.v1, current: .init(quota: .value(9000)))) == [
                "cpu.cfs_burst_us=4000", "cpu.cfs_quota_us=5000",
            ]
        )
        limits.burst = 5001
        #expect(throws: CgroupError.self) { try limits.plan(.v2) }
    }

    @Test("wake an idle group before they weigh it, and refuse both at once") func idle() throws {
        var limits = CPULimits()
        limits.idle = false
        limits.weight = .shares(1024)
        #expect(text(try limits.plan(.v2)) == ["cpu.idle=0", "cpu.weight=100"])
        #expect(text(try limits.plan(.v1)) == ["cpu.idle=0", "cpu.shares=1024"])
        limits.idle = true
        #expect(throws: CgroupError.self) { try limits.plan(.v2) }
    }

    @Test("refuse what no kernel takes") func invalid() {
        func refused(_ change: (inout CPULimits) -> Void) -> Bool {
            var limits = CPULimits()
            change(&limits)
            return (try? limits.plan(.v2)) == nil
        }
        #expect(refused { $0.period = 999 })
        #expect(refused { $0.period = 1_000_001 })
        #expect(refused { $0.quota = .value(999) })
        #expect(refused { $0.quota = .value(.max) })
        #expect(refused { $0.weight = .weight(0) })
        #expect(refused { $0.weight = .weight(10_001) })
        #expect(refused { $0.weight = .shares(0) })
        #expect(refused { $0.realtimeRuntime = 1 })
        #expect(refused { $0.realtimePeriod = 1 })
        #expect(!refused { $0.period = 1000 })
    }
}

@Suite("Putting limits back") struct ReversalTests {
    @Test(
        "gives a file what it showed, and a line of a file only to the device that it is about",
        arguments: [
            ("memory.max", "4096", "max\n", ["max"]), ("cpu.max", "5000 100000", "max 100000\n", ["max 100000"]),
            ("cpuset.cpus", "0", "\n", ["\n"]), ("cpuset.cpus", "0", "", ["\n"]),
            ("memory.oom_control", "1", "oom_kill_disable 0\nunder_oom 1\noom_kill 3\n", ["0"]),
            (
                "io.max", "8:0 rbps=5", "8:0 rbps=1 wbps=max riops=max wiops=max\n8:16 rbps=7\n",
                [
                    "8:0 rbps=1 wbps=max riops=max wiops=max"
                ]
            ),
            ("io.max", "8:1 rbps=5 wiops=6", "8:0 rbps=1 wbps=max\n", ["8:1 rbps=max wiops=max"]),
            ("io.max", "8:0 rbps=5", "", ["8:0 rbps=max"]),
            ("io.weight", "default 300", "default 100\n8:0 50\n", ["default 100"]),
            ("io.weight", "8:16 300", "default 100\n8:0 50\n", ["8:16 default"]),
            ("io.bfq.weight", "300", "default 100\n8:0 50\n", ["default 100"]),
            ("io.bfq.weight", "300", "100\n", ["100"]),
            ("blkio.throttle.read_bps_device", "8:0 5", "", ["8:0 0"]),
            ("blkio.throttle.read_bps_device", "8:0 5", "8:0 7\n", ["8:0 7"]),
            ("net_prio.ifpriomap", "eth0 5", "lo 0\neth0 2\n", ["eth0 2"]),
            ("rdma.max", "mlx hca_handle=2", "mlx hca_handle=max hca_object=5\n", ["mlx hca_handle=max hca_object=5"]),
            ("misc.max", "sev 2", "", ["sev max"]),
        ] as [(String, String, String, [String])]
    )
    func reversal(_ file: String, _ value: String, _ before: String, _ expected: [String]) {
        let write = CgroupWrite(file, value, .memory, "test")
        #expect(write.reversal(of: Array(before.utf8)) == expected)
    }
}

@Suite("Other limits") struct OtherLimitsTests {
    @Test("CPU lists stay as they are", arguments: ["0", "0-3,8", "1,1,1", "0-1048575"])
    func lists(_ list: String) throws {
        #expect(try CPUSetLimits.IndexSetText(bytes: Array(list.utf8), field: "cpus").text == list)
    }

    @Test(
        "CPU lists are checked",
        .rows("CVE-2018-20699"),
        arguments: ["", ",", "0,", "3-1", "-1", "0-", "a", "0 1", "0\n", "1048576", "99999999999999999999", "0-1-2"]
    )
    func badLists(_ list: String) {
        #expect(throws: CgroupError.self) { try CPUSetLimits.IndexSetText(bytes: Array(list.utf8), field: "cpus") }
    }

    @Test("pids take zero and no limit") func pids() throws {
        #expect(text(try PIDLimits(limit: .value(0)).plan(.v2)) == ["pids.max=0"])
        #expect(text(try PIDLimits(limit: .unlimited).plan(.v1)) == ["pids.max=max"])
        #expect(throws: CgroupError.self) { try PIDLimits(limit: .value(4_194_305)).plan(.v2) }
    }

    @Test("I/O weights go to BFQ, or scaled to io.weight") func weights() throws {
        var limits = IOLimits()
        limits.weight = 10
        limits.deviceWeights = [.init(device: .init(major: 8, minor: 16), weight: 1000)]
        let plan = try limits.plan(.v2)
        #expect(text(plan) == ["io.bfq.weight=10", "io.bfq.weight=8:16 1000"])
        #expect(plan.map { text($0.alternatives) } == [["io.weight=default 1"], ["io.weight=8:16 10000"]])
        let legacy = try limits.plan(.v1)
        #expect(text(legacy) == ["blkio.weight=10", "blkio.weight_device=8:16 1000"])
        #expect(
            legacy.map { text($0.alternatives) } == [["blkio.bfq.weight=10"], ["blkio.bfq.weight_device=8:16 1000"]]
        )
        limits.weight = 9
        #expect(throws: CgroupError.self) { try limits.plan(.v2) }
        limits.weight = 1001
        #expect(throws: CgroupError.self) { try limits.plan(.v1) }
    }

    @Test("I/O rates; zero means no limit in both versions") func rates() throws {
        var limits = IOLimits()
        let device = IOLimits.Device(major: 8, minor: 0)
        limits.readBytes = [.init(device: device, rate: 600)]
        limits.writeBytes = [.init(device: device, rate: 0)]
        limits.readOperations = [.init(device: device, rate: 5)]
        limits.writeOperations = [.init(device: device, rate: 300)]
        #expect(
            text(try limits.plan(.v2)) == [
                "io.max=8:0 rbps=600", "io.max=8:0 wbps=max", "io.max=8:0 riops=5", "io.max=8:0 wiops=300",
            ]
        )
        #expect(
            text(try limits.plan(.v1)) == [
                "blkio.throttle.read_bps_device=8:0 600", "blkio.throttle.write_bps_device=8:0 0",
                "blkio.throttle.read_iops_device=8:0 5", "blkio.throttle.write_iops_device=8:0 300",
            ]
        )
    }

    @Test("leaf weights exist on version 1 only, and a device needs some weight") func leafWeights() throws {
        var limits = IOLimits()
        limits.leafWeight = 300
        #expect(text(try limits.plan(.v1)) == ["blkio.leaf_weight=300"])
        #expect(throws: CgroupError.self) { try limits.plan(.v2) }
        limits = IOLimits()
        limits.deviceWeights = [.init(device: .init(major: 8, minor: 0))]
        #expect(throws: CgroupError.self) { try limits.plan(.v1) }
    }

    @Test("huge pages limit use and, where the kernel can, reservations") func hugePages() throws {
        let limit = HugePageLimit(pageSize: "2MB", limit: .value(4096))
        let plan = try limit.plan(.v2)
        #expect(text(plan) == ["hugetlb.2MB.max=4096", "hugetlb.2MB.rsvd.max=4096"])
        #expect(plan.map(\.whenMissing) == [.fail, .skip])
        #expect(
            text(try limit.plan(.v1)) == ["hugetlb.2MB.limit_in_bytes=4096", "hugetlb.2MB.rsvd.limit_in_bytes=4096"]
        )
        for size in ["", "MB", "2", "2M", "2TB", "-2MB", "2/../MB", "02MB", "0MB", "2mb"] {
            #expect(throws: CgroupError.self) { try HugePageLimit(pageSize: size, limit: .value(1)).plan(.v2) }
        }
    }

    @Test("rdma, misc and network tags") func others() throws {
        #expect(
            text(try RDMALimit(device: "mlx5_1", handles: .value(2), objects: .unlimited).plan(.v2)) == [
                "rdma.max=mlx5_1 hca_handle=2 hca_object=max"
            ]
        )
        #expect(throws: CgroupError.self) { try RDMALimit(device: "a b", handles: .value(2)).plan(.v2) }
        #expect(throws: CgroupError.self) { try RDMALimit(device: "a").plan(.v2) }
        #expect(text(try MiscLimit(resource: "sev", limit: .value(1)).plan(.v2)) == ["misc.max=sev 1"])
        #expect(throws: CgroupError.self) { try MiscLimit(resource: "a\n", limit: .value(1)).plan(.v2) }
        let tags = NetworkTags(classID: 1, priorities: [.init(interface: "eth0", priority: 5)])
        #expect(text(try tags.plan(.v1)) == ["net_cls.classid=1", "net_prio.ifpriomap=eth0 5"])
        #expect(throws: CgroupError.self) { try tags.plan(.v2) }
    }

    @Test("unified files are written last, sorted by name") func unified() throws {
        let settings = UnifiedSettings(files: ["memory.high": "5", "cpu.uclamp.max": "50.00", "cgroup.max.depth": "3"])
        #expect(text(try settings.plan()) == ["cgroup.max.depth=3", "cpu.uclamp.max=50.00", "memory.high=5"])
        let lines = UnifiedSettings(files: ["io.max": "8:0 rbps=1\n8:16 wbps=2\n", "new.thing": "x"])
        #expect(text(try lines.plan()) == ["io.max=8:0 rbps=1", "io.max=8:16 wbps=2", "new.thing=x"])
        let mounts = MountInfoEntry.parse(Array(CgroupLayoutTests.unified.utf8))
        let layout = try CgroupLayout(mounts: mounts) { _ in [.memory] }
        var limits = CgroupLimits()
        limits.unified = settings
        limits.pids.limit = .value(1)
        limits.misc = [.init(resource: "sev", limit: .value(1))]
        #expect(try text(limits.plan(layout)).suffix(3) == text(settings.plan())[...])
    }

    @Test(
        "unified files that control instead of limit, or are no plain names, are refused",
        arguments: [
            "cgroup.procs", "cgroup.kill", "cgroup.freeze", "cgroup.subtree_control", "cgroup.threads", "cgroup.type",
            "../memory.max", "a/memory.max", "memory/max", "memory", ".max", "memory.", "memory.max\n",
            "",
            "memory..\u{e9}",
        ]
    )
    func badUnified(_ file: String) {
        #expect(throws: CgroupError.self) { try UnifiedSettings(files: [file: "1"]).plan() }
    }

    @Test("unified files need a version 2 hierarchy") func unifiedOnLegacy() throws {
        let layout = try CgroupLayout(mounts: MountInfoEntry.parse(Array(CgroupLayoutTests.legacy.utf8))) { _ in [] }
        var limits = CgroupLimits()
        limits.unified.files = ["memory.high": "1"]
        let error = #expect(throws: CgroupError.self) { try limits.plan(layout) }
        #expect(error?.code == .unsupported)
        #expect(error?.field == "unified.memory.high")
    }
}
