// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors
//
// What the probe can do besides looking around.

#include "clinux_memory.h"
#include "probe.h"

enum { page = 4096, piece = 1 << 20 };

int eat(uint64_t count) {
    for (uint64_t eaten = 0; eaten < count; eaten += piece) {
        long address =
            clinux_mmap(piece, CLINUX_PROT_READ | CLINUX_PROT_WRITE, CLINUX_MAP_PRIVATE | CLINUX_MAP_ANONYMOUS, -1);
        if (address < 0) return 1;
        // Memory counts once it is written to.
        for (long offset = 0; offset < piece; offset += page) *(volatile char *)(address + offset) = 1;
    }
    put_count("eaten", count);
    return put_flush();
}

int wait_for_signal(void) {
    const uint64_t signals = 1ULL << (CLINUX_SIGTERM - 1) | 1ULL << (CLINUX_SIGINT - 1);
    clinux_rt_sigprocmask(CLINUX_SIG_BLOCK, &signals, 0);
    // Process 1 of a pid namespace gets only the signals that it waits for.
    for (;;) {
        long signal = CLINUX_CALL4(__NR_rt_sigtimedwait, &signals, 0, 0, sizeof signals);
        if (signal > 0) return 128 + (int)signal;
    }
}
