// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
package import SystemPackage

/// Mounts that are made and changed by descriptor, attached nowhere until somebody moves them (mount_setattr(2)).
package enum MountHandle {
    /// A detached copy of what is mounted at the host path `path`, private to whoever attaches it.
    ///
    /// - Note: Needs `CAP_SYS_ADMIN` in the user namespace that owns the mount namespace.
    package static func clone(_ path: FilePath, recursive: Bool) throws(SystemCallError) -> OwnedFileDescriptor {
        let flags = UInt32(
            CLINUX_OPEN_TREE_CLONE | CLINUX_OPEN_TREE_CLOEXEC | (recursive ? CLINUX_AT_RECURSIVE : 0)
        )
        let tree = OwnedFileDescriptor(
            takingOver: try systemCall("open_tree", path: path) {
                path.withCString { unsafe clinux_open_tree(CLINUX_AT_FDCWD, $0, flags) }
            }
        )
        let number = tree.rawValue
        // A copy of a shared mount would be shared: nothing in a container may travel back.
        try systemCall("mount_setattr", path: path) {
            unsafe clinux_mount_setattr(
                number,
                "",
                UInt32(CLINUX_AT_EMPTY_PATH | CLINUX_AT_RECURSIVE),
                0,
                0,
                UInt64(CLINUX_MS_PRIVATE),
                0
            )
        }
        return tree
    }
}
