/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fast stage of a fingerprint search: how well the minutiae of one print, each with a signature
 * of its neighbourhood, agree with those of many others. Integers only; any order of evaluation
 * gives the same bits.
 *
 * A code, 8-byte aligned; m = n rounded up to a multiple of 8; what lies beyond n is 0:
 *
 *     0     1  n, minutiae, 0..BF_VOTE_MAX
 *     1     7  0
 *     8   8 m  first word of each signature
 *         8 m  second word
 *           m  x, signed, 4 px of 500 ppi, from the centre of the minutiae
 *           m  y, likewise, downwards
 *           m  direction, 1/256 turn, counter-clockwise
 */
#ifndef BF_KERNEL_VOTE_H
#define BF_KERNEL_VOTE_H
#include <stddef.h>
#include <stdint.h>

#define BF_VOTE_MAX 48u
#define BF_VOTE_LANES 64u       /* BF_VOTE_MAX filled up to whole vectors */
#define BF_VOTE_SEEDS 8         /* alignments tried: of the most similar pairs */
#define BF_VOTE_FAR 51          /* bits; pairs whose signatures differ by as many have no vote */
#define BF_VOTE_TURN 18         /* 1/256 turn; directions may disagree by this */
#define BF_VOTE_NEAR2 800       /* (1/2 px)^2; squared distance at which a pair still agrees */
#define BF_VOTE_STRETCH_SHIFT 7 /* and this share, 1/128, of its squared distance to the seed */
#define BF_VOTE_PRIOR 100       /* minutiae; a print with many agrees with anything a little */

/* Bytes of a code of n minutiae. */
#define BF_VOTE_BYTES(n) (8u + 19u * (((n) + 7u) / 8u * 8u))

/* The print that is looked for. Lanes beyond n: 0. */
typedef struct bf_vote_probe {
    uint32_t n;
    uint32_t reserved;
    uint64_t signature[2][BF_VOTE_LANES];
    int16_t x[BF_VOTE_LANES], y[BF_VOTE_LANES]; /* 1/2 px: 8 times those of a code */
    int16_t angle[BF_VOTE_LANES];               /* 0..255 */
    int16_t weight[BF_VOTE_LANES]; /* of a vote, by bits that differ: bf_vote_weights() */
    int16_t cos[256], sin[256];    /* of 1/256 turns, times 32767 */
} bf_vote_probe;

/*
 * out[k]: agreement of the probe with the code at codes + 8 * at[k], 0 and up. For each minutia of
 * the probe the most similar of the code; of these pairs the BF_VOTE_SEEDS most similar each
 * propose a rigid motion, and the weights of the pairs that agree with it are added. The best
 * proposal counts, times 256 / (BF_VOTE_PRIOR + minutiae of the code).
 */
typedef void bf_vote_fn(const bf_vote_probe *probe, const uint8_t *codes, const uint32_t *at,
                        size_t count, int32_t *out);

/* (BF_VOTE_FAR - d)^3 / 16 for d < BF_VOTE_FAR, then 0. */
void bf_vote_weights(int16_t out[BF_VOTE_LANES]);

bf_vote_fn bf_vote_c, bf_vote_avx2, bf_vote_avx512, bf_vote_neon;

#endif
