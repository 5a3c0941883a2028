// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// The program's version.
enum Version {
    /// The version alone.
    static let number = "0.1.0"
    /// What `--version` prints.
    static let text = "skiff version \(number)"
}
