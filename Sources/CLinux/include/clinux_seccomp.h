// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors
//
// Seccomp filters.

#ifndef CLINUX_SECCOMP_H
#define CLINUX_SECCOMP_H

#include "clinux_syscall.h"

#define CLINUX_SECCOMP_SET_MODE_FILTER 1
#define CLINUX_SECCOMP_FILTER_FLAG_TSYNC 1
#define CLINUX_SECCOMP_FILTER_FLAG_LOG 2
#define CLINUX_SECCOMP_FILTER_FLAG_SPEC_ALLOW 4
#define CLINUX_SECCOMP_FILTER_FLAG_NEW_LISTENER 8
#define CLINUX_SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV 32

/// Installs a classic BPF program of `count` instructions of 8 bytes each.
CLINUX_INLINE int clinux_seccomp_filter(uint32_t flags, uint16_t count, const void *instructions) {
    struct { uint16_t count; const void *instructions; } program = {count, instructions};
    return (int)CLINUX_CALL3(__NR_seccomp, CLINUX_SECCOMP_SET_MODE_FILTER, flags, &program);
}

#endif
