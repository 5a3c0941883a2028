// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

public import LinuxSystem

/// An operation on a container that failed.
///
/// `description` is one line. It contains the phrases that callers of OCI runtimes match on, such as
/// `container does not exist` and `executable file not found in $PATH`.
public struct RuntimeError: Error, Hashable, Sendable {
    /// What a program can branch on; cases may be added.
    @nonexhaustive public enum Code: Hashable, Sendable {
        /// The container's id is not acceptable.
        case invalidID
        /// There is no container with this id.
        case notFound
        /// There is one already.
        case alreadyExists
        /// The configuration contradicts itself or the specification.
        case invalidConfiguration
        /// The configuration asks for what is not supported here.
        case unsupported
        /// The container is not in a state that allows the operation.
        case wrongState
        /// The program was not found.
        case executableNotFound
        /// The program exists and may not be executed.
        case executableNotPermitted
        /// The kernel refused for lack of privilege.
        case notPermitted
        /// A hook failed.
        case hookFailed
        /// A step of the launch failed.
        case launchFailed
        /// A control group could not be made, changed or removed.
        case cgroupFailed
        /// The container could not be checkpointed or restored.
        case checkpointFailed
        /// The container differs from what was prepared for it; the step names the fields.
        case preparedDifferently
        /// What is stored of the container cannot be read.
        case corruptState
        /// A system call on the host failed.
        case systemCall
    }

    /// What went wrong.
    public let code: Code
    /// What was going on, in words: the operation, the step, the JSON path.
    public let step: String
    /// The container's id, if the operation has one.
    public let container: String?
    /// The system call that failed, if one did.
    public let cause: SystemCallError?
    /// What to do about it, if we know.
    public let hint: String?

    /// Makes an error.
    public init(
        _ code: Code,
        _ step: String,
        container: String? = nil,
        cause: SystemCallError? = nil,
        hint: String? = nil
    ) {
        self.code = code
        self.step = step
        self.container = container
        self.cause = cause
        self.hint = hint ?? cause?.remedy
    }
}

extension RuntimeError: CustomStringConvertible {
    /// One line: container, step, call, path, error number and its meaning, hint.
    public var description: String {
        var text = container.map { "container \($0): \(step)" } ?? step
        if let cause { text += ": \(cause)" }
        if let hint { text += "; \(hint)" }
        return text
    }
}
