// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import SystemPackage

/// Something that the program itself could not do.
struct ProgramError: Error, CustomStringConvertible {
    /// What, in one line.
    let description: String

    init(_ description: String) { self.description = description }

    /// A system call failed; `result` is the negated error number.
    init(_ step: String, _ call: String, _ path: String? = nil, result: Int32) {
        description =
            "\(step): \(SystemCallError(call: call, path: path.map { FilePath($0) }, errno: Errno(rawValue: -result)))"
    }

    /// `result` of a system call, unless it is an error.
    static func check(_ step: String, _ call: String, _ path: String? = nil, _ result: Int32) throws(ProgramError) {
        if result < 0 { throw ProgramError(step, call, path, result: result) }
    }
}
