// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors
//
// Processes: creation, identity, capabilities, limits, namespaces, waiting.

#ifndef CLINUX_PROCESS_H
#define CLINUX_PROCESS_H

#include "clinux_file.h"

#define CLINUX_CLONE_NEWTIME 0x00000080
#define CLINUX_CLONE_VM 0x00000100
#define CLINUX_CLONE_PIDFD 0x00001000
#define CLINUX_CLONE_VFORK 0x00004000
#define CLINUX_CLONE_PARENT 0x00008000
#define CLINUX_CLONE_NEWNS 0x00020000
#define CLINUX_CLONE_NEWCGROUP 0x02000000
#define CLINUX_CLONE_NEWUTS 0x04000000
#define CLINUX_CLONE_NEWIPC 0x08000000
#define CLINUX_CLONE_NEWUSER 0x10000000
#define CLINUX_CLONE_NEWPID 0x20000000
#define CLINUX_CLONE_NEWNET 0x40000000
#define CLINUX_CLONE_CLEAR_SIGHAND 0x100000000ULL
#define CLINUX_CLONE_INTO_CGROUP 0x200000000ULL

#define CLINUX_SIGHUP 1
#define CLINUX_SIGINT 2
#define CLINUX_SIGQUIT 3
#define CLINUX_SIGKILL 9
#define CLINUX_SIGPIPE 13
#define CLINUX_SIGTERM 15
#define CLINUX_SIGCHLD 17
#define CLINUX_SIGCONT 18
#define CLINUX_SIGSTOP 19
#define CLINUX_SIGWINCH 28

#define CLINUX_P_ALL 0
#define CLINUX_P_PID 1
#define CLINUX_P_PIDFD 3
#define CLINUX_WNOHANG 1
#define CLINUX_WEXITED 4
#define CLINUX_WNOWAIT 0x01000000
#define CLINUX_WALL 0x40000000
#define CLINUX_CLD_EXITED 1
#define CLINUX_CLD_KILLED 2
#define CLINUX_CLD_DUMPED 3

#define CLINUX_PR_SET_PDEATHSIG 1
#define CLINUX_PR_SET_DUMPABLE 4
#define CLINUX_PR_SET_KEEPCAPS 8
#define CLINUX_PR_SET_NAME 15
#define CLINUX_PR_CAPBSET_READ 23
#define CLINUX_PR_CAPBSET_DROP 24
#define CLINUX_PR_SET_CHILD_SUBREAPER 36
#define CLINUX_PR_SET_NO_NEW_PRIVS 38
#define CLINUX_PR_CAP_AMBIENT 47
#define CLINUX_PR_CAP_AMBIENT_RAISE 2
#define CLINUX_PR_CAP_AMBIENT_CLEAR_ALL 4

#define CLINUX_SIG_BLOCK 0
#define CLINUX_SIG_UNBLOCK 1
#define CLINUX_SIG_SETMASK 2

#define CLINUX_RLIMIT_NOFILE 7

struct clinux_rlimit {
    uint64_t soft;
    uint64_t hard;
};

/// The argument of clone3(2).
struct clinux_clone_args {
    uint64_t flags;
    uint64_t pidfd;
    uint64_t child_tid;
    uint64_t parent_tid;
    uint64_t exit_signal;
    uint64_t stack;
    uint64_t stack_size;
    uint64_t tls;
    uint64_t set_tid;
    uint64_t set_tid_size;
    uint64_t cgroup;
};

/// What waitid(2) reports, as far as we read it (siginfo_t is 128 bytes).
struct clinux_siginfo {
    int32_t signal;
    int32_t error;
    int32_t code;
    int32_t padding;
    int32_t pid;
    uint32_t uid;
    int32_t status;
    int32_t reserved[25];
};

struct clinux_timeval {
    int64_t seconds;
    int64_t microseconds;
};

/// What wait4(2) and getrusage(2) fill.
struct clinux_rusage {
    struct clinux_timeval user;
    struct clinux_timeval system;
    int64_t max_rss_kib;
    int64_t reserved[13];
};

