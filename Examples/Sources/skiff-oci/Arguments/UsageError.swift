// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// A command line that cannot be understood.
struct UsageError: Error, CustomStringConvertible {
    /// What is wrong with it, in one line.
    let description: String

    init(_ description: String) { self.description = description }
}
