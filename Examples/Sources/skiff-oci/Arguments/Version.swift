// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCIRuntime

/// What the program says of itself.
enum Version {
    static let program = "skiff-oci"
    static let number = "0.1.0"

    /// What `--version` prints; docker and CRI-O take it apart.
    static var text: String {
        """
        \(program) version \(number)
        commit: unknown
        spec: \(Runtime.specificationVersion)
        """
    }
}
