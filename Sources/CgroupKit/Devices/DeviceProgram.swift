// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux

/// A device policy as an eBPF program of type `BPF_PROG_TYPE_CGROUP_DEVICE`.
///
/// The program walks the rules from last to first with the set of access bits that are not decided yet. An allow rule
/// that matches takes its bits out, and the program allows when none is left; a deny rule that matches one of the bits
/// denies. So each bit follows the last rule that names it, also where a process asks for several at once.
package struct DeviceProgram: Hashable, Sendable {
    /// The instructions.
    package let instructions: [BPFInstruction]

    /// Registers: 0 result, 1 context, 2 undecided access, 3 type, 4 major, 5 minor.
    private static let prologue = [
        BPFInstruction(operation: .load32, destination: 2, source: 1, offset: 0),
        BPFInstruction(operation: .move32, destination: 3, source: 2),
        BPFInstruction(operation: .and32, destination: 3, immediate: 0xffff),
        BPFInstruction(operation: .shiftRight32, destination: 2, immediate: 16),
        BPFInstruction(operation: .load32, destination: 4, source: 1, offset: 4),
        BPFInstruction(operation: .load32, destination: 5, source: 1, offset: 8),
    ]

    /// Compiles `policy`.
    ///
    /// - Throws: ``CgroupError``: `invalidLimit` for rules without access or with numbers that no device has.
    package init(_ policy: DevicePolicy) throws(CgroupError) {
        try policy.check()
        var instructions = Self.prologue
        for rule in policy.rules.reversed() {
            if rule.matchesEverything && rule.access == .full {
                // Nothing behind it can be reached, and the kernel refuses programs with such code.
                instructions += Self.verdict(rule.isAllowed)
                self.instructions = instructions
                return
            }
            instructions += Self.block(rule)
        }
        self.instructions = instructions + Self.verdict(false)
    }

    private static func verdict(_ isAllowed: Bool) -> [BPFInstruction] {
        [
            BPFInstruction(operation: .moveImmediate, destination: 0, immediate: isAllowed ? 1 : 0),
            BPFInstruction(operation: .exit),
        ]
    }

    private static func block(_ rule: DeviceRule) -> [BPFInstruction] {
        var decision: [BPFInstruction]
        if rule.isAllowed {
            let rest = DeviceRule.Access.full.subtracting(rule.access)
            decision = [
                BPFInstruction(operation: .and32, destination: 2, immediate: Int32(rest.rawValue)),
                BPFInstruction(operation: .jumpIfNotEqual, destination: 2, offset: 2, immediate: 0),
            ]
        } else {
            decision = [
                BPFInstruction(operation: .move32, destination: 0, source: 2),
                BPFInstruction(operation: .and32, destination: 0, immediate: Int32(rule.access.rawValue)),
                BPFInstruction(operation: .jumpIfEqual, destination: 0, offset: 2, immediate: 0),
            ]
        }
        decision += verdict(rule.isAllowed)
        var conditions: [(register: UInt8, value: Int32)] = []
        switch rule.kind {
        case .all: break
        case .block: conditions.append((3, CLINUX_BPF_DEVCG_DEV_BLOCK))
        case .character: conditions.append((3, CLINUX_BPF_DEVCG_DEV_CHAR))
        }
        if let major = rule.major { conditions.append((4, Int32(bitPattern: major))) }
        if let minor = rule.minor { conditions.append((5, Int32(bitPattern: minor))) }
        let tests = conditions.enumerated().map { index, condition in
            BPFInstruction(
                operation: .jumpIfNotEqual,
                destination: condition.register,
                offset: Int16(conditions.count - 1 - index + decision.count),
                immediate: condition.value
            )
        }
        return tests + decision
    }
}
