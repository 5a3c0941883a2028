// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CgroupKit
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite("Cgroup on a fake tree") struct CgroupTreeTests {
    private let path: CgroupPath

    init() throws { path = try CgroupPath("/skiff/a") }

    private func unifiedTree() throws -> FakeTree {
        let tree = try FakeTree(mountInfo: CgroupLayoutTests.unified)
        for group in ["", "skiff/", "skiff/a/"] {
            try tree.put(FilePath("sys/fs/cgroup/\(group)cgroup.controllers"), "memory pids\n")
        }
        return tree
    }

    @Test("version 1 makes the group in every hierarchy, and removes it again") func legacy() throws {
        let tree = try FakeTree(mountInfo: CgroupLayoutTests.legacy)
        let names = ["cpu,cpuacct", "memory", "blkio", "systemd"].map { "sys/fs/cgroup/\($0)" }
        for name in names { try tree.makeDirectories(FilePath(name)) }
        let group = try Cgroup.create(at: path, layout: tree.layout)
        for name in names { #expect(try tree.exists(FilePath("\(name)/skiff/a"))) }
        #expect(try group.makeDescriptor() == nil)
        try group.remove(timeout: .zero)
        for name in names {
            #expect(try !tree.exists(FilePath("\(name)/skiff/a")))
            #expect(try tree.exists(FilePath("\(name)/skiff")))
        }
        try group.remove(timeout: .zero)
    }

    @Test("a failure in one hierarchy takes back what was made in the others") func rollback() throws {
        let tree = try FakeTree(mountInfo: CgroupLayoutTests.legacy)
        for name in ["cpu,cpuacct", "memory", "systemd"] { try tree.makeDirectories(FilePath("sys/fs/cgroup/\(name)")) }
        #expect(throws: CgroupError.self) { try Cgroup.create(at: path, layout: tree.layout) }
        for name in ["cpu,cpuacct", "memory"] { #expect(try !tree.exists(FilePath("sys/fs/cgroup/\(name)/skiff"))) }
    }

    @Test("a failure takes back nothing that was there before") func rollbackKeeps() throws {
        let tree = try FakeTree(mountInfo: CgroupLayoutTests.legacy)
        try tree.makeDirectories("sys/fs/cgroup/cpu,cpuacct/skiff")
        #expect(throws: CgroupError.self) { try Cgroup.create(at: path, layout: tree.layout) }
        #expect(try tree.exists("sys/fs/cgroup/cpu,cpuacct/skiff"))
        #expect(try !tree.exists("sys/fs/cgroup/cpu,cpuacct/skiff/a"))
    }

    @Test("new version 1 groups get CPUs, memory nodes and hierarchical accounting") func inheritance() throws {
        let mounts = "1 2 0:1 / /sys/fs/cgroup/cs rw - cgroup cgroup rw,cpuset,memory\n"
        let tree = try FakeTree(mountInfo: mounts)
        try tree.put("sys/fs/cgroup/cs/cpuset.cpus", "0-3\n")
        try tree.put("sys/fs/cgroup/cs/cpuset.mems", "0\n")
        for group in ["skiff", "skiff/a"] {
            try tree.put(FilePath("sys/fs/cgroup/cs/\(group)/cpuset.cpus"), "")
            try tree.put(FilePath("sys/fs/cgroup/cs/\(group)/cpuset.mems"), "\n")
            try tree.put(FilePath("sys/fs/cgroup/cs/\(group)/memory.use_hierarchy"), "0\n")
        }
        _ = try Cgroup.create(at: path, layout: tree.layout)
        #expect(try tree.text("sys/fs/cgroup/cs/skiff/a/cpuset.cpus") == "0-3")
        #expect(try tree.text("sys/fs/cgroup/cs/skiff/a/cpuset.mems") == "0")
        #expect(try tree.text("sys/fs/cgroup/cs/skiff/a/memory.use_hierarchy") == "1\n")
    }

    @Test("version 2 enables controllers in every group above, not in the group itself") func subtreeControl() throws {
        let tree = try unifiedTree()
        try tree.put("sys/fs/cgroup/cgroup.subtree_control", "")
        try tree.put("sys/fs/cgroup/skiff/cgroup.subtree_control", "")
        try tree.put("sys/fs/cgroup/skiff/a/cgroup.subtree_control", "")
        let group = try Cgroup.create(at: path, layout: tree.layout, requiring: [.memory])
        #expect(try tree.text("sys/fs/cgroup/cgroup.subtree_control") == "+memory +pids")
        #expect(try tree.text("sys/fs/cgroup/skiff/cgroup.subtree_control") == "+memory +pids")
        #expect(try tree.text("sys/fs/cgroup/skiff/a/cgroup.subtree_control") == "")
        #expect(try group.makeDescriptor() != nil)
        #expect(group.withDescriptor { $0.rawValue > 2 } == true)
    }

    @Test("a required controller that is nowhere, or not passed on, is an error that names it") func missing() throws {
        let tree = try unifiedTree()
        var error = #expect(throws: CgroupError.self) {
            try Cgroup.create(at: path, layout: tree.layout, requiring: [.rdma])
        }
        #expect(error?.code == .controllerMissing)
        #expect(error?.field == "rdma")
        try tree.put("sys/fs/cgroup/cgroup.subtree_control", "memory pids")
        try tree.put("sys/fs/cgroup/skiff/cgroup.controllers", "pids")
        error = #expect(throws: CgroupError.self) {
            try Cgroup.create(at: path, layout: tree.layout, requiring: [.memory])
        }
        #expect(error?.code == .controllerMissing)
        #expect(error?.field == "memory")
    }

    @Test("no controller is enabled in a group with processes of its own, which would make it threaded")
    func populated() throws {
        let tree = try unifiedTree()
        try tree.put("sys/fs/cgroup/cgroup.subtree_control", "memory pids")
        try tree.put("sys/fs/cgroup/skiff/cgroup.type", "domain\n")
        try tree.put("sys/fs/cgroup/skiff/cgroup.procs", "12\n")
        try tree.put("sys/fs/cgroup/skiff/cgroup.subtree_control", "")
        _ = try Cgroup.create(at: path, layout: tree.layout)
        #expect(try tree.text("sys/fs/cgroup/skiff/cgroup.subtree_control") == "")
        let error = #expect(throws: CgroupError.self) {
            try Cgroup.create(at: path, layout: tree.layout, requiring: [.pids])
        }
        #expect(error?.code == .busy)
        #expect(error?.field == "pids")
    }

    @Test("threaded groups are refused") func threaded() throws {
        let tree = try unifiedTree()
        try tree.put("sys/fs/cgroup/skiff/cgroup.type", "domain invalid\n")
        let error = #expect(throws: CgroupError.self) { try Cgroup.create(at: path, layout: tree.layout) }
        #expect(error?.code == .unsupported)
    }

    @Test("an existing group is refused, or reused when it is empty, or reused as it is") func existing() throws {
        let tree = try unifiedTree()
        func create(_ existing: Cgroup.Existing) throws -> Cgroup {
            try Cgroup.create(at: path, layout: tree.layout, existing: existing)
        }
        #expect(throws: CgroupError.self) { try create(.refuse) }
        #expect(try create(.reuseEmpty).processIDs.isEmpty)
        try tree.put("sys/fs/cgroup/skiff/a/cgroup.procs", "17\n4\n")
        let error = #expect(throws: CgroupError.self) { try create(.reuseEmpty) }
        #expect(error?.code == .alreadyExists)
        #expect(try create(.reuse).processIDs == [4, 17])
        try tree.put("sys/fs/cgroup/skiff/a/cgroup.procs", "")
        try tree.put("sys/fs/cgroup/skiff/a/cgroup.freeze", "1")
        try tree.put("sys/fs/cgroup/skiff/a/cgroup.events", "populated 0\nfrozen 1\n")
        #expect(throws: CgroupError.self) { try create(.reuseEmpty) }
        try tree.put("sys/fs/cgroup/skiff/a/cgroup.freeze", "0")
        try tree.put("sys/fs/cgroup/skiff/a/cgroup.events", "populated 0\nfrozen 0\n")
        try tree.put("sys/fs/cgroup/skiff/a/child/cgroup.procs", "")
        #expect(try create(.reuseEmpty).processIDs.isEmpty)
        try tree.put("sys/fs/cgroup/skiff/a/child/cgroup.procs", "5\n")
        #expect(throws: CgroupError.self) { try create(.reuseEmpty) }
    }

    @Test("a symbolic link on the way is not followed") func link() throws {
        let tree = try unifiedTree()
        try tree.makeDirectories("outside")
        try tree.directory.open().makeSymlink("sys/fs/cgroup/evil", target: Array("../../../outside".utf8))
        #expect(throws: CgroupError.self) { try Cgroup.create(at: CgroupPath("/evil/x"), layout: tree.layout) }
        #expect(try !tree.exists("outside/x"))
    }

    @Test("a group that is nowhere is not found") func notFound() throws {
        let tree = try unifiedTree()
        let error = #expect(throws: CgroupError.self) {
            try Cgroup.open(at: CgroupPath("/nothing"), layout: tree.layout)
        }
        #expect(error?.code == .notFound)
        #expect(try !Cgroup.exists(at: CgroupPath("/nothing"), layout: tree.layout))
        #expect(try Cgroup.exists(at: path, layout: tree.layout))
    }

    @Test("removal goes as deep as the groups are nested") func deepRemoval() throws {
        let tree = try FakeTree(mountInfo: CgroupLayoutTests.unified)
        var deep = FilePath("sys/fs/cgroup/skiff/a")
        for index in 0..<80 { deep.append("d\(index)") }
        try tree.makeDirectories(deep)
        try tree.makeDirectories("sys/fs/cgroup/skiff/a/d0/side/x")
        try tree.makeDirectories("sys/fs/cgroup/skiff/a/d0/d1/d2/side")
        try Cgroup.open(at: path, layout: tree.layout).remove(timeout: .zero)
        #expect(try !tree.exists("sys/fs/cgroup/skiff/a"))
        #expect(try tree.exists("sys/fs/cgroup/skiff"))
    }

    @Test("the root group is neither created nor removed") func root() throws {
        let tree = try unifiedTree()
        #expect(throws: CgroupError.self) { try Cgroup.create(at: .root, layout: tree.layout) }
        #expect(throws: CgroupError.self) { try Cgroup.open(at: .root, layout: tree.layout).remove() }
    }

    @Test("membership is verified in /proc/PID/cgroup, with the mounted group in front") func verification() throws {
        let tree = try FakeTree(mountInfo: "30 23 0:26 /pod /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n")
        try tree.put("sys/fs/cgroup/skiff/a/cgroup.procs", "")
        let group = try Cgroup.open(at: path, layout: tree.layout)
        try tree.put("proc/7/cgroup", "0::/pod/skiff/a\n")
        try group.add(processID: 7)
        #expect(try tree.text("sys/fs/cgroup/skiff/a/cgroup.procs") == "7")
        for shown in ["/pod/skiff", "/pod/skiff/a/b", "/skiff/a", "/pod/skiff/ab"] {
            try tree.put("proc/8/cgroup", "0::\(shown)\n")
            let error = #expect(throws: CgroupError.self) { try group.add(processID: 8) }
            #expect(error?.code == .notEffective)
        }
        #expect(throws: CgroupError.self) { try group.add(processID: 0) }
        #expect(throws: CgroupError.self) { try group.add(processID: -1) }
    }

    @Test("relative names go below the parent; systemd's form is refused by name") func resolution() throws {
        let tree = try unifiedTree()
        try tree.put("proc/self/cgroup", "0::/user.slice/me\n")
        let layout = try tree.layout
        func resolve(_ configured: String?, _ parent: CgroupParent) throws -> String {
            try CgroupPath.resolve(
                configured.map { Array($0.utf8) },
                name: Array("id".utf8),
                parent: parent,
                layout: layout
            ).description
        }
        let skiff = CgroupParent.group(try CgroupPath("/skiff"))
        #expect(try resolve(nil, skiff) == "/skiff/id")
        #expect(try resolve("", skiff) == "/skiff/id")
        #expect(try resolve("/x/y", skiff) == "/x/y")
        #expect(try resolve("x/y", skiff) == "/skiff/x/y")
        #expect(try resolve("x", .caller) == "/user.slice/me/x")
        #expect(throws: CgroupError.self) { try resolve("../x", skiff) }
        let error = #expect(throws: CgroupError.self) { try resolve("system.slice:skiff:id", skiff) }
        #expect(error?.code == .unsupported)
    }
}

