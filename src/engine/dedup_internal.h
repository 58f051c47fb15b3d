/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everybody against everybody, see bonafide/dedup.h.
 *
 *   dedup.c         open, step, report
 *   dedup_search.c  some persons at a time: searched for, and each compared with himself
 *   dedup_file.c    progress kept in a file
 */
#ifndef BF_ENGINE_DEDUP_INTERNAL_H
#define BF_ENGINE_DEDUP_INTERNAL_H
#include "bonafide/dedup.h"
#include "engine/index_internal.h"

typedef struct bf_found_part {
    uint8_t modality, position, other_position;
    uint32_t comparisons;
    float score;
    uint64_t encounter, other_encounter; /* rows */
} bf_found_part;

typedef struct bf_found {
    uint32_t kind;
    uint32_t part_count;
    size_t first;           /* part */
    uint32_t positions;     /* of kinds of one person; bf_finds__sort() sets it */
    uint64_t person, other; /* rows; person < other, or other is 0 */
    double score;
} bf_found;

/* What was found, in any order; heap. */
typedef struct bf_finds {
    bf_found *items;
    bf_found_part *parts;
    size_t count, cap, part_count, part_cap;
} bf_finds;

bf_status bf_finds__add(bf_ctx *c, bf_finds *f, const bf_found *one, const bf_found_part *parts);
bf_status bf_finds__move(bf_ctx *c, bf_finds *to, bf_finds *from);
/* By kind and persons, each once: the best of those alike. */
void bf_finds__sort(bf_finds *f);
void bf_finds__free(const bf_allocator *a, bf_finds *f);

/* Up to where the work is done: all pairs of rows up to `row`, with what was in the store when the
 * next new row was `mark`. */
typedef struct bf_dedup_mark {
    uint64_t row, mark, done;
} bf_dedup_mark;

struct bf_dedup {
    bf_allocator alloc;
    bf_index *index;  /* borrowed */
    bf_store *store;  /* of the index */
    uint8_t *member;  /* NULL: everybody */
    bf_roster *all;   /* everybody who has a sample to compare, by id */
    uint8_t *todo;    /* of each: to be searched for */
    size_t count, at; /* at: the next of `all` */
    uint64_t done, total, comparisons;
    bf_dedup_mark saved;    /* as read, and as it would be written now */
    uint64_t old_row, mark; /* as read; the next new row when this run began */
    bf_finds finds;
    double threshold, fpir, score;
    uint32_t threads, save_ms;
    uint64_t gallery; /* row; 0: none */
    uint64_t set_id;
    uint8_t *key;        /* seals progress; locked memory */
    uint8_t options[32]; /* digest */
    int complete;        /* of the file that was read: its run came to its end */
    char *path;          /* NULL: no progress is kept */
    int64_t next_save_ms;
    char purpose[BF_TEXT_BYTES];
};

/* ---- dedup_search.c ---- */

/* Search for the next persons, and move on. */
bf_status bf_dedup__advance(bf_ctx *c, bf_dedup *d);

/* ---- dedup_file.c ---- */

bf_status bf_dedup__write(bf_ctx *c, bf_dedup *d);
/*
 * Read what was kept, into d->saved and d->finds.
 * @return 0, BF_ENOENT, BF_EKEY (of this store's earlier keys: useless), BF_ETAMPER, BF_EINVAL
 *         (other options), BF_EFORMAT (none, or another store's)
 */
bf_status bf_dedup__read(bf_ctx *c, bf_dedup *d);

#endif
