// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors
//
// Files, directories, descriptors, extended attributes.

#ifndef CLINUX_FILE_H
#define CLINUX_FILE_H

#include "clinux_syscall.h"

#define CLINUX_AT_FDCWD (-100)
#define CLINUX_AT_SYMLINK_NOFOLLOW 0x100
#define CLINUX_AT_REMOVEDIR 0x200
#define CLINUX_AT_SYMLINK_FOLLOW 0x400
#define CLINUX_AT_NO_AUTOMOUNT 0x800
#define CLINUX_AT_EMPTY_PATH 0x1000
#define CLINUX_AT_RECURSIVE 0x8000

#define CLINUX_O_RDONLY 00
#define CLINUX_O_WRONLY 01
#define CLINUX_O_RDWR 02
#define CLINUX_O_CREAT 0100
#define CLINUX_O_EXCL 0200
#define CLINUX_O_NOCTTY 0400
#define CLINUX_O_TRUNC 01000
#define CLINUX_O_APPEND 02000
#define CLINUX_O_NONBLOCK 04000
#define CLINUX_O_CLOEXEC 02000000
#define CLINUX_O_PATH 010000000
#if defined(__x86_64__)
#define CLINUX_O_DIRECTORY 0200000
#define CLINUX_O_NOFOLLOW 0400000
#define CLINUX_O_TMPFILE 020200000
#else
#define CLINUX_O_DIRECTORY 040000
#define CLINUX_O_NOFOLLOW 0100000
#define CLINUX_O_TMPFILE 020040000
#endif

#define CLINUX_RESOLVE_NO_XDEV 0x01
#define CLINUX_RESOLVE_NO_MAGICLINKS 0x02
#define CLINUX_RESOLVE_NO_SYMLINKS 0x04
#define CLINUX_RESOLVE_BENEATH 0x08
#define CLINUX_RESOLVE_IN_ROOT 0x10

#define CLINUX_S_IFMT 0170000
#define CLINUX_S_IFSOCK 0140000
#define CLINUX_S_IFLNK 0120000
#define CLINUX_S_IFREG 0100000
#define CLINUX_S_IFBLK 0060000
#define CLINUX_S_IFDIR 0040000
#define CLINUX_S_IFCHR 0020000
#define CLINUX_S_IFIFO 0010000

#define CLINUX_STATX_TYPE 0x1
#define CLINUX_STATX_MODE 0x2
#define CLINUX_STATX_UID 0x8
#define CLINUX_STATX_BASIC_STATS 0x7ff
#define CLINUX_STATX_MNT_ID 0x1000
#define CLINUX_STATX_ATTR_MOUNT_ROOT 0x2000

#define CLINUX_RENAME_NOREPLACE 1
#define CLINUX_RENAME_EXCHANGE 2
#define CLINUX_F_DUPFD 0
#define CLINUX_F_GETFD 1
#define CLINUX_F_SETFD 2
#define CLINUX_F_GETFL 3
#define CLINUX_F_SETFL 4
#define CLINUX_F_OFD_GETLK 36
#define CLINUX_F_OFD_SETLK 37
#define CLINUX_F_OFD_SETLKW 38
#define CLINUX_F_DUPFD_CLOEXEC 1030
#define CLINUX_F_SETPIPE_SZ 1031
#define CLINUX_F_ADD_SEALS 1033
#define CLINUX_F_GET_SEALS 1034
#define CLINUX_F_RDLCK 0
#define CLINUX_F_WRLCK 1
#define CLINUX_F_UNLCK 2
#define CLINUX_FD_CLOEXEC 1
#define CLINUX_F_SEAL_SEAL 1
#define CLINUX_F_SEAL_SHRINK 2
#define CLINUX_F_SEAL_GROW 4
#define CLINUX_F_SEAL_WRITE 8
#define CLINUX_MFD_CLOEXEC 1
#define CLINUX_MFD_ALLOW_SEALING 2
#define CLINUX_MFD_EXEC 0x10
#define CLINUX_CLOSE_RANGE_CLOEXEC 4
#define CLINUX_SEEK_SET 0
#define CLINUX_SEEK_CUR 1
#define CLINUX_SEEK_END 2
#define CLINUX_SEEK_DATA 3
#define CLINUX_SEEK_HOLE 4
#define CLINUX_FICLONE 0x40049409
#define CLINUX_R_OK 4
#define CLINUX_W_OK 2
#define CLINUX_X_OK 1
#define CLINUX_AT_EACCESS 0x200
#define CLINUX_UTIME_NOW 0x3fffffff
#define CLINUX_UTIME_OMIT 0x3ffffffe

