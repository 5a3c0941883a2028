// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

#include "cisal.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

// The part of libisal.so.2's `struct inflate_state` that a caller reads and writes. The name of the library stands for
// this layout: another one would be libisal.so.3.
struct state {
    uint8_t *next_out;
    uint32_t avail_out;
    uint32_t total_out;
    uint8_t *next_in;
    uint64_t read_in;
    uint32_t avail_in;
    int32_t read_in_length;
    uint32_t literal_codes[4096];
    uint16_t long_literal_codes[1264];
    uint16_t distance_codes[1024];
    uint16_t long_distance_codes[80];
    int32_t block_state;
    uint32_t dictionary_length;
    uint32_t is_final;
    uint32_t wrapper;
};

// Where the library's header is there, the compiler compares.
#if __has_include(<isa-l/igzip_lib.h>)
#include <isa-l/igzip_lib.h>
#define SAME(ours, theirs) \
    _Static_assert(offsetof(struct state, ours) == offsetof(struct inflate_state, theirs), "the place of " #theirs)
SAME(next_out, next_out);
SAME(avail_out, avail_out);
SAME(next_in, next_in);
SAME(avail_in, avail_in);
SAME(block_state, block_state);
SAME(wrapper, crc_flag);
_Static_assert(sizeof(struct inflate_state) <= 96 << 10, "the size of inflate_state");
_Static_assert(ISAL_BLOCK_FINISH == 5 && ISAL_GZIP == 1, "constants");
#endif

enum { finished = 5, gzip = 1, state_size = 128 << 10 };

struct cisal_stream {
    struct state *state;
};

static void (*inflate_init)(struct state *);
static void (*inflate_reset)(struct state *);
static int (*inflate)(struct state *);
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
    void *library = dlopen("libisal.so.2", RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    inflate_init = (void (*)(struct state *))dlsym(library, "isal_inflate_init");
    inflate_reset = (void (*)(struct state *))dlsym(library, "isal_inflate_reset");
    inflate = (int (*)(struct state *))dlsym(library, "isal_inflate");
}

cisal_stream *cisal_open(void) {
    pthread_once(&once, load);
    if (!inflate_init || !inflate_reset || !inflate) return NULL;
    cisal_stream *stream = malloc(sizeof *stream);
    // Room for the tables and the window, whose size is the library's affair.
    struct state *state = aligned_alloc(64, state_size);
    if (!stream || !state) {
        free(stream);
        free(state);
        return NULL;
    }
    inflate_init(state);
    stream->state = state;
    cisal_start_member(stream);
    return stream;
}

void cisal_start_member(cisal_stream *stream) {
    inflate_reset(stream->state);
    stream->state->wrapper = gzip;
}

static uint32_t clamped(size_t count) { return count > UINT32_MAX ? UINT32_MAX : (uint32_t)count; }

cisal_step cisal_inflate(cisal_stream *stream, const void *input, size_t input_count, void *output, size_t output_count) {
    struct state *state = stream->state;
    uint32_t given = clamped(input_count), room = clamped(output_count);
    state->next_in = (uint8_t *)input;
    state->avail_in = given;
    state->next_out = output;
    state->avail_out = room;
    int result = inflate(state);
    return (cisal_step){
        .consumed = given - state->avail_in,
        .produced = room - state->avail_out,
        .ends_member = result >= 0 && state->block_state == finished,
        .error = result < 0 ? result : 0,
    };
}

void cisal_close(cisal_stream *stream) {
    free(stream->state);
    free(stream);
}