CLINUX_INLINE int clinux_getpid(void) { return (int)CLINUX_CALL0(__NR_getpid); }
CLINUX_INLINE int clinux_getppid(void) { return (int)CLINUX_CALL0(__NR_getppid); }
CLINUX_INLINE int clinux_gettid(void) { return (int)CLINUX_CALL0(__NR_gettid); }
CLINUX_INLINE uint32_t clinux_getuid(void) { return (uint32_t)CLINUX_CALL0(__NR_getuid); }
CLINUX_INLINE uint32_t clinux_geteuid(void) { return (uint32_t)CLINUX_CALL0(__NR_geteuid); }
CLINUX_INLINE uint32_t clinux_getgid(void) { return (uint32_t)CLINUX_CALL0(__NR_getgid); }
CLINUX_INLINE uint32_t clinux_getegid(void) { return (uint32_t)CLINUX_CALL0(__NR_getegid); }
CLINUX_INLINE int clinux_setsid(void) { return (int)CLINUX_CALL0(__NR_setsid); }
CLINUX_INLINE int clinux_kill(int pid, int signal) { return (int)CLINUX_CALL2(__NR_kill, pid, signal); }
CLINUX_INLINE int clinux_pidfd_open(int pid, uint32_t flags) { return (int)CLINUX_CALL2(__NR_pidfd_open, pid, flags); }
CLINUX_INLINE int clinux_pidfd_getfd(int pidfd, int fd) { return (int)CLINUX_CALL3(__NR_pidfd_getfd, pidfd, fd, 0); }
CLINUX_INLINE int clinux_pidfd_send_signal(int pidfd, int signal) {
    return (int)CLINUX_CALL4(__NR_pidfd_send_signal, pidfd, signal, 0, 0);
}
CLINUX_INLINE int clinux_waitid(int type, int id, struct clinux_siginfo *info, int options, struct clinux_rusage *usage) {
    return (int)CLINUX_CALL5(__NR_waitid, type, id, info, options, usage);
}
CLINUX_INLINE int clinux_setns(int fd, int nstype) { return (int)CLINUX_CALL2(__NR_setns, fd, nstype); }
CLINUX_INLINE int clinux_unshare(int flags) { return (int)CLINUX_CALL1(__NR_unshare, flags); }
CLINUX_INLINE int clinux_sethostname(const char *name, size_t count) {
    return (int)CLINUX_CALL2(__NR_sethostname, name, count);
}
CLINUX_INLINE int clinux_setdomainname(const char *name, size_t count) {
    return (int)CLINUX_CALL2(__NR_setdomainname, name, count);
}
CLINUX_INLINE int clinux_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
    return (int)CLINUX_CALL5(__NR_prctl, option, a, b, c, d);
}
CLINUX_INLINE int clinux_prlimit(int pid, int resource, const struct clinux_rlimit *new_limit,
                                 struct clinux_rlimit *old_limit) {
    return (int)CLINUX_CALL4(__NR_prlimit64, pid, resource, new_limit, old_limit);
}
CLINUX_INLINE int clinux_setresuid(uint32_t real, uint32_t effective, uint32_t saved) {
    return (int)CLINUX_CALL3(__NR_setresuid, real, effective, saved);
}
CLINUX_INLINE int clinux_setresgid(uint32_t real, uint32_t effective, uint32_t saved) {
    return (int)CLINUX_CALL3(__NR_setresgid, real, effective, saved);
}
CLINUX_INLINE int clinux_setgroups(size_t count, const uint32_t *groups) {
    return (int)CLINUX_CALL2(__NR_setgroups, count, groups);
}
CLINUX_INLINE int clinux_personality(unsigned long persona) { return (int)CLINUX_CALL1(__NR_personality, persona); }
CLINUX_INLINE int clinux_execveat(int directory, const char *path, const char *const *arguments,
                                  const char *const *environment, int flags) {
    return (int)CLINUX_CALL5(__NR_execveat, directory, path, arguments, environment, flags);
}
CLINUX_INLINE int clinux_execve(const char *path, const char *const *arguments, const char *const *environment) {
    return (int)CLINUX_CALL3(__NR_execve, path, arguments, environment);
}
/// signalfd4(2): `mask` has bit n - 1 for signal n.
CLINUX_INLINE int clinux_signalfd4(int fd, const uint64_t *mask, int flags) {
    return (int)CLINUX_CALL4(__NR_signalfd4, fd, mask, sizeof(uint64_t), flags);
}
CLINUX_INLINE int clinux_rt_sigprocmask(int how, const uint64_t *set, uint64_t *old) {
    return (int)CLINUX_CALL4(__NR_rt_sigprocmask, how, set, old, sizeof(uint64_t));
}
/// Takes one pending signal of `set`, without waiting: its number, or -EAGAIN.
CLINUX_INLINE int clinux_take_pending_signal(const uint64_t *set) {
    struct clinux_timespec now = {0, 0};
    return (int)CLINUX_CALL4(__NR_rt_sigtimedwait, set, 0, &now, sizeof(uint64_t));
}
CLINUX_INLINE void clinux_exit_group(int status) {
    for (;;) CLINUX_CALL1(__NR_exit_group, status);
}
CLINUX_INLINE int clinux_nanosleep(int64_t seconds, int64_t nanoseconds) {
    struct clinux_timespec time = {seconds, nanoseconds};
    return (int)CLINUX_CALL2(__NR_nanosleep, &time, 0);
}
/// CLOCK_MONOTONIC in nanoseconds.
CLINUX_INLINE int64_t clinux_monotonic_nanoseconds(void) {
    struct clinux_timespec time = {0, 0};
    CLINUX_CALL2(__NR_clock_gettime, 1, &time);
    return time.seconds * 1000000000 + time.nanoseconds;
}

