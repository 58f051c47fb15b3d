/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hot loops of minutia comparison. Arrays over minutiae have a length that is a multiple of 16
 * (`stride`); float arithmetic is + - * / in the order of the scalar reference (match.c).
 */
#ifndef BF_KERNEL_MATCH_H
#define BF_KERNEL_MATCH_H
#include <stddef.h>
#include <stdint.h>

#define BF_DESC_CYLINDER 6 /* words 0..5 of a descriptor */
#define BF_DESC_FLOW 4     /* words 6..9 */
#define BF_DESC_CELLS 10   /* word: valid bits of 0..5 */
#define BF_DESC_POINTS 11  /* word: valid bits of 6..9 */
#define BF_DESC_WORDS 12

/* When two descriptors can be compared, and what the flow weighs: sim = cyl * (base + (1 - base) *
 * flow). */
typedef struct bf_desc_rule {
    uint32_t min_cells, min_points,
        min_bits; /* valid in both; fewer set bits than min_bits: cyl = few */
    float few, base;
} bf_desc_rule;

/*
 * Similarity of two descriptors, 0..1: Dice's coefficient of the cylinders times the agreement of
 * the orientations. a, b: [BF_DESC_WORDS][stride], word by word, invalid bits 0. out:
 * [a_count][b_stride].
 */
typedef void bf_desc_similarity_fn(const uint64_t *a, size_t a_stride, uint32_t a_count,
                                   const uint64_t *b, size_t b_stride, const bf_desc_rule *rule,
                                   float *out);

/* mask[k]: bit j set where v[16 k + j] > threshold; n a multiple of 16. Returns how many. */
typedef uint32_t bf_above_fn(const float *v, uint32_t n, float threshold, uint16_t *mask);

/*
 * Which points lie near each other and point the same way: bit j of mask[i][k] is set where
 * |a_i - b_(16 k + j)|^2 < reach2 and the directions (1/256 turn) differ by at most `turn`.
 */
typedef void bf_near_fn(const float *ax, const float *ay, const int32_t *aa, uint32_t a_count,
                        const float *bx, const float *by, const int32_t *ba, uint32_t b_stride,
                        float reach2, int32_t turn, uint16_t *mask);

/* Pairs (a_k, b_k) with the turn (cos, sin) from b to a; n a multiple of 16. */
typedef struct bf_pair_list {
    const float *ax, *ay, *bx, *by, *cos, *sin;
    uint32_t n;
} bf_pair_list;

/* How far two pairs may disagree. */
typedef struct bf_pair_rule {
    float tol2, tol2_share; /* px^2; of the mean squared distance */
    float stretch, min_cos;
} bf_pair_rule;

/* out[q]: how well pair q fits pair p, 0..1. */
typedef void bf_pair_fit_fn(const bf_pair_list *l, uint32_t p, const bf_pair_rule *rule,
                            float *out);

/* Add to (sx, sy, sw) the pull w (rx, ry), w = weight / (1 + (d2 inv_reach2)^2), of (qx, qy) on
 * each point. */
typedef void bf_pull_fn(const float *x, const float *y, uint32_t n, float qx, float qy, float rx,
                        float ry, float weight, float inv_reach2, float *sx, float *sy, float *sw);

/* A map xa = c x + s y + dx, ya = c y - s x + dy into a grid: cell (x * scale) - x0, 0 <= . < cols.
 */
typedef struct bf_grid_map {
    float c, s, dx, dy, scale; /* |xa * scale| < 32768 */
    int32_t x0, y0, cols, rows;
} bf_grid_map;

/* out[k]: index of the cell in which point k falls, row by row, or 0 outside. n a multiple of 16.
 */
typedef void bf_grid_cells_fn(const float *x, const float *y, uint32_t n, const bf_grid_map *map,
                              int32_t *out);

bf_desc_similarity_fn bf_desc_similarity_c, bf_desc_similarity_avx2, bf_desc_similarity_avx512,
    bf_desc_similarity_neon;
bf_above_fn bf_above_c, bf_above_avx2, bf_above_avx512, bf_above_neon;
bf_near_fn bf_near_c, bf_near_avx2, bf_near_avx512, bf_near_neon;
bf_pair_fit_fn bf_pair_fit_c, bf_pair_fit_avx2, bf_pair_fit_avx512, bf_pair_fit_neon;
bf_pull_fn bf_pull_c, bf_pull_avx2, bf_pull_avx512, bf_pull_neon;
bf_grid_cells_fn bf_grid_cells_c, bf_grid_cells_avx2, bf_grid_cells_avx512, bf_grid_cells_neon;

#endif