#define CLINUX_PROC_SUPER_MAGIC 0x9fa0
#define CLINUX_TMPFS_MAGIC 0x01021994
#define CLINUX_CGROUP2_SUPER_MAGIC 0x63677270
#define CLINUX_CGROUP_SUPER_MAGIC 0x27e0eb
#define CLINUX_DEVPTS_SUPER_MAGIC 0x1cd1
#define CLINUX_OVERLAYFS_SUPER_MAGIC 0x794c7630

/// The argument of openat2(2).
struct clinux_open_how {
    uint64_t flags;
    uint64_t mode;
    uint64_t resolve;
};

struct clinux_timespec {
    int64_t seconds;
    int64_t nanoseconds;
};

struct clinux_statx_timestamp {
    int64_t seconds;
    uint32_t nanoseconds;
    int32_t reserved;
};

/// What statx(2) fills.
struct clinux_statx {
    uint32_t mask;
    uint32_t block_size;
    uint64_t attributes;
    uint32_t link_count;
    uint32_t uid;
    uint32_t gid;
    uint16_t mode;
    uint16_t reserved0;
    uint64_t inode;
    uint64_t size;
    uint64_t blocks;
    uint64_t attributes_mask;
    struct clinux_statx_timestamp access_time;
    struct clinux_statx_timestamp birth_time;
    struct clinux_statx_timestamp change_time;
    struct clinux_statx_timestamp modification_time;
    uint32_t rdev_major;
    uint32_t rdev_minor;
    uint32_t dev_major;
    uint32_t dev_minor;
    uint64_t mount_id;
    uint64_t reserved1[13];
};

/// What statfs(2) fills (64-bit ABIs).
struct clinux_statfs {
    int64_t type;
    int64_t block_size;
    uint64_t blocks;
    uint64_t free_blocks;
    uint64_t available_blocks;
    uint64_t files;
    uint64_t free_files;
    int32_t fsid[2];
    int64_t name_length;
    int64_t fragment_size;
    int64_t flags;
    int64_t spare[4];
};

/// The argument of the record locking commands of fcntl(2).
struct clinux_flock {
    int16_t type;
    int16_t whence;
    int64_t start;
    int64_t length;
    int32_t pid;
};

