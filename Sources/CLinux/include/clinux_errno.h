// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors
//
// Error numbers of the generic Linux ABI (asm-generic/errno-base.h, errno.h) that our code branches on.

#ifndef CLINUX_ERRNO_H
#define CLINUX_ERRNO_H

#define CLINUX_EPERM 1
#define CLINUX_ENOENT 2
#define CLINUX_ESRCH 3
#define CLINUX_EINTR 4
#define CLINUX_EIO 5
#define CLINUX_ENXIO 6
#define CLINUX_E2BIG 7
#define CLINUX_ENOEXEC 8
#define CLINUX_EBADF 9
#define CLINUX_ECHILD 10
#define CLINUX_EAGAIN 11
#define CLINUX_ENOMEM 12
#define CLINUX_EACCES 13
#define CLINUX_EFAULT 14
#define CLINUX_EBUSY 16
#define CLINUX_EEXIST 17
#define CLINUX_EXDEV 18
#define CLINUX_ENODEV 19
#define CLINUX_ENOTDIR 20
#define CLINUX_EISDIR 21
#define CLINUX_EINVAL 22
#define CLINUX_EMFILE 24
#define CLINUX_ENOTTY 25
#define CLINUX_ENOSPC 28
#define CLINUX_EROFS 30
#define CLINUX_EPIPE 32
#define CLINUX_ERANGE 34
#define CLINUX_ENAMETOOLONG 36
#define CLINUX_ENOSYS 38
#define CLINUX_ENOTEMPTY 39
#define CLINUX_ELOOP 40
#define CLINUX_ENODATA 61
#define CLINUX_EPROTO 71
#define CLINUX_EOVERFLOW 75
#define CLINUX_EOPNOTSUPP 95
#define CLINUX_ECONNREFUSED 111
#define CLINUX_EDQUOT 122
#define CLINUX_ETIMEDOUT 110

#endif
