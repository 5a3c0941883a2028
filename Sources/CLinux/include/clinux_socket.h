// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors
//
// Unix sockets with descriptors as ancillary data, and waiting for readiness.

#ifndef CLINUX_SOCKET_H
#define CLINUX_SOCKET_H

#include "clinux_file.h"

#define CLINUX_AF_UNIX 1
#define CLINUX_SOCK_STREAM 1
#define CLINUX_SOCK_SEQPACKET 5
#define CLINUX_SOCK_NONBLOCK 04000
#define CLINUX_SOCK_CLOEXEC 02000000
#define CLINUX_MSG_DONTWAIT 0x40
#define CLINUX_MSG_NOSIGNAL 0x4000
#define CLINUX_MSG_CMSG_CLOEXEC 0x40000000
#define CLINUX_SHUT_WR 1
#define CLINUX_POLLIN 1
#define CLINUX_POLLOUT 4
#define CLINUX_POLLERR 8
#define CLINUX_POLLHUP 16
#define CLINUX_EPOLLIN 1u
#define CLINUX_EPOLLOUT 4u
#define CLINUX_EPOLLPRI 2u
#define CLINUX_EPOLLOUT 4u
#define CLINUX_EPOLLERR 8u
#define CLINUX_EPOLLHUP 16u
#define CLINUX_EPOLLONESHOT (1u << 30)
#define CLINUX_EPOLLET (1u << 31)
#define CLINUX_EPOLL_CTL_ADD 1
#define CLINUX_EPOLL_CTL_DEL 2
#define CLINUX_EPOLL_CTL_MOD 3

struct clinux_pollfd {
    int32_t fd;
    int16_t events;
    int16_t returned;
};

struct clinux_sockaddr_un {
    uint16_t family;
    char path[108];
};

/// Credentials of a connected peer (SO_PEERCRED).
struct clinux_ucred {
    int32_t pid;
    uint32_t uid;
    uint32_t gid;
};

CLINUX_INLINE int clinux_socketpair(int type, int fds[2]) {
    return (int)CLINUX_CALL4(__NR_socketpair, CLINUX_AF_UNIX, type, 0, fds);
}
CLINUX_INLINE int clinux_unix_socket(int type) { return (int)CLINUX_CALL3(__NR_socket, CLINUX_AF_UNIX, type, 0); }
/// A socket of rtnetlink(7): AF_NETLINK, SOCK_RAW, NETLINK_ROUTE.
CLINUX_INLINE int clinux_route_socket(void) { return (int)CLINUX_CALL3(__NR_socket, 16, 3 | CLINUX_SOCK_CLOEXEC, 0); }
CLINUX_INLINE int clinux_bind(int fd, const struct clinux_sockaddr_un *address, uint32_t count) {
    return (int)CLINUX_CALL3(__NR_bind, fd, address, count);
}
CLINUX_INLINE int clinux_connect(int fd, const struct clinux_sockaddr_un *address, uint32_t count) {
    return (int)CLINUX_CALL3(__NR_connect, fd, address, count);
}
CLINUX_INLINE int clinux_listen(int fd, int backlog) { return (int)CLINUX_CALL2(__NR_listen, fd, backlog); }
CLINUX_INLINE int clinux_accept4(int fd, int flags) { return (int)CLINUX_CALL4(__NR_accept4, fd, 0, 0, flags); }
CLINUX_INLINE int clinux_shutdown(int fd, int how) { return (int)CLINUX_CALL2(__NR_shutdown, fd, how); }
CLINUX_INLINE int clinux_peer_credentials(int fd, struct clinux_ucred *credentials) {
    uint32_t count = sizeof *credentials;
    return (int)CLINUX_CALL5(__NR_getsockopt, fd, 1, 17, credentials, &count);
}
CLINUX_INLINE int clinux_poll(struct clinux_pollfd *fds, uint32_t count, int milliseconds) {
    struct clinux_timespec time = {milliseconds / 1000, (int64_t)(milliseconds % 1000) * 1000000};
    return (int)CLINUX_CALL5(__NR_ppoll, fds, count, milliseconds < 0 ? (void *)0 : &time, 0, 8);
}

/// What epoll reports; packed on x86_64 only, as the kernel's.
struct clinux_epoll_event {
    uint32_t events;
    uint64_t data;
}
#if defined(__x86_64__)
__attribute__((packed))
#endif
;

