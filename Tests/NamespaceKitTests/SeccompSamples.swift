// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import NamespaceKit

/// Reproducible profiles and calls.
struct SeccompSamples {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1 }

    /// A number below `limit`.
    mutating func next(below limit: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state >> 11) % limit
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[next(below: elements.count)] }

    static let values: [UInt64] = [
        0, 1, 5, 38, 40, 0xffff_fffe, 0xffff_ffff, 0x1_0000_0000, 0x1_0000_0001, 0x1_0000_0005, 0x2_0000_0000,
        0x7e02_0000,
        0x8000_0000, 0xffff_ffff_0000_0000, 0xffff_ffff_0000_0005, .max - 1, .max,
    ]

    mutating func condition(index: UInt32) -> SeccompCondition {
        let comparison = pick(SeccompCondition.Comparison.allCases)
        return SeccompCondition(index: index, comparison, value: pick(Self.values), valueTwo: pick(Self.values))
    }

    /// A profile that libseccomp translates right. Where several rules test arguments, libseccomp 2.5 can mix them up;
    /// so of all calls one has a rule with conditions, or several that compare one argument for equality.
    mutating func plainProfile(names: [String], architectures: [SeccompArchitecture]) -> SeccompProfile {
        let actions: [SeccompAction] = [
            .allow, .error(1), .error(38), .trap, .log, .killThread, .killProcess, .trace(7),
        ]
        var rules: [SeccompRule] = []
        for name in Set(names).sorted() {
            let action = pick(actions)
            switch name == names.first ? 1 + next(below: 3) : 0 {
            case 0: rules.append(SeccompRule(names: [name], action: action))
            case 1:
                let index = UInt32(next(below: 6))
                for value in Set((0...next(below: 5)).map { _ in pick(Self.values) }).sorted() {
                    let condition = SeccompCondition(index: index, .equal, value: value)
                    rules.append(SeccompRule(names: [name], action: action, conditions: [condition]))
                }
            default:
                let first = next(below: 6)
                let conditions = (0...next(below: 3)).map { condition(index: UInt32(($0 + first) % 6)) }
                rules.append(SeccompRule(names: [name], action: action, conditions: conditions))
            }
            if next(below: 10) == 0, !SeccompModel.socketCalls.contains(name), SeccompModel.ipcCalls[name] == nil {
                rules.append(SeccompRule(names: [name], action: pick(actions)))
            }
        }
        return SeccompProfile(defaultAction: pick(actions), architectures: architectures, rules: rules)
    }

    /// A profile in which anything goes.
    mutating func profile(names: [String], architectures: [SeccompArchitecture], rules count: Int) -> SeccompProfile {
        let actions: [SeccompAction] = [
            .allow, .error(1), .error(2), .trap, .log, .killThread, .killProcess, .trace(7), .notify,
        ]
        let rules = (0..<count).map { _ in
            let chosen = (0...next(below: 4)).map { _ in pick(names) }
            let conditions = (0..<next(below: 4)).map { _ in condition(index: UInt32(next(below: 6))) }
            return SeccompRule(names: chosen, action: pick(actions), conditions: conditions)
        }
        return SeccompProfile(
            defaultAction: pick([.allow, .error(1), .killProcess, .log]),
            architectures: architectures,
            rules: rules
        )
    }

    /// All numbers that can matter.
    static let numbers: [UInt32] = {
        let plain = Array(UInt32(0)...560)
        return plain + plain.map { $0 | 0x4000_0000 } + Array(983_040...983_047)
            + [0x3fff_ffff, 0x7fff_ffff, 0x8000_0000, 0xbfff_ffff, 0xffff_fffe]
    }()

    /// Arguments around the values that a profile's rules compare with.
    mutating func arguments(near values: [UInt64]) -> [UInt64] {
        (0..<6).map { _ in
            let value = values.isEmpty ? 0 : pick(values)
            return switch next(below: 12) {
            case 0: value &+ 1
            case 1: value &- 1
            case 2: value ^ (1 << 32)
            case 3: value & 0xffff_ffff
            case 4: value | 0xffff_ffff_0000_0000
            case 5: 0
            default: value
            }
        }
    }
}

extension SyscallTable {
    /// The number of a call, for tests.
    static func number(of name: String, for abi: SeccompABI) -> UInt32? {
        let text = text
        let table = text.utf8Span.span
        guard let line = line(of: name.utf8Span.span, in: table) else { return nil }
        return number(atLine: line, for: abi, in: table)
    }
}
