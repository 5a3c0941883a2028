// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors
//
// A program that runs inside of a container and says what it sees: static, without a C library.
//
//     probe                print what is visible, one `name value` a line
//     probe true           exit with 0
//     probe exit N         exit with N
//     probe eat BYTES      use that much memory, then exit with 0
//     probe pause          wait for SIGTERM or SIGINT

#ifndef PROBE_H
#define PROBE_H

#include "clinux_process.h"

/// Whether two strings are the same.
int text_equal(const char *one, const char *other);
/// Whether `text` begins with `prefix`.
int text_begins(const char *text, const char *prefix);
/// The decimal number that `text` begins with.
uint64_t text_number(const char *text);

/// Adds text to the output.
void put_text(const char *text);
/// Adds a decimal number to the output.
void put_number(uint64_t number);
/// Adds the output's line `name value`.
void put_line(const char *name, const char *value);
/// Adds the output's line `name number`.
void put_count(const char *name, uint64_t number);
/// Writes what was added; 0, or 1 if nobody reads it.
int put_flush(void);

/// Prints what the process sees; its exit status.
int report(char *const *environment);
/// Uses `count` bytes of memory; its exit status.
int eat(uint64_t count);
/// Waits for SIGTERM or SIGINT; its exit status.
int wait_for_signal(void);

#endif
