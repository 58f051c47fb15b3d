/* SPDX-License-Identifier: Apache-2.0 */
/* A table from a person's id (not 0) to a 32-bit number: open addressing, linear probing. */
#ifndef BF_SEARCH_IDMAP_H
#define BF_SEARCH_IDMAP_H
#include "util/ctx.h"

typedef struct bf_idmap {
    uint64_t *key; /* 0: free */
    uint32_t *value;
    size_t cap, count; /* cap: a power of two, or 0 */
} bf_idmap;

void bf_idmap__init(bf_idmap *m);
void bf_idmap__free(const bf_allocator *a, bf_idmap *m);
/* Room for one more. @return 0, BF_ENOMEM */
bf_status bf_idmap__reserve(bf_ctx *c, bf_idmap *m);
/* After bf_idmap__reserve(). */
void bf_idmap__put(bf_idmap *m, uint64_t key, uint32_t value);
/* @return UINT32_MAX if it is not there */
uint32_t bf_idmap__get(const bf_idmap *m, uint64_t key);
void bf_idmap__remove(bf_idmap *m, uint64_t key);
size_t bf_idmap__bytes(const bf_idmap *m);

#endif
