// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CProgram
internal import OCIRuntime

/// What the program says of itself.
enum Version {
    /// The name that it was called by: callers that expect runc or crun find it under that name, in all it says.
    static let program: String = {
        let called = unsafe program_argument(0).map { unsafe String(cString: $0) } ?? ""
        let name = called.split(separator: "/").last.map { String($0) } ?? ""
        return name.isEmpty ? "skiff-oci" : name
    }()
    static let number = "0.1.0"

    /// What `--version` prints; docker and CRI-O take it apart.
    static var text: String {
        """
        \(program) version \(number)
        commit: \(unsafe String(cString: program_commit()))
        spec: \(Runtime.specificationVersion)
        """
    }
}
