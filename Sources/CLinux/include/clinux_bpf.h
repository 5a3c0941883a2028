// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors
//
// bpf(2), as far as programs attached to control groups need it.

#ifndef CLINUX_BPF_H
#define CLINUX_BPF_H

#include "clinux_syscall.h"

#define CLINUX_BPF_PROG_TYPE_CGROUP_DEVICE 15
#define CLINUX_BPF_CGROUP_DEVICE 6
#define CLINUX_BPF_F_ALLOW_MULTI 2
#define CLINUX_BPF_DEVCG_ACC_MKNOD 1
#define CLINUX_BPF_DEVCG_ACC_READ 2
#define CLINUX_BPF_DEVCG_ACC_WRITE 4
#define CLINUX_BPF_DEVCG_DEV_BLOCK 1
#define CLINUX_BPF_DEVCG_DEV_CHAR 2

/// Loads a program of `count` 64-bit instructions; returns its descriptor, which is close-on-exec.
/// The verifier's words go to `log` when `log_size` is not 0.
CLINUX_INLINE int clinux_bpf_program_load(uint32_t type, uint32_t attach_type, const uint64_t *instructions,
                                          uint32_t count, char *log, uint32_t log_size) {
    static const char license[] = "Apache-2.0";
    struct {
        uint32_t type, count;
        uint64_t instructions, license;
        uint32_t log_level, log_size;
        uint64_t log;
        uint32_t kernel_version, flags;
        char name[16];
        uint32_t interface_index, attach_type;
    } attributes = {type, count, (uint64_t)(uintptr_t)instructions, (uint64_t)(uintptr_t)license,
                    log_size ? 1 : 0, log_size, log_size ? (uint64_t)(uintptr_t)log : 0,
                    0, 0, "skiff_devices", 0, attach_type};
    return (int)CLINUX_CALL3(__NR_bpf, 5, &attributes, sizeof attributes);
}

CLINUX_INLINE int clinux_bpf_attachment(int command, int group, int program, uint32_t attach_type, uint32_t flags) {
    struct {
        uint32_t group, program, attach_type, flags;
    } attributes = {(uint32_t)group, (uint32_t)program, attach_type, flags};
    return (int)CLINUX_CALL3(__NR_bpf, command, &attributes, sizeof attributes);
}
/// Attaches a program to the control group that `group` has open.
CLINUX_INLINE int clinux_bpf_program_attach(int group, int program, uint32_t attach_type, uint32_t flags) {
    return clinux_bpf_attachment(8, group, program, attach_type, flags);
}
/// Detaches a program from the control group that `group` has open.
CLINUX_INLINE int clinux_bpf_program_detach(int group, int program, uint32_t attach_type) {
    return clinux_bpf_attachment(9, group, program, attach_type, 0);
}

/// Lists the ids of the programs attached to the control group itself; returns how many there are.
CLINUX_INLINE int clinux_bpf_program_query(int group, uint32_t attach_type, uint32_t *ids, uint32_t capacity) {
    struct {
        uint32_t group, attach_type, query_flags, attach_flags;
        uint64_t ids;
        uint32_t count, padding;
    } attributes = {(uint32_t)group, attach_type, 0, 0, (uint64_t)(uintptr_t)ids, capacity, 0};
    int result = (int)CLINUX_CALL3(__NR_bpf, 16, &attributes, sizeof attributes);
    return result < 0 ? result : (int)attributes.count;
}
/// Opens the loaded program `id`.
CLINUX_INLINE int clinux_bpf_program_open(uint32_t id) {
    struct {
        uint32_t id, next_id, open_flags;
    } attributes = {id, 0, 0};
    return (int)CLINUX_CALL3(__NR_bpf, 13, &attributes, sizeof attributes);
}

#endif
