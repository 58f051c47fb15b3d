/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The palm's hot loops: how well the blocks of one code agree with another code at many shifts.
 *
 * A code is a grid of cells, a byte each: bits 0..5 say on which side of zero the answers of six
 * line filters lie; the mask has bits 0..5 set where the cell is palm, else none. Agreement of two
 * sets of cells: bits valid in both, minus twice those of them that differ. Integers only.
 */
#ifndef BF_KERNEL_PALM_H
#define BF_KERNEL_PALM_H
#include <stddef.h>
#include <stdint.h>

#define BF_PALM_BLOCKS 16 /* 4 x 4, row by row */

/* ---- coarse: 16 x 16 cells, blocks of 4 x 4 ---- */
#define BF_PALM_COARSE 16
#define BF_PALM_COARSE_REACH 5 /* cells: largest shift */
#define BF_PALM_COARSE_SHIFTS 11
#define BF_PALM_COARSE_STRIDE 32
#define BF_PALM_COARSE_ROWS 26
#define BF_PALM_COARSE_AT(x, y)                                                                    \
    (((y) + BF_PALM_COARSE_REACH) * BF_PALM_COARSE_STRIDE + (x) + BF_PALM_COARSE_REACH)
#define BF_PALM_LANES 16 /* of a row of results; the last five are 0 */

/* Cells around the grid have an empty mask. */
typedef struct bf_palm_coarse_grid {
    uint8_t code[BF_PALM_COARSE_ROWS * BF_PALM_COARSE_STRIDE];
    uint8_t mask[BF_PALM_COARSE_ROWS * BF_PALM_COARSE_STRIDE];
} bf_palm_coarse_grid;

/*
 * out[block][dx + 5][dy + 5]: agreement of the block of a with the cells of b that lie (dx, dy)
 * away from it.
 */
typedef void bf_palm_coarse_fn(const bf_palm_coarse_grid *a, const bf_palm_coarse_grid *b,
                               int16_t out[BF_PALM_BLOCKS][BF_PALM_COARSE_SHIFTS][BF_PALM_LANES]);

/* Where the blocks are expected: their shift from a to b. */
typedef struct bf_palm_shifts {
    int8_t x[BF_PALM_BLOCKS], y[BF_PALM_BLOCKS];
} bf_palm_shifts;

#define BF_PALM_BEND_MAX 2 /* coarse cells: most a block is moved beside the whole palm */
#define BF_PALM_TRAVEL 3   /* coarse cells: most the whole palm is moved */
#define BF_PALM_TRAVELS 7

/*
 * The best of all shifts of the whole palm by (tx, ty), |.| <= 3, with each block moved as given
 * besides, |.| <= 2: the largest sum of agreements; of equals the lowest tx, then ty.
 * @param map  of bf_palm_coarse_fn
 * @return the sum times 64, plus 8 (tx + 3) + ty + 3
 */
typedef int32_t bf_palm_travel_fn(int16_t map[BF_PALM_BLOCKS][BF_PALM_COARSE_SHIFTS][BF_PALM_LANES],
                                  const bf_palm_shifts *moved);

/* ---- fine: 32 x 32 cells, blocks of 8 x 8 ---- */
#define BF_PALM_FINE 32
#define BF_PALM_FINE_BORDER 14 /* cells: the windows stay inside */
#define BF_PALM_FINE_STRIDE 64
#define BF_PALM_FINE_ROWS 60
#define BF_PALM_FINE_AT(x, y)                                                                      \
    (((y) + BF_PALM_FINE_BORDER) * BF_PALM_FINE_STRIDE + (x) + BF_PALM_FINE_BORDER)
#define BF_PALM_WINDOW 3 /* cells: shifts of -3..3 about where a block is expected */
#define BF_PALM_WINDOW_ROWS 7
#define BF_PALM_WINDOW_LANES 8 /* of which the last, a shift of 4, counts for nothing */
#define BF_PALM_SHIFT_MAX 9    /* cells: furthest a block is expected from its place */

typedef struct bf_palm_fine_grid {
    uint8_t code[BF_PALM_FINE_ROWS * BF_PALM_FINE_STRIDE];
    uint8_t mask[BF_PALM_FINE_ROWS * BF_PALM_FINE_STRIDE];
} bf_palm_fine_grid;

typedef int16_t bf_palm_window[BF_PALM_BLOCKS][BF_PALM_WINDOW_ROWS][BF_PALM_WINDOW_LANES];

/* at: |.| <= BF_PALM_SHIFT_MAX. agree[block][dy + 3][dx + 3]: agreement of the block at its
 * expected shift and (dx, dy) more; valid: bits valid in both. */
typedef void bf_palm_fine_fn(const bf_palm_fine_grid *a, const bf_palm_fine_grid *b,
                             const bf_palm_shifts *at, bf_palm_window agree, bf_palm_window valid);

/* ---- the fast stage: 16 x 16 cells, every second of the fine ones ---- */
#define BF_PALM_PLANES 7       /* bits 0..5 of the cells, then the mask */
#define BF_PALM_PLANE_BYTES 32 /* cell (x, y): bit 16 y + x, least significant first */
#define BF_PALM_CODE_BYTES 224 /* seven planes; bits of cells that are not valid are 0 */
#define BF_PALM_VIEWS 80       /* ways to lay the probe over a code; a multiple of 8 */
#define BF_PALM_VIEW_BYTES 256 /* seven planes, and the mask once more */

/* The palm that is looked for, as it would look turned and shifted. */
typedef struct bf_palm_probe {
    uint8_t view[BF_PALM_VIEWS][BF_PALM_VIEW_BYTES];
} bf_palm_probe;

/* out[k]: agreement of the code at codes + 8 * at[k] with the view that agrees most. */
typedef void bf_palm_scan_fn(const bf_palm_probe *probe, const uint8_t *codes, const uint32_t *at,
                             size_t count, int32_t *out);

bf_palm_scan_fn bf_palm_scan_c, bf_palm_scan_avx2, bf_palm_scan_avx512, bf_palm_scan_neon;
bf_palm_coarse_fn bf_palm_coarse_c, bf_palm_coarse_avx2, bf_palm_coarse_avx512, bf_palm_coarse_neon;
bf_palm_travel_fn bf_palm_travel_c, bf_palm_travel_avx2, bf_palm_travel_neon;
bf_palm_fine_fn bf_palm_fine_c, bf_palm_fine_avx2, bf_palm_fine_avx512, bf_palm_fine_neon;

#endif
