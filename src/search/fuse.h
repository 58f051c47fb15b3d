/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scores of rules made of several comparisons, mapped back to the FMR of the whole rule. Scores are
 * -10 log10(p); everything is computed on x = -ln p, so that no p is too small.
 */
#ifndef BF_SEARCH_FUSE_H
#define BF_SEARCH_FUSE_H
#include "util/ctx.h"

/*
 * Best of m comparisons of one finger, palm or face: p = 1 - (1 - p_best)^m. Exact when they are
 * independent; samples of one finger are not quite, which makes this too careful, never too bold.
 */
double bf_fuse_best_of(double score, uint32_t m);

/*
 * The score a candidate must reach so that a search of n persons none of whom is the one sought
 * yields any candidate with probability fpir: -10 log10(1 - (1 - fpir)^(1/n)).
 */
double bf_fuse_threshold(double fpir, uint64_t n);

/*
 * What a score of one modality says: genuine scores follow a share `lost` of failures, which score
 * as strangers do, and a normal distribution of mean `mean` and deviation `spread` cut at 0.
 * Strangers' scores are exponential by the definition of the score.
 */
typedef struct bf_fuse_model {
    double lost, mean, spread;
} bf_fuse_model;

/* Logarithm of the likelihood ratio of a score, nats; rises with the score, never below ln(lost).
 */
double bf_fuse_evidence(const bf_fuse_model *m, double score);

/* Different fingers, palms and the face of one person. */
typedef struct bf_fuse_part {
    uint32_t modality; /* BF_FINGER, ... */
    double score;      /* of best of so many: bf_fuse_best_of() */
} bf_fuse_part;

/* Tails of sums of evidence already computed: for each number of fingers, palms and faces. */
typedef struct bf_fuse bf_fuse;

/* For one thread at a time. @param out  the caller owns: bf_fuse__close() */
bf_status bf_fuse__open(bf_ctx *c, bf_fuse **out);
void bf_fuse__close(bf_ctx *c, bf_fuse *f); /* NULL is fine */

/*
 * The sum of the parts' evidence, mapped back: -10 log10 of the probability that a stranger's parts
 * sum to as much. One part: its own score.
 */
bf_status bf_fuse__score(bf_ctx *c, bf_fuse *f, const bf_fuse_part *parts, uint32_t count,
                         double *out);

#endif
