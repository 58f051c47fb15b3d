/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accuracy of a list of pairs in folds, by the rule of LFW's view 2 ([Huang2007] section 4): a fold
 * is judged at the threshold that decides most pairs of all other folds rightly; the accuracy is
 * the mean over the folds.
 *
 * Where several thresholds do equally well, the widest range of scores between two pairs of the
 * other folds is taken (among equals the lowest), and its middle. A failed pair is rejected.
 */
#ifndef EVAL_ACCURACY_H
#define EVAL_ACCURACY_H
#include "rates.h"

typedef struct eval_fold {
    uint32_t number; /* in the file */
    size_t pairs;
    double threshold; /* INFINITY: accept nobody */
    double accuracy;  /* of this fold */
} eval_fold;

typedef struct eval_accuracy {
    eval_fold *fold; /* [folds], by number */
    uint32_t folds;
    double mean;           /* NAN with fewer than two folds */
    double std;            /* standard deviation between the folds (n - 1) */
    double standard_error; /* of the mean: std / sqrt(folds) */
} eval_accuracy;

/*
 * @param pairs  with fold
 * @param out    caller owns: eval_accuracy_free()
 * @return 0, BF_ENOMEM
 */
bf_status eval_accuracy_make(const eval_pairs *pairs, const eval_axis *axis, eval_accuracy *out,
                             eval_error *err);
void eval_accuracy_free(eval_accuracy *a);

#endif
