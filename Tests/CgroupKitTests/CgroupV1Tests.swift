// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CgroupKit
import SystemPackage
import TestSupport
import Testing

@Suite("Cgroup on version 1", .serialized) struct CgroupV1Tests {
    @Test("is created in every hierarchy and removed from all", .requires(.root, .cgroup1))
    func lifeCycle() throws {
        let layout = try CgroupLayout.detect()
        let path: CgroupPath
        do {
            let scratch = try ScratchCgroup(requiring: [.memory, .pids])
            path = scratch.group.path
            #expect(try Cgroup.exists(at: path, layout: layout))
            for hierarchy in layout.hierarchies {
                let directory = hierarchy.mountPoint.appending(path.filePath.components)
                #expect(throws: Never.self) { try FileDescriptor.open(directory, .readOnly).close() }
            }
        }
        #expect(try !Cgroup.exists(at: path, layout: layout))
    }

    @Test("takes a process in, lists it, and kills it", .requires(.root, .cgroup1)) func members() throws {
        let scratch = try ScratchCgroup()
        let process = try GatedProcess("sleep 3600")
        try scratch.group.add(processID: process.processID)
        #expect(try scratch.group.processIDs == [process.processID])
        try process.open()
        #expect(throws: CgroupError.self) { try scratch.group.remove(timeout: .zero) }
        try scratch.group.kill()
        #expect(process.wait() == 128 + 9)
        #expect(try scratch.group.processIDs.isEmpty)
    }

    @Test("applies limits, which the kernel's files then show", .requires(.root, .cgroup1)) func limits() throws {
        let scratch = try ScratchCgroup()
        var limits = CgroupLimits()
        limits.memory.limit = .value(64 << 20)
        limits.pids.limit = .value(7)
        limits.cpu.weight = .shares(512)
        limits.cpu.period = 50_000
        limits.cpu.quota = .value(20_000)
        limits.cpuSet.cpus = try CPUSetLimits.IndexSetText(bytes: Array("0".utf8), field: "cpus")
        try scratch.group.apply(limits)
        #expect(try scratch.words("memory.limit_in_bytes", .memory) == "\(64 << 20)")
        #expect(try scratch.words("pids.max", .pids) == "7")
        #expect(try scratch.words("cpu.shares", .cpu) == "512")
        #expect(try scratch.words("cpu.cfs_quota_us", .cpu) == "20000")
        #expect(try scratch.words("cpu.cfs_period_us", .cpu) == "50000")
        #expect(try scratch.words("cpuset.cpus", .cpuset) == "0")
    }

    @Test("kills by the memory limit, and counts it", .requires(.root, .cgroup1)) func outOfMemory() throws {
        let scratch = try ScratchCgroup()
        var limits = CgroupLimits()
        limits.memory.limit = .value(16 << 20)
        try scratch.group.apply(limits)
        let process = try GatedProcess("exec dd if=/dev/zero of=/dev/null bs=200M count=1")
        try scratch.group.add(processID: process.processID)
        #expect(try process.output().status == 128 + 9)
        let memory = try #require(try scratch.group.statistics.memory)
        #expect(memory.events.oomKills == 1)
        #expect(memory.limit == .value(16 << 20))
        #expect((memory.peak ?? 0) > 8 << 20)
    }

    @Test("refuses tasks beyond the pids limit", .requires(.root, .cgroup1)) func tooManyTasks() throws {
        let scratch = try ScratchCgroup()
        var limits = CgroupLimits()
        limits.pids.limit = .value(1)
        try scratch.group.apply(limits)
        let process = try GatedProcess("/bin/true && echo forked")
        try scratch.group.add(processID: process.processID)
        #expect(try process.output().text == "")
        #expect(try scratch.group.statistics.pids?.limitHits ?? 0 > 0)
    }

    @Test("raises and lowers memory together with swap", .requires(.root, .cgroup1)) func memoryAndSwap() throws {
        let scratch = try ScratchCgroup()
        for size in [32, 64, 16, 128] as [UInt64] {
            var limits = CgroupLimits()
            limits.memory.limit = .value(size << 20)
            limits.memory.swap = .value(size << 20)
            try scratch.group.apply(limits)
            #expect(try scratch.words("memory.limit_in_bytes", .memory) == "\(size << 20)")
        }
    }

    @Test("freezes and thaws, and kills what is frozen", .requires(.root, .cgroup1)) func freezer() throws {
        let scratch = try ScratchCgroup()
        let process = try GatedProcess("sleep 3600")
        try scratch.group.add(processID: process.processID)
        #expect(try scratch.group.freezerState == .thawed)
        try scratch.group.freeze()
        #expect(try scratch.group.freezerState == .frozen)
        #expect(try Cgroup.freezerState(at: scratch.group.path, layout: scratch.group.layout) == .frozen)
        try scratch.group.thaw()
        #expect(try scratch.group.freezerState == .thawed)
        try scratch.group.freeze()
        try scratch.group.kill()
        #expect(process.wait() == 128 + 9)
        #expect(try scratch.group.freezerState == .thawed)
    }

    @Test("denies devices, exactly those the rules deny", .requires(.root, .cgroup1)) func devices() throws {
        let scratch = try ScratchCgroup()
        let null = DeviceRule(allow: true, .character, major: 1, minor: 3, access: [.read, .write])
        let zero = DeviceRule(allow: true, .character, major: 1, minor: 5, access: .read)
        try scratch.group.apply(DevicePolicy())
        #expect(try scratch.words("devices.list", .devices) == "")
        try scratch.group.apply(DevicePolicy(rules: [null, zero]))
        #expect(try scratch.words("devices.list", .devices) == "c 1:3 rw c 1:5 r")
        try scratch.group.apply(DevicePolicy(rules: [null]))
        let process = try GatedProcess(
            "(: > /dev/null) && echo null; (: < /dev/zero) && echo zero; (: < /dev/full) && echo full"
        )
        try scratch.group.add(processID: process.processID)
        #expect(try process.output().text == "null\n")
    }

    @Test("attaches device programs in version 2, the new one in place of the old", .requires(.root, .cgroup1))
    func devicePrograms() throws {
        let scratch = try ScratchCgroup()
        if scratch.group.layout.unified == nil { return }
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<40 {
            try scratch.group.attach(DeviceProgram(DevicePolicyTests.randomPolicy(&generator)))
            #expect(try scratch.group.deviceProgramCount == 1)
        }
        let rules = [DeviceRule(allow: true, .character, major: 1, minor: 3, access: [.read, .write])]
        try scratch.group.attach(DeviceProgram(DevicePolicy(rules: rules)))
        let process = try GatedProcess(
            "(: > /dev/null) && echo null; (: < /dev/zero) && echo zero; (: < /dev/full) && echo full"
        )
        try scratch.group.add(processID: process.processID)
        #expect(try process.output().text == "null\n")
    }

    @Test("removes groups that were made below it", .requires(.root, .cgroup1)) func nested() throws {
        let scratch = try ScratchCgroup()
        let inner = try Cgroup.create(
            at: scratch.group.path.appending(bytes: Array("x/y/z".utf8)),
            layout: scratch.group.layout
        )
        let process = try GatedProcess("sleep 3600")
        try inner.add(processID: process.processID)
        #expect(try scratch.group.processIDs == [process.processID])
        try scratch.group.kill()
        try scratch.group.remove()
        #expect(try !Cgroup.exists(at: scratch.group.path, layout: scratch.group.layout))
    }
}
