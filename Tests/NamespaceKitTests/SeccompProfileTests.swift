// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import NamespaceKit
import Testing

@Suite("A seccomp profile")
struct SeccompProfileTests {
    private func verdicts(
        _ profile: SeccompProfile,
        native: SeccompArchitecture = .x86_64,
        _ calls: [SeccompCall]
    ) throws -> [UInt32] {
        let interpreter = try SeccompInterpreter(profile.compile(for: native).instructions)
        return calls.map(interpreter.verdict)
    }

    @Test("compares both halves of an argument", arguments: SeccompCondition.Comparison.allCases, SeccompSamples.values)
    func comparisons(comparison: SeccompCondition.Comparison, value: UInt64) throws {
        let condition = SeccompCondition(index: 3, comparison, value: value, valueTwo: 0x1_0000_0005)
        let rule = SeccompRule(names: ["read"], action: .allow, conditions: [condition])
        // A second condition keeps the compiler from turning the first into a search.
        let always = SeccompCondition(index: 1, .greaterOrEqual, value: 0)
        let both = SeccompRule(names: ["read"], action: .allow, conditions: [always, condition])
        for rule in [rule, both] {
            let program = try SeccompProfile(defaultAction: .trap, rules: [rule]).compile(for: .x86_64)
            let interpreter = try SeccompInterpreter(program.instructions)
            for argument in SeccompSamples.values + [value &+ 1, value &- 1, value ^ 1 << 32] {
                let holds: Bool =
                    switch comparison {
                    case .notEqual: argument != value
                    case .less: argument < value
                    case .lessOrEqual: argument <= value
                    case .equal: argument == value
                    case .greaterOrEqual: argument >= value
                    case .greater: argument > value
                    case .maskedEqual: argument & value == 0x1_0000_0005 & value
                    }
                let call = SeccompCall(number: 0, audit: SeccompCall.x86_64, arguments: [0, 0, 0, argument, 0, 0])
                let expected = holds ? SeccompAction.allow : .trap
                #expect(interpreter.verdict(call) == expected.returnValue, "\(argument)")
            }
        }
    }

    @Test("lets a rule without conditions win, and otherwise the first rule that holds")
    func order() throws {
        let small = SeccompCondition(index: 0, .less, value: 10)
        let tiny = SeccompCondition(index: 0, .less, value: 5)
        var profile = SeccompProfile(
            defaultAction: .allow,
            rules: [
                SeccompRule(names: ["read"], action: .error(1), conditions: [tiny]),
                SeccompRule(names: ["read"], action: .error(2), conditions: [small]),
                // The same as the default: without effect.
                SeccompRule(names: ["read"], action: .allow),
            ]
        )
        let calls = [UInt64(0), 7, 12].map {
            SeccompCall(number: 0, audit: SeccompCall.x86_64, arguments: [$0, 0, 0, 0, 0, 0])
        }
        #expect(try verdicts(profile, calls) == [SeccompAction.error(1), .error(2), .allow].map(\.returnValue))
        profile.rules.append(SeccompRule(names: ["read"], action: .trap))
        profile.rules.append(SeccompRule(names: ["read"], action: .log))
        #expect(try verdicts(profile, calls) == [SeccompAction.trap, .trap, .trap].map(\.returnValue))
    }

    @Test("kills for calls of x32 unless it is among the architectures")
    func x32() throws {
        let rule = SeccompRule(names: ["read"], action: .allow)
        let calls = [0, 0x4000_0000, 0x4000_0002, .max].map { SeccompCall(number: $0, audit: SeccompCall.x86_64) }
        let other = SeccompRule(names: ["write"], action: .trap)
        let without = SeccompProfile(defaultAction: .trap, rules: [rule, other])
        let kill = SeccompAction.killProcess.returnValue
        let trap = SeccompAction.trap.returnValue
        #expect(try verdicts(without, calls) == [SeccompAction.allow.returnValue, kill, kill, trap])
        let with = SeccompProfile(defaultAction: .trap, architectures: [.x32], rules: [rule, other])
        let enosys = SeccompAction.error(38).returnValue
        let allow = SeccompAction.allow.returnValue
        #expect(try verdicts(with, calls) == [allow, allow, enosys, enosys])
    }

