/* SPDX-License-Identifier: Apache-2.0 */
/* Made-up manifests and scores for the tests. */
#ifndef TESTS_EVAL_MADE_H
#define TESTS_EVAL_MADE_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "run.h"

/* identities x sessions x samples, listed in that order. */
static inline void made_manifest(uint32_t identities, uint32_t sessions, uint32_t samples,
                                 eval_manifest *out)
{
    size_t cap = 64 + (size_t)identities * sessions * samples * 48, n = 0;
    char *text = malloc(cap);
    assert_non_null(text);
    n += (size_t)snprintf(text, cap, "path,subject,position,session,sample,ppi\n");
    for (uint32_t i = 0; i < identities; i++) {
        for (uint32_t s = 1; s <= sessions; s++) {
            for (uint32_t k = 1; k <= samples; k++) {
                n += (size_t)snprintf(text + n, cap - n, "%u_%u_%u.png,p%u,0,%u,%u,500\n", i, s, k,
                                      i, s, k);
            }
        }
    }
    eval_error err;
    assert_int_equal(eval_manifest_parse("made.csv", text, n, out, &err), BF_OK);
    free(text);
}

/* A result that is ready to be counted: pairs listed, no scores yet, one thread, seed 1. */
static inline void made_result(const eval_manifest *m, eval_protocol p, eval_result *out)
{
    eval_error err;
    *out = (eval_result){.manifest = m};
    out->opts.modality = BF_FINGER;
    out->opts.protocol = p;
    out->opts.threads = 1;
    out->opts.seed = 1;
    assert_int_equal(eval_pairs_make(m, p, &out->pairs, &err), BF_OK);
    out->extraction = calloc(m->count, sizeof *out->extraction);
    assert_non_null(out->extraction);
}

/* Pseudo-random scores with ties, in steps of 1: genuine around 30, impostors around 8. */
static inline void made_scores(eval_result *r, uint32_t seed)
{
    for (size_t i = 0; i < r->pairs.count; i++) {
        eval_pair *p = &r->pairs.pair[i];
        uint32_t sum = 0;
        for (int k = 0; k < 4; k++) {
            seed = seed * 1664525u + 1013904223u;
            sum += (seed >> 16) % 12;
        }
        p->score = (float)(p->flags & EVAL_PAIR_GENUINE ? sum + 8 : sum / 2);
    }
}

#endif
