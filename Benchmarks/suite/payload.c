// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

// What runs in every container of the benchmarks: ends at once, or stays when it is told to.

#include <string.h>
#include <unistd.h>

int main(int count, char **arguments) {
    if (count > 1 && strcmp(arguments[count - 1], "--stay") == 0)
        for (;;) pause();
    return 0;
}
