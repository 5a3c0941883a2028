// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

#include "CProgram.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>

static int checked(int result) { return result < 0 ? -errno : result; }

int program_get_window_size(int terminal, uint16_t *rows, uint16_t *columns) {
    struct winsize size;
    int result = checked(ioctl(terminal, TIOCGWINSZ, &size));
    if (result < 0) return result;
    *rows = size.ws_row;
    *columns = size.ws_col;
    return 0;
}

int program_set_window_size(int terminal, uint16_t rows, uint16_t columns) {
    struct winsize size = {.ws_row = rows, .ws_col = columns};
    return checked(ioctl(terminal, TIOCSWINSZ, &size));
}

int program_make_raw(int terminal, int adds_returns, struct termios *saved) {
    int result = checked(tcgetattr(terminal, saved));
    if (result < 0) return result;
    struct termios raw = *saved;
    cfmakeraw(&raw);
    if (adds_returns) raw.c_oflag |= OPOST;
    return checked(tcsetattr(terminal, TCSANOW, &raw));
}

int program_keep_newlines(int terminal) {
    struct termios mode;
    int result = checked(tcgetattr(terminal, &mode));
    if (result < 0) return result;
    mode.c_oflag &= ~ONLCR;
    return checked(tcsetattr(terminal, TCSANOW, &mode));
}

int program_restore(int terminal, const struct termios *saved) {
    return checked(tcsetattr(terminal, TCSANOW, saved));
}

int program_make_nonblocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    return checked(flags < 0 ? flags : fcntl(descriptor, F_SETFL, flags | O_NONBLOCK));
}
