/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Differences between groups of people, after [ISO19795-10] and [Howard2022]: FMR and FNMR of each
 * group at the thresholds of the whole set, and two measures of how far they lie apart.
 *
 * A comparison belongs to a group when both its samples do; others count for no group. With x_i the
 * rates of the n groups that have comparisons of the kind:
 *   Gini            n / (n - 1) * sum |x_i - x_j| / (2 n^2 mean x): 0 equal, 1 all on one group
 *   max / geomean   the largest rate over the geometric mean of all: 1 equal
 */
#ifndef EVAL_GROUPS_H
#define EVAL_GROUPS_H
#include "rates.h"

#define EVAL_GROUP_POINTS 8 /* thresholds, at most */

typedef struct eval_spread {
    double gini;             /* NAN: fewer than two groups, or all rates 0 */
    double max_over_geomean; /* NAN: fewer than two groups, or a rate of 0 */
} eval_spread;

typedef struct eval_group_point {
    char name[24];      /* "score 30", "FMR 1e-3" */
    double threshold;   /* INFINITY: accept nobody */
    double *fmr, *fnmr; /* [groups]; NAN where the group has no such comparison */
    eval_spread fmr_spread, fnmr_spread;
} eval_group_point;

typedef struct eval_groups {
    uint32_t count; /* 0: the manifest has none */
    uint32_t points;
    uint32_t *images;             /* [count] */
    uint64_t *genuine, *impostor; /* [count] comparisons */
    eval_group_point point[EVAL_GROUP_POINTS];
    double *rates; /* what the points' lists point into */
} eval_groups;

eval_spread eval_spread_of(const double *rate, uint32_t n);

/*
 * @param point  name and threshold of each, n of them
 * @param out    caller owns: eval_groups_free(); count 0 where the manifest has no groups
 * @return 0, BF_ENOMEM
 */
bf_status eval_groups_make(const eval_manifest *m, const eval_pairs *pairs,
                           const eval_group_point *point, uint32_t n, eval_groups *out,
                           eval_error *err);
void eval_groups_free(eval_groups *g);

#endif
