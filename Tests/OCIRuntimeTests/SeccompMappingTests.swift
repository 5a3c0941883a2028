// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import NamespaceKit
import OCISpec
import Testing

@testable import OCIRuntime

@Suite("Mapping of the system call filter")
struct SeccompMappingTests {
    private static func program(_ section: LinuxSeccomp) throws -> SeccompProgram? {
        try MappingFixture.map { $0.linux?.seccomp = section }.container.process.seccomp
    }

    @Test("compiles what the section says")
    func compiled() throws {
        let program = try Self.program(
            LinuxSeccomp(
                defaultAction: .errno,
                defaultErrnoRet: 38,
                architectures: [.x86_64, .x86],
                flags: [.log],
                syscalls: [
                    .init(names: ["read", "write"], action: .allow),
                    .init(
                        names: ["personality"],
                        action: .trap,
                        args: [.init(index: 0, value: 8, valueTwo: 8, op: .maskedEqual)]
                    ),
                ]
            )
        )
        let profile = SeccompProfile(
            defaultAction: .error(38),
            architectures: [.x86_64, .x86],
            flags: [.log],
            rules: [
                SeccompRule(names: ["read", "write"], action: .allow),
                SeccompRule(
                    names: ["personality"],
                    action: .trap,
                    conditions: [SeccompCondition(index: 0, .maskedEqual, value: 8, valueTwo: 8)]
                ),
            ]
        )
        #expect(try program == profile.compile())
    }

    @Test("takes an error number beside an action without one, as docker writes it")
    func docker() throws {
        let program = try Self.program(
            LinuxSeccomp(
                defaultAction: .allow,
                defaultErrnoRet: 1,
                flags: [],
                syscalls: [
                    .init(names: ["reboot"], action: .killProcess, errnoRet: 1)
                ]
            )
        )
        #expect(
            try program
                == SeccompProfile(
                    defaultAction: .allow,
                    rules: [SeccompRule(names: ["reboot"], action: .killProcess)]
                ).compile()
        )
    }

    @Test("is none without a section")
    func absent() throws {
        #expect(try MappingFixture.map().container.process.seccomp == nil)
    }
}
