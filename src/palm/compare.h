/* SPDX-License-Identifier: Apache-2.0 */
/* The form in which two palm templates are compared, and what their score is made of. */
#ifndef BF_PALM_COMPARE_H
#define BF_PALM_COMPARE_H
#include "kernel/palm.h"
#include "palm/code.h"

/* One block; no pointers. */
typedef struct bf_pprepared {
    uint64_t order; /* decides which of two templates is called the first */
    bf_palm_coarse_grid coarse;
    bf_palm_fine_grid fine;
} bf_pprepared;

/* A map from a's cells to b's, block by block. */
typedef struct bf_palm_alignment {
    int32_t coarse;    /* agreement at the coarse scale, at most 1536 */
    bf_palm_shifts at; /* where blocks were expected, fine cells */
    int32_t agree[BF_PALM_BLOCKS], valid[BF_PALM_BLOCKS]; /* each block where it fits best */
    int8_t dx[BF_PALM_BLOCKS], dy[BF_PALM_BLOCKS];        /* fine cells: its shift from a to b */
} bf_palm_alignment;

#define BF_PALM_FEATURES 2
/* What the score is made of; for fitting. */
typedef struct bf_pscore {
    float f[BF_PALM_FEATURES];
} bf_pscore;

extern const float bf_palm_model_weight[BF_PALM_FEATURES];
extern const float bf_palm_model_bias;

bf_status bf_palm_prepare(bf_ctx *c, const uint8_t *data, size_t len, void **out, size_t *out_len);
float bf_palm_compare(bf_ctx *c, const void *a, const void *b, float at_least, bf_match *match);

/*
 * The same with its evidence.
 * @param best      the alignment that is believed, from a to b
 * @param features  of that alignment
 */
float bf_palm_compare_features(const struct bf_kernels *kern, const bf_pprepared *a,
                               const bf_pprepared *b, float at_least, bf_palm_alignment *best,
                               bf_pscore *features);

#endif