    @Test(
        "gives ENOSYS above the highest named call, unless the default lets calls run",
        arguments: [
            (SeccompAction.error(1), true), (.error(38), true), (.killProcess, true), (.killThread, true),
            (.trap, true),
            (.allow, false), (.log, false), (.trace(3), false),
        ]
    )
    func newer(action: SeccompAction, refuses: Bool) throws {
        let profile = SeccompProfile(
            defaultAction: action,
            rules: [SeccompRule(names: ["close"], action: .error(5)), SeccompRule(names: ["dup"], action: action)]
        )
        let calls = [3, 31, 32, 33, 500].map { SeccompCall(number: $0, audit: SeccompCall.x86_64) }
        let newer = refuses ? SeccompAction.error(38) : action
        #expect(
            try verdicts(profile, calls) == [SeccompAction.error(5), action, action, newer, newer].map(\.returnValue)
        )
    }

    @Test("says nothing about architectures of other machines, and refuses those of the other byte order")
    func foreign() throws {
        let rules = [SeccompRule(names: ["mkdir"], action: .error(1))]
        let own = try SeccompProfile(defaultAction: .allow, architectures: [.x86], rules: rules).compile(for: .x86_64)
        for architecture in SeccompArchitecture.allCases where !SeccompABI.isKnown(architecture) {
            let profile = SeccompProfile(defaultAction: .allow, architectures: [architecture, .x86], rules: rules)
            if architecture.isLittleEndian {
                #expect(try profile.compile(for: .x86_64) == own)
            } else {
                #expect(throws: SeccompError.self) { try profile.compile(for: .x86_64) }
            }
        }
    }

    @Test("covers socketcall and ipc on i386")
    func multiplexed() throws {
        let privateKey = SeccompCondition(index: 0, .equal, value: 0)
        let profile = SeccompProfile(
            defaultAction: .error(1),
            architectures: [.x86],
            rules: [
                SeccompRule(names: ["connect", "shmget"], action: .allow),
                SeccompRule(names: ["semget"], action: .allow, conditions: [privateKey]),
                SeccompRule(names: ["bind"], action: .trap, conditions: [privateKey]),
                SeccompRule(names: ["write"], action: .allow),
            ]
        )
        func call(_ number: UInt32, _ first: UInt64) -> SeccompCall {
            SeccompCall(number: number, audit: SeccompCall.x86, arguments: [first, 0, 0, 0, 0, 0])
        }
        let calls = [
            call(362, 9), call(102, 3), call(102, 1), call(117, 23), call(117, 0x1_0017), call(117, 2), call(102, 2),
            call(393, 0),
        ]
        let expected: [SeccompAction] = [.allow, .allow, .error(1), .allow, .allow, .error(1), .trap, .allow]
        #expect(try verdicts(profile, calls) == expected.map(\.returnValue))
    }

    @Test("reports names it does not know, once, and not those of other architectures")
    func unknownNames() throws {
        let names = [
            "read", "no_such_call", "riscv_hwprobe", "s390_pci_mmio_read", "stat64", "no_such_call", "", "read ",
            "READ",
        ]
        let program = try SeccompProfile(defaultAction: .allow, rules: [SeccompRule(names: names, action: .trap)])
            .compile()
        #expect(program.unknownNames == ["no_such_call", "", "read ", "READ"])
    }

    @Test("asks for a listener when a rule notifies")
    func flags() throws {
        let rule = SeccompRule(names: ["mkdir", "mkdirat"], action: .notify)
        let flags: SeccompFlags = [.log, .waitKillable, .synchronizeThreads]
        let with = try SeccompProfile(defaultAction: .allow, flags: flags, rules: [rule]).compile()
        #expect(with.flags == [.log, .waitKillable, .synchronizeThreads, .newListener, .synchronizeThreadsWithESRCH])
        let without = try SeccompProfile(defaultAction: .allow, flags: flags).compile()
        #expect(without.flags == [.log, .synchronizeThreads])
    }

    @Test("names what it cannot compile")
    func errors() {
        func code(_ profile: SeccompProfile) -> SeccompError? {
            do {
                _ = try profile.compile(for: .x86_64)
                return nil
            } catch { return error }
        }
        #expect(code(SeccompProfile(defaultAction: .notify))?.code == .notifyByDefault)
        let foreign = code(SeccompProfile(defaultAction: .allow, architectures: [.s390x]))
        #expect(foreign?.code == .unsupportedArchitecture)
        #expect(foreign?.subject == "SCMP_ARCH_S390X")
        let index = SeccompRule(
            names: ["read"],
            action: .trap,
            conditions: [SeccompCondition(index: 6, .equal, value: 0)]
        )
        #expect(code(SeccompProfile(defaultAction: .allow, rules: [index]))?.code == .argumentIndexOutOfRange)
        let long = (UInt64(0)..<2000).map {
            let conditions = [
                SeccompCondition(index: 0, .equal, value: $0), SeccompCondition(index: 1, .equal, value: $0),
            ]
            return SeccompRule(names: ["read"], action: .trap, conditions: conditions)
        }
        #expect(code(SeccompProfile(defaultAction: .allow, rules: long))?.code == .programTooLong)
    }

    @Test("becomes the kernel's structures, little-endian")
    func bytes() throws {
        let program = try SeccompProfile(defaultAction: .allow).compile(for: .aarch64)
        let expected: [UInt8] = [
            0x20, 0, 0, 0, 4, 0, 0, 0, 0x15, 0, 1, 0, 0xb7, 0, 0, 0xc0, 0x06, 0, 0, 0, 0, 0, 0, 0x80, 0x20, 0, 0, 0, 0,
            0, 0, 0,
            0x06, 0, 0, 0, 0, 0, 0xff, 0x7f,
        ]
        #expect(program.bytes == expected)
    }
}
