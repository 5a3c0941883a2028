// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CgroupKit
import LinuxSystem
import SystemPackage
import Testing

@Suite("CgroupLayout") struct CgroupLayoutTests {
    static let unified = """
        22 27 0:21 / /proc rw,relatime - proc proc rw
        30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate
        """
    static let legacy = """
        31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
        33 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        34 31 0:35 / /sys/fs/cgroup/blkio rw,relatime - cgroup cgroup rw,blkio
        35 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,release_agent=/x,name=systemd
        36 31 0:39 / /sys/fs/cgroup/other rw,relatime - cgroup cgroup rw,name=other
        """
    static let hybrid = legacy + "\n41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n"

    private func layout(_ text: String, unified: [CgroupController] = []) throws -> CgroupLayout {
        try CgroupLayout(mounts: MountInfoEntry.parse(Array(text.utf8))) { _ in unified }
    }

    @Test("finds version 2 alone, with its root's controllers") func version2() throws {
        let layout = try layout(Self.unified, unified: [.memory, .pids])
        #expect(layout.kind == .unified)
        #expect(layout.hierarchies.map(\.mountPoint) == ["/sys/fs/cgroup"])
        #expect(layout.hierarchy(for: .memory)?.version == .v2)
        #expect(layout.hierarchy(for: .cpu) == nil)
    }

    @Test("finds version 1 alone: co-mounted controllers, the named systemd hierarchy, no other named one")
    func version1() throws {
        let layout = try layout(Self.legacy)
        #expect(layout.kind == .legacy)
        #expect(layout.unified == nil)
        #expect(
            layout.hierarchies.map(\.mountPoint.string) == [
                "/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup/memory", "/sys/fs/cgroup/blkio", "/sys/fs/cgroup/systemd",
            ]
        )
        #expect(layout.hierarchy(for: .cpu) == layout.hierarchy(for: .cpuacct))
        #expect(layout.hierarchy(for: .io)?.mountPoint == "/sys/fs/cgroup/blkio")
        #expect(layout.hierarchies.last?.name == "systemd")
    }

    @Test("finds both, and takes each controller from the version that has it") func both() throws {
        let layout = try layout(Self.hybrid, unified: [.hugetlb])
        #expect(layout.kind == .hybrid)
        #expect(layout.hierarchy(for: .memory)?.version == .v1)
        #expect(layout.hierarchy(for: .hugetlb)?.version == .v2)
        #expect(layout.unified?.mountPoint == "/sys/fs/cgroup/unified")
    }

    @Test("is unified when version 1 has nothing but the named hierarchy") func namedOnly() throws {
        let text = Self.unified + "\n35 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd\n"
        let layout = try layout(text, unified: [.memory])
        #expect(layout.kind == .unified)
        #expect(layout.hierarchies.count == 1)
    }

    @Test("prefers the usual place over other mounts of a hierarchy, and the last mount at one place") func choice()
        throws
    {
        let text = """
            50 23 0:26 /kubepods /mnt/cg rw - cgroup2 cgroup2 rw
            51 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw
            52 51 0:26 /a\\040b\\134c /sys/fs/cgroup rw - cgroup2 cgroup2 rw
            """
        let hierarchy = try #require(try layout(text).unified)
        #expect(hierarchy.mountPoint == "/sys/fs/cgroup")
        #expect(hierarchy.mountedGroup == "/a b\\c")
    }

    @Test("is an error without any hierarchy") func none() {
        let error = #expect(throws: CgroupError.self) { try layout("22 27 0:21 / /proc rw - proc proc rw\n") }
        #expect(error?.code == .unsupported)
    }

    @Test(
        "skips lines that are cut short",
        arguments: ["", "1 2 3", "1 2 0:1 / /x rw - cgroup2", "1 2 0:1 / /x rw cgroup2 a b c"]
    )
    func malformed(_ line: String) { #expect(MountInfoEntry.parse(Array(line.utf8)).isEmpty) }
}

@Suite("ProcessMembership") struct ProcessMembershipTests {
    @Test("reads all three kinds of lines; a path may have colons") func lines() {
        let text = "9:name=systemd:/\n4:memory:/a:b/c\n2:cpu,cpuacct:/x\n0::/user.slice\nrubbish\n1:cpu:relative\n"
        let memberships = ProcessMembership.parse(Array(text.utf8))
        #expect(memberships.map(\.path.string) == ["/", "/a:b/c", "/x", "/user.slice"])
        #expect(memberships.map(\.controllers) == [["name=systemd"], ["memory"], ["cpu", "cpuacct"], []])
        #expect(memberships.map(\.hierarchyID) == [9, 4, 2, 0])
    }

    @Test("reads the kernel's controllers") func kernel() {
        let text = "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpuset\t3\t1\t1\nmemory\t0\t13\t0\nbad\n"
        let entries = KernelControllerEntry.parse(Array(text.utf8))
        #expect(entries.map(\.name) == ["cpuset", "memory"])
        #expect(entries.map(\.isEnabled) == [true, false])
        #expect(entries.map(\.hierarchyID) == [3, 0])
    }
}
