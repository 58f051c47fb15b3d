/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scores of rules made of several comparisons, mapped back to the FMR of the whole rule. Scores are
 * -10 log10(p); everything is computed on x = -ln p, so that no p is too small.
 */
#ifndef BF_ENGINE_FUSE_H
#define BF_ENGINE_FUSE_H
#include <stdint.h>

/*
 * Best of m comparisons of one finger: p = 1 - (1 - p_best)^m. Exact when they are independent;
 * samples of one finger are not quite, which makes this too careful, never too bold.
 */
double bf_fuse_best_of(double score, uint32_t m);

/*
 * k different fingers, independent: the sum of k values -ln p has the Erlang distribution, so
 * p = exp(-x) sum_{i<k} x^i / i!.  Source: [Fisher1932] section 21.1.
 */
double bf_fuse_fingers(double score_sum, uint32_t k);

/*
 * The score a candidate must reach so that a search of n persons none of whom is the one sought
 * yields any candidate with probability fpir: -10 log10(1 - (1 - fpir)^(1/n)).
 */
double bf_fuse_threshold(double fpir, uint64_t n);

#endif
