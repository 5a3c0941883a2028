// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import OCISpec
import Testing

@Suite("Validation of a runtime configuration")
struct ValidationTests {
    @Test("finds nothing wrong with the examples and with docker's habits")
    func valid() throws {
        #expect(RuntimeConfiguration.example.problems == [])
        #expect(RuntimeConfiguration.rootlessExample(uid: 1000, gid: 1000).problems == [])
        var configuration = RuntimeConfiguration.example
        configuration.linux?.resources?.blockIO = LinuxBlockIO(weight: 0)
        configuration.linux?.sysctl = ["net.ipv4.ping_group_range": "0 2147483647", "kernel.shmmax": "1"]
        configuration.linux?.sysctl?["net/ipv4/conf/eth0.1/forwarding"] = "1"
        configuration.linux?.devices = [
            LinuxDevice(type: .character, path: "/dev/fuse", major: 10, minor: 229, fileMode: 0o020666),
            LinuxDevice(type: .fifo, path: "/dev/initctl"),
        ]
        configuration.linux?.cgroupsPath = "system.slice:docker:a..b"
        #expect(configuration.problems == [])
    }

    @Test("finds each fault and names its place", arguments: ValidationFault.all)
    func faults(_ fault: ValidationFault) throws {
        let problems = try fault.configuration.problems
        #expect(problems.map(\.path.description) == [fault.path])
        #expect(problems.map(\.code) == [fault.code])
    }

    @Test("reports every problem at once")
    func several() {
        let configuration = RuntimeConfiguration(ociVersion: "2.0.0", process: .init(cwd: "relative"))
        let error = #expect(throws: ValidationError.self) { try configuration.validate() }
        #expect(error?.problems.map(\.path.description) == ["ociVersion", "root", "process.args", "process.cwd"])
        #expect(
            error?.description.utf8.starts(with: "ociVersion: version 2.0.0 is not supported, only 1.x.y; ".utf8)
                == true
        )
    }

    @Test(
        "takes versions of the form of SemVer 2.0.0 within major version 1",
        arguments: [
            ("1.0.0", true), ("1.3.0", true), ("1.99.0", true), ("1.2.1+dev", true), ("1.0.2-dev", true),
            ("1.0.0-rc1", true), ("1.0.0-rc.1+b.01", true), ("0.9.0", false), ("2.0.0", false), ("1.0", false),
            ("1", false), ("", false), ("v1.0.0", false), ("1.0.0-", false), ("1.0.0+", false), ("1.00.0", false),
            ("1.0.0-01", false), ("1.0.0 ", false), ("1.0.0\u{301}", false), ("1.0.0-a..b", false), ("-1.0.0", false),
        ]
    )
    func version(_ text: String, _ isValid: Bool) {
        var configuration = RuntimeConfiguration.example
        configuration.ociVersion = text
        #expect(configuration.problems.isEmpty == isValid)
    }

    @Test(
        "allows only kernel parameters that belong to a namespace",
        .rows("CVE-2022-0532", "CVE-2022-0811"),
        arguments: [
            "kernel.core_pattern", "kernel/core_pattern", "vm.swappiness", "kernel.shm_rmid_forced2", "net", "net.",
            ".net.a",
            "net.core", "net..core.a", "net/../kernel/core_pattern", "net.ipv4.../../kernel.core_pattern",
            "fs.file-max",
            "fs.mqueue", "kernel", "", "net.ipv4.ip_forward ", "net.ipv4.ip_forward\u{301}", "net.ipv4.ip+forward",
            "/net/ipv4/ip_forward", "kernel.shmmax.x", "kernel.hostname", "kernel.ostype",
        ]
    )
    func sysctl(_ key: String) {
        var configuration = RuntimeConfiguration.example
        configuration.linux?.sysctl = [key: "1"]
        #expect(configuration.problems.count == 1)
    }

    @Test(
        "wants the namespace that a kernel parameter belongs to",
        .rows("CVE-2022-0532"),
        arguments: [
            ("net.ipv4.ip_forward", LinuxNamespace.Kind.network), ("kernel.sem", .ipc), ("fs.mqueue.msg_max", .ipc),
            ("kernel.domainname", .uts), ("user.max_user_namespaces", .user),
        ]
    )
    func sysctlNamespace(_ key: String, _ kind: LinuxNamespace.Kind) {
        var configuration = RuntimeConfiguration.example
        configuration.hostname = nil
        configuration.linux?.sysctl = [key: "1"]
        configuration.linux?.namespaces?.removeAll { $0.type == kind }
        #expect(configuration.problems.map(\.code) == [.needs])
        configuration.linux?.namespaces?.append(LinuxNamespace(type: kind, path: "/proc/1/ns/x"))
        #expect(configuration.problems == [])
    }

    @Test("finds U+0000 wherever it hides")
    func nul() throws {
        var configuration = try RuntimeConfiguration(json: Fixture.everything)
        configuration.annotations = ["a": "x\0y"]
        configuration.linux?.resources?.unified = ["io.max\0": ""]
        configuration.linux?.seccomp?.syscalls?[0].names[1] = "\0"
        configuration.mounts?[0].options?.append("\0")
        configuration.windows = .object(JSONObject([.init(key: "k", value: .array([.string("\0")]))]))
        let places = configuration.problems.filter { $0.code == .nulCharacter }.map(\.path.description)
        #expect(
            places == [
                "mounts[0].options[2]", "annotations.a", #"linux.resources.unified["io.max\\u{0}"]"#,
                "linux.seccomp.syscalls[0].names[1]", "windows.k[0]",
            ]
        )
    }
}
