// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors
//
// The first instructions of the sealed init, and the few functions that compilers call by themselves.

#include <stddef.h>
#include <stdint.h>
#include "clinux_process.h"

int skiff_init_main(int first_descriptor);

// The kernel's start-up stack: argc, argv[0], argv[1] = number of the first descriptor, NULL, ...
__attribute__((used)) void skiff_start(const long *stack) {
    long argc = stack[0];
    int first = 0;
    if (argc < 2) clinux_exit_group(2);
    for (const char *digit = (const char *)stack[2]; *digit >= '0' && *digit <= '9' && first < 100000; digit++)
        first = first * 10 + (*digit - '0');
    clinux_exit_group(skiff_init_main(first));
}

#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall skiff_start\n\thlt\n");
#else
__asm__(".globl _start\n_start:\n\tmov x29, #0\n\tmov x0, sp\n\tbl skiff_start\n");
#endif

void *memset(void *to, int value, size_t count) {
    for (uint8_t *byte = to; count--;) *byte++ = (uint8_t)value;
    return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t count) {
    const uint8_t *source = from;
    for (uint8_t *byte = to; count--;) *byte++ = *source++;
    return to;
}

void *memmove(void *to, const void *from, size_t count) {
    uint8_t *target = to;
    const uint8_t *source = from;
    if (target <= source) return memcpy(to, from, count);
    while (count--) target[count] = source[count];
    return to;
}

// The Embedded Swift runtime names these; the init allocates nothing, so reaching them is a bug that must stop it.
int posix_memalign(void **result, size_t alignment, size_t count) {
    (void)result; (void)alignment; (void)count;
    clinux_exit_group(3);
    return 12;
}

void free(void *memory) {
    (void)memory;
    clinux_exit_group(3);
}
