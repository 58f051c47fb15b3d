/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file compare.h
 * 1:1 comparison. One scale for every modality:
 *     score = -10 * log10(FMR at this similarity)
 * 30: one impostor pair in 1,000 does as well; 40: one in 10,000. docs/SCORES.md says what data the
 * calibration came from and from which score on it extrapolates.
 */
#ifndef BONAFIDE_COMPARE_H
#define BONAFIDE_COMPARE_H
#include "bonafide/template.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BF_SCORE_MAX 120.0f

/**
 * Compare two templates of one modality; symmetric to the bit.
 * @param out_score  0..BF_SCORE_MAX, in steps of 0.01
 * @return 0, BF_EMODALITY (also for faces recognised by different models)
 */
BF_API bf_status bf_compare(bf_session *s, const bf_template *a, const bf_template *b,
                            float *out_score);

/**
 * The same, but may give up as soon as `threshold` is out of reach.
 * @param threshold  a score
 * @param out_score  the exact score where it is >= threshold; otherwise any value below threshold
 */
BF_API bf_status bf_compare_at_least(bf_session *s, const bf_template *a, const bf_template *b,
                                     float threshold, float *out_score);

/** @return the score from which on `modality`'s calibration extrapolates; 0: no such modality */
BF_API float bf_score_extrapolated_from(const bf_engine *e, uint32_t modality);

#ifdef __cplusplus
}
#endif
#endif
