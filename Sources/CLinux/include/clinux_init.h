// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors
//
// Calls that only the container's init makes.

#ifndef CLINUX_INIT_H
#define CLINUX_INIT_H

#include "clinux_process.h"

#define CLINUX_TIOCSCTTY 0x540e
#define CLINUX_TIOCGPTPEER 0x5441
#define CLINUX_TIOCSPTLCK 0x40045431
#define CLINUX_TIOCSWINSZ 0x5414
#define CLINUX_TIOCGWINSZ 0x5413
#define CLINUX_TIOCGPTN 0x80045430

/// Terminal size: rows and columns of characters (struct winsize).
struct clinux_winsize {
    uint16_t rows;
    uint16_t columns;
    uint16_t x_pixels;
    uint16_t y_pixels;
};

/// A copy of the calling process, as fork(2) makes it; `pidfd` may be null.
CLINUX_INLINE int clinux_fork(uint64_t flags, int *pidfd) {
    struct clinux_clone_args args = {flags | (pidfd ? CLINUX_CLONE_PIDFD : 0), (uint64_t)pidfd, 0, 0,
                                     flags & CLINUX_CLONE_PARENT ? 0 : CLINUX_SIGCHLD, 0, 0, 0, 0, 0, 0};
    return (int)CLINUX_CALL2(__NR_clone3, &args, sizeof args);
}

/// A copy of the calling process with a pidfd, by clone(2): filters that refuse clone3(2), whose flags they cannot
/// see, allow this one.
CLINUX_INLINE int clinux_fork_by_clone(int *pidfd) {
    return (int)CLINUX_CALL5(__NR_clone, CLINUX_CLONE_PIDFD | CLINUX_SIGCHLD, 0, pidfd, 0, 0);
}

/// Joins a new session keyring called `name` (keyctl KEYCTL_JOIN_SESSION_KEYRING).
CLINUX_INLINE long clinux_join_session_keyring(const char *name) { return CLINUX_CALL2(__NR_keyctl, 1, name); }

/// Describes a key as `type;uid;gid;permissions;name` (keyctl KEYCTL_DESCRIBE); returns the length with its NUL.
CLINUX_INLINE long clinux_describe_key(long key, char *bytes, size_t count) {
    return CLINUX_CALL4(__NR_keyctl, 6, key, bytes, count);
}

/// Sets the permissions of a key (keyctl KEYCTL_SETPERM).
CLINUX_INLINE long clinux_key_set_permissions(long key, uint32_t permissions) {
    return CLINUX_CALL3(__NR_keyctl, 5, key, permissions);
}

/// Marks the loopback interface of the network namespace as up.
CLINUX_INLINE int clinux_raise_loopback(void) {
    struct { char name[16]; int16_t flags; char rest[22]; } request = {"lo", 1, ""};
    int fd = (int)CLINUX_CALL3(__NR_socket, 2, 2 | 02000000, 0);
    if (fd < 0) return fd;
    int result = (int)CLINUX_CALL3(__NR_ioctl, fd, 0x8914, &request);
    CLINUX_CALL1(__NR_close, fd);
    return result;
}

#define CLINUX_SIG_DFL_ACTION_BYTES 32

/// Gives `signal` its default action.
CLINUX_INLINE int clinux_default_signal(int signal) {
    uint64_t action[4] = {0, 0, 0, 0};
    return (int)CLINUX_CALL4(__NR_rt_sigaction, signal, action, 0, 8);
}

#endif
