// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import LaunchPlan
import LinuxSystem
import NamespaceKit
import OCISpec
import SystemPackage
import TestSupport
import Testing

@testable import OCIRuntime

@Suite("A plan") struct PlanCheckTests {
    /// A host on which everything is possible.
    private var facts: HostFacts {
        HostFacts(
            kernel: (6, 8),
            capabilities: CapabilitySet([.sysAdmin]),
            fileSystems: ["proc", "sysfs", "tmpfs", "devpts", "mqueue", "cgroup", "cgroup2"],
            executesMemoryFiles: true,
            hasSeccomp: true,
            userNamespaceObstacle: nil,
            hasFile: { _ in true }
        )
    }

    /// An empty root file system but for a script and what it needs.
    private func root() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        let top = try directory.open()
        try top.makeDirectories("bin")
        try top.makeFile("bin/run", Array("#!/bin/sh\n".utf8), mode: 0o755)
        try top.makeFile(
            "bin/sh",
            [0x7F, 0x45, 0x4C, 0x46] + [UInt8](repeating: 0, count: 14) + Self.machine,
            mode: 0o755
        )
        return directory
    }

    private static var machine: [UInt8] {
        [UInt8(truncatingIfNeeded: ProgramHeader.ownMachine), UInt8(ProgramHeader.ownMachine >> 8)]
    }

    private func configuration(_ command: [String] = ["/bin/run"]) -> RuntimeConfiguration {
        var configuration = RuntimeConfiguration.example
        configuration.process?.args = command
        configuration.process?.terminal = false
        return configuration
    }

    private func findings(
        _ configuration: RuntimeConfiguration,
        _ facts: HostFacts,
        in directory: borrowing TemporaryDirectory
    ) throws -> [DryRun.Finding] {
        let mapped = try ConfigurationMapper.map(configuration, bundle: directory.path, id: "x")
        var container = mapped.container
        container.root = .directory(directory.path)
        var check = PlanCheck(facts: facts, root: container.root)
        return check.findings(of: try PlanBuilder.prepare(container), from: 1)
    }

    @Test("of which every step can be taken gives no finding", .requires(.root)) func possible() throws {
        let root = try root()
        #expect(try findings(configuration(), facts, in: root) == [])
    }

    /// What a host lacks, and what is said of it.
    private var lacks: [(String, (inout HostFacts) -> Void)] {
        [
            ("older than 5.12", { $0.kernel = (5, 10) }), ("vm.memfd_noexec", { $0.executesMemoryFiles = false }),
            ("need CAP_SYS_ADMIN", { $0.capabilities = CapabilitySet() }),
            ("does not have the file system mqueue", { $0.fileSystems?.remove("mqueue") }),
        ]
    }

    @Test("says of each thing that a host lacks what fails without it", .requires(.root)) func lacking() throws {
        let root = try root()
        for (words, change) in lacks {
            var poorer = facts
            change(&poorer)
            let found = try findings(configuration(), poorer, in: root)
            #expect(found.count == 1 && found[0].severity == .fails, "\(words): \(found)")
            #expect(found.first?.reason.contains(words) == true, "\(found)")
        }
    }

    @Test("says that a kernel parameter is unknown, and that filters are", .requires(.root)) func parameters() throws {
        let root = try root()
        var configuration = configuration()
        configuration.linux?.sysctl = ["net.ipv4.nosuch": "1"]
        configuration.linux?.seccomp = LinuxSeccomp(defaultAction: .allow)
        var poorer = facts
        poorer.hasFile = { !$0.string.contains("nosuch") }
        poorer.hasSeccomp = false
        let found = try findings(configuration, poorer, in: root)
        #expect(found.map(\.reason) == ["the kernel has no such parameter", "the kernel has no seccomp filters"])
        #expect(found.allSatisfy { $0.step != nil && $0.fix != nil })
    }

    @Test(
        "says why a program cannot be executed",
        .requires(.root),
        arguments: [
            ("/bin/none", "executable file not found"), ("/bin", "is no file"), ("/bin/plain", "is not executable"),
            ("/bin/text", "neither an ELF program nor a script"), ("/bin/arm", "another architecture"),
            ("/bin/python", "interpreter /usr/bin/python3"), ("none", "not found in $PATH"),
        ]
    )
    func programs(program: String, words: String) throws {
        let root = try root()
        let top = try root.open()
        try top.makeFile("bin/plain", [0x7F], mode: 0o644)
        try top.makeFile("bin/text", Array("echo".utf8), mode: 0o755)
        try top.makeFile("bin/arm", [0x7F, 0x45, 0x4C, 0x46] + [UInt8](repeating: 0, count: 14) + [8, 0], mode: 0o755)
        try top.makeFile("bin/python", Array("#!/usr/bin/python3 -u\n".utf8), mode: 0o755)
        let found = try findings(configuration([program]), facts, in: root)
        #expect(found.count == 1)
        #expect(found.first?.reason.contains(words) == true, "\(found)")
    }

    @Test("does not look for a program where something is mounted", .requires(.root)) func covered() throws {
        let root = try root()
        var configuration = configuration(["/opt/tool"])
        configuration.mounts?.append(.init(destination: "/opt", type: "tmpfs", source: "tmpfs"))
        #expect(try findings(configuration, facts, in: root) == [])
    }

    @Test("is a value: JSON and back, with lines that tell it from another", .requires(.root)) func value() throws {
        let root = try root()
        let runtime = Runtime(root: root.path.appending("state"))
        var options = CreateOptions()
        options.root = .directory(root.path)
        let plan = try runtime.plan(configuration(), bundle: root.path, options: options)
        #expect(try ContainerPlan(json: plan.json()) == plan)
        #expect(plan.steps.first { $0.action == "clone" }?.text.contains("pid") == true)
        #expect(
            plan.steps.contains { $0.action == "pivotRoot" && $0.side == .container && $0.calls.contains("pivot_root") }
        )
        #expect(plan.steps.allSatisfy { !$0.text.isEmpty && !$0.text.hasPrefix("step ") })
        #expect(plan.description.contains("execute the program"))
        var other = configuration()
        other.hostname = "other"
        let changes = try runtime.plan(other, bundle: root.path, options: options).changes(since: plan)
        #expect(changes.sorted() == ["+ set host name other", "- set host name skiff"])
        #expect(plan.changes(since: plan) == [])
    }

    @Test("that a configuration does not have is a finding") func impossible() throws {
        let root = try root()
        var broken = configuration()
        broken.process?.args = []
        let run = Runtime(root: root.path).dryRun(broken, bundle: root.path)
        #expect(run.plan == nil && !run.isPossible && run.findings.count == 1)
        #expect(try DryRun(json: run.json()) == run)
    }
}
