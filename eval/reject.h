/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Error against rejection: what FNMR becomes at a fixed threshold when the samples of the lowest
 * quality are turned away. Failed samples go first, then by quality; a group of equals goes as a
 * whole or stays. All comparisons of a rejected sample are left out.
 *
 * A good recogniser leaves few misses at strict thresholds, so a second threshold shows more: the
 * one that rejects the lowest twentieth of all genuine comparisons.
 */
#ifndef EVAL_REJECT_H
#define EVAL_REJECT_H
#include "bootstrap.h"

#define EVAL_REJECT_SHARE 0.10 /* of the samples */
#define EVAL_REJECT_POINTS (EVAL_FMR_LEVELS + 2)

typedef struct eval_reject_point {
    char name[24];    /* "FMR 1e-3", "zero FMR", "lowest 5 %" */
    double threshold; /* NAN: not defined */
    uint64_t missed, missed_after;
    double fnmr, fnmr_after;
    double left;              /* fnmr_after / fnmr; NAN without a miss */
    eval_interval left_range; /* by bootstrap over identities */
} eval_reject_point;

typedef struct eval_reject {
    uint32_t samples, rejected;
    uint64_t pairs, pairs_after; /* genuine ones */
    double rank_correlation;     /* Spearman, of a sample's quality and mean genuine score */
    eval_reject_point point[EVAL_REJECT_POINTS];
} eval_reject;

/*
 * @param quality  [samples of the manifest], 0..100
 * @param failed   [the same], 1 where it has no template
 * @param opts     of the bootstrap; threads and progress are not used
 * @return 0, BF_ENOMEM
 */
bf_status eval_reject_make(const eval_manifest *m, const eval_pairs *pairs, const eval_axis *axis,
                           const eval_tally *tally, const eval_rates *rates, const uint8_t *quality,
                           const uint8_t *failed, const eval_bootstrap_opts *opts, eval_reject *out,
                           eval_error *err);

#endif
