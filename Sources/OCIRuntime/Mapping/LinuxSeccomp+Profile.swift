// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import NamespaceKit
public import OCISpec

extension LinuxSeccomp {
    /// A profile, such as docker's default one, as OCI configurations have it.
    public init(_ profile: SeccompProfile) {
        func action(_ action: SeccompAction) -> Action { Action(rawValue: action.ociName) ?? .killProcess }
        func value(_ action: SeccompAction) -> UInt32? {
            switch action {
            case .error(let number), .trace(let number): UInt32(number)
            case .killProcess, .killThread, .trap, .notify, .log, .allow: nil
            }
        }
        self.init(
            defaultAction: action(profile.defaultAction),
            defaultErrnoRet: value(profile.defaultAction),
            architectures: profile.architectures.compactMap { Architecture(rawValue: $0.ociName) },
            syscalls: profile.rules.map { rule in
                Rule(
                    names: rule.names,
                    action: action(rule.action),
                    errnoRet: value(rule.action),
                    args: rule.conditions.isEmpty
                        ? nil
                        : rule.conditions.compactMap { condition in
                            Operator(rawValue: condition.comparison.ociName).map {
                                Argument(
                                    index: condition.index,
                                    value: condition.value,
                                    valueTwo: condition.valueTwo,
                                    op: $0
                                )
                            }
                        }
                )
            }
        )
    }
}