/// The argument of sched_setattr(2), as Linux 5.3 and later know it.
struct clinux_sched_attr {
    uint32_t size;
    uint32_t policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime;
    uint64_t deadline;
    uint64_t period;
    uint32_t utilization_minimum;
    uint32_t utilization_maximum;
};

/// Sets how a thread is scheduled; 0 is the calling one.
CLINUX_INLINE int clinux_sched_setattr(int tid, const struct clinux_sched_attr *attributes) {
    return (int)CLINUX_CALL3(__NR_sched_setattr, tid, attributes, 0);
}
/// Restricts a thread to the processors of a bit mask of `count` bytes, a multiple of 8.
CLINUX_INLINE int clinux_sched_setaffinity(int tid, size_t count, const void *mask) {
    return (int)CLINUX_CALL3(__NR_sched_setaffinity, tid, count, mask);
}
/// Reads a thread's processors; returns the number of bytes the kernel has filled.
CLINUX_INLINE int clinux_sched_getaffinity(int tid, size_t count, void *mask) {
    return (int)CLINUX_CALL3(__NR_sched_getaffinity, tid, count, mask);
}

#define CLINUX_IOPRIO_WHO_PGRP 2

/// Sets the I/O priority of a process, a process group or a user.
CLINUX_INLINE int clinux_ioprio_set(int kind, int which, int priority) {
    return (int)CLINUX_CALL3(__NR_ioprio_set, kind, which, priority);
}
/// Sets the calling thread's memory policy; `nodes` is a bit mask of `bits` bits.
CLINUX_INLINE int clinux_set_mempolicy(int mode, const void *nodes, unsigned long bits) {
    return (int)CLINUX_CALL3(__NR_set_mempolicy, mode, nodes, bits);
}

/// Sets the calling thread's capability sets (capset(2), version 3).
CLINUX_INLINE int clinux_capset(uint64_t effective, uint64_t permitted, uint64_t inheritable) {
    struct { uint32_t version; int32_t pid; } header = {0x20080522, 0};
    struct { uint32_t effective, permitted, inheritable; } data[2] = {
        {(uint32_t)effective, (uint32_t)permitted, (uint32_t)inheritable},
        {(uint32_t)(effective >> 32), (uint32_t)(permitted >> 32), (uint32_t)(inheritable >> 32)},
    };
    return (int)CLINUX_CALL2(__NR_capset, &header, data);
}
/// Reads the calling thread's capability sets into three words: effective, permitted, inheritable.
CLINUX_INLINE int clinux_capget(uint64_t sets[3]) {
    struct { uint32_t version; int32_t pid; } header = {0x20080522, 0};
    struct { uint32_t effective, permitted, inheritable; } data[2] = {{0, 0, 0}, {0, 0, 0}};
    int result = (int)CLINUX_CALL2(__NR_capget, &header, data);
    sets[0] = data[0].effective | (uint64_t)data[1].effective << 32;
    sets[1] = data[0].permitted | (uint64_t)data[1].permitted << 32;
    sets[2] = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
    return result;
}

#endif
