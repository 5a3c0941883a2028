// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
package import SystemPackage

/// Mounts that are made and changed by descriptor, attached nowhere until somebody moves them (mount_setattr(2)).
package enum MountHandle {
    /// A detached copy of what is mounted at the host path `path`.
    ///
    /// - Parameters:
    ///   - path: The place.
    ///   - recursive: Whether what is mounted below comes along.
    ///   - propagation: What the copy is made before anybody attaches it (`MS_PRIVATE`, `MS_SLAVE`); 0 leaves it a peer
    ///     of the original where that is shared.
    /// - Returns: The copy.
    /// - Throws: ``SystemCallError``.
    /// - Note: Needs `CAP_SYS_ADMIN` in the user namespace that owns the mount namespace.
    package static func clone(
        _ path: FilePath,
        recursive: Bool,
        propagation: UInt64
    ) throws(SystemCallError) -> OwnedFileDescriptor {
        let flags = UInt32(
            CLINUX_OPEN_TREE_CLONE | CLINUX_OPEN_TREE_CLOEXEC | (recursive ? CLINUX_AT_RECURSIVE : 0)
        )
        let tree = OwnedFileDescriptor(
            takingOver: try systemCall("open_tree", path: path) {
                path.withCString { unsafe clinux_open_tree(CLINUX_AT_FDCWD, $0, flags) }
            }
        )
        if propagation == 0 { return tree }
        let number = tree.rawValue
        try systemCall("mount_setattr", path: path) {
            unsafe clinux_mount_setattr(
                number,
                "",
                UInt32(CLINUX_AT_EMPTY_PATH | CLINUX_AT_RECURSIVE),
                0,
                0,
                propagation,
                0
            )
        }
        return tree
    }

    /// Shows the owners of files as the user namespace `namespace` maps them, on a detached mount.
    package static func map(
        _ tree: borrowing OwnedFileDescriptor,
        as namespace: borrowing OwnedFileDescriptor,
        recursive: Bool,
        path: FilePath
    ) throws(SystemCallError) {
        let (number, user) = (tree.rawValue, UInt64(namespace.rawValue))
        let flags = UInt32(CLINUX_AT_EMPTY_PATH | (recursive ? CLINUX_AT_RECURSIVE : 0))
        try systemCall("mount_setattr", path: path) {
            unsafe clinux_mount_setattr(number, "", flags, UInt64(CLINUX_MOUNT_ATTR_IDMAP), 0, 0, user)
        }
    }
}
