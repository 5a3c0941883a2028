// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LaunchPlan
import NamespaceKit
import OCISpec
import SystemPackage
import Testing

@testable import OCIRuntime

@Suite("The mapping of what the scheduler, the memory and the security modules are told")
struct SchedulingMappingTests {
    @Test("keeps every policy's number", arguments: zip(RuntimeConfiguration.Scheduler.Policy.allCases, UInt32(0)...6))
    func policy(policy: RuntimeConfiguration.Scheduler.Policy, number: UInt32) throws {
        let process = try MappingFixture.map {
            $0.process?.scheduler = .init(
                policy: policy,
                priority: policy == .fifo || policy == .roundRobin ? 9 : nil,
                runtime: policy == .deadline ? 1 : nil,
                deadline: policy == .deadline ? 2 : nil,
                period: policy == .deadline ? 3 : nil
            )
        }.container.process
        #expect(process.scheduling?.policy.rawValue == number)
    }

    @Test("joins flags and keeps parameters")
    func parameters() throws {
        let mapped = try MappingFixture.map {
            $0.process?.scheduler = .init(policy: .batch, nice: -5, flags: RuntimeConfiguration.Scheduler.Flag.allCases)
            $0.process?.ioPriority = .init(class: .idle, priority: 4)
            $0.linux?.memoryPolicy = LinuxMemoryPolicy(
                mode: .interleave,
                nodes: "0-1,64",
                flags: [.staticNodes]
            )
            $0.linux?.personality = LinuxPersonality(domain: .linux32, flags: ["ADDR_NO_RANDOMIZE", "UNAME26"])
        }.container.process
        #expect(mapped.scheduling?.flags.rawValue == 0x7f)
        #expect(mapped.scheduling?.nice == -5)
        #expect(mapped.inputOutputPriority == InputOutputPriority(.idle, level: 4))
        #expect(mapped.memoryPolicy?.mode.rawValue == 3)
        #expect(mapped.memoryPolicy?.flags.rawValue == 0x8000)
        #expect(mapped.memoryPolicy?.nodes.description == "0-1,64")
        #expect(mapped.personality == 0x6_0008)
    }

    @Test("takes the processors that were asked for, else all; an initial choice alone is left to the kernel")
    func affinity() throws {
        func affinity(_ initial: String?, _ final: String?) throws -> ProcessConfiguration {
            let process = RuntimeConfiguration.Process(
                cwd: "/",
                execCPUAffinity: .init(initial: initial, final: final)
            )
            var result = ProcessConfiguration(arguments: [])
            try ConfigurationMapper.affinity(of: process, to: &result)
            return result
        }
        #expect(try affinity(nil, nil).affinity == .all)
        #expect(try affinity("", "").affinity == .all)
        #expect(try affinity("1", nil).affinity == .inherited)
        #expect(try affinity("1", nil).initialAffinity == IndexSet(list: Array("1".utf8)))
        let both = try affinity("0-3,7", "2")
        #expect(both.initialAffinity?.description == "0-3,7")
        #expect(both.affinity == IndexSet(list: Array("2".utf8)).map { .only($0) })
        #expect(throws: MappingError.self) { try affinity("65536", nil) }
    }

    @Test("takes labels where the security module is in use, and nothing for unconfined where it is not")
    func labels() throws {
        func process(_ profile: String?, _ label: String?, _ modules: SecurityModules) throws -> ProcessConfiguration {
            var configuration = RuntimeConfiguration.example
            configuration.process?.apparmorProfile = profile
            configuration.process?.selinuxLabel = label
            let bundle = "/bundle"
            return try ConfigurationMapper.map(configuration, bundle: .init(bundle), id: "c1", modules: modules)
                .container.process
        }
        let all = SecurityModules(appArmor: .own, seLinux: true)
        #expect(try process("web", "u:r:t:s0", all).appArmorProfile == Array("web".utf8))
        #expect(try process("web", "u:r:t:s0", all).seLinuxContext == Array("u:r:t:s0".utf8))
        #expect(try process("unconfined", nil, all).appArmorProfile == Array("unconfined".utf8))
        #expect(try process("unconfined", "", SecurityModules()).seLinuxContext == nil)
        for (profile, label) in [("web", nil), (nil, "u:r:t:s0")] {
            let error = #expect(throws: RuntimeError.self) { try process(profile, label, SecurityModules()) }
            #expect(error?.code == .unsupported)
        }
    }

    @Test("labels new file systems where SELinux is in use, but for those that label themselves or are labelled")
    func mountLabels() throws {
        var configuration = RuntimeConfiguration.example
        configuration.root?.path = "/"
        configuration.linux?.mountLabel = "u:r:t:s0:c1,c2"
        configuration.linux?.maskedPaths = ["/proc/kcore"]
        configuration.mounts = [
            .init(destination: "/proc", type: "proc"), .init(destination: "/dev", type: "tmpfs"),
            .init(destination: "/dev/mqueue", type: "mqueue"),
            .init(destination: "/own", type: "tmpfs", options: ["context=u:r:own:s0"]),
            .init(destination: "/host", source: "/usr", options: ["bind"]),
        ]
        let requested = configuration
        func map(_ modules: SecurityModules) throws(RuntimeError) -> ContainerConfiguration {
            try ConfigurationMapper.map(requested, bundle: "/", id: "c1", modules: modules).container
        }
        #expect(throws: RuntimeError.self) { try map(SecurityModules()) }
        let container = try map(SecurityModules(seLinux: true))
        var options = PlanBuilder.Options()
        options.opensSourcesOnHost = false
        options.securityModules = SecurityModules(seLinux: true)
        let steps = try PlanBuilder.prepare(container, options: options).instructions.map(\.description)
        let label = "context=u:r:t:s0:c1,c2"
        #expect(steps.filter { $0.contains(label) }.count == 2, "\(steps)")
        #expect(steps.contains { $0.hasPrefix("mount tmpfs at /dev ") && $0.contains(label) }, "\(steps)")
        #expect(steps.contains { $0.hasPrefix("prepare masks") && $0.contains(label) })
        #expect(steps.contains("label /dev/mqueue with u:r:t:s0:c1,c2"))
    }

    @Test("chooses the flag that runc chooses for a filter without flags, and drops the one about threads")
    func seccompFlags() throws {
        func flags(_ flags: [LinuxSeccomp.Flag]?) throws -> UInt32? {
            try MappingFixture.map {
                $0.linux?.seccomp = LinuxSeccomp(defaultAction: .allow, flags: flags)
            }.container.process.seccomp?.flags.rawValue
        }
        #expect(try flags(nil) == 4)
        #expect(try flags([]) == 0)
        #expect(try flags([.synchronizeThreads]) == 0)
        #expect(try flags([.synchronizeThreads, .log, .speculationAllowed]) == 6)
    }
}