CLINUX_INLINE int clinux_epoll_create(void) { return (int)CLINUX_CALL1(__NR_epoll_create1, CLINUX_O_CLOEXEC); }
CLINUX_INLINE int clinux_epoll_ctl(int epoll, int operation, int fd, uint32_t events, uint64_t data) {
    struct clinux_epoll_event event;
    event.events = events;
    event.data = data;
    return (int)CLINUX_CALL4(__NR_epoll_ctl, epoll, operation, fd, &event);
}
CLINUX_INLINE int clinux_epoll_wait(int epoll, struct clinux_epoll_event *events, int count, int milliseconds) {
    return (int)CLINUX_CALL6(__NR_epoll_pwait, epoll, events, count, milliseconds, 0, 8);
}
CLINUX_INLINE int clinux_eventfd(uint32_t initial) {
    return (int)CLINUX_CALL2(__NR_eventfd2, initial, CLINUX_O_CLOEXEC | CLINUX_O_NONBLOCK);
}
/// A counter whose reads wait for it to be above zero and take one.
CLINUX_INLINE int clinux_eventfd_semaphore(uint32_t initial) {
    return (int)CLINUX_CALL2(__NR_eventfd2, initial, CLINUX_O_CLOEXEC | 1);
}

struct clinux_iovec { const void *base; size_t count; };
struct clinux_msghdr {
    void *name; uint32_t name_count; uint32_t pad0;
    struct clinux_iovec *vectors; size_t vector_count;
    void *control; size_t control_count; int32_t flags; int32_t pad1;
};

/// Sends bytes and, when `passed` is not negative, that descriptor with them.
CLINUX_INLINE long clinux_send_fd(int socket, const void *bytes, size_t count, int passed) {
    struct { size_t count; int32_t level; int32_t type; int32_t fd; int32_t pad; } control = {20, 1, 1, passed, 0};
    struct clinux_iovec vector = {bytes, count};
    struct clinux_msghdr message = {0, 0, 0, &vector, 1, passed >= 0 ? &control : (void *)0,
                                    passed >= 0 ? sizeof control : 0, 0, 0};
    return CLINUX_CALL3(__NR_sendmsg, socket, &message, CLINUX_MSG_NOSIGNAL);
}
/// Receives bytes and at most one descriptor (close-on-exec), which is -1 when none came.
CLINUX_INLINE long clinux_receive_fd(int socket, void *bytes, size_t count, int *passed) {
    struct { size_t count; int32_t level; int32_t type; int32_t fd; int32_t pad; } control = {0, 0, 0, -1, 0};
    struct clinux_iovec vector = {bytes, count};
    struct clinux_msghdr message = {0, 0, 0, &vector, 1, &control, sizeof control, 0, 0};
    long result = CLINUX_CALL3(__NR_recvmsg, socket, &message, CLINUX_MSG_CMSG_CLOEXEC);
    *passed = -1;
    if (result >= 0 && message.control_count >= 20 && control.level == 1 && control.type == 1 && control.count == 20)
        *passed = control.fd;
    return result;
}

/// The most descriptors of one message (SCM_MAX_FD).
#define CLINUX_SCM_MAX_FD 253
#define CLINUX_MSG_CTRUNC 8

struct clinux_fds_control { size_t count; int32_t level; int32_t type; int32_t fds[CLINUX_SCM_MAX_FD]; int32_t pad; };

/// Sends bytes and 1 to CLINUX_SCM_MAX_FD descriptors with them.
CLINUX_INLINE long clinux_send_fds(int socket, const void *bytes, size_t count, const int *passed, uint32_t number) {
    struct clinux_fds_control control;
    if (number == 0 || number > CLINUX_SCM_MAX_FD) return -22;
    control.count = 16 + 4 * (size_t)number;
    control.level = 1;
    control.type = 1;
    for (uint32_t i = 0; i < number; i++) control.fds[i] = passed[i];
    struct clinux_iovec vector = {bytes, count};
    struct clinux_msghdr message = {0, 0, 0, &vector, 1, &control, (control.count + 7) & ~(size_t)7, 0, 0};
    return CLINUX_CALL3(__NR_sendmsg, socket, &message, CLINUX_MSG_NOSIGNAL);
}
/// Receives bytes and descriptors (close-on-exec), for which `passed` has CLINUX_SCM_MAX_FD places; `number` is how many
/// came, and 0 when some of them did not fit into the process's table.
CLINUX_INLINE long clinux_receive_fds(int socket, void *bytes, size_t count, int *passed, uint32_t *number) {
    struct clinux_fds_control control;
    control.count = 0;
    struct clinux_iovec vector = {bytes, count};
    struct clinux_msghdr message = {0, 0, 0, &vector, 1, &control, sizeof control, 0, 0};
    long result = CLINUX_CALL3(__NR_recvmsg, socket, &message, CLINUX_MSG_CMSG_CLOEXEC);
    *number = 0;
    if (result < 0 || message.control_count < 20 || control.level != 1 || control.type != 1 || control.count < 20)
        return result;
    size_t came = (control.count - 16) / 4;
    for (size_t i = 0; i < came && i < CLINUX_SCM_MAX_FD; i++) passed[i] = control.fds[i];
    if (!(message.flags & CLINUX_MSG_CTRUNC)) *number = (uint32_t)came;
    return result;
}

#endif
