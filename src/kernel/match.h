/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hot loops of minutia comparison. Arrays over minutiae have a length that is a multiple of 16
 * (`stride`); float arithmetic is + - * / in the order of the scalar reference (match.c).
 */
#ifndef BF_KERNEL_MATCH_H
#define BF_KERNEL_MATCH_H
#include <stddef.h>
#include <stdint.h>

#define BF_DESC_CYLINDER 6 /* words 0..5 of a descriptor, 64 bits each */
#define BF_DESC_FLOW 4     /* words 6..9 */
#define BF_DESC_CELLS 10   /* word: valid bits of 0..5 */
#define BF_DESC_POINTS 11  /* word: valid bits of 6..9 */
#define BF_DESC_WORDS 12
#define BF_DESC_ROWS                                                                               \
    24 /* as stored: row 2 w holds the low halves of word w, row 2 w + 1 the high */

/* When two descriptors can be compared, and what the flow weighs: sim = cyl * (base + (1 - base) *
 * flow). */
typedef struct bf_desc_rule {
    uint32_t min_cells, min_points,
        min_bits; /* valid in both; fewer set bits than min_bits: cyl = few */
    float few, base;
} bf_desc_rule;

/*
 * Similarity of two descriptors, 0..1: Dice's coefficient of the cylinders times the agreement of
 * the orientations. a, b: [BF_DESC_ROWS][stride], invalid bits 0. out: [a_count][b_stride].
 */
typedef void bf_desc_similarity_fn(const uint32_t *a, size_t a_stride, uint32_t a_count,
                                   const uint32_t *b, size_t b_stride, const bf_desc_rule *rule,
                                   float *out);

#define BF_TOP_MAX 64
/*
 * The `most` largest of v[0..n) that exceed `least`, largest first, of equals the first: value[k] =
 * v[at[k]]. n a multiple of 16, v >= 0, most 1..BF_TOP_MAX. Returns how many; what lies behind them
 * in value and at, up to BF_TOP_MAX, may be written.
 */
typedef uint32_t bf_top_fn(const float *v, uint32_t n, float least, uint32_t most, float *value,
                           uint32_t *at);

/* Points with a direction (1/256 turn, any whole number), n of them. */
typedef struct bf_points {
    const float *x, *y;
    const int32_t *angle;
    uint32_t n;
} bf_points;

/* Which points count as near: cost = squared distance * inv_d2 + squared direction * inv_a2. */
typedef struct bf_near_rule {
    float reach2;   /* squared distance below this, */
    int32_t turn;   /* direction at most this, */
    float cost_max; /* cost below this */
    float inv_d2, inv_a2;
} bf_near_rule;

#define BF_NEAR_MAX 1024
typedef struct bf_near_pair {
    float cost;
    uint16_t i, j;
} bf_near_pair;

/*
 * Pairs of near points, the first BF_NEAR_MAX of them by i, then j; written to out cheapest first,
 * of equals the first. b's arrays are a multiple of 16 long; directions' difference is taken in
 * -128..127. Returns how many.
 */
typedef uint32_t bf_near_fn(const bf_points *a, const bf_points *b, const bf_near_rule *rule,
                            bf_near_pair *out);

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

/* out[q]: how well pair q fits pair p, 0..1. Returns sim[p] + the sum of out[q] sim[q], added up
 * in four parts: q = 0, 4, 8 .. from sim[p] on, 1, 5, 9 .. from 0, and so on; (0 + 1) + (2 + 3). */
typedef float bf_pair_fit_fn(const bf_pair_list *l, uint32_t p, const bf_pair_rule *rule,
                             const float *sim, float *out);

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

#define BF_FLOW_STEPS 17
/*
 * Orientations of n points laid on a grid of orientations (both 0..31 steps of 32; 255 in the grid:
 * none): steps[d] becomes the number of points that differ by d, 0..16, once `turn` is added. Cell
 * (0, 0) of the grid has none. x, y, angle are readable up to a multiple of 16, grid 3 bytes beyond
 * its end.
 */
typedef void bf_flow_steps_fn(const float *x, const float *y, const uint8_t *angle, uint32_t n,
                              const bf_grid_map *map, const uint8_t *grid, int32_t turn,
                              uint32_t *steps);

bf_desc_similarity_fn bf_desc_similarity_c, bf_desc_similarity_avx2, bf_desc_similarity_avx512,
    bf_desc_similarity_neon;
bf_top_fn bf_top_c, bf_top_avx2, bf_top_avx512, bf_top_neon;
bf_near_fn bf_near_c, bf_near_avx2, bf_near_avx512, bf_near_neon;
bf_pair_fit_fn bf_pair_fit_c, bf_pair_fit_avx2, bf_pair_fit_avx512, bf_pair_fit_neon;
bf_pull_fn bf_pull_c, bf_pull_avx2, bf_pull_avx512, bf_pull_neon;
bf_grid_cells_fn bf_grid_cells_c, bf_grid_cells_avx2, bf_grid_cells_avx512, bf_grid_cells_neon;
bf_flow_steps_fn bf_flow_steps_c, bf_flow_steps_avx2, bf_flow_steps_avx512, bf_flow_steps_neon;

#endif
