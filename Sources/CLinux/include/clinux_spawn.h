// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors
//
// Spawning the sealed init. The child shares the host's memory until it executes the init, so it costs the same for
// any heap size, and runs nothing but the calls below.

#ifndef CLINUX_SPAWN_H
#define CLINUX_SPAWN_H

#include "clinux_process.h"

/// What a spawn needs. The arrays belong to the caller.
struct clinux_spawn {
    /// CLONE_* flags for new namespaces.
    uint64_t flags;
    /// A cgroup v2 directory to be born in, or -1.
    int cgroup;
    /// The sealed init.
    int executable;
    /// Descriptors in the order they get: descriptor i of the child is sources[i].
    const int *sources;
    /// Room for as many numbers as there are sources.
    int *scratch;
    int count;
    /// argv and envp of the init.
    const char *const *arguments;
    const char *const *environment;
    /// Out: the pidfd, and the error of the child's last call.
    int pidfd;
    int error;
};

/// The child. A descriptor that lies in the way of another is moved first.
__attribute__((unused, noinline)) static int clinux_spawn_child(struct clinux_spawn *spawn) {
    int executable = spawn->executable, result = 0;
    for (int i = 0; i < spawn->count; i++) {
        spawn->scratch[i] = spawn->sources[i];
        if (spawn->sources[i] >= spawn->count) continue;
        result = clinux_fcntl(spawn->sources[i], CLINUX_F_DUPFD_CLOEXEC, spawn->count);
        if (result < 0) goto failed;
        spawn->scratch[i] = result;
    }
    if (executable < spawn->count) {
        executable = clinux_fcntl(executable, CLINUX_F_DUPFD_CLOEXEC, spawn->count);
        if (executable < 0) { result = executable; goto failed; }
    }
    for (int i = 0; i < spawn->count; i++) {
        result = clinux_dup3(spawn->scratch[i], i, 0);
        if (result < 0) goto failed;
    }
    // The host may have descriptors that are not close-on-exec; none of them may reach the container.
    result = clinux_close_range((uint32_t)spawn->count, ~0u, CLINUX_CLOSE_RANGE_CLOEXEC);
    if (result < 0) goto failed;
    // No id of a new user namespace is mapped yet, so to execveat(2) nobody here is root, and it would take away what
    // the namespace has given; only ambient capabilities stay. The init sets all sets anew before it ends.
    if (spawn->flags & CLINUX_CLONE_NEWUSER) {
        uint64_t sets[3];
        result = clinux_capget(sets);
        if (result >= 0) result = clinux_capset(sets[0], sets[1], sets[1]);
        for (unsigned long i = 0; result >= 0 && i < 64; i++) {
            if (sets[1] >> i & 1) result = clinux_prctl(CLINUX_PR_CAP_AMBIENT, CLINUX_PR_CAP_AMBIENT_RAISE, i, 0, 0);
        }
        if (result < 0) goto failed;
    }
    uint64_t none = 0;
    clinux_rt_sigprocmask(CLINUX_SIG_SETMASK, &none, 0);
    result = clinux_execveat(executable, "", spawn->arguments, spawn->environment, CLINUX_AT_EMPTY_PATH);
failed:
    spawn->error = -result;
    return 127;
}

/// Clones, and calls the child function on `stack` in the child. Returns the pid.
CLINUX_INLINE long clinux_spawn_clone(struct clinux_clone_args *args, struct clinux_spawn *spawn) {
    long result;
#if defined(__x86_64__)
    register void *function __asm__("r8") = (void *)clinux_spawn_child;
    register void *argument __asm__("r9") = spawn;
    __asm__ volatile("syscall\n\t"
                     "test %%rax, %%rax\n\t"
                     "jnz 1f\n\t"
                     "xor %%ebp, %%ebp\n\t"
                     "mov %%r9, %%rdi\n\t"
                     "call *%%r8\n\t"
                     "mov %%eax, %%edi\n\t"
                     "mov %[exit], %%eax\n\t"
                     "syscall\n\t"
                     "hlt\n"
                     "1:"
                     : "=a"(result)
                     : "0"((long)__NR_clone3), "D"(args), "S"(sizeof *args), "r"(function), "r"(argument),
                       [exit] "i"(__NR_exit_group)
                     : "rcx", "r11", "memory");
#else
    register long x8 __asm__("x8") = __NR_clone3;
    register long x0 __asm__("x0") = (long)args;
    register long x1 __asm__("x1") = sizeof *args;
    register void *x9 __asm__("x9") = (void *)clinux_spawn_child;
    register void *x10 __asm__("x10") = spawn;
    __asm__ volatile("svc 0\n\t"
                     "cbnz x0, 1f\n\t"
                     "mov x29, #0\n\t"
                     "mov x0, x10\n\t"
                     "blr x9\n\t"
                     "mov x8, %[exit]\n\t"
                     "svc 0\n"
                     "1:"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x9), "r"(x10), [exit] "i"(__NR_exit_group)
                     : "memory", "cc", "x30");
    result = x0;
#endif
    return result;
}

/// Spawns the init; returns its pid when it executes, else a negated error number with nothing left behind.
/// `exec_failed` tells whether the child existed already.
__attribute__((unused, noinline)) static int clinux_spawn_init(struct clinux_spawn *spawn) {
    uint8_t stack[16384] __attribute__((aligned(16)));
    struct clinux_clone_args args = {
        spawn->flags | CLINUX_CLONE_VM | CLINUX_CLONE_VFORK | CLINUX_CLONE_PIDFD | CLINUX_CLONE_CLEAR_SIGHAND |
            (spawn->cgroup >= 0 ? CLINUX_CLONE_INTO_CGROUP : 0),
        (uint64_t)&spawn->pidfd, 0, 0, CLINUX_SIGCHLD, (uint64_t)stack, sizeof stack, 0, 0, 0,
        spawn->cgroup >= 0 ? (uint64_t)spawn->cgroup : 0};
    // No handler of the host may run in the child, which shares its memory.
    uint64_t all = ~0ull, old = 0;
    spawn->pidfd = -1;
    spawn->error = 0;
    clinux_rt_sigprocmask(CLINUX_SIG_SETMASK, &all, &old);
    long pid = clinux_spawn_clone(&args, spawn);
    clinux_rt_sigprocmask(CLINUX_SIG_SETMASK, &old, 0);
    if (pid > 0 && spawn->error) {
        struct clinux_siginfo info;
        while (clinux_waitid(CLINUX_P_PIDFD, spawn->pidfd, &info, CLINUX_WEXITED | CLINUX_WALL, 0) == -4) {
        }
        clinux_close(spawn->pidfd);
        spawn->pidfd = -1;
        return -spawn->error;
    }
    return (int)pid;
}

#endif
