// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

#include "CProgram.h"

#include <signal.h>
#include <stdlib.h>

static int argument_count;
static char **arguments;

/// Runs before the constructors of the Swift runtime (they have no priority). The C library passes main's arguments;
/// they are kept because the Swift runtime looks for them next to the environment, which setenv moves.
///
/// - A crash must not run a program: by default the runtime executes what SWIFT_BACKTRACE in the environment names, or
///   a program that it looks for relative to argv[0].
/// - A static executable must start where /proc is not mounted: without SWIFT_ROOT the runtime looks itself up there
///   and aborts.
__attribute__((constructor(101))) static void prepare(int count, char **values) {
    argument_count = count;
    arguments = values;
    setenv("SWIFT_ROOT", "/", 1);
    setenv("SWIFT_BACKTRACE", "enable=no", 1);
}

/// A section of its own, which `make bin` fills in after linking, so that a commit recompiles nothing.
__attribute__((section(".skiff.commit"), used)) volatile char program_commit_text[64] = "unknown";

const char *program_commit(void) { return (const char *)program_commit_text; }

const char *program_argument(int index) { return index < argument_count ? arguments[index] : 0; }

void program_disarm_crash_handler(void) {
    static const int signals[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGQUIT, SIGSYS};
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) signal(signals[i], SIG_DFL);
}
