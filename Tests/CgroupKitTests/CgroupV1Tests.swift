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
        let process = try GatedProcess("sleep 100")
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
}
