// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import NamespaceKit
import OCISpec
import SystemPackage
import Testing

@testable import OCIRuntime

@Suite("Mounts on /proc")
struct ProcDestinationTests {
    @Test(
        "are refused where they would hide the kernel's files",
        .rows("CVE-2019-16884"),
        arguments: [
            ("/proc", "tmpfs", "tmpfs", []), ("/proc", "bind", "/data", ["bind"]), ("proc", "bind", "/data", ["bind"]),
            ("/proc/self", "tmpfs", "tmpfs", []), ("/proc/self/attr", "bind", "/data", ["rbind"]),
            ("/x/../proc", "bind", "/data", ["bind"]), ("/proc/.", "tmpfs", "", []),
            ("//proc//sys", "bind", "/d", ["bind"]),
            ("/proc/x", "proc", "proc", []), ("/proc/meminfo", "tmpfs", "x", []),
            ("/proc/sys/kernel", "bind", "/d", ["bind"]),
            ("/proc/cpuinfo/../self", "bind", "/d", ["bind"]), ("/proc", "cgroup", "cgroup", []),
        ]
    )
    func refused(_ destination: String, _ type: String, _ source: String, _ options: [String]) {
        let error = #expect(throws: RuntimeError.self) {
            try MappingFixture.mount(destination, type: type, source: source, options: options)
        }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.description.contains("mounts[0].destination: ") == true)
    }

    @Test(
        "are made where engines give a container its own view",
        arguments: [
            ("/proc", "proc", "proc", []), ("/proc", "bind", "/proc", ["rbind"]),
            ("/proc/meminfo", "bind", "/m", ["bind"]),
            ("/proc/uptime", "none", "/m", ["rbind"]), ("/proc/net/dev", "bind", "/m", ["bind"]),
            ("/process", "tmpfs", "t", []),
            ("/a/proc", "tmpfs", "t", []), ("/proc/sys/crypto/fips_enabled", "bind", "/m", ["bind"]),
            ("/proc/sys", "none", "/m", ["remount", "ro"]),
        ]
    )
    func made(_ destination: String, _ type: String, _ source: String, _ options: [String]) throws {
        let mount = try MappingFixture.mount(destination, type: type, source: source, options: options)
        #expect(mount?.destination.string == destination)
    }
}
