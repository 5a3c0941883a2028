// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors
//
// Mounts: the descriptor based mount API of Linux 5.2 and later, and what is left of the old one.

#ifndef CLINUX_MOUNT_H
#define CLINUX_MOUNT_H

#include "clinux_syscall.h"

#define CLINUX_OPEN_TREE_CLONE 1
#define CLINUX_OPEN_TREE_CLOEXEC 02000000
#define CLINUX_MOVE_MOUNT_F_SYMLINKS 0x01
#define CLINUX_MOVE_MOUNT_F_EMPTY_PATH 0x04
#define CLINUX_MOVE_MOUNT_T_EMPTY_PATH 0x40
#define CLINUX_FSOPEN_CLOEXEC 1
#define CLINUX_FSCONFIG_SET_FLAG 0
#define CLINUX_FSCONFIG_SET_STRING 1
#define CLINUX_FSCONFIG_SET_BINARY 2
#define CLINUX_FSCONFIG_SET_PATH 3
#define CLINUX_FSCONFIG_SET_PATH_EMPTY 4
#define CLINUX_FSCONFIG_SET_FD 5
#define CLINUX_FSCONFIG_CMD_CREATE 6
#define CLINUX_FSCONFIG_CMD_RECONFIGURE 7
#define CLINUX_FSPICK_CLOEXEC 1
#define CLINUX_FSPICK_EMPTY_PATH 8
#define CLINUX_FSMOUNT_CLOEXEC 1
#define CLINUX_MOUNT_ATTR_RDONLY 0x1
#define CLINUX_MOUNT_ATTR_NOSUID 0x2
#define CLINUX_MOUNT_ATTR_NODEV 0x4
#define CLINUX_MOUNT_ATTR_NOEXEC 0x8
#define CLINUX_MOUNT_ATTR__ATIME 0x70
#define CLINUX_MOUNT_ATTR_RELATIME 0x0
#define CLINUX_MOUNT_ATTR_NOATIME 0x10
#define CLINUX_MOUNT_ATTR_STRICTATIME 0x20
#define CLINUX_MOUNT_ATTR_NODIRATIME 0x80
#define CLINUX_MOUNT_ATTR_IDMAP 0x100000
#define CLINUX_MOUNT_ATTR_NOSYMFOLLOW 0x200000
#define CLINUX_MS_UNBINDABLE (1 << 17)
#define CLINUX_MS_PRIVATE (1 << 18)
#define CLINUX_MS_SLAVE (1 << 19)
#define CLINUX_MS_SHARED (1 << 20)
#define CLINUX_MNT_DETACH 2
#define CLINUX_UMOUNT_NOFOLLOW 8

/// The argument of mount_setattr(2).
struct clinux_mount_attr {
    uint64_t attr_set;
    uint64_t attr_clr;
    uint64_t propagation;
    uint64_t userns_fd;
};

CLINUX_INLINE int clinux_open_tree(int directory, const char *path, uint32_t flags) {
    return (int)CLINUX_CALL3(__NR_open_tree, directory, path, flags);
}
CLINUX_INLINE int clinux_move_mount(int from_directory, const char *from, int to_directory, const char *to,
                                    uint32_t flags) {
    return (int)CLINUX_CALL5(__NR_move_mount, from_directory, from, to_directory, to, flags);
}
CLINUX_INLINE int clinux_fsopen(const char *type, uint32_t flags) {
    return (int)CLINUX_CALL2(__NR_fsopen, type, flags);
}
CLINUX_INLINE int clinux_fsconfig(int fs, uint32_t command, const char *key, const void *value, int auxiliary) {
    return (int)CLINUX_CALL5(__NR_fsconfig, fs, command, key, value, auxiliary);
}
CLINUX_INLINE int clinux_fspick(int directory, const char *path, uint32_t flags) {
    return (int)CLINUX_CALL3(__NR_fspick, directory, path, flags);
}
CLINUX_INLINE int clinux_fsmount(int fs, uint32_t flags, uint32_t attributes) {
    return (int)CLINUX_CALL3(__NR_fsmount, fs, flags, attributes);
}
CLINUX_INLINE int clinux_mount_setattr(int directory, const char *path, uint32_t flags, uint64_t set, uint64_t clear,
                                       uint64_t propagation, uint64_t userns_fd) {
    struct clinux_mount_attr attributes = {set, clear, propagation, userns_fd};
    return (int)CLINUX_CALL5(__NR_mount_setattr, directory, path, flags, &attributes, sizeof attributes);
}
CLINUX_INLINE int clinux_umount2(const char *path, int flags) { return (int)CLINUX_CALL2(__NR_umount2, path, flags); }
CLINUX_INLINE int clinux_pivot_root(const char *new_root, const char *put_old) {
    return (int)CLINUX_CALL2(__NR_pivot_root, new_root, put_old);
}
CLINUX_INLINE int clinux_chroot(const char *path) { return (int)CLINUX_CALL1(__NR_chroot, path); }

#endif
