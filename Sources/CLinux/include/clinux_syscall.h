// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors
//
// Raw system calls: the one door to the kernel, for the host libraries and for the freestanding init.
// Every function returns a value >= 0 on success and a negated errno value on failure.
// None allocates, locks or logs, so all of them may run between clone and exec.

#ifndef CLINUX_SYSCALL_H
#define CLINUX_SYSCALL_H

#include <stddef.h>
#include <stdint.h>
#include <asm/unistd.h>

#define CLINUX_INLINE static inline __attribute__((always_inline, unused))

#if defined(__x86_64__)

CLINUX_INLINE long clinux_call(long n, long a, long b, long c, long d, long e, long f) {
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "0"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

#elif defined(__aarch64__)

CLINUX_INLINE long clinux_call(long n, long a, long b, long c, long d, long e, long f) {
    register long x8 __asm__("x8") = n;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory", "cc");
    return x0;
}

#else
#error "CLinux knows x86_64 and aarch64"
#endif

#define CLINUX_CALL0(n) clinux_call(n, 0, 0, 0, 0, 0, 0)
#define CLINUX_CALL1(n, a) clinux_call(n, (long)(a), 0, 0, 0, 0, 0)
#define CLINUX_CALL2(n, a, b) clinux_call(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define CLINUX_CALL3(n, a, b, c) clinux_call(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define CLINUX_CALL4(n, a, b, c, d) clinux_call(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define CLINUX_CALL5(n, a, b, c, d, e) clinux_call(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define CLINUX_CALL6(n, a, b, c, d, e, f) \
    clinux_call(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

#endif