@Suite("Limits on a fake tree") struct LimitsTreeTests {
    private func tree(_ files: [String]) throws -> FakeTree {
        let tree = try FakeTree(mountInfo: CgroupLayoutTests.unified)
        try tree.put("sys/fs/cgroup/cgroup.controllers", "memory io\n")
        try tree.put("sys/fs/cgroup/a/cgroup.controllers", "memory io\n")
        for file in files { try tree.put(FilePath("sys/fs/cgroup/a/\(file)"), "") }
        return tree
    }

    private func apply(_ tree: borrowing FakeTree, _ change: (inout CgroupLimits) -> Void) throws {
        var limits = CgroupLimits()
        change(&limits)
        try Cgroup.open(at: CgroupPath("/a"), layout: tree.layout).apply(limits)
    }

    @Test("write BFQ's weight where there is one, else the plain one") func alternatives() throws {
        let bfq = try tree(["io.bfq.weight", "io.weight"])
        try apply(bfq) { $0.io.weight = 500 }
        #expect(try bfq.text("sys/fs/cgroup/a/io.bfq.weight") == "500")
        #expect(try bfq.text("sys/fs/cgroup/a/io.weight") == "")
        let plain = try tree(["io.weight"])
        try apply(plain) { $0.io.weight = 500 }
        #expect(try plain.text("sys/fs/cgroup/a/io.weight") == "default 4950")
        let none = try tree([])
        let error = #expect(throws: CgroupError.self) { try apply(none) { $0.io.weight = 500 } }
        #expect(error?.code == .unsupported)
        #expect(error?.field == "blockIO.weight")
    }

