/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel check: for each kernel and each level this CPU has, random legal shapes, compared with
 * the scalar reference bit for bit, with guard bands around every buffer; then its time.
 *
 * A kernel is one line in check_kernels.c, with
 *     int  check_<name>(check *c, const bf_kernels *ref, const bf_kernels *k)
 * which draws one case, runs both, and returns check_end(c) after comparing; and
 *     void time_<name>(check *c, const bf_kernels *k)
 * which draws one typical case and runs it c->repeats times.
 */
#ifndef BF_TESTS_KERNEL_CHECK_H
#define BF_TESTS_KERNEL_CHECK_H
#include <stddef.h>
#include <stdint.h>

#include "kernel/kernel.h"

#define CHECK_BUFFERS_MAX 16
#define CHECK_GUARD_BYTES 64

typedef struct check_buffer {
    uint8_t *block; /* malloc: exactly guard, bytes, guard */
    uint8_t *data;
    size_t len, offset;
} check_buffer;

typedef struct check {
    uint64_t seed, state;
    uint64_t digest; /* of every result that was wanted */
    check_buffer buffer[CHECK_BUFFERS_MAX];
    int buffers, bad, repeats;
    char why[200]; /* the first fault of the case */
} check;

/* Start over from a seed. */
void check_begin(check *c, uint64_t seed);

/* Uniform in [low, high]. */
uint32_t check_random(check *c, uint32_t low, uint32_t high);

/*
 * Guarded memory, len bytes, at a random distance of 0..63 bytes from a multiple of 64 that is a
 * multiple of `align` (1, 2, 4 ... 64). Random contents. Lives until check_end().
 */
void *check_alloc(check *c, size_t len, size_t align);

/* A second buffer with the contents of the first, differently aligned. */
void *check_copy(check *c, const void *data, size_t len, size_t align);

/* Notes a fault when the bytes differ; `what` names them. Adds `want` to the digest. */
void check_equal(check *c, const char *what, const void *want, const void *got, size_t len);

/* Looks at all guards and frees the buffers. @return 0, or -1 when anything was wrong */
int check_end(check *c);

#endif
