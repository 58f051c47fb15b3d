/* SPDX-License-Identifier: Apache-2.0 */
/* Best of several, several fingers, several persons: see fuse.h. */
#include "engine/fuse.h"

#include "util/fmath.h"

#define NATS_PER_SCORE 0.23025850929940456840 /* ln(10) / 10 */

/* -ln(1 - exp(-a)) for a > 0, without loss where a is small. */
static double nats_of_complement(double a)
{
    double p = a < 1e-6 ? a - a * a / 2 : 1.0 - bf_exp(-a);
    return -bf_log(p);
}

double bf_fuse_best_of(double score, uint32_t m)
{
    double x = score * NATS_PER_SCORE;
    if (m < 2 || x <= 0) return score > 0 ? score : 0;
    double p = bf_exp(-x);
    /* (1 - p)^m = exp(-a); for small p, ln(1 - p) = -p (1 + p/2) */
    double a = p < 1e-6 ? m * p * (1 + p / 2) : -(double)m * bf_log(1.0 - p);
    /* Below what a double holds of p, m p is all there is to say. */
    double nats = x > 600 ? x - bf_log(m) : nats_of_complement(a);
    return nats > 0 ? nats / NATS_PER_SCORE : 0;
}

double bf_fuse_fingers(double score_sum, uint32_t k)
{
    if (k < 2) return score_sum > 0 ? score_sum : 0;
    double x = score_sum * NATS_PER_SCORE, term = 1, sum = 1;
    if (x <= 0) return 0;
    for (uint32_t i = 1; i < k; i++) {
        term *= x / i;
        sum += term;
    }
    double nats = x - bf_log(sum);
    return nats > 0 ? nats / NATS_PER_SCORE : 0;
}

double bf_fuse_threshold(double fpir, uint64_t n)
{
    if (!n) n = 1;
    double a = fpir < 1e-6 ? fpir * (1 + fpir / 2) : -bf_log(1.0 - fpir);
    double nats = nats_of_complement(a / (double)n);
    return nats > 0 ? nats / NATS_PER_SCORE : 0;
}