    @Test("tell a missing controller from a missing file") func missing() throws {
        let tree = try tree([])
        let file = #expect(throws: CgroupError.self) { try apply(tree) { $0.memory.high = .value(1) } }
        #expect(file?.code == .unsupported)
        let controller = #expect(throws: CgroupError.self) { try apply(tree) { $0.pids.limit = .value(1) } }
        #expect(controller?.code == .controllerMissing)
        #expect(controller?.field == "pids.limit")
        #expect(controller?.description.contains("pids") == true)
        let unknown = #expect(throws: CgroupError.self) { try apply(tree) { $0.unified.files = ["foo.bar": "1"] } }
        #expect(unknown?.code == .controllerMissing)
        let unknownFile = #expect(throws: CgroupError.self) {
            try apply(tree) { $0.unified.files = ["memory.nothing": "1"] }
        }
        #expect(unknownFile?.code == .unsupported)
        #expect(unknownFile?.description.contains("no such file or directory") == true)
    }

    @Test("need no swap file to lift the limit, nor to forbid what the machine has not") func noSwap() throws {
        let tree = try tree(["memory.max"])
        try apply(tree) {
            $0.memory.limit = .value(4096)
            $0.memory.swap = .unlimited
        }
        try tree.put("proc/swaps", "Filename Type Size Used Priority\n")
        try tree.put("sys/fs/cgroup/a/memory.max", "")
        try apply(tree) {
            $0.memory.limit = .value(4096)
            $0.memory.swap = .value(4096)
        }
        try tree.put("proc/swaps", "Filename Type Size Used Priority\n/dev/sda2 partition 1 0 -2\n")
        #expect(throws: CgroupError.self) {
            try apply(tree) {
                $0.memory.limit = .value(4096)
                $0.memory.swap = .value(4096)
            }
        }
    }

    @Test("write nothing when one of them is invalid") func allOrNothing() throws {
        let tree = try tree(["memory.max", "pids.max"])
        #expect(throws: CgroupError.self) {
            try apply(tree) {
                $0.memory.limit = .value(4096)
                $0.unified.files = ["cgroup.procs": "1"]
            }
        }
        #expect(try tree.text("sys/fs/cgroup/a/memory.max") == "")
    }

    @Test("put back what an update wrote before it failed, and say so when that fails, too") func update() throws {
        let tree = try tree([])
        try tree.put("sys/fs/cgroup/a/memory.max", "8192")
        try tree.put("sys/fs/cgroup/a/memory.low", "1024")
        var limits = CgroupLimits()
        limits.memory.limit = .value(4096)
        limits.memory.reservation = .value(2048)
        limits.pids.limit = .value(5)
        let group = try Cgroup.open(at: CgroupPath("/a"), layout: tree.layout)
        let error = #expect(throws: CgroupError.self) { try group.update(limits) }
        #expect(error?.field == "pids.limit")
        #expect(error?.hint?.contains("not put back") == false)
        #expect(try tree.text("sys/fs/cgroup/a/memory.max") == "8192")
        #expect(try tree.text("sys/fs/cgroup/a/memory.low") == "1024")
        try tree.put("sys/fs/cgroup/a/pids.max", "9")
        try group.update(limits)
        #expect(try tree.text("sys/fs/cgroup/a/memory.max") == "4096")
        #expect(try tree.text("sys/fs/cgroup/a/pids.max") == "5")
    }

    @Test("notice when the kernel takes another value") func notEffective() throws {
        let tree = try tree([])
        // A write to a longer file leaves the rest, as a kernel that keeps an old value would.
        try tree.put("sys/fs/cgroup/a/memory.max", "999999999")
        let error = #expect(throws: CgroupError.self) { try apply(tree) { $0.memory.limit = .value(4096) } }
        #expect(error?.code == .notEffective)
    }
}

