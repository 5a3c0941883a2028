// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import CLinux
#if !SKIFF_SEALED
internal import LaunchPlan
#endif

/// Roots that are entered with chroot(2): where the mount namespace is not ours alone, and where the old root cannot be
/// swapped, as in an initramfs.
extension Interpreter {
    /// The tree stays detached: what is mounted below it later is seen by who has it as its root, and by nobody else in
    /// the mount namespace. Needs Linux 6.15, which mounts on detached trees.
    mutating func holdRoot(
        _ source: TreeSource<MappedStorage>,
        _ attributes: MountAttributes
    ) throws(StepError) {
        let tree = try open(source)
        try apply(attributes, to: tree)
        root = tree
    }

    /// The old root stays below the new one. A whole procfs or sysfs there would entitle who makes a user namespace to a
    /// fresh one without our masks (mount_namespaces(7)).
    func detachMount(_ path: MappedText) throws(StepError) {
        let result = unsafe clinux_umount2(reader.pointer(path), CLINUX_MNT_DETACH)
        if result == -CLINUX_ENOENT { return }
        guard result == -CLINUX_EINVAL || result == -CLINUX_EPERM else {
            try check(result, .umount)
            return
        }
        // Not a mount any more, or one that came with a more privileged mount namespace and is locked.
        let context = unsafe try check(clinux_fsopen("tmpfs", UInt32(CLINUX_FSOPEN_CLOEXEC)), .fsopen)
        defer { _ = clinux_close(context) }
        try check(clinux_fsconfig(context, UInt32(CLINUX_FSCONFIG_CMD_CREATE), nil, nil, 0), .fsconfig)
        let mount = try check(
            clinux_fsmount(context, UInt32(CLINUX_FSMOUNT_CLOEXEC), UInt32(CLINUX_MOUNT_ATTR_RDONLY)),
            .fsmount
        )
        defer { _ = clinux_close(mount) }
        unsafe try check(
            clinux_move_mount(
                mount,
                "",
                CLINUX_AT_FDCWD,
                reader.pointer(path),
                UInt32(CLINUX_MOVE_MOUNT_F_EMPTY_PATH)
            ),
            .moveMount
        )
    }

    func enterRoot() throws(StepError) {
        if root >= 0 { try check(clinux_fchdir(root), .fchdir) }
        unsafe try check(clinux_chroot("."), .chroot)
        unsafe try check(clinux_chdir("/"), .chdir)
    }
}
