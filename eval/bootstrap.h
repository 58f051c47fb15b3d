/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 95 % intervals by bootstrap over identities. Comparisons are not independent: all those of one
 * finger share its quality and its owner's care. So whole identities are drawn with replacement;
 * with w_i the number of times identity i was drawn, a genuine comparison of i weighs w_i and an
 * impostor comparison of i and j weighs w_i * w_j ([Bolle2004]'s subsets, carried to both
 * sides). The interval runs from the 2.5th to the 97.5th percentile of the replicates.
 */
#ifndef EVAL_BOOTSTRAP_H
#define EVAL_BOOTSTRAP_H
#include "parallel.h"
#include "rates.h"

#define EVAL_BOOTSTRAP_REPLICATES 1000u
#define EVAL_BOOTSTRAP_MAX_REPLICATES 100000u
#define EVAL_BOOTSTRAP_SEED 20020101u

typedef struct eval_interval {
    double low, high; /* NAN where not defined */
} eval_interval;

typedef struct eval_intervals {
    eval_interval eer, fnmr_at[EVAL_FMR_LEVELS], zero_fmr, rank1;
    eval_interval det[EVAL_DET_POINTS]; /* of eval_rates_det() */
    uint32_t replicates;                /* that were used: at least one comparison of each kind */
} eval_intervals;

/* Rank-1 searches of each identity's probes against the fixed gallery. */
typedef struct eval_search {
    uint32_t *probes, *hits; /* [identities] */
} eval_search;

typedef struct eval_bootstrap_opts {
    uint32_t replicates; /* 0: no intervals */
    uint64_t seed;
    unsigned threads; /* has no influence on the result */
    eval_progress progress;
} eval_bootstrap_opts;

/* @return the share of probes found, each identity's weighing w[identity]; w NULL: 1 each */
double eval_search_rank1(const eval_search *s, uint32_t identities, const uint32_t *w);

/* [Steele2014] SplitMix64: the next number of a sequence. */
uint64_t eval_random(uint64_t *state);

/*
 * How often each of n is drawn in a replicate, which depends on seed and replicate alone.
 * @param weight  [n], caller-owned
 */
void eval_bootstrap_draw(uint32_t *weight, uint32_t n, uint64_t seed, uint64_t replicate);

/*
 * The 2.5th and 97.5th percentile of n values that lie `stride` apart, those that are NAN left out.
 * @param sorted  [n], caller-owned scratch
 * @return NAN where no value is left
 */
eval_interval eval_percentiles(const double *value, size_t n, size_t stride, double *sorted);

bf_status eval_bootstrap(const eval_manifest *m, const eval_pairs *pairs, const eval_axis *axis,
                         const eval_search *search, const eval_bootstrap_opts *opts,
                         eval_intervals *out, eval_error *err);

#endif
