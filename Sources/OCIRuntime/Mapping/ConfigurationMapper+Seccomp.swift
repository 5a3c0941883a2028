// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import NamespaceKit
internal import OCISpec

extension ConfigurationMapper {
    /// Compiles the system call filter; `nil` when there is none.
    static func seccomp(_ section: LinuxSeccomp?) throws(MappingError) -> SeccompProgram? {
        guard let section else { return nil }
        let path = JSONPath.field("linux", "seccomp")
        let profile = try profile(section, at: path)
        return try checked(path) { () throws(SeccompError) in try SeccompProgramCache.shared.program(of: profile) }
    }

    private static func profile(_ section: LinuxSeccomp, at path: JSONPath) throws(MappingError) -> SeccompProfile {
        var profile = SeccompProfile(
            defaultAction: try action(
                section.defaultAction,
                section.defaultErrnoRet,
                at: path.appending("defaultAction")
            )
        )
        for (index, architecture) in (section.architectures ?? []).enumerated() {
            profile.architectures.append(
                try checked(path.appending("architectures").appending(index)) { () throws(SeccompError) in
                    try SeccompArchitecture(ociName: architecture.rawValue)
                }
            )
        }
        // Who names no flags, not even none, gets what runc and crun choose.
        profile.flags = [.allowSpeculation]
        if let flags = section.flags {
            profile.flags = try checked(path.appending("flags")) { () throws(SeccompError) in
                try SeccompFlags(ociNames: flags.map(\.rawValue))
            }
        }
        // The filter is installed by a process with one thread.
        profile.flags.remove(.synchronizeThreads)
        for (index, rule) in (section.syscalls ?? []).enumerated() {
            profile.rules += try rules(rule, at: path.appending("syscalls").appending(index))
        }
        return profile
    }

    private static func rules(_ rule: LinuxSeccomp.Rule, at path: JSONPath) throws(MappingError) -> [SeccompRule] {
        let action = try action(rule.action, rule.errnoRet, at: path.appending("action"))
        if action == .notify && rule.names.contains("write") {
            // In runc's words. The listener's number is handed over with this call.
            throw .invalid(path.appending("names"), "SCMP_ACT_NOTIFY cannot be used for the write syscall")
        }
        return try checked(path) { () throws(SeccompError) in
            var conditions: [SeccompCondition] = []
            for argument in rule.args ?? [] {
                conditions.append(
                    SeccompCondition(
                        index: argument.index,
                        try SeccompCondition.Comparison(ociName: argument.op.rawValue),
                        value: argument.value,
                        valueTwo: argument.valueTwo ?? 0
                    )
                )
            }
            return try SeccompRule.rules(ociNames: rule.names, action: action, conditions: conditions)
        }
    }

    private static func action(
        _ action: LinuxSeccomp.Action,
        _ value: UInt32?,
        at path: JSONPath
    ) throws(MappingError) -> SeccompAction {
        // Docker writes an error number beside actions that have none.
        let takesValue = action == .errno || action == .trace
        return try checked(path) { () throws(SeccompError) in
            try SeccompAction(ociName: action.rawValue, errnoValue: takesValue ? value : nil)
        }
    }

    private static func checked<Value>(
        _ path: JSONPath,
        _ body: () throws(SeccompError) -> Value
    ) throws(MappingError) -> Value {
        do throws(SeccompError) { return try body() } catch {
            let isUnsupported = error.code == .unsupportedArchitecture
            throw MappingError(isUnsupported ? .unsupported : .invalid, path, "\(error)")
        }
    }
}
