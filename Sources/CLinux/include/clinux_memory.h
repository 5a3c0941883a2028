// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors
//
// Memory mappings.

#ifndef CLINUX_MEMORY_H
#define CLINUX_MEMORY_H

#include "clinux_syscall.h"

#define CLINUX_PROT_READ 1
#define CLINUX_PROT_WRITE 2
#define CLINUX_MAP_PRIVATE 2
#define CLINUX_MAP_ANONYMOUS 0x20
#define CLINUX_MAP_POPULATE 0x8000

/// Returns the address, or a negated error number.
CLINUX_INLINE long clinux_mmap(size_t count, int protection, int flags, int fd) {
    return CLINUX_CALL6(__NR_mmap, 0, count, protection, flags, fd, 0);
}

CLINUX_INLINE int clinux_munmap(long address, size_t count) { return (int)CLINUX_CALL2(__NR_munmap, address, count); }

#endif
