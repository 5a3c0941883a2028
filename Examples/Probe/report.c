// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors
//
// What a process sees of its surroundings.

#include "probe.h"

static char content[65536];

/// Reads a file into `content`; 0 if there is none.
static int read_file(const char *path) {
    int file = clinux_openat(CLINUX_AT_FDCWD, path, CLINUX_O_RDONLY | CLINUX_O_CLOEXEC, 0);
    if (file < 0) return 0;
    size_t used = 0;
    long count;
    while (used < sizeof content - 1 && (count = clinux_read(file, content + used, sizeof content - 1 - used)) > 0)
        used += (size_t)count;
    clinux_close(file);
    content[used] = 0;
    return 1;
}

/// Adds a line with the words of `content`, up to the end of a line if `lines` is 1.
static void put_words(const char *name, const char *text, int lines) {
    put_text(name);
    int is_between = 1;
    for (; *text && !(lines && *text == '\n'); text++) {
        int is_space = *text == ' ' || *text == '\t' || *text == '\n';
        char one[2] = {*text, 0};
        if (*text == '\n' && text[1]) put_text(",");
        if (!is_space && is_between) put_text(" ");
        if (!is_space) put_text(one);
        is_between = is_space;
    }
    put_text("\n");
}

/// Adds a line with the first of `paths` that can be read.
static void put_file(const char *name, const char *const *paths) {
    for (; *paths; paths++) {
        if (!read_file(*paths)) continue;
        put_words(name, content, 0);
        return;
    }
}

/// Adds a line with what `/proc/self/status`, which is in `content`, says after `key`.
static void put_status(const char *name, const char *key) {
    const char *line = content;
    while (*line && !text_begins(line, key)) {
        while (*line && *line != '\n') line++;
        if (*line) line++;
    }
    if (!*line) return;
    while (*line != ':') line++;
    put_words(name, line + 1, 1);
}

/// Adds a line with the names in a directory.
static void put_directory(const char *name, const char *path) {
    int directory = clinux_openat(CLINUX_AT_FDCWD, path, CLINUX_O_RDONLY | CLINUX_O_DIRECTORY | CLINUX_O_CLOEXEC, 0);
    if (directory < 0) return;
    put_text(name);
    long count;
    while ((count = clinux_getdents64(directory, content, sizeof content)) > 0) {
        for (long offset = 0; offset < count;) {
            // struct linux_dirent64: inode, offset, length of the record, type, name
            const char *entry = content + offset;
            if (entry[19] != '.') {
                put_text(" ");
                put_text(entry + 19);
            }
            offset += *(const uint16_t *)(entry + 16);
        }
    }
    put_text("\n");
    clinux_close(directory);
}

static uint64_t lines_in_content(void) {
    uint64_t count = 0;
    for (const char *text = content; *text; text++) count += *text == '\n';
    return count;
}

int report(char *const *environment) {
    static char names[6][65];
    static const char *const memory[] = {
        "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes", 0};
    static const char *const pids[] = {"/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/pids/pids.max", 0};
    static const char *const users[] = {"/proc/self/uid_map", 0};
    static const char *const groups[] = {"/proc/self/gid_map", 0};

    put_count("pid", (uint64_t)clinux_getpid());
    if (CLINUX_CALL1(__NR_uname, names) == 0) put_line("hostname", names[1]);
    put_count("uid", clinux_getuid());
    put_count("gid", clinux_getgid());
    put_file("uid_map", users);
    put_file("gid_map", groups);
    if (read_file("/proc/self/status")) {
        put_status("capabilities", "CapEff:");
        put_status("bounding", "CapBnd:");
        put_status("no_new_privileges", "NoNewPrivs:");
        put_status("seccomp", "Seccomp:");
    }
    // Needs no privilege, so that only a filter refuses it.
    put_line("keyctl", CLINUX_CALL3(__NR_keyctl, 0, -3, 0) == -1 ? "refused" : "allowed");
    put_directory("root", "/");
    put_file("memory", memory);
    put_file("pids", pids);
    if (read_file("/proc/self/mounts")) put_count("mounts", lines_in_content());
    for (; *environment; environment++) {
        if (text_begins(*environment, "PROBE=")) put_line("environment", *environment + 6);
    }
    return put_flush();
}
