// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import LinuxSystem
public import SystemPackage

/// A control group operation that failed.
public struct CgroupError: Error, Hashable, Sendable {
    /// What a program can branch on; cases may be added.
    @nonexhaustive public enum Code: Hashable, Sendable {
        /// The controller is not mounted, or not enabled for the group.
        case controllerMissing
        /// The caller may not change this part of the hierarchy.
        case notDelegated
        /// The group's path is malformed.
        case invalidPath
        /// The value, or a combination of values, is refused by us or by the kernel.
        case invalidLimit
        /// This layout, this kernel or this library cannot do it.
        case unsupported
        /// Processes or child groups are in the way.
        case busy
        /// The group was not in the wanted state when the time was up.
        case timedOut
        /// The group does not exist.
        case notFound
        /// The group exists already and is in use.
        case alreadyExists
        /// What the kernel reports differs from what was asked of it.
        case notEffective
        /// systemd cannot be reached, refuses, or answers what is not to be understood.
        case managerFailed
        /// A system call failed for another reason; see ``CgroupError/cause``.
        case systemCall
    }

    /// What went wrong.
    public let code: Code
    /// The step, as a phrase that can follow "cannot".
    public let step: String
    /// The file or directory that was used, if any.
    public let path: FilePath?
    /// The setting that could not be applied, for example `memory.swap`.
    public let field: String?
    /// The system call that failed, if one did.
    public let cause: SystemCallError?
    /// What helps, where we know.
    public let hint: String?

    /// Records a failed operation.
    ///
    /// - Parameters:
    ///   - code: What a program can branch on.
    ///   - step: The step that failed, for example `set memory limit`.
    ///   - path: The file or directory that was used.
    ///   - field: The setting that could not be applied.
    ///   - cause: The system call that failed.
    ///   - hint: What helps.
    public init(
        _ code: Code,
        _ step: String,
        path: FilePath? = nil,
        field: String? = nil,
        cause: SystemCallError? = nil,
        hint: String? = nil
    ) {
        self.code = code
        self.step = step
        self.path = path
        self.field = field
        self.cause = cause
        self.hint = hint ?? cause?.remedy
    }

    /// Classifies a failed system call.
    init(_ step: String, path: FilePath?, field: String? = nil, cause: SystemCallError, hint: String? = nil) {
        let code: Code =
            switch cause.errno {
            case .permissionDenied, .notPermitted, .readOnlyFileSystem: .notDelegated
            case .resourceBusy: .busy
            case .noSuchFileOrDirectory, .operationNotSupportedByDevice: .notFound
            default: .systemCall
            }
        self.init(code, step, path: path, field: field, cause: cause, hint: hint)
    }

    /// What a read-only hierarchy usually means.
    static let readOnlyHint =
        "control groups are mounted read-only here, as docker does in its containers; mount them writable, or start the "
        + "outer container with --privileged"

    /// The same error with more to say.
    func addingHint(_ more: String) -> CgroupError {
        let all = hint.map { "\($0); \(more)" } ?? more
        return CgroupError(code, step, path: path, field: field, cause: cause, hint: all)
    }
}

extension CgroupError: CustomStringConvertible {
    /// One lower-case line: step, setting, path, error, hint.
    public var description: String {
        var text = "cannot \(step)"
        if let field { text += " (\(field))" }
        if let path { text += " at \(path)" }
        if let cause {
            text += ": \(cause.call): \(cause.errno.symbolAndText)"
        } else {
            text += ": \(code.text)"
        }
        if let hint { text += ": \(hint)" }
        return text
    }
}

extension CgroupError.Code {
    var text: String {
        switch self {
        case .controllerMissing: "controller missing"
        case .notDelegated: "not delegated to the caller"
        case .invalidPath: "invalid path"
        case .invalidLimit: "invalid limit"
        case .unsupported: "not supported"
        case .busy: "busy"
        case .timedOut: "timed out"
        case .notFound: "not found"
        case .alreadyExists: "already in use"
        case .notEffective: "not effective"
        case .managerFailed: "systemd failed"
        case .systemCall: "system call failed"
        }
    }
}
