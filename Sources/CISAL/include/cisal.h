// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

// Inflating with ISA-L (Intel's Intelligent Storage Acceleration Library, which knows arm64 too) where the machine has
// it. The library is looked for when it is first wanted: a program needs it neither to be built nor to run.

#ifndef CISAL_H
#define CISAL_H

#include <stddef.h>
#include <stdint.h>

/// One gzip stream that is being inflated.
typedef struct cisal_stream cisal_stream;

/// How far one call came.
typedef struct {
    size_t consumed;
    size_t produced;
    /// 1 once a member has ended and its checksum and length were compared.
    int ends_member;
    /// What ISA-L says of content that is not gzip; 0, or one of its negative codes.
    int error;
} cisal_step;

/// A new stream before its first member; NULL where the machine has no ISA-L with the interface of libisal.so.2, or no memory.
cisal_stream *cisal_open(void);
/// Prepares for the next member.
void cisal_start_member(cisal_stream *stream);
/// Inflates from `input` to `output` until one of them is used up or the member ends.
cisal_step cisal_inflate(cisal_stream *stream, const void *input, size_t input_count, void *output, size_t output_count);
/// Frees a stream.
void cisal_close(cisal_stream *stream);

#endif
