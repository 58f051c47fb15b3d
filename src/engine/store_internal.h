/* SPDX-License-Identifier: Apache-2.0 */
/* What the files behind store.h share. */
#ifndef BF_ENGINE_STORE_INTERNAL_H
#define BF_ENGINE_STORE_INTERNAL_H
#include <string.h>

#include "engine/session.h"
#include "search/query.h"
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

/*
 * The code of the fast stage for a template that is about to be stored, into *out; nothing where
 * its modality has none. @param prepared  of the template
 */
bf_status bf_sample__code(bf_ctx *c, const bf_modality *m, const void *prepared,
                          bf_new_sample *out);

/* ---- search.c ---- */

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
 * Search persons in memory, and name the candidates.
 * @param only    0, or the one person who is claimed: threshold of 1:1 from search->fmr
 * @param member  as in bf_query
 * @param out     caller owns: bf_result_free()
 */
bf_status bf_search__run(bf_ctx *c, bf_store *store, bf_people *people, const bf_search *search,
                         uint64_t only, const uint8_t *member, bf_result **out);

#endif
