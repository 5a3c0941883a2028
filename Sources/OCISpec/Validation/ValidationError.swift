// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A configuration that was refused, with everything that is wrong with it.
public struct ValidationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The problems in the order of the document's fields; at least one.
    public let problems: [ValidationProblem]

    /// The problems in one line, separated by semicolons.
    public var description: String { problems.map(\.description).joined(separator: "; ") }
}
