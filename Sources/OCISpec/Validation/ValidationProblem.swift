// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Something in a configuration that the specification or the kernel does not allow.
public struct ValidationProblem: Hashable, Sendable, CustomStringConvertible {
    /// What kind of rule is broken; cases may be added.
    @nonexhaustive public enum Code: String, Hashable, Sendable {
        /// What must be there is absent or empty.
        case missing
        /// A value that is not in the form or range its field has.
        case invalid
        /// A string contains the character U+0000.
        case nulCharacter
        /// The same thing stands twice.
        case duplicate
        /// A field needs another one, or a namespace, that the configuration does not have.
        case needs
        /// Two fields exclude each other.
        case conflict
        /// The version of the specification is not supported.
        case unsupportedVersion
    }

    /// What kind of rule is broken.
    public let code: Code
    /// Where in the document.
    public let path: JSONPath
    /// The rule, in one line.
    public let detail: String

    /// For example `process.cwd: must be an absolute path`.
    public var description: String { path.elements.isEmpty ? detail : "\(path): \(detail)" }
}
