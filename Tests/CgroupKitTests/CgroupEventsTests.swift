// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import SystemPackage
import TestSupport
import Testing

@testable import CgroupKit

@Suite("CgroupEvents", .serialized) struct CgroupEventsTests {
    @Test("are told by what changes in the kernel's tables")
    func changes() {
        #expect(EventSource.compare([:], ["oom_kill": 0, "max": 3]) == .init())
        #expect(EventSource.compare(["oom_kill": 1], ["oom_kill": 3]) == .init(events: [.outOfMemory(kills: 3)]))
        #expect(
            EventSource.compare(["frozen": 0, "populated": 1], ["frozen": 1, "populated": 1])
                == .init(events: [.frozen])
        )
        #expect(EventSource.compare(["frozen": 1], ["frozen": 0]) == .init(events: [.thawed]))
        #expect(EventSource.compare(["populated": 0], ["populated": 0]) == .init())
        #expect(EventSource.compare(["populated": 0], ["populated": 1]) == .init())
        #expect(EventSource.compare(["populated": 1], ["populated": 0]) == .init(events: [.emptied], isLast: true))
    }

    @Test("of pressure have a stall within a window that the kernel takes")
    func triggers() throws {
        let trigger = PressureTrigger(.memory, .full, stall: .milliseconds(150), window: .seconds(1))
        #expect(try trigger.text() == "full 150000 1000000")
        #expect(trigger.file == "memory.pressure")
        for (stall, window) in [(100, 499), (100, 10_001), (0, 1000), (1001, 1000), (-1, 1000)] {
            let trigger = PressureTrigger(.cpu, stall: .milliseconds(stall), window: .milliseconds(window))
            #expect(throws: CgroupError.self) { try trigger.text() }
        }
    }

    @Test("tell of memory that ran out, and of the end, to a task that holds no thread", .requires(.root))
    func outOfMemory() async throws {
        let scratch = try ScratchCgroup()
        var limits = CgroupLimits()
        limits.memory.limit = .value(16 << 20)
        try scratch.group.apply(limits)
        let events = try scratch.group.events()
        let process = try GatedProcess("exec dd if=/dev/zero of=/dev/null bs=200M count=1")
        try scratch.group.add(processID: process.processID)
        try process.open()
        var seen: [CgroupEvent] = []
        for await event in events {
            seen.append(event)
            if case .outOfMemory = event, scratch.group.layout.unified == nil { break }
        }
        #expect(seen.contains { if case .outOfMemory = $0 { true } else { false } })
        if scratch.group.layout.unified != nil { #expect(seen.last == .emptied) }
        #expect(process.wait() == 128 + 9)
    }

    @Test("come to a thread that waits, or do not within its time", .requires(.root))
    func blocking() throws {
        let scratch = try ScratchCgroup()
        guard scratch.group.layout.unified != nil else { return }
        let process = try GatedProcess("exit 0")
        try scratch.group.add(processID: process.processID)
        let events = try scratch.group.events()
        #expect(try events.next(timeout: .zero) == .timedOut)
        #expect(try events.next(timeout: .milliseconds(20)) == .timedOut)
        try process.open()
        #expect(try events.next(timeout: .seconds(20)) == .event(.emptied))
        #expect(try events.next(timeout: .seconds(20)) == .ended)
    }

    @Test("end when the task is cancelled", .requires(.root))
    func cancellation() async throws {
        let scratch = try ScratchCgroup()
        let process = try GatedProcess("sleep 3600")
        try scratch.group.add(processID: process.processID)
        let events = try scratch.group.events()
        let task = Task {
            var count = 0
            for await _ in events { count += 1 }
            return count
        }
        task.cancel()
        #expect(await task.value == 0)
    }

    @Test("tell of freezing and thawing on version 2", .requires(.root, .cgroup2))
    func freezing() async throws {
        let scratch = try ScratchCgroup()
        let process = try GatedProcess("sleep 3600")
        try scratch.group.add(processID: process.processID)
        let events = try scratch.group.events()
        try scratch.group.freeze()
        #expect(try events.next(timeout: .seconds(20)) == .event(.frozen))
        try scratch.group.thaw()
        #expect(try events.next(timeout: .seconds(20)) == .event(.thawed))
        try scratch.group.kill()
        #expect(try events.next(timeout: .seconds(20)) == .event(.emptied))
    }

    @Test("tell of lost time on version 2, as often as it is lost", .requires(.root, .cgroup2))
    func pressure() async throws {
        let scratch = try ScratchCgroup(requiring: [.cpu])
        var limits = CgroupLimits()
        limits.cpu.quota = .value(5000)
        try scratch.group.apply(limits)
        let process = try GatedProcess("while :; do :; done")
        try scratch.group.add(processID: process.processID)
        let trigger = PressureTrigger(.cpu, stall: .milliseconds(100), window: .milliseconds(500))
        let events = try scratch.group.events(pressure: [trigger])
        try process.open()
        var iterator = events.makeAsyncIterator()
        #expect(await iterator.next() == .pressure(trigger))
        #expect(await iterator.next() == .pressure(trigger))
        try scratch.group.kill()
        var last: CgroupEvent?
        while let event = await iterator.next() { last = event }
        #expect(last == .emptied)
    }

    @Test("of pressure need version 2", .requires(.root, .cgroup1))
    func legacyPressure() throws {
        let scratch = try ScratchCgroup()
        guard scratch.group.layout.unified == nil else { return }
        let trigger = PressureTrigger(.cpu, stall: .milliseconds(100), window: .seconds(1))
        let error = #expect(throws: CgroupError.self) { try scratch.group.events(pressure: [trigger]) }
        #expect(error?.code == .unsupported)
    }
}

@Suite("Statistics as text") struct StatisticsTextTests {
    @Test("of CPU sets are expanded, and what is no list is skipped")
    func cpuSets() {
        #expect(CPUSetStatistics.expand(Array("0-3,7\n".utf8)) == [0, 1, 2, 3, 7])
        #expect(CPUSetStatistics.expand(Array("\n".utf8)).isEmpty)
        #expect(CPUSetStatistics.expand(Array("3-1,x,5,0-99999999999".utf8)) == [5])
    }

    @Test("of CPUs and of RDMA devices are tables")
    func tables() {
        let cpus = CPUStatistics.parse(all: Array("cpu user system\n0 5 6\n1 7 8\n".utf8))
        #expect(cpus.user == [5, 7])
        #expect(cpus.system == [6, 8])
        let devices = RDMAStatistics.parse(Array("mlx4_0 hca_handle=2 hca_object=2000\nocrdma1 hca_handle=3\n".utf8))
        #expect(devices["mlx4_0"] == RDMAStatistics(handles: 2, objects: 2000))
        #expect(devices["ocrdma1"] == RDMAStatistics(handles: 3, objects: nil))
    }
}
