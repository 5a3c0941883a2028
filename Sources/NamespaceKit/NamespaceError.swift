// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import LinuxSystem

/// A launch, or an operation on namespaces, that failed.
public struct NamespaceError: Error, Hashable, Sendable {
    /// What a program can branch on; cases may be added.
    @nonexhaustive public enum Code: Hashable, Sendable {
        /// The configuration contradicts itself, or asks for what is not supported.
        case invalidConfiguration
        /// The process could not be made.
        case spawnFailed
        /// A step inside the container failed.
        case stepFailed
        /// The program was not found or may not be executed.
        case executableNotFound, executableNotPermitted
        /// The configuration asks for what this machine does not have.
        case unsupported
        /// A hook could not be run or failed.
        case hookFailed
        /// The process ended before it was started.
        case ended
        /// A system call on the host failed.
        case systemCall
    }

    /// What went wrong.
    public let code: Code
    /// The step that failed, in words, for example `mount tmpfs at /dev`.
    public let step: String
    /// The system call that failed, if one did.
    public let cause: SystemCallError?
    /// What to do about it, if we know.
    public let hint: String?

    /// Makes an error.
    public init(_ code: Code, step: String, cause: SystemCallError? = nil, hint: String? = nil) {
        self.code = code
        self.step = step
        self.cause = cause
        self.hint = hint ?? cause?.remedy
    }
}

extension NamespaceError: CustomStringConvertible {
    /// One line: step, call, error number and its meaning, hint.
    public var description: String {
        var text = step
        if let cause { text += ": \(cause)" }
        if let hint { text += "; \(hint)" }
        return text
    }
}

extension NamespaceError {
    /// A host call that failed during `step`.
    init(_ step: String, _ cause: SystemCallError) { self.init(.systemCall, step: step, cause: cause) }
}
