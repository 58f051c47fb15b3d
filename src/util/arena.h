/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scratch memory: bump allocation in chunks, given back all at once. Error paths have nothing to
 * free. Memory is wiped at reset, since it held pixels and features.
 */
#ifndef BF_UTIL_ARENA_H
#define BF_UTIL_ARENA_H
#include <stddef.h>

#include "bonafide/engine.h"

typedef struct bf_arena_chunk bf_arena_chunk;

typedef struct bf_arena {
    const bf_allocator *alloc;
    bf_arena_chunk *head; /* newest first */
} bf_arena;

/* A position to go back to. */
typedef struct bf_arena_mark {
    bf_arena_chunk *chunk;
    size_t used;
} bf_arena_mark;

void bf_arena_init(bf_arena *a, const bf_allocator *alloc);

/* 64-byte aligned, not zeroed. NULL when the allocator refuses. */
void *bf_arena_alloc(bf_arena *a, size_t size);

bf_arena_mark bf_arena_save(const bf_arena *a);

/* Wipe and give back what was allocated since the mark. */
void bf_arena_restore(bf_arena *a, bf_arena_mark mark);

/* Wipe and give back everything, keeping one chunk for the next call. */
void bf_arena_reset(bf_arena *a);

/* Wipe and free everything. */
void bf_arena_done(bf_arena *a);

#endif
