/* SPDX-License-Identifier: Apache-2.0 */
/* Guarded buffers, random numbers, comparison: see check.h. */
#include "kernel/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POISON 0xa5

void check_begin(check *c, uint64_t seed)
{
    memset(c, 0, sizeof *c);
    c->seed = seed;
    c->state = seed;
    c->digest = 0xcbf29ce484222325u;
}

/* splitmix64 */
static uint64_t next(check *c)
{
    uint64_t z = (c->state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint32_t check_random(check *c, uint32_t low, uint32_t high)
{
    return low + (uint32_t)(next(c) % ((uint64_t)high - low + 1));
}

static void fault(check *c, const char *what, size_t at)
{
    if (!c->bad) snprintf(c->why, sizeof c->why, "%s at byte %zu", what, at);
    c->bad = 1;
}

void *check_alloc(check *c, size_t len, size_t align)
{
    if (c->buffers == CHECK_BUFFERS_MAX) abort();
    check_buffer *b = &c->buffer[c->buffers++];
    b->len = len;
    b->offset = CHECK_GUARD_BYTES + check_random(c, 0, 63) / align * align;
    size_t size = b->offset + len + CHECK_GUARD_BYTES;
    b->block = aligned_alloc(64, (size + 63) / 64 * 64);
    if (!b->block) abort();
    memset(b->block, POISON, size);
    b->data = b->block + b->offset;
    for (size_t i = 0; i < len; i++) b->data[i] = (uint8_t)next(c);
    return b->data;
}

void *check_copy(check *c, const void *data, size_t len, size_t align)
{
    return memcpy(check_alloc(c, len, align), data, len);
}

void check_equal(check *c, const char *what, const void *want, const void *got, size_t len)
{
    const uint8_t *a = want, *b = got;
    for (size_t i = 0; i < len; i++) c->digest = (c->digest ^ a[i]) * 0x100000001b3u; /* FNV-1a */
    for (size_t i = 0; i < len; i++) {
        if (a[i] == b[i]) continue;
        fault(c, what, i);
        return;
    }
}

int check_end(check *c)
{
    for (int i = 0; i < c->buffers; i++) {
        check_buffer *b = &c->buffer[i];
        for (size_t k = 0; k < b->offset; k++) {
            if (b->block[k] != POISON) fault(c, "written before a buffer", b->offset - k);
        }
        for (size_t k = 0; k < CHECK_GUARD_BYTES; k++) {
            if (b->data[b->len + k] != POISON) fault(c, "written behind a buffer", k);
        }
        free(b->block);
    }
    c->buffers = 0;
    return c->bad ? -1 : 0;
}
