// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import NamespaceKit
import OCISpec
import SystemPackage
import Testing

@testable import OCIRuntime

@Suite("Refusals of the mapping")
struct MappingRefusalTests {
    @Test("name the path of what is not supported", arguments: unsupportedFields)
    func unsupported(_ fixture: MappingFixture) {
        let error = #expect(throws: RuntimeError.self) { try fixture.map() }
        #expect(error?.code == .unsupported)
        #expect(error?.container == "c1")
        #expect(
            error?.description.hasPrefix("container c1: config.json: \(fixture.name): ") == true,
            "\(String(describing: error))"
        )
    }

    @Test("name the path of what is wrong", arguments: invalidFields)
    func invalid(_ fixture: MappingFixture) {
        let error = #expect(throws: RuntimeError.self) { try fixture.map() }
        #expect(error?.code == .invalidConfiguration)
        #expect(
            error?.description.hasPrefix("container c1: config.json: \(fixture.name): ") == true,
            "\(String(describing: error))"
        )
        #expect(error?.description.contains("\n") == false)
    }

    @Test("leave empty strings, empty sections and other platforms' sections alone", arguments: acceptedFields)
    func accepted(_ fixture: MappingFixture) throws {
        #expect(try fixture.map().container == MappingFixture.map().container)
    }

    static let unsupportedFields = [
        MappingFixture("linux.personality.flags[1]") {
            $0.linux?.personality = LinuxPersonality(domain: .linux, flags: ["ADDR_NO_RANDOMIZE", "SVR4"])
        },
        MappingFixture("linux.mountLabel") { $0.linux?.mountLabel = "system_u:object_r:x" },
        MappingFixture("linux.seccomp") {
            $0.linux?.seccomp = LinuxSeccomp(defaultAction: .allow, architectures: [.s390x])
        },
        MappingFixture("linux.resources.memory.useHierarchy") {
            $0.linux?.resources?.memory = LinuxMemory(useHierarchy: false)
        },
        MappingFixture("process.apparmorProfile") { $0.process?.apparmorProfile = "p" },
        MappingFixture("process.selinuxLabel") { $0.process?.selinuxLabel = "l" },
    ]

    static let invalidFields = [
        MappingFixture("linux.seccomp.syscalls[0].names") {
            $0.linux?.seccomp = LinuxSeccomp(
                defaultAction: .allow,
                listenerPath: "/run/agent",
                syscalls: [.init(names: ["mkdir", "write"], action: .notify)]
            )
        },
        MappingFixture("linux.memoryPolicy.nodes") { $0.linux?.memoryPolicy = LinuxMemoryPolicy(mode: .bind) },
        MappingFixture("linux.memoryPolicy.nodes") {
            $0.linux?.memoryPolicy = LinuxMemoryPolicy(mode: .local, nodes: "0")
        },
        MappingFixture("linux.intelRdt.closID") { $0.linux?.intelRdt = LinuxIntelRDT(closID: "a/b") },
        MappingFixture("linux.intelRdt.closID") { $0.linux?.intelRdt = LinuxIntelRDT(closID: "..") },
        MappingFixture("linux.intelRdt.memBwSchema") { $0.linux?.intelRdt = LinuxIntelRDT(memBwSchema: "L3:0=f") },
        MappingFixture("linux.intelRdt.schemata[1]") {
            $0.linux?.intelRdt = LinuxIntelRDT(schemata: ["L3:0=f", "MB:0=1\nMB:1=2"])
        },
        MappingFixture("hooks.poststop[0].path") { $0.hooks = .init(poststop: [.init(path: "bin/true")]) },
        MappingFixture("hooks.createRuntime[1].timeout") {
            $0.hooks = .init(createRuntime: [.init(path: "/bin/true"), .init(path: "/bin/true", timeout: 0)])
        },
        MappingFixture("process") { $0.process = nil },
        MappingFixture("process.args") { $0.process?.args = nil },
        MappingFixture("process.capabilities.effective") { $0.process?.capabilities?.effective = ["CAP_CHOWN"] },
        MappingFixture("process.consoleSize.width") { $0.process?.consoleSize = .init(height: 1, width: 65536) },
        MappingFixture("hooks.startContainer[0].timeout") {
            $0.hooks = .init(startContainer: [.init(path: "/h", timeout: 1 << 32)])
        },
        MappingFixture("linux.sysctl[\"kernel.panic\"]") { $0.linux?.sysctl = ["kernel.panic": "1"] },
        MappingFixture("linux.resources.cpu.idle") { $0.linux?.resources?.cpu = LinuxCPU(idle: 2) },
        MappingFixture("linux.resources.blockIO.throttleReadBpsDevice[0].major") {
            $0.linux?.resources?.blockIO = LinuxBlockIO(
                throttleReadBpsDevice: [LinuxThrottleDevice(major: -1, minor: 0, rate: 1)])
        },
        MappingFixture("mounts[0].type") { $0.mounts = [.init(destination: "/m", source: "x")] },
        MappingFixture("mounts[0].source") { $0.mounts = [.init(destination: "/m", type: "bind")] },
        MappingFixture("mounts[0].destination") { $0.mounts = [.init(destination: "/a/..", type: "tmpfs")] },
    ]

    static let acceptedFields = [
        MappingFixture("labels") {
            $0.process?.apparmorProfile = ""
            $0.process?.selinuxLabel = ""
            $0.linux?.mountLabel = ""
            $0.linux?.cgroupsPath = ""
            $0.domainname = ""
        },
        MappingFixture("sections") {
            $0.linux?.intelRdt = LinuxIntelRDT()
            $0.linux?.netDevices = [:]
            $0.process?.execCPUAffinity = .init(initial: "")
            $0.linux?.resources?.memory = LinuxMemory(useHierarchy: true)
        },
        MappingFixture("platforms") {
            $0.windows = .object(JSONObject())
            $0.vm = .object(JSONObject())
            $0.process?.commandLine = "x"
        },
    ]
}
