// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
package import LinuxSystem
package import SystemPackage

/// A private directory that goes away with its owner.
package struct TemporaryDirectory: ~Copyable, Sendable {
    /// Where it is.
    package let path: FilePath

    /// Makes a fresh directory with mode 0700 below `$TMPDIR` or `/tmp`.
    package init() throws(SystemCallError) {
        let base = FilePath(Environment.value(of: "TMPDIR") ?? "/tmp")
        let number = UInt64.random(in: .min ... .max)
        path = base.appending("skiff-test-\(String(number, radix: 36))")
        try RootDirectory(at: base).makeDirectory(FilePath("skiff-test-\(String(number, radix: 36))"), mode: 0o700)
    }

    /// The directory, opened.
    package func open() throws(SystemCallError) -> RootDirectory { try RootDirectory(at: path) }

    deinit {
        // A leftover of a failed test is not worth a second failure.
        if let name = path.lastComponent {
            try? RootDirectory(at: path.removingLastComponent()).removeTree(FilePath(name.string))
        }
    }
}
