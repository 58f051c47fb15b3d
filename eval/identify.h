/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open-set identification after [ISO19795] (clauses on identification): the gallery holds the first
 * sample of each enrolled identity. In each of EVAL_ROUNDS rounds another part of the identities,
 * drawn by the seed, is not enrolled: all its samples are non-mated probes; the further samples of
 * the enrolled are mated probes. Counts are over all rounds.
 *
 *   FPIR(t)          non-mated probes with a candidate that scores >= t / all non-mated probes
 *   FNIR(t)          mated probes whose mate scores below t / all mated probes, whatever the rank
 *   FNIR at FPIR x   the lowest FNIR over thresholds whose measured FPIR is <= x; NAN where x times
 *                    the number of non-mated probes is below 1
 *   hit rate at rank R: mated probes with fewer than R others at or above their mate's score
 *
 * A target for FPIR becomes a threshold by the promise of the scale alone: with N enrolled, the
 * score at which 1 - (1 - FMR)^N is the target. A failed probe finds nobody, a failed mate is not
 * found. Intervals are by bootstrap over identities with the gallery as it is.
 */
#ifndef EVAL_IDENTIFY_H
#define EVAL_IDENTIFY_H
#include "bootstrap.h"

#define EVAL_ROUNDS 3u
#define EVAL_FPIR_LEVELS 3 /* 1e-1, 1e-2, 1e-3 */
extern const char *const eval_fpir_level_name[EVAL_FPIR_LEVELS];
#define EVAL_RANKS 4 /* 1, 5, 10, 20 */
extern const uint32_t eval_rank_level[EVAL_RANKS];

typedef struct eval_identification {
    uint32_t gallery;         /* enrolled identities in a round; the smallest of them */
    uint64_t mated, nonmated; /* probes, over all rounds */
    double target;            /* FPIR asked for */
    double threshold;         /* that the scale promises for it, with `gallery` enrolled */
    double fpir, fnir;        /* measured there, each round at its own gallery's threshold */
    double fnir_at[EVAL_FPIR_LEVELS];
    double score_at[EVAL_FPIR_LEVELS]; /* the threshold behind it; INFINITY: accept nobody */
    double hit_rate[EVAL_RANKS];
    eval_interval fpir_range, fnir_range, fnir_at_range[EVAL_FPIR_LEVELS], rank1_range;
    double extrapolated_from; /* score; a threshold beyond it rests on extrapolation */
} eval_identification;

/* @return the score at which a gallery of n people has that FPIR by the promise of the scale */
double eval_fpir_threshold(double fpir, uint32_t n);

/*
 * @param pairs  of protocol EVAL_IDENTIFICATION, scored
 * @param opts   of the bootstrap; the seed also draws who is left out
 * @return 0, BF_EFORMAT (fewer than two identities a round, or no probe of a kind), BF_ENOMEM
 */
bf_status eval_identification_make(const eval_manifest *m, const eval_pairs *pairs, double target,
                                   const eval_bootstrap_opts *opts, eval_identification *out,
                                   eval_error *err);

#endif
