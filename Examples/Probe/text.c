// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors
//
// Strings, and an output that is written at once.

#include "probe.h"

static char output[16384];
static size_t used;

int text_equal(const char *one, const char *other) { return text_begins(one, other) && text_begins(other, one); }

int text_begins(const char *text, const char *prefix) {
    while (*prefix) {
        if (*text++ != *prefix++) return 0;
    }
    return 1;
}

uint64_t text_number(const char *text) {
    uint64_t number = 0;
    while (*text >= '0' && *text <= '9') number = number * 10 + (uint64_t)(*text++ - '0');
    return number;
}

void put_text(const char *text) {
    while (*text && used < sizeof output) output[used++] = *text++;
}

void put_number(uint64_t number) {
    char digits[21];
    char *first = digits + sizeof digits - 1;
    *first = 0;
    do *--first = (char)('0' + number % 10);
    while (number /= 10);
    put_text(first);
}

void put_line(const char *name, const char *value) {
    put_text(name);
    put_text(" ");
    put_text(value);
    put_text("\n");
}

void put_count(const char *name, uint64_t number) {
    put_text(name);
    put_text(" ");
    put_number(number);
    put_text("\n");
}

int put_flush(void) {
    size_t written = 0;
    while (written < used) {
        long count = clinux_write(1, output + written, used - written);
        if (count <= 0) return 1;
        written += (size_t)count;
    }
    used = 0;
    return 0;
}
