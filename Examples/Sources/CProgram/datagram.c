// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

#define _GNU_SOURCE
#include "CProgram.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int checked(long result) { return result < 0 ? -errno : (int)result; }

/// Fills in the address of `path`; `@` stands for the start of an abstract name. Returns the address's length.
static int address(const char *path, struct sockaddr_un *result) {
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof result->sun_path) return -ENAMETOOLONG;
    memset(result, 0, sizeof *result);
    result->sun_family = AF_UNIX;
    memcpy(result->sun_path, path, length);
    if (path[0] == '@') result->sun_path[0] = 0;
    return (int)(offsetof(struct sockaddr_un, sun_path) + length + (path[0] != '@'));
}

static int send_message(const char *path, const void *bytes, size_t count, int passing) {
    struct sockaddr_un target;
    int length = address(path, &target);
    if (length < 0) return length;
    int number = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (number < 0) return -errno;
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec part = {(void *)bytes, count};
    struct msghdr message = {.msg_name = &target, .msg_namelen = (socklen_t)length, .msg_iov = &part, .msg_iovlen = 1};
    if (passing >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &passing, sizeof passing);
    }
    int result = checked(sendmsg(number, &message, MSG_NOSIGNAL));
    close(number);
    return result;
}

int program_send_datagram(const char *path, const void *bytes, size_t count) {
    return send_message(path, bytes, count, -1);
}

int program_bind_datagram(const char *path) {
    struct sockaddr_un own;
    int length = address(path, &own);
    if (length < 0) return length;
    int number = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (number < 0) return -errno;
    int result = checked(bind(number, (struct sockaddr *)&own, (socklen_t)length));
    // A process in the container has a user of its own.
    if (result >= 0) result = checked(chmod(path, 0777));
    if (result >= 0) return number;
    close(number);
    return result;
}

int program_send_barrier(const char *path, const char *text, int milliseconds) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return -errno;
    int result = send_message(path, text, strlen(text), ends[1]);
    close(ends[1]);
    if (result >= 0) {
        struct pollfd end = {.fd = ends[0]};
        do result = checked(poll(&end, 1, milliseconds));
        while (result == -EINTR);
    }
    close(ends[0]);
    return result < 0 ? result : result == 0;
}
