// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import LinuxSystem
internal import OCIRuntime

/// A program that is there, whose interpreter is not.
///
/// The container's own init says so with runc, as the last thing on the container's standard error, and callers match on
/// the whole line. The log gets what else is known.
struct InterpreterFailure: Error, CustomStringConvertible {
    /// The error.
    let error: RuntimeError
    /// What people see, in runc's words.
    let line: String

    /// The failure that `error` is; `nil` when it is another one.
    init?(_ error: any Error, of program: String) {
        guard let error = error as? RuntimeError, error.code == .executableNotFound, error.cause?.call == "execve"
        else {
            return nil
        }
        self.error = error
        line = "exec \(program): no such file or directory"
    }

    var description: String { "\(error)" }
}
