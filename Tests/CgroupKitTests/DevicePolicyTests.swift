// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CgroupKit
import Testing

/// What the rules mean, written down a second time: for each bit, the last rule that matches and has it decides.
private func expected(_ rules: [DeviceRule], _ kind: DeviceRule.Kind, _ major: UInt32, _ minor: UInt32, _ bits: UInt8)
    -> Bool
{
    for bit in [1, 2, 4] as [UInt8] where bits & bit != 0 {
        let last = rules.last { rule in
            (rule.kind == .all || rule.kind == kind) && (rule.major ?? major) == major && (rule.minor ?? minor) == minor
                && rule.access.rawValue & bit != 0
        }
        if last?.isAllowed != true { return false }
    }
    return true
}

/// Runs a device program as the kernel would; `nil` when it does something a verifier refuses.
private func run(_ program: DeviceProgram, _ kind: DeviceRule.Kind, _ major: UInt32, _ minor: UInt32, _ bits: UInt8)
    -> Bool?
{
    let context = [UInt32(bits) << 16 | (kind == .block ? 1 : 2), major, minor]
    var registers = [UInt64?](repeating: nil, count: 11)
    var next = 0
    while next < program.instructions.count {
        let instruction = program.instructions[next]
        next += 1
        let destination = Int(instruction.destination)
        switch instruction.operation {
        case .load32:
            guard instruction.source == 1, instruction.offset % 4 == 0, instruction.offset < 12 else { return nil }
            registers[destination] = UInt64(context[Int(instruction.offset) / 4])
        case .moveImmediate: registers[destination] = UInt64(bitPattern: Int64(instruction.immediate))
        case .move32:
            guard let value = registers[Int(instruction.source)] else { return nil }
            registers[destination] = value & 0xffff_ffff
        case .and32:
            guard let value = registers[destination] else { return nil }
            registers[destination] = value & UInt64(UInt32(bitPattern: instruction.immediate))
        case .shiftRight32:
            guard let value = registers[destination] else { return nil }
            registers[destination] = (value & 0xffff_ffff) >> UInt64(instruction.immediate)
        case .jumpIfEqual, .jumpIfNotEqual:
            guard let value = registers[destination], instruction.offset >= 0 else { return nil }
            let isEqual = value == UInt64(bitPattern: Int64(instruction.immediate))
            if isEqual == (instruction.operation == .jumpIfEqual) { next += Int(instruction.offset) }
        case .exit: return registers[0].map { $0 == 1 }
        }
    }
    return nil
}

/// What the kernel's version 1 controller decides from a state.
private func verdict(_ list: LegacyDeviceList, _ kind: DeviceRule.Kind, _ major: UInt32, _ minor: UInt32, _ bits: UInt8)
    -> Bool
{
    let matching = list.exceptions.filter { key, _ in
        key.kind == kind && (key.major ?? major) == major && (key.minor ?? minor) == minor
    }.map(\.value.rawValue)
    if list.allowsByDefault { return !matching.contains { $0 & bits != 0 } }
    return matching.contains { $0 & bits == bits }
}

@Suite("DevicePolicy") struct DevicePolicyTests {
    static let devices: [(DeviceRule.Kind, UInt32, UInt32)] = [
        (.character, 1, 3), (.character, 1, 5), (.character, 5, 3), (.character, 10, 200), (.block, 8, 0),
        (.block, 1, 3),
        (.block, 259, 1), (.character, 4095, 1_048_575),
    ]

    static func randomPolicy(_ generator: inout SeededGenerator) -> DevicePolicy {
        let rules = (0..<Int.random(in: 0...7, using: &generator)).map { _ in
            DeviceRule(
                allow: .random(using: &generator),
                [.all, .block, .character].randomElement(using: &generator) ?? .all,
                major: [nil, 1, 5, 8, 10].randomElement(using: &generator) ?? nil,
                minor: [nil, nil, 0, 3, 5].randomElement(using: &generator) ?? nil,
                access: DeviceRule.Access(
                    rawValue: [7, 7, 7, .random(in: 1...7, using: &generator)].randomElement(using: &generator) ?? 7
                )
            )
        }
        return DevicePolicy(rules: rules)
    }

