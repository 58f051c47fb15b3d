/* SPDX-License-Identifier: Apache-2.0 */
/* From rows of a store to persons in memory. */
#ifndef BF_ENGINE_STORE_LOAD_H
#define BF_ENGINE_STORE_LOAD_H
#include "engine/session.h"
#include "search/people.h"
#include "store/core.h"

typedef struct bf_load {
    bf_store *st; /* in a transaction, its directory loaded */
    bf_people *people;
    const bf_membership *members; /* by person, then encounter; NULL: none */
    size_t member_count;
    int only_members; /* 1: encounters that are in none of these galleries are left out */
    uint32_t threads; /* 0: one for each processor */
    /* From the calling thread, now and then. NULL: silence. */
    void (*progress)(void *user, uint64_t done, uint64_t total);
    void *user;
} bf_load;

/*
 * Read, authenticate and put persons, on several threads if they are many. Codes that are missing,
 * or of another version, are made from the templates.
 * @param ids  of rows that the directory has
 * @return 0, BF_ETAMPER
 */
bf_status bf_load__persons(bf_ctx *c, const bf_load *l, const uint64_t *ids, size_t count);

#endif
