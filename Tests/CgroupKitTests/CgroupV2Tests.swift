// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CgroupKit
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite("CgroupV2", .serialized) struct CgroupV2Tests {
    @Test("is created with its controllers, lends a descriptor, and is removed", .requires(.root, .cgroup2))
    func lifeCycle() throws {
        let path: CgroupPath
        let layout = try CgroupLayout.detect()
        #expect(layout.kind == .unified)
        do {
            let scratch = try ScratchCgroup(requiring: [.memory, .pids, .cpu, .io, .cpuset])
            path = scratch.group.path
            #expect(try scratch.words("cgroup.controllers", .memory).contains("memory"))
            #expect(try scratch.group.makeDescriptor() != nil)
            #expect(scratch.group.withDescriptor { $0.rawValue > 2 } == true)
        }
        #expect(try !Cgroup.exists(at: path, layout: layout))
    }

    @Test("applies every limit, which the kernel's files then show", .requires(.root, .cgroup2)) func limits() throws {
        let scratch = try ScratchCgroup(requiring: [.memory, .pids, .cpu, .io, .cpuset])
        var limits = CgroupLimits()
        limits.memory.limit = .value(64 << 20)
        limits.memory.swap = .value(96 << 20)
        limits.memory.reservation = .value(16 << 20)
        limits.memory.high = .value(48 << 20)
        limits.memory.minimum = .value(4 << 20)
        limits.memory.oomGroup = true
        limits.pids.limit = .value(0)
        limits.cpu.weight = .shares(256)
        limits.cpu.quota = .value(20_000)
        limits.cpu.period = 50_000
        limits.cpu.burst = 10_000
        limits.cpuSet.cpus = try .init(bytes: Array("0".utf8), field: "cpus")
        limits.cpuSet.memoryNodes = try .init(bytes: Array("0".utf8), field: "mems")
        limits.io.weight = 100
        limits.unified.files = ["cgroup.max.depth": "3", "memory.high": "\(40 << 20)"]
        try scratch.group.apply(limits)
        let expected = [
            "memory.max": "\(64 << 20)", "memory.swap.max": "\(32 << 20)", "memory.low": "\(16 << 20)",
            "memory.high": "\(40 << 20)", "memory.min": "\(4 << 20)", "memory.oom.group": "1", "pids.max": "0",
            "cpu.weight": "35", "cpu.max": "20000 50000", "cpu.max.burst": "10000", "cpuset.cpus": "0",
            "cpuset.mems": "0",
            "cgroup.max.depth": "3",
        ]
        for (file, value) in expected { #expect(try scratch.words(file, .memory) == value, "\(file)") }
        var update = CgroupLimits()
        update.cpu.period = 100_000
        update.cpu.burst = 0
        update.memory.limit = .unlimited
        update.pids.limit = .unlimited
        try scratch.group.apply(update)
        #expect(try scratch.words("cpu.max", .cpu) == "20000 100000")
        #expect(try scratch.words("memory.max", .memory) == "max")
        #expect(try scratch.words("memory.swap.max", .memory) == "max")
        #expect(try scratch.words("pids.max", .pids) == "max")
        update = CgroupLimits()
        update.cpu.idle = true
        try scratch.group.apply(update)
        #expect(try scratch.words("cpu.idle", .cpu) == "1")
    }

    @Test("limits the rate of a block device", .requires(.root, .cgroup2)) func rates() throws {
        let scratch = try ScratchCgroup(requiring: [.io])
        // The guest's scratch disk.
        let status = try OwnedFileDescriptor.open("/dev/vda", 0o10000000).status()
        let device = IOLimits.Device(major: status.represents.major, minor: status.represents.minor)
        var limits = CgroupLimits()
        limits.io.readBytes = [.init(device: device, rate: 1 << 20)]
        limits.io.writeOperations = [.init(device: device, rate: 100)]
        try scratch.group.apply(limits)
        let text = try scratch.words("io.max", .io)
        #expect(text == "\(device.major):\(device.minor) rbps=1048576 wbps=max riops=max wiops=100")
        limits.io.readBytes = [.init(device: device, rate: 0)]
        limits.io.writeOperations = [.init(device: device, rate: 0)]
        try scratch.group.apply(limits)
        #expect(try scratch.words("io.max", .io) == "")
        limits = CgroupLimits()
        limits.io.readBytes = [.init(device: .init(major: 4000, minor: 1), rate: 5)]
        let error = #expect(throws: CgroupError.self) { try scratch.group.apply(limits) }
        #expect(error?.code == .invalidLimit)
    }

    @Test("kills by the memory limit, and counts it", .requires(.root, .cgroup2)) func outOfMemory() throws {
        let scratch = try ScratchCgroup(requiring: [.memory])
        var limits = CgroupLimits()
        limits.memory.limit = .value(16 << 20)
        limits.memory.swap = .value(16 << 20)
        try scratch.group.apply(limits)
        let process = try GatedProcess("exec dd if=/dev/zero of=/dev/null bs=200M count=1")
        try scratch.group.add(processID: process.processID)
        #expect(try process.output().status == 128 + 9)
        let memory = try #require(try scratch.group.statistics.memory)
        #expect(memory.events.oomKills == 1)
        #expect(memory.limit == .value(16 << 20))
        #expect(memory.swapLimit == .value(0))
    }

    @Test("refuses tasks beyond the pids limit, and counts CPU time", .requires(.root, .cgroup2)) func tooManyTasks()
        throws
    {
        let scratch = try ScratchCgroup(requiring: [.pids])
        var limits = CgroupLimits()
        limits.pids.limit = .value(1)
        try scratch.group.apply(limits)
        let process = try GatedProcess("/bin/true && echo forked")
        try scratch.group.add(processID: process.processID)
        #expect(try process.output().text == "")
        let statistics = try scratch.group.statistics
        #expect(statistics.pids?.limitHits ?? 0 > 0)
        #expect(statistics.pids?.limit == .value(1))
        #expect(statistics.cpu?.usage ?? 0 > 0)
        #expect(statistics.cpuPressure?.some != nil)
    }

    @Test("freezes and thaws, and kills what is frozen and what is nested", .requires(.root, .cgroup2)) func freezer()
        throws
    {
        let scratch = try ScratchCgroup()
        let inner = try Cgroup.create(
            at: scratch.group.path.appending(bytes: Array("x/y".utf8)),
            layout: scratch.group.layout
        )
        let process = try GatedProcess("sleep 1000")
        try inner.add(processID: process.processID)
        #expect(try scratch.group.processIDs == [process.processID])
        try scratch.group.freeze()
        #expect(try scratch.group.freezerState == .frozen)
        #expect(try Cgroup.freezerState(at: scratch.group.path, layout: scratch.group.layout) == .frozen)
        try scratch.group.thaw()
        #expect(try scratch.group.freezerState == .thawed)
        try scratch.group.freeze()
        try scratch.group.kill()
        #expect(process.wait() == 128 + 9)
        try scratch.group.remove()
        #expect(try !Cgroup.exists(at: scratch.group.path, layout: scratch.group.layout))
    }

    @Test("says why controllers cannot be enabled below a group with processes", .requires(.root, .cgroup2))
    func noInternalProcesses() throws {
        let scratch = try ScratchCgroup(requiring: [.memory])
        let process = try GatedProcess("sleep 1000")
        try scratch.group.add(processID: process.processID)
        let path = try scratch.group.path.appending(bytes: Array("x".utf8))
        let error = #expect(throws: CgroupError.self) {
            try Cgroup.create(at: path, layout: scratch.group.layout, requiring: [.memory])
        }
        #expect(error?.code == .busy)
        #expect(error?.field == "memory")
        #expect(try !Cgroup.exists(at: path, layout: scratch.group.layout))
        let plain = try Cgroup.create(at: path, layout: scratch.group.layout)
        var limits = CgroupLimits()
        limits.memory.limit = .value(1 << 20)
        let missing = #expect(throws: CgroupError.self) { try plain.apply(limits) }
        #expect(missing?.code == .controllerMissing)
    }

    @Test("says why a process cannot enter a group that passes controllers on", .requires(.root, .cgroup2)) func inner()
        throws
    {
        let scratch = try ScratchCgroup()
        let path = try scratch.group.path.appending(bytes: Array("x".utf8))
        _ = try Cgroup.create(at: path, layout: scratch.group.layout, requiring: [.memory])
        let process = try GatedProcess("sleep 1000")
        let error = #expect(throws: CgroupError.self) { try scratch.group.add(processID: process.processID) }
        #expect(error?.code == .busy)
    }

    @Test("denies devices, exactly those the rules deny", .requires(.root, .cgroup2)) func devices() throws {
        let scratch = try ScratchCgroup()
        let null = DeviceRule(allow: true, .character, major: 1, minor: 3, access: [.read, .write])
        let zero = DeviceRule(allow: true, .character, major: 1, minor: 5, access: .read)
        let command = "(: > /dev/null) && echo null; (: < /dev/zero) && echo zero; (: < /dev/full) && echo full"
        for (rules, expected) in [([], ""), ([null, zero], "null\nzero\n"), ([null], "null\n")] {
            try scratch.group.apply(DevicePolicy(rules: rules))
            #expect(try scratch.group.deviceProgramCount == 1)
            let process = try GatedProcess(command)
            try scratch.group.add(processID: process.processID)
            #expect(try process.output().text == expected)
        }
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<40 {
            try scratch.group.apply(DevicePolicyTests.randomPolicy(&generator))
            #expect(try scratch.group.deviceProgramCount == 1)
        }
    }

    @Test("gives a group's directory and control files to a user, not its limits", .requires(.root, .cgroup2))
    func delegation() throws {
        let scratch = try ScratchCgroup(requiring: [.memory])
        try scratch.group.delegate(userID: 1234, groupID: 1235)
        let root = try #require(scratch.group.layout.unified).mountPoint.appending(
            scratch.group.path.filePath.components
        )
        func owner(_ file: FilePath) throws -> UInt32 {
            try OwnedFileDescriptor.open(root.appending(file.components), 0o10000000).status().uid
        }
        for file in ["cgroup.procs", "cgroup.subtree_control", "cgroup.threads"] as [FilePath] {
            #expect(try owner(file) == 1234)
        }
        #expect(try owner("memory.max") == 0)
        #expect(try owner("cgroup.kill") == 0)
        #expect(try OwnedFileDescriptor.open(root, 0o10000000).status().uid == 1234)
    }
}
