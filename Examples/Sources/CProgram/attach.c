// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

#define _GNU_SOURCE
#include "CProgram.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { most_descriptors = 4 };

static int checked(long result) { return result < 0 ? -errno : (int)result; }

static int open_socket(const char *path, struct sockaddr_un *address) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (strlen(path) >= sizeof address->sun_path) return -ENAMETOOLONG;
    strcpy(address->sun_path, path);
    return checked(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
}

int program_listen(const char *path) {
    struct sockaddr_un address;
    int number = open_socket(path, &address);
    if (number < 0) return number;
    unlink(path);
    mode_t before = umask(0177);
    int result = checked(bind(number, (struct sockaddr *)&address, sizeof address));
    umask(before);
    if (result >= 0) result = checked(listen(number, 8));
    if (result >= 0) return number;
    close(number);
    return result;
}

int program_accept(int listener) {
    int number = accept4(listener, 0, 0, SOCK_CLOEXEC);
    if (number < 0) return -errno;
    // The directory keeps others out already.
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(number, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid()) return number;
    close(number);
    return -EPERM;
}

int program_connect(const char *path) {
    struct sockaddr_un address;
    int number = open_socket(path, &address);
    if (number < 0) return number;
    int result = checked(connect(number, (struct sockaddr *)&address, sizeof address));
    if (result >= 0) return number;
    close(number);
    return result;
}

int program_send_descriptors(int connection, const int *descriptors, int count) {
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(most_descriptors * sizeof(int))];
    } control = {0};
    if (count > most_descriptors) return -EINVAL;
    struct iovec part = {"d", 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control,
                             .msg_controllen = CMSG_SPACE((size_t)count * sizeof(int))};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
    memcpy(CMSG_DATA(header), descriptors, (size_t)count * sizeof(int));
    return checked(sendmsg(connection, &message, MSG_NOSIGNAL));
}

int program_receive_descriptors(int connection, int *descriptors, int count) {
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(most_descriptors * sizeof(int))];
    } control = {0};
    char byte;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control,
                             .msg_controllen = sizeof control};
    int result;
    do result = checked(recvmsg(connection, &message, MSG_CMSG_CLOEXEC));
    while (result == -EINTR);
    if (result < 0) return result;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (!header || header->cmsg_type != SCM_RIGHTS) return -EPROTO;
    int sent = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    if (sent == count) {
        memcpy(descriptors, CMSG_DATA(header), (size_t)count * sizeof(int));
        return count;
    }
    for (int i = 0; i < sent; i++) close(((int *)CMSG_DATA(header))[i]);
    return -EPROTO;
}
