/* SPDX-License-Identifier: Apache-2.0 */
/* Two prepared templates of one modality to a calibrated score. */
#ifndef BF_TEMPLATE_COMPARE_H
#define BF_TEMPLATE_COMPARE_H
#include "template/modality.h"

/*
 * @param threshold  -INFINITY, or a score below which any value below it will do
 * @param match      NULL, or the evidence
 * @return 0, BF_ENOMEM
 */
bf_status bf_modality__compare(bf_ctx *c, const bf_modality *m, const void *a, const void *b,
                               float threshold, bf_match *match, float *out_score);

#endif
