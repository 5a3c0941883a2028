// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

#define _GNU_SOURCE
#include "CProgram.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static int checked(long result) { return result < 0 ? -errno : (int)result; }

int program_signal_queue(void) {
    sigset_t set;
    sigfillset(&set);
    // The kernel raises these for a fault of our own; nobody could read them.
    static const int faults[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGSYS};
    for (unsigned i = 0; i < sizeof faults / sizeof *faults; i++) sigdelset(&set, faults[i]);
    int result = sigprocmask(SIG_BLOCK, &set, 0);
    return checked(result < 0 ? result : signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

int program_next_signal(int queue) {
    struct signalfd_siginfo info;
    ssize_t count = read(queue, &info, sizeof info);
    return count == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}

int program_open_process(int process) { return checked(syscall(SYS_pidfd_open, process, 0)); }

int program_signal_process(int process, int signal) {
    return checked(syscall(SYS_pidfd_send_signal, process, signal, 0, 0));
}

int program_send_descriptor(const char *path, const char *name, int descriptor) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) return -ENAMETOOLONG;
    strcpy(address.sun_path, path);
    int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0) return -errno;
    int result = checked(connect(connection, (struct sockaddr *)&address, sizeof address));
    if (result >= 0) {
        union {
            struct cmsghdr header;
            char room[CMSG_SPACE(sizeof(int))];
        } control = {0};
        struct iovec bytes = {(void *)name, strlen(name)};
        struct msghdr message = {.msg_iov = &bytes, .msg_iovlen = 1, .msg_control = &control,
                                 .msg_controllen = sizeof control};
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
        result = checked(sendmsg(connection, &message, MSG_NOSIGNAL));
    }
    close(connection);
    return result;
}

int program_spawn(char *const *arguments, int *output) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return -errno;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    pid_t process = 0;
    int error = posix_spawnp(&process, arguments[0], &actions, 0, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (error) {
        close(ends[0]);
        return -error;
    }
    *output = ends[0];
    return process;
}