CLINUX_INLINE int clinux_openat(int directory, const char *path, int flags, uint32_t mode) {
    return (int)CLINUX_CALL4(__NR_openat, directory, path, flags, mode);
}
CLINUX_INLINE int clinux_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct clinux_open_how how = {flags, mode, resolve};
    return (int)CLINUX_CALL4(__NR_openat2, directory, path, &how, sizeof how);
}
CLINUX_INLINE int clinux_close(int fd) { return (int)CLINUX_CALL1(__NR_close, fd); }
CLINUX_INLINE int clinux_close_range(uint32_t first, uint32_t last, uint32_t flags) {
    return (int)CLINUX_CALL3(__NR_close_range, first, last, flags);
}
CLINUX_INLINE long clinux_read(int fd, void *bytes, size_t count) { return CLINUX_CALL3(__NR_read, fd, bytes, count); }
CLINUX_INLINE long clinux_write(int fd, const void *bytes, size_t count) {
    return CLINUX_CALL3(__NR_write, fd, bytes, count);
}
CLINUX_INLINE long clinux_pread(int fd, void *bytes, size_t count, int64_t offset) {
    return CLINUX_CALL4(__NR_pread64, fd, bytes, count, offset);
}
CLINUX_INLINE long clinux_pwrite(int fd, const void *bytes, size_t count, int64_t offset) {
    return CLINUX_CALL4(__NR_pwrite64, fd, bytes, count, offset);
}
CLINUX_INLINE long clinux_lseek(int fd, int64_t offset, int whence) {
    return CLINUX_CALL3(__NR_lseek, fd, offset, whence);
}
CLINUX_INLINE int clinux_statx(int directory, const char *path, int flags, uint32_t mask, struct clinux_statx *result) {
    return (int)CLINUX_CALL5(__NR_statx, directory, path, flags, mask, result);
}
CLINUX_INLINE int clinux_statfs(const char *path, struct clinux_statfs *result) {
    return (int)CLINUX_CALL2(__NR_statfs, path, result);
}
CLINUX_INLINE int clinux_fstatfs(int fd, struct clinux_statfs *result) {
    return (int)CLINUX_CALL2(__NR_fstatfs, fd, result);
}
CLINUX_INLINE int clinux_mkdirat(int directory, const char *path, uint32_t mode) {
    return (int)CLINUX_CALL3(__NR_mkdirat, directory, path, mode);
}
CLINUX_INLINE int clinux_mknodat(int directory, const char *path, uint32_t mode, uint64_t device) {
    return (int)CLINUX_CALL4(__NR_mknodat, directory, path, mode, device);
}
CLINUX_INLINE int clinux_symlinkat(const char *target, int directory, const char *path) {
    return (int)CLINUX_CALL3(__NR_symlinkat, target, directory, path);
}
CLINUX_INLINE int clinux_linkat(int old_directory, const char *old_path, int directory, const char *path, int flags) {
    return (int)CLINUX_CALL5(__NR_linkat, old_directory, old_path, directory, path, flags);
}
CLINUX_INLINE int clinux_unlinkat(int directory, const char *path, int flags) {
    return (int)CLINUX_CALL3(__NR_unlinkat, directory, path, flags);
}
CLINUX_INLINE int clinux_renameat2(int old_directory, const char *old_path, int directory, const char *path,
                                   uint32_t flags) {
    return (int)CLINUX_CALL5(__NR_renameat2, old_directory, old_path, directory, path, flags);
}
CLINUX_INLINE long clinux_readlinkat(int directory, const char *path, char *bytes, size_t count) {
    return CLINUX_CALL4(__NR_readlinkat, directory, path, bytes, count);
}
CLINUX_INLINE int clinux_fchmod(int fd, uint32_t mode) { return (int)CLINUX_CALL2(__NR_fchmod, fd, mode); }
CLINUX_INLINE int clinux_fchmodat(int directory, const char *path, uint32_t mode) {
    return (int)CLINUX_CALL3(__NR_fchmodat, directory, path, mode);
}
/// Linux 6.6 and later; takes AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH.
CLINUX_INLINE int clinux_fchmodat2(int directory, const char *path, uint32_t mode, int flags) {
    return (int)CLINUX_CALL4(452, directory, path, mode, flags);
}
CLINUX_INLINE int clinux_fchown(int fd, uint32_t uid, uint32_t gid) {
    return (int)CLINUX_CALL3(__NR_fchown, fd, uid, gid);
}
CLINUX_INLINE int clinux_fchownat(int directory, const char *path, uint32_t uid, uint32_t gid, int flags) {
    return (int)CLINUX_CALL5(__NR_fchownat, directory, path, uid, gid, flags);
}
CLINUX_INLINE int clinux_utimensat(int directory, const char *path, const struct clinux_timespec times[2], int flags) {
    return (int)CLINUX_CALL4(__NR_utimensat, directory, path, times, flags);
}
/// Sets the times of an open file.
CLINUX_INLINE int clinux_futimens(int fd, const struct clinux_timespec times[2]) {
    return (int)CLINUX_CALL4(__NR_utimensat, fd, 0, times, 0);
}
CLINUX_INLINE int clinux_faccessat2(int directory, const char *path, int mode, int flags) {
    return (int)CLINUX_CALL4(__NR_faccessat2, directory, path, mode, flags);
}
CLINUX_INLINE int clinux_fsync(int fd) { return (int)CLINUX_CALL1(__NR_fsync, fd); }
CLINUX_INLINE int clinux_fdatasync(int fd) { return (int)CLINUX_CALL1(__NR_fdatasync, fd); }
CLINUX_INLINE int clinux_syncfs(int fd) { return (int)CLINUX_CALL1(__NR_syncfs, fd); }
CLINUX_INLINE int clinux_ftruncate(int fd, int64_t size) { return (int)CLINUX_CALL2(__NR_ftruncate, fd, size); }
CLINUX_INLINE int clinux_fallocate(int fd, int mode, int64_t offset, int64_t size) {
    return (int)CLINUX_CALL4(__NR_fallocate, fd, mode, offset, size);
}
CLINUX_INLINE long clinux_copy_file_range(int from, int to, size_t count) {
    return CLINUX_CALL6(__NR_copy_file_range, from, 0, to, 0, count, 0);
}
CLINUX_INLINE long clinux_getdents64(int fd, void *bytes, size_t count) {
    return CLINUX_CALL3(__NR_getdents64, fd, bytes, count);
}
CLINUX_INLINE int clinux_fcntl(int fd, int command, long argument) {
    return (int)CLINUX_CALL3(__NR_fcntl, fd, command, argument);
}
CLINUX_INLINE int clinux_fcntl_lock(int fd, int command, struct clinux_flock *lock) {
    return (int)CLINUX_CALL3(__NR_fcntl, fd, command, lock);
}
CLINUX_INLINE int clinux_dup3(int from, int to, int flags) { return (int)CLINUX_CALL3(__NR_dup3, from, to, flags); }
CLINUX_INLINE int clinux_pipe2(int fds[2], int flags) { return (int)CLINUX_CALL2(__NR_pipe2, fds, flags); }
CLINUX_INLINE int clinux_ioctl(int fd, unsigned long request, void *argument) {
    return (int)CLINUX_CALL3(__NR_ioctl, fd, request, argument);
}
/// The modes of a terminal (`struct termios` of the kernel, ioctl_tty(2)).
struct clinux_termios {
    uint32_t input, output, control, local;
    uint8_t line, characters[19];
};
#define CLINUX_TCGETS 0x5401
#define CLINUX_TCSETS 0x5402
#define CLINUX_ONLCR 4
CLINUX_INLINE int clinux_ioctl_value(int fd, unsigned long request, long argument) {
    return (int)CLINUX_CALL3(__NR_ioctl, fd, request, argument);
}
CLINUX_INLINE int clinux_memfd_create(const char *name, uint32_t flags) {
    return (int)CLINUX_CALL2(__NR_memfd_create, name, flags);
}
CLINUX_INLINE int clinux_chdir(const char *path) { return (int)CLINUX_CALL1(__NR_chdir, path); }
CLINUX_INLINE int clinux_fchdir(int fd) { return (int)CLINUX_CALL1(__NR_fchdir, fd); }
CLINUX_INLINE long clinux_getcwd(char *bytes, size_t count) { return CLINUX_CALL2(__NR_getcwd, bytes, count); }
CLINUX_INLINE int clinux_umask(uint32_t mask) { return (int)CLINUX_CALL1(__NR_umask, mask); }

