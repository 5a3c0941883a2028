// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors
//
// The few things a program needs that Swift cannot say: start-up before the Swift runtime, signals and terminals.
// Functions return a result >= 0, or a negated error number.

#ifndef CPROGRAM_H
#define CPROGRAM_H

#include <stddef.h>
#include <stdint.h>
#include <termios.h>

/// An argument of the program, its name being 0; null when there are no more.
const char *program_argument(int index);

/// Gives signals that a crash raises back to the kernel, so that no crash handler runs a program. See startup.c.
void program_disarm_crash_handler(void);

/// Blocks all signals that can be forwarded, and returns a descriptor that they can be read from.
int program_signal_queue(void);
/// The next signal, or 0 when there is none now.
int program_next_signal(int queue);
/// A pidfd of `process`.
int program_open_process(int process);
/// Sends a signal to the process that a pidfd refers to.
int program_signal_process(int process, int signal);

/// Listens on the unix socket `path`, for connections that keep the limits of messages.
int program_listen(const char *path);
/// Takes a connection of the same user.
int program_accept(int listener);
/// Connects to a socket that listens as above.
int program_connect(const char *path);
/// Sends descriptors.
int program_send_descriptors(int connection, const int *descriptors, int count);
/// Receives exactly `count` descriptors.
int program_receive_descriptors(int connection, int *descriptors, int count);

/// The size of a terminal.
int program_get_window_size(int terminal, uint16_t *rows, uint16_t *columns);
/// Sets the size of a terminal.
int program_set_window_size(int terminal, uint16_t rows, uint16_t columns);
/// Lets what a process writes to its terminal pass as it is: no carriage return before a line feed.
int program_keep_newlines(int terminal);
/// Puts a terminal into raw mode and keeps what it was in `saved`. With `adds_returns` its output still gets carriage returns.
int program_make_raw(int terminal, int adds_returns, struct termios *saved);
/// Gives a terminal back the mode it had.
int program_restore(int terminal, const struct termios *saved);
/// Makes reads and writes return at once.
int program_make_nonblocking(int descriptor);

/// The commit that the program was built from, or "unknown".
const char *program_commit(void);

/// Sends `count` bytes to the unix datagram socket at `path`.
int program_send_datagram(const char *path, const void *bytes, size_t count);
/// Binds a unix datagram socket at `path`, which every user may write to. Returns its descriptor.
int program_bind_datagram(const char *path);
/// Sends `text` with a pipe's end to the unix datagram socket at `path` and waits until the other end is closed
/// everywhere, at most `milliseconds`. Returns 0 when it was closed, 1 when the time has passed.
int program_send_barrier(const char *path, const char *text, int milliseconds);
/// Connects to the unix stream socket at `path` and sends `name` with a descriptor.
int program_send_descriptor(const char *path, const char *name, int descriptor);
/// Runs `arguments[0]`, found on PATH, with its output to a pipe whose reading end goes to `output`. Returns its pid.
int program_spawn(char *const *arguments, int *output);
/// Runs this program with `arguments` in a session of its own: standard streams to nowhere, `report` as descriptor 3,
/// nothing else open. Returns its pid.
int program_spawn_detached(char *const *arguments, int report);

#endif
