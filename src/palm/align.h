/* SPDX-License-Identifier: Apache-2.0 */
/* Lay one palm over another: see align.c. */
#ifndef BF_PALM_ALIGN_H
#define BF_PALM_ALIGN_H
#include "kernel/kernel.h"
#include "palm/code_params.h"
#include "palm/compare.h"

/* A coarse map: one of the motions tried, then a shift in coarse cells. */
typedef struct bf_palm_candidate {
    int32_t agree; /* at most 1536; INT16_MIN: none */
    int32_t motion, x, y;
} bf_palm_candidate;

/* The best shift of each motion; of these the best MATCH_TRIES, best first. */
void bf_palm_align_coarse(const struct bf_kernels *kern, const bf_pprepared *a,
                          const bf_pprepared *b, bf_palm_candidate out[MATCH_TRIES]);

/* Refine one at full resolution. */
void bf_palm_align_fine(const struct bf_kernels *kern, const bf_pprepared *a, const bf_pprepared *b,
                        const bf_palm_candidate *from, bf_palm_alignment *out);

#endif
