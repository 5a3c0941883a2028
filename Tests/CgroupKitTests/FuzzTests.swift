// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import CgroupKit

@Suite("Fuzzing of the kernel's files and of control group paths") struct FuzzTests {
    @Test("Files of the kernel are read line by line, or skipped") func files() throws {
        let seeds = [
            "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n",
            "25 20 0:22 / /sys/fs/cgroup/a\\040b ro,nosuid - tmpfs tmpfs ro,mode=755\n",
            "5:memory:/a/b\n0::/user.slice\n1:name=systemd:/x:y\n",
            "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t3\t4\t1\n",
            "8:0 rbytes=1 wbytes=2 rios=3 wios=4\n", "mlx4_0 hca_handle=2 hca_object=max\n",
        ]
        try Fuzz.run("kernel-files", seeds: seeds.map { Array($0.utf8) }, tokens: [" - ", "\\040", "\\777", "::"]) {
            input in
            _ = MountInfoEntry.parse(input)
            for membership in ProcessMembership.parse(input) where !membership.path.isAbsolute {
                throw Fuzz.Broken("a relative group: \(membership)")
            }
            _ = KernelControllerEntry.parse(input)
            _ = IOStatistics.parse(unified: input)
            _ = IOStatistics.parse(legacyBytes: input, operations: input)
            _ = RDMAStatistics.parse(input)
            _ = CPUStatistics.parse(all: input)
        }
    }

    @Test("Paths of groups stay in the hierarchy") func paths() throws {
        let seeds = ["/", "/a", "/a/b.slice/c d", "/a..b", "/.../x"].map { Array($0.utf8) }
        try Fuzz.run("cgroup-paths", seeds: seeds) { input in
            if let path = try? CgroupPath(bytes: input) {
                let names = path.description.utf8.split(separator: UInt8(ascii: "/")).map { Array($0) }
                let leadsOut = names.contains([46]) || names.contains([46, 46]) || path.description.utf8.contains(0)
                if leadsOut || path.description.utf8.first != UInt8(ascii: "/") { throw Fuzz.Broken(path.description) }
            }
            if let list = try? CPUSetLimits.IndexSetText(bytes: input, field: "cpus") {
                if list.text.utf8.count != input.count { throw Fuzz.Broken(list.text) }
            }
        }
    }
}