@Suite("CgroupStatistics") struct CgroupStatisticsTests {
    @Test("of version 2 come from its files; what is missing is nil") func unified() throws {
        let tree = try FakeTree(mountInfo: CgroupLayoutTests.unified)
        let files = [
            "memory.current": "4096\n", "memory.max": "max\n", "memory.swap.max": "0\n",
            "memory.events": "low 1\nhigh 2\nmax 3\noom 4\noom_kill 5\noom_group_kill 6\n",
            "memory.stat": "anon 10\nfile 20\nshmem 5\ninactive_file 7\nworkingset_refault_anon 9\n",
            "cpu.stat": "usage_usec 5\nuser_usec 3\nsystem_usec 2\nnr_periods 9\nnr_throttled 8\nthrottled_usec 7\n",
            "pids.current": "3\n", "pids.max": "9\n", "pids.events": "max 2\n",
            "io.stat": "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6 cost.usage=7\n253:1 \n",
            "cpu.pressure":
                "some avg10=1.50 avg60=0.25 avg300=0.00 total=123\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=4\n",
            "memory.pressure": "garbage\n", "hugetlb.2MB.current": "2097152\n", "hugetlb.2MB.max": "max\n",
            "hugetlb.2MB.events": "max 4\n", "hugetlb.2MB.rsvd.current": "7\n",
        ]
        for (name, text) in files { try tree.put(FilePath("sys/fs/cgroup/a/\(name)"), text) }
        let statistics = try Cgroup.open(at: CgroupPath("/a"), layout: tree.layout).statistics
        let memory = try #require(statistics.memory)
        #expect(memory.current == 4096 && memory.limit == .unlimited && memory.swapLimit == .value(0))
        #expect(memory.peak == nil && memory.swapCurrent == nil)
        #expect(memory.events.limitHits == 3 && memory.events.oom == 4 && memory.events.oomKills == 5)
        #expect(memory.anonymous == 10 && memory.file == 20 && memory.shared == 5 && memory.inactiveFile == 7)
        #expect(memory.details["workingset_refault_anon"] == 9)
        let cpu = try #require(statistics.cpu)
        #expect(cpu.usage == 5000 && cpu.user == 3000 && cpu.system == 2000)
        #expect(cpu.periods == 9 && cpu.throttledPeriods == 8 && cpu.throttled == 7000 && cpu.bursts == nil)
        let pids = try #require(statistics.pids)
        #expect(pids.current == 3 && pids.limit == .value(9) && pids.limitHits == 2 && pids.peak == nil)
        let io = try #require(statistics.io)
        #expect(io.count == 2 && io[0].readBytes == 1 && io[0].writes == 4 && io[0].discards == 6 && io[1].reads == nil)
        #expect(statistics.cpuPressure?.some?.average10 == 1.5)
        #expect(statistics.cpuPressure?.full?.total == 4)
        #expect(statistics.memoryPressure == nil && statistics.ioPressure == nil)
        #expect(Array(statistics.hugePages.keys) == ["2MB"])
        #expect(statistics.hugePages["2MB"]?.limitHits == 4)
    }

