// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors
//
// The first instructions, and the choice of what to do.

#include "probe.h"

static int usage(void) {
    put_text("usage: probe [true | exit N | eat BYTES | pause]\n");
    put_flush();
    return 2;
}

static int run(long count, char *const *arguments, char *const *environment) {
    if (count == 1) return report(environment);
    const char *action = arguments[1];
    if (count == 2 && text_equal(action, "true")) return 0;
    if (count == 2 && text_equal(action, "pause")) return wait_for_signal();
    if (count == 3 && text_equal(action, "exit")) return (int)text_number(arguments[2]);
    if (count == 3 && text_equal(action, "eat")) return eat(text_number(arguments[2]));
    return usage();
}

// The kernel's start-up stack: argc, argv[0], ..., NULL, envp[0], ..., NULL, ...
__attribute__((used)) void probe_start(long *stack) {
    char **arguments = (char **)(stack + 1);
    clinux_exit_group(run(stack[0], arguments, arguments + stack[0] + 1));
}

#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall probe_start\n\thlt\n");
#else
__asm__(".globl _start\n_start:\n\tmov x29, #0\n\tmov x0, sp\n\tbl probe_start\n");
#endif
