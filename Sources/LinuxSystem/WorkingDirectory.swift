// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
package import SystemPackage

/// The process's working directory.
package enum WorkingDirectory {
    /// Its absolute path.
    ///
    /// - Throws: ``SystemCallError`` (`getcwd`): `ENOENT` when it was removed.
    package static func current() throws(SystemCallError) -> FilePath {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = try systemCall("getcwd") {
            unsafe buffer.withUnsafeMutableBytes {
                unsafe clinux_getcwd($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
            }
        }
        return FilePath(bytes: buffer.prefix(count))
    }

    /// `path` as an absolute path without `.` and `..`; relative ones start at the working directory.
    package static func absolute(_ path: FilePath) throws(SystemCallError) -> FilePath {
        if path.isAbsolute { return path.lexicallyNormalized() }
        return try current().appending(path.components).lexicallyNormalized()
    }
}