    @Test("of version 1 come from its controllers") func legacy() throws {
        let tree = try FakeTree(mountInfo: CgroupLayoutTests.legacy)
        let files = [
            "memory/a/memory.usage_in_bytes": "4096\n", "memory/a/memory.max_usage_in_bytes": "8192\n",
            "memory/a/memory.limit_in_bytes": "9223372036854771712\n", "memory/a/memory.failcnt": "2\n",
            "memory/a/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n",
            "memory/a/memory.stat": "rss 1\ntotal_rss 10\ntotal_cache 20\n",
            "cpu,cpuacct/a/cpuacct.usage": "500\n", "cpu,cpuacct/a/cpu.stat": "nr_periods 1\nthrottled_time 5\n",
            "blkio/a/blkio.throttle.io_service_bytes_recursive": "8:0 Read 1\n8:0 Write 2\n8:0 Total 3\nTotal 3\n",
            "blkio/a/blkio.throttle.io_serviced_recursive": "8:0 Read 4\n8:16 Write 5\n",
        ]
        for (name, text) in files { try tree.put(FilePath("sys/fs/cgroup/\(name)"), text) }
        try tree.makeDirectories("sys/fs/cgroup/systemd")
        let statistics = try Cgroup.open(at: CgroupPath("/a"), layout: tree.layout).statistics
        #expect(statistics.memory?.current == 4096 && statistics.memory?.peak == 8192)
        #expect(statistics.memory?.limit == .unlimited && statistics.memory?.events.oomKills == 3)
        #expect(statistics.memory?.anonymous == 10)
        #expect(statistics.cpu?.usage == 500 && statistics.cpu?.throttled == 5)
        #expect(statistics.io?.map(\.readBytes) == [1, nil])
        #expect(statistics.io?.map(\.writes) == [nil, 5])
        #expect(statistics.pids == nil && statistics.cpuPressure == nil)
    }
}
