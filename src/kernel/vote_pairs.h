/* SPDX-License-Identifier: Apache-2.0 */
/* Steps of a vote that the scalar, AVX2 and NEON versions share: the loops differ, the order not.
 */
#ifndef BF_KERNEL_VOTE_PAIRS_H
#define BF_KERNEL_VOTE_PAIRS_H
#include <string.h>

#include "kernel/vote.h"

/* Pairs of the probe's minutia i with one of the code's; beyond the probe's minutiae weight is 0.
 */
typedef struct bf_vote_pairs {
    int16_t bx[BF_VOTE_LANES], by[BF_VOTE_LANES]; /* of the code's, 1/2 px */
    int16_t turn[BF_VOTE_LANES];                  /* probe's direction minus the code's, 0..255 */
    int16_t weight[BF_VOTE_LANES];
    uint16_t key[BF_VOTE_MAX]; /* bits that differ << 6 | i */
} bf_vote_pairs;

/* For each minutia of the probe: bits that differ << 6 | the most similar of the code. */
typedef void bf_vote_nearest_fn(const bf_vote_probe *p, const uint8_t *code, uint32_t n,
                                uint16_t out[BF_VOTE_LANES]);
/* Sum of the weights that agree with the motion of pair `seed`. */
typedef int32_t bf_vote_agreeing_fn(const bf_vote_probe *p, const bf_vote_pairs *r, uint32_t seed);

static inline void bf_vote_pair_up(const bf_vote_probe *p, const uint8_t *code, uint32_t n,
                                   const uint16_t *nearest, bf_vote_pairs *out)
{
    size_t m = (n + 7) / 8 * 8;
    const uint8_t *x = code + 8 + 16 * m, *y = x + m, *angle = y + m;
    memset(out, 0, sizeof *out);
    for (uint32_t i = 0; i < p->n; i++) {
        uint32_t d = nearest[i] >> 6, j = nearest[i] & 63;
        out->key[i] = (uint16_t)(d << 6 | i);
        out->weight[i] = d < BF_VOTE_LANES ? p->weight[d] : 0;
        out->bx[i] = (int16_t)((int8_t)x[j] * 8);
        out->by[i] = (int16_t)((int8_t)y[j] * 8);
        out->turn[i] = (uint8_t)(p->angle[i] - angle[j]);
    }
}

static inline int32_t bf_vote_run(const bf_vote_probe *p, const uint8_t *code,
                                  bf_vote_nearest_fn *nearest, bf_vote_agreeing_fn *agreeing)
{
    uint32_t n = code[0], least = 0; /* keys below it have been seeds */
    uint16_t near[BF_VOTE_LANES];
    bf_vote_pairs r;
    int32_t best = 0;
    if (!n || !p->n) return 0;
    nearest(p, code, n, near);
    bf_vote_pair_up(p, code, n, near, &r);
    for (int32_t k = 0; k < BF_VOTE_SEEDS; k++) {
        uint32_t next = UINT32_MAX;
        for (uint32_t i = 0; i < p->n; i++) {
            if (r.key[i] >= least && r.key[i] < next) next = r.key[i];
        }
        if (next >= BF_VOTE_FAR << 6) break;
        int32_t sum = agreeing(p, &r, next & 63);
        if (sum > best) best = sum;
        least = next + 1;
    }
    return best * 256 / (BF_VOTE_PRIOR + (int32_t)n);
}

#endif
