// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A seccomp profile that cannot be read or compiled.
public struct SeccompError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What a program can branch on; cases may be added.
    @nonexhaustive public enum Code: Hashable, Sendable {
        /// The subject is no action.
        case unknownAction
        /// The subject is no comparison.
        case unknownOperator
        /// The subject is no architecture.
        case unknownArchitecture
        /// The subject is no flag.
        case unknownFlag
        /// The architecture's byte order is not the machine's.
        case unsupportedArchitecture
        /// The action takes no error number.
        case errnoNotApplicable
        /// The error number is above the limit.
        case errnoOutOfRange(limit: UInt16)
        /// System calls have arguments 0 to 5.
        case argumentIndexOutOfRange
        /// A rule names no system call.
        case emptyNames
        /// The default action may not ask a supervisor: the filter's own installer could not get past it.
        case notifyByDefault
        /// The program has more instructions than the kernel takes.
        case programTooLong
    }

    /// What went wrong.
    public let code: Code
    /// The name or number that the profile has.
    public let subject: String

    init(_ code: Code, subject: String) {
        self.code = code
        self.subject = subject
    }

    /// One line for people.
    public var description: String {
        switch code {
        case .unknownAction: "seccomp profile: unknown action \(subject)"
        case .unknownOperator: "seccomp profile: unknown operator \(subject)"
        case .unknownArchitecture: "seccomp profile: unknown architecture \(subject)"
        case .unknownFlag: "seccomp profile: unknown flag \(subject)"
        case .unsupportedArchitecture:
            "seccomp profile: architecture \(subject) has another byte order than this machine: remove it"
        case .errnoNotApplicable: "seccomp profile: action \(subject) takes no error number"
        case .errnoOutOfRange(let limit): "seccomp profile: error number \(subject) is above \(limit)"
        case .argumentIndexOutOfRange: "seccomp profile: argument index \(subject) is above 5"
        case .emptyNames: "seccomp profile: a rule with action \(subject) names no system call"
        case .notifyByDefault: "seccomp profile: \(subject) cannot be the default action"
        case .programTooLong: "seccomp profile: the program has \(subject) instructions, the kernel takes 4096"
        }
    }
}
