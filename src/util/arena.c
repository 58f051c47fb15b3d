/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list of chunks, each at least twice the one before, so that a call of any size costs few
 * allocations. Wiping touches only the bytes that were handed out.
 */
#include "util/arena.h"

#include <stdint.h>

#include "util/ctx.h"

#define ALIGN 64u
#define CHUNK_MIN ((size_t)1 << 16)
#define CHUNK_KEEP ((size_t)64 << 20) /* a larger chunk is not kept across calls */

struct bf_arena_chunk {
    bf_arena_chunk *next;
    size_t size, used; /* bytes after the header */
    unsigned char *data;
};

void bf_arena_init(bf_arena *a, const bf_allocator *alloc)
{
    a->alloc = alloc;
    a->head = NULL;
}

static bf_arena_chunk *chunk_new(bf_arena *a, size_t need)
{
    size_t size = a->head ? a->head->size * 2 : CHUNK_MIN;
    if (size > CHUNK_KEEP) size = CHUNK_KEEP;
    if (size < need) size = need;
    unsigned char *raw = a->alloc->alloc(a->alloc->user, sizeof(bf_arena_chunk) + ALIGN + size);
    if (!raw) return NULL;
    bf_arena_chunk *c = (bf_arena_chunk *)(void *)raw;
    uintptr_t start = (uintptr_t)(raw + sizeof *c);
    c->data = raw + sizeof *c + (ALIGN - start % ALIGN) % ALIGN;
    c->size = size;
    c->used = 0;
    c->next = a->head;
    a->head = c;
    return c;
}

void *bf_arena_alloc(bf_arena *a, size_t size)
{
    if (size > SIZE_MAX / 4) return NULL;
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    if (!size) size = ALIGN;
    bf_arena_chunk *c = a->head;
    if (!c || c->size - c->used < size) c = chunk_new(a, size);
    if (!c) return NULL;
    void *p = c->data + c->used;
    c->used += size;
    return p;
}

bf_arena_mark bf_arena_save(const bf_arena *a)
{
    return (bf_arena_mark){a->head, a->head ? a->head->used : 0};
}

static void chunk_pop(bf_arena *a)
{
    bf_arena_chunk *c = a->head;
    a->head = c->next;
    bf_wipe(c->data, c->used);
    a->alloc->free(a->alloc->user, c);
}

void bf_arena_restore(bf_arena *a, bf_arena_mark mark)
{
    while (a->head != mark.chunk) chunk_pop(a);
    if (!a->head) return;
    bf_wipe(a->head->data + mark.used, a->head->used - mark.used);
    a->head->used = mark.used;
}

void bf_arena_reset(bf_arena *a)
{
    if (!a->head) return;
    /* Keep the newest chunk: it is the largest. */
    bf_arena_chunk *keep = a->head;
    a->head = keep->next;
    while (a->head) chunk_pop(a);
    keep->next = NULL;
    a->head = keep;
    bf_arena_restore(a, (bf_arena_mark){keep, 0});
    if (keep->size > CHUNK_KEEP) chunk_pop(a);
}

void bf_arena_done(bf_arena *a)
{
    while (a->head) chunk_pop(a);
}