    @Test("without rules denies everything (GHSA-g54h-m393-cpwq)") func empty() throws {
        let program = try DeviceProgram(DevicePolicy())
        let list = try LegacyDeviceList(DevicePolicy())
        #expect(!list.allowsByDefault && list.exceptions.isEmpty)
        for (kind, major, minor) in Self.devices {
            for bits in 1...7 as ClosedRange<UInt8> { #expect(run(program, kind, major, minor, bits) == false) }
        }
        #expect(list.plan(from: LegacyDeviceList(list: Array("a *:* rwm\n".utf8))).map(\.value) == ["a"])
    }

    @Test("with allow rules only still denies the rest") func allowOnly() throws {
        let policy = DevicePolicy(rules: [DeviceRule(allow: true, .character, major: 1, minor: 3, access: .full)])
        let program = try DeviceProgram(policy)
        #expect(run(program, .character, 1, 3, 7) == true)
        #expect(run(program, .character, 1, 5, 2) == false)
        #expect(run(program, .block, 1, 3, 2) == false)
        let plan = try LegacyDeviceList(policy).plan(from: LegacyDeviceList(list: Array("a *:* rwm\n".utf8)))
        #expect(plan.map { "\($0.file) \($0.value)" } == ["devices.deny a", "devices.allow c 1:3 rwm"])
    }

    @Test("as a program decides every device as the ordered rules do", arguments: 0..<300 as Range<UInt64>)
    func program(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let policy = Self.randomPolicy(&generator)
        let program = try DeviceProgram(policy)
        for (kind, major, minor) in Self.devices {
            for bits in 1...7 as ClosedRange<UInt8> {
                let wanted = expected(policy.rules, kind, major, minor, bits)
                #expect(run(program, kind, major, minor, bits) == wanted, "\(policy) \(kind) \(major):\(minor) \(bits)")
            }
        }
    }

    @Test(
        "as a version 1 list decides every device as the rules do, or is refused",
        arguments: 0..<300 as Range<UInt64>
    )
    func list(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let policy = Self.randomPolicy(&generator)
        let list: LegacyDeviceList
        do { list = try LegacyDeviceList(policy) } catch {
            #expect(error.code == .unsupported)
            return
        }
        for (kind, major, minor) in Self.devices {
            for bits in 1...7 as ClosedRange<UInt8> {
                let wanted = expected(policy.rules, kind, major, minor, bits)
                #expect(
                    verdict(list, kind, major, minor, bits) == wanted,
                    "\(policy) \(kind) \(major):\(minor) \(bits)"
                )
            }
        }
    }

    @Test("is refused on version 1 when it takes back part of a wider rule") func punctured() {
        let policy = DevicePolicy(rules: [
            DeviceRule(allow: true, .character, major: 1, minor: nil, access: .full),
            DeviceRule(allow: false, .character, major: 1, minor: 3, access: .write),
        ])
        let error = #expect(throws: CgroupError.self) { try LegacyDeviceList(policy) }
        #expect(error?.code == .unsupported)
    }

    @Test("maps the usual list of containers") func usual() throws {
        let policy = DevicePolicy(rules: [
            DeviceRule(allow: false, .all, major: nil, minor: nil, access: .full),
            DeviceRule(allow: true, .character, major: nil, minor: nil, access: .mknod),
            DeviceRule(allow: true, .block, major: nil, minor: nil, access: .mknod),
            DeviceRule(allow: true, .character, major: 1, minor: 3, access: .full),
            DeviceRule(allow: true, .character, major: 136, minor: nil, access: .full),
        ])
        let plan = try LegacyDeviceList(policy).plan(from: LegacyDeviceList(list: Array("a *:* rwm".utf8)))
        #expect(
            plan.map { "\($0.file) \($0.value)" } == [
                "devices.deny a", "devices.allow b *:* m", "devices.allow c *:* m", "devices.allow c 136:* rwm",
                "devices.allow c 1:3 rwm",
            ]
        )
    }

    @Test("changes a deny-by-default list by its difference only") func difference() throws {
        let current = LegacyDeviceList(list: Array("c 1:3 rwm\nc 1:5 rw\nb 8:0 r\n".utf8))
        let wanted = try LegacyDeviceList(
            DevicePolicy(rules: [
                DeviceRule(allow: true, .character, major: 1, minor: 3, access: .full),
                DeviceRule(allow: true, .character, major: 1, minor: 5, access: [.read, .mknod]),
            ])
        )
        #expect(
            wanted.plan(from: current).map { "\($0.file) \($0.value)" } == [
                "devices.deny b 8:0 r", "devices.deny c 1:5 w", "devices.allow c 1:5 m",
            ]
        )
    }

    @Test("refuses rules that name no access or no possible device") func invalid() {
        for rule in [
            DeviceRule(allow: true, .all, major: nil, minor: nil, access: []),
            DeviceRule(allow: true, .all, major: nil, minor: nil, access: .init(rawValue: 8)),
            DeviceRule(allow: true, .all, major: 4096, minor: nil, access: .full),
            DeviceRule(allow: true, .all, major: nil, minor: 1_048_576, access: .full),
        ] {
            #expect(throws: CgroupError.self) { try DeviceProgram(DevicePolicy(rules: [rule])) }
            #expect(throws: CgroupError.self) { try LegacyDeviceList(DevicePolicy(rules: [rule])) }
        }
        for access in ["", "x", "rr", "rwmr", "RW"] {
            #expect(throws: CgroupError.self) { try DeviceRule.Access(bytes: Array(access.utf8)) }
        }
    }

    @Test("encodes instructions as the kernel reads them") func encoding() {
        #expect(
            BPFInstruction(operation: .moveImmediate, destination: 0, immediate: 1).encoded == 0x0000_0001_0000_00b7
        )
        #expect(
            BPFInstruction(operation: .load32, destination: 4, source: 1, offset: 4).encoded == 0x0000_0000_0004_1461
        )
        #expect(
            BPFInstruction(operation: .jumpIfNotEqual, destination: 2, offset: 2, immediate: -1).encoded
                == 0xffff_ffff_0002_0255
        )
    }
}

/// Repeatable random numbers (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
