// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
package import SystemPackage

/// An open directory that is the root for every path given to it.
///
/// Paths are resolved by the kernel below the directory (`openat2(2)`), never as strings, so no `..`, no absolute
/// symbolic link and no magic link leads out of it. What is created is created by name in a parent opened that way.
package struct RootDirectory: ~Copyable, Sendable {
    /// How a path that meets a symbolic link or a `..` is resolved.
    package enum Resolution: Sendable {
        /// As after `chroot(2)`: absolute links and `..` stay inside (`RESOLVE_IN_ROOT`).
        case inRoot
        /// Leaving is an error (`RESOLVE_BENEATH`).
        case beneath
        /// Any symbolic link is an error, as is leaving. For names that we own.
        case noSymlinks

        var flags: UInt64 {
            switch self {
            case .inRoot: UInt64(CLINUX_RESOLVE_IN_ROOT | CLINUX_RESOLVE_NO_MAGICLINKS)
            case .beneath: UInt64(CLINUX_RESOLVE_BENEATH | CLINUX_RESOLVE_NO_MAGICLINKS)
            case .noSymlinks: UInt64(CLINUX_RESOLVE_BENEATH | CLINUX_RESOLVE_NO_SYMLINKS | CLINUX_RESOLVE_NO_MAGICLINKS)
            }
        }
    }

    /// The directory itself.
    package let descriptor: OwnedFileDescriptor

    /// Takes over an open directory.
    package init(takingOver descriptor: consuming OwnedFileDescriptor) { self.descriptor = descriptor }

    /// Opens the host directory `path`.
    package init(at path: FilePath) throws(SystemCallError) {
        descriptor = try .open(path, CLINUX_O_RDONLY | CLINUX_O_DIRECTORY)
    }

    /// Opens `path` below this directory; close-on-exec is always added.
    ///
    /// A concurrent rename can make the kernel give up with `EAGAIN`; the call is made again up to 128 times.
    package func open(
        _ path: FilePath,
        _ flags: CInt,
        mode: UInt32 = 0,
        _ resolution: Resolution = .inRoot
    ) throws(SystemCallError) -> OwnedFileDescriptor {
        let number = descriptor.rawValue
        var attempts = 0
        while true {
            do throws(SystemCallError) {
                let opened = try systemCall("openat2", path: path) {
                    path.withCString {
                        unsafe clinux_openat2(
                            number,
                            $0,
                            UInt64(UInt32(bitPattern: flags | CLINUX_O_CLOEXEC)),
                            UInt64(mode),
                            resolution.flags
                        )
                    }
                }
                return OwnedFileDescriptor(takingOver: opened)
            } catch {
                attempts += 1
                if error.errno != .resourceTemporarilyUnavailable || attempts == 128 { throw error }
            }
        }
    }

    /// Opens the directory `path` below this one as a root of its own.
    package func directory(
        _ path: FilePath,
        _ resolution: Resolution = .inRoot
    ) throws(SystemCallError) -> RootDirectory {
        RootDirectory(takingOver: try open(path, CLINUX_O_RDONLY | CLINUX_O_DIRECTORY, resolution))
    }

    /// Opens the parent of `path` and names the last component.
    ///
    /// - Throws: ``SystemCallError``: `EINVAL` when `path` has no last component that can be created or removed
    ///   (it is empty, `/`, or ends in `.` or `..`).
    package func parent(
        of path: FilePath,
        _ resolution: Resolution = .inRoot
    ) throws(SystemCallError) -> Parent {
        guard let last = path.lastComponent, last.kind == .regular else {
            throw SystemCallError(call: "openat2", path: path, errno: .invalidArgument)
        }
        let parentPath = path.removingLastComponent()
        return Parent(
            directory: try directory(parentPath.isEmpty ? "." : parentPath, resolution),
            name: FilePath(root: nil, CollectionOfOne(last))
        )
    }

    /// The open parent of a path, and the path's last component.
    package struct Parent: ~Copyable, Sendable {
        package let directory: RootDirectory
        package let name: FilePath
    }
}
