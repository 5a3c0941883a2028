// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import NamespaceKit

/// What a profile says about a call, worked out from the rules directly: no ranges, no search, no jumps.
struct SeccompModel {
    let profile: SeccompProfile
    let native: SeccompArchitecture

    private struct Entry { let conditions: [SeccompCondition], action: SeccompAction }
    private var entries: [SeccompArchitecture: [UInt32: [Entry]]] = [:]
    private var highest: [SeccompArchitecture: UInt32] = [:]

    init(_ profile: SeccompProfile, native: SeccompArchitecture) throws {
        self.profile = profile
        self.native = native
        for architecture in Set([native] + profile.architectures) {
            entries[architecture] = [:]
            for rule in profile.rules {
                for name in rule.names { try add(rule, name, architecture) }
            }
        }
    }

    private mutating func add(_ rule: SeccompRule, _ name: String, _ architecture: SeccompArchitecture) throws {
        if let number = try SyscallTable.number(of: name, for: SeccompABI(architecture)) {
            highest[architecture] = max(highest[architecture] ?? 0, number)
            if rule.action != profile.defaultAction {
                entries[architecture]?[number, default: []].append(
                    Entry(conditions: rule.conditions, action: rule.action)
                )
            }
        }
        guard architecture == .x86, rule.action != profile.defaultAction else { return }
        let permissive = [.allow, .log, .notify].contains(rule.action) || rule.action == .trace(7)
        if !rule.conditions.isEmpty && permissive { return }
        if let index = Self.socketCalls.firstIndex(of: name) {
            let condition = SeccompCondition(index: 0, .equal, value: UInt64(index + 1))
            entries[.x86]?[102, default: []].append(Entry(conditions: [condition], action: rule.action))
        }
        if let number = Self.ipcCalls[name] {
            let condition = SeccompCondition(index: 0, .maskedEqual, value: 0xffff, valueTwo: number)
            entries[.x86]?[117, default: []].append(Entry(conditions: [condition], action: rule.action))
        }
    }

    static let socketCalls = [
        "socket", "bind", "connect", "listen", "accept", "getsockname", "getpeername", "socketpair", "send", "recv",
        "sendto",
        "recvfrom", "shutdown", "setsockopt", "getsockopt", "sendmsg", "recvmsg", "accept4", "recvmmsg", "sendmmsg",
    ]
    static let ipcCalls: [String: UInt64] = [
        "semop": 1, "semget": 2, "semctl": 3, "semtimedop": 4, "msgsnd": 11, "msgrcv": 12, "msgget": 13, "msgctl": 14,
        "shmat": 21, "shmdt": 22, "shmget": 23, "shmctl": 24,
    ]

    func verdict(_ call: SeccompCall) -> UInt32 {
        let present = Set([native] + profile.architectures)
        let kill = SeccompAction.killProcess.returnValue
        let architecture: SeccompArchitecture
        switch call.audit {
        case SeccompCall.x86_64:
            if present.contains(.x32) {
                architecture = call.number >= 0x4000_0000 ? .x32 : .x86_64
            } else {
                if !present.contains(.x86_64) { return kill }
                if call.number == .max { return profile.defaultAction.returnValue }
                if call.number >= 0x4000_0000 { return kill }
                architecture = .x86_64
            }
        case SeccompCall.x86: architecture = .x86
        case SeccompCall.aarch64: architecture = .aarch64
        case SeccompCall.arm: architecture = .arm
        default: return kill
        }
        guard present.contains(architecture) else { return kill }
        if let highest = highest[architecture], highest > 0, call.number > highest {
            switch profile.defaultAction {
            case .allow, .log, .trace: break
            default: return SeccompAction.error(38).returnValue
            }
        }
        let wide = architecture == .x86_64 || architecture == .aarch64
        let entries = entries[architecture]?[call.number] ?? []
        let always = entries.first { entry in
            entry.conditions.allSatisfy {
                $0.comparison == .maskedEqual && (wide ? $0.value : $0.value & 0xffff_ffff) == 0
            }
        }
        if let always { return always.action.returnValue }
        let match = entries.first { entry in entry.conditions.allSatisfy { Self.holds($0, call, wide: wide) } }
        return (match?.action ?? profile.defaultAction).returnValue
    }

    private static func holds(_ condition: SeccompCondition, _ call: SeccompCall, wide: Bool) -> Bool {
        let bits: UInt64 = wide ? .max : 0xffff_ffff
        let argument = call.arguments[Int(condition.index)] & bits
        let value = condition.value & bits
        return switch condition.comparison {
        case .notEqual: argument != value
        case .less: argument < value
        case .lessOrEqual: argument <= value
        case .equal: argument == value
        case .greaterOrEqual: argument >= value
        case .greater: argument > value
        case .maskedEqual: argument & value == condition.valueTwo & value
        }
    }
}
