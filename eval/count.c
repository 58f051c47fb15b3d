/* SPDX-License-Identifier: Apache-2.0 */
/* From scores to rates: see rates.h, bootstrap.h and docs/EVALUATION.md. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "run.h"

const double eval_score_level[EVAL_SCORE_LEVELS] = {20.0, 30.0, 40.0};

static void tally_pairs(eval_result *r)
{
    for (size_t i = 0; i < r->pairs.count; i++) {
        const eval_pair *p = &r->pairs.pair[i];
        if (!(p->flags & EVAL_PAIR_COUNTED)) continue;
        int genuine = p->flags & EVAL_PAIR_GENUINE ? 1 : 0;
        uint32_t rank = eval_axis_rank(&r->axis, p->score);
        if (rank == EVAL_RANK_FAILED) {
            *(genuine ? &r->tally.genuine_failed : &r->tally.impostor_failed) += 1;
        } else {
            (genuine ? r->tally.genuine : r->tally.impostor)[rank]++;
        }
    }
}

/*
 * A probe is found when its mate in the gallery scores strictly above everybody else: a tie for
 * the first place counts as a miss. Probes whose identity is not in the gallery are left out.
 */
static bf_status count_searches(eval_result *r, eval_error *err)
{
    const eval_manifest *m = r->manifest;
    struct best {
        float mate, other;
        int mated;
    } *best = calloc(m->count, sizeof *best);
    if (!best) return eval_fail(err, BF_ENOMEM, "out of memory");
    for (uint32_t i = 0; i < m->count; i++) best[i].mate = best[i].other = EVAL_SCORE_FAILED;
    for (size_t i = 0; i < r->pairs.count; i++) {
        const eval_pair *p = &r->pairs.pair[i];
        if (!(p->flags & EVAL_PAIR_SEARCH)) continue;
        struct best *b = &best[p->b];
        if (p->flags & EVAL_PAIR_GENUINE) {
            b->mate = p->score;
            b->mated = 1;
        } else if (p->score > b->other) {
            b->other = p->score;
        }
    }
    for (uint32_t i = 0; i < m->count; i++) {
        if (!best[i].mated) continue;
        uint32_t identity = m->samples[i].identity;
        r->search.probes[identity]++;
        r->search.hits[identity] += best[i].mate > best[i].other;
    }
    free(best);
    return BF_OK;
}

/* At the scores people set thresholds to, and at those of the FMR levels. */
static bf_status count_groups(eval_result *r, eval_error *err)
{
    eval_group_point point[EVAL_SCORE_LEVELS + EVAL_FMR_LEVELS] = {0};
    uint32_t n = 0;
    for (int i = 0; i < EVAL_SCORE_LEVELS; i++, n++) {
        snprintf(point[n].name, sizeof point[n].name, "score %.0f", eval_score_level[i]);
        point[n].threshold = eval_score_level[i];
    }
    for (int k = 0; k < EVAL_FMR_LEVELS; k++) {
        if (isnan(r->rates.score_at[k])) continue;
        snprintf(point[n].name, sizeof point[n].name, "FMR %s", eval_fmr_level_name[k]);
        point[n++].threshold = r->rates.score_at[k];
    }
    return eval_groups_make(r->manifest, &r->pairs, point, n, &r->groups, err);
}

static bf_status count_rejection(eval_result *r, const eval_bootstrap_opts *opts, eval_error *err)
{
    uint32_t n = r->manifest->count;
    uint8_t *quality = malloc(2 * (size_t)n);
    if (!quality) return eval_fail(err, BF_ENOMEM, "out of memory");
    for (uint32_t i = 0; i < n; i++) {
        uint32_t q = r->extraction[i].quality;
        quality[i] = (uint8_t)(q < 100 ? q : 100);
        quality[n + i] = r->extraction[i].status != BF_OK;
    }
    bf_status st = eval_reject_make(r->manifest, &r->pairs, &r->axis, &r->tally, &r->rates, quality,
                                    quality + n, opts, &r->reject, err);
    free(quality);
    return st;
}

bf_status eval_result_count(eval_result *r, eval_error *err)
{
    EVAL_TRY(eval_axis_make(&r->pairs, &r->axis, err));
    r->tally.genuine = calloc(r->axis.count + (size_t)1, sizeof *r->tally.genuine);
    r->tally.impostor = calloc(r->axis.count + (size_t)1, sizeof *r->tally.impostor);
    r->search.probes = calloc(r->manifest->identities, sizeof *r->search.probes);
    r->search.hits = calloc(r->manifest->identities, sizeof *r->search.hits);
    if (!r->tally.genuine || !r->tally.impostor || !r->search.probes || !r->search.hits) {
        return eval_fail(err, BF_ENOMEM, "out of memory");
    }
    tally_pairs(r);
    eval_rates_compute(&r->axis, &r->tally, eval_rates_defined(r->pairs.impostor), &r->rates);
    for (int i = 0; i < EVAL_SCORE_LEVELS; i++) {
        eval_rates_at(&r->axis, &r->tally, eval_score_level[i], &r->fmr_at_score[i],
                      &r->fnmr_at_score[i]);
    }
    EVAL_TRY(count_searches(r, err));
    if (r->pairs.fold) EVAL_TRY(eval_accuracy_make(&r->pairs, &r->axis, &r->accuracy, err));
    EVAL_TRY(count_groups(r, err));
    r->rank1 = eval_search_rank1(&r->search, r->manifest->identities, NULL);
    eval_bootstrap_opts opts = {r->opts.replicates, r->opts.seed, r->opts.threads,
                                r->opts.progress};
    EVAL_TRY(count_rejection(r, &opts, err));
    if (r->opts.protocol == EVAL_IDENTIFICATION) {
        EVAL_TRY(eval_identification_make(r->manifest, &r->pairs, r->opts.fpir, &opts,
                                          &r->identification, err));
    }
    return eval_bootstrap(r->manifest, &r->pairs, &r->axis, &r->search, &opts, &r->intervals, err);
}
