/* SPDX-License-Identifier: Apache-2.0 */
/* What the files behind store.h share. */
#ifndef BF_ENGINE_STORE_INTERNAL_H
#define BF_ENGINE_STORE_INTERNAL_H
#include <string.h>

#include "engine/session.h"
#include "store/core.h"

/*
 * Copy a caller's option struct, of whatever version, over the defaults in *out.
 * @return 0, BF_EINVAL (struct_size)
 */
static inline bf_status bf_opts_copy(bf_ctx *c, const char *name, const void *opts, void *out,
                                     size_t size)
{
    uint32_t struct_size;
    memcpy(&struct_size, opts, sizeof struct_size);
    if (struct_size < sizeof struct_size || struct_size > size) {
        BF_FAIL(c, BF_EINVAL, "%s: struct_size %u", name, struct_size);
    }
    memcpy(out, opts, struct_size);
    return BF_OK;
}

/* @return 0, BF_EINVAL with a message that says what an id may be */
bf_status bf_check_id(bf_ctx *c, const char *what, const char *id);
/* NULL is fine. */
bf_status bf_check_text(bf_ctx *c, const char *what, const char *text);

/* ---- search_set.c: the persons to search, in memory ---- */

typedef struct bf_set_sample {
    uint8_t
        *bytes; /* of the template: it is prepared when it is compared, by the thread that does */
    uint32_t len, modality, position;
    char encounter[BF_NAME_BYTES];
} bf_set_sample;

typedef struct bf_set_person {
    char name[BF_NAME_BYTES];
    uint64_t id;
    size_t first, count; /* samples */
} bf_set_person;

typedef struct bf_search_set {
    bf_allocator alloc;
    bf_set_person *persons;
    bf_set_sample *samples;
    size_t person_count, sample_count, person_cap, sample_cap;
} bf_search_set;

void bf_search_set__init(bf_search_set *set, const bf_ctx *c);
void bf_search_set__free(bf_search_set *set);
/* Append a person without samples. */
bf_status bf_search_set__person(bf_ctx *c, bf_search_set *set, const char *name, uint64_t id);
/* Append a sample to the last person; its bytes are copied. */
bf_status bf_search_set__sample(bf_ctx *c, bf_search_set *set, const bf_sample_rec *rec,
                                const uint8_t *bytes, const char *encounter);

/* ---- search_run.c: linear search, all cores ---- */

struct bf_result {
    bf_allocator alloc;
    bf_candidate *candidates;
    uint64_t *ids; /* row ids of the candidates' persons */
    size_t count;
    float threshold;
    uint64_t persons, comparisons;
    char purpose[BF_TEXT_BYTES];
};

/*
 * Score every person of the set, keep the best.
 * @param fmr_given  1: threshold of 1:1 from search->fmr; 0: from search->fpir and the set's size
 * @param out        caller owns: bf_result_free()
 */
bf_status bf_search__run(bf_ctx *c, bf_engine *engine, const bf_search_set *set,
                         const bf_search *search, int fmr_given, bf_result **out);

#endif