CLINUX_INLINE int clinux_fsetxattr(int fd, const char *name, const void *value, size_t count, int flags) {
    return (int)CLINUX_CALL5(__NR_fsetxattr, fd, name, value, count, flags);
}
CLINUX_INLINE int clinux_lsetxattr(const char *path, const char *name, const void *value, size_t count, int flags) {
    return (int)CLINUX_CALL5(__NR_lsetxattr, path, name, value, count, flags);
}
CLINUX_INLINE long clinux_fgetxattr(int fd, const char *name, void *value, size_t count) {
    return CLINUX_CALL4(__NR_fgetxattr, fd, name, value, count);
}
CLINUX_INLINE long clinux_lgetxattr(const char *path, const char *name, void *value, size_t count) {
    return CLINUX_CALL4(__NR_lgetxattr, path, name, value, count);
}
CLINUX_INLINE long clinux_flistxattr(int fd, char *list, size_t count) {
    return CLINUX_CALL3(__NR_flistxattr, fd, list, count);
}
CLINUX_INLINE long clinux_llistxattr(const char *path, char *list, size_t count) {
    return CLINUX_CALL3(__NR_llistxattr, path, list, count);
}
CLINUX_INLINE int clinux_fremovexattr(int fd, const char *name) {
    return (int)CLINUX_CALL2(__NR_fremovexattr, fd, name);
}

/// The device number that mknodat(2) takes: the kernel's encoding of major and minor.
CLINUX_INLINE uint64_t clinux_makedev(uint32_t major, uint32_t minor) {
    return ((uint64_t)(minor & 0xff)) | ((uint64_t)(major & 0xfff) << 8) | ((uint64_t)(minor & ~0xffu) << 12);
}

#endif
