/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lay one palm over another. The palm is cut into 4 x 4 blocks, and for each the agreement at every
 * shift is known (kernel/palm.h). A turn and a change of scale move the blocks by known amounts, so
 * trying one is sixteen additions and no new comparison: a Hough transform over what agrees.
 *
 * Coarse: 5 turns x 3 scales x 7 x 7 shifts. Fine, about each of the best coarse maps: 3 x 3 x 3 x
 * 3. Then every block may move one cell more, at a price: skin bends.
 */
#include "palm/align.h"

#include <string.h>

#include "palm/code_params.h"

/* Similarity less identity, in 1/1024: (x, y) is moved by (a x + b y, a y - b x). */
typedef struct motion {
    int16_t a, b;
} motion;

/* scale 0.94, 1, 1.06 by turn -12, -6, 0, 6, 12 degrees: (s cos - 1, s sin) */
#define MOTIONS 15
#define MOTION_NONE 7
static const motion coarse_motion[MOTIONS] = {
    {-82, -200}, {-67, -101}, {-61, 0}, {-67, 101}, {-82, 200}, /* 0.94 */
    {-22, -213}, {-6, -107},  {0, 0},   {-6, 107},  {-22, 213}, /* 1 */
    {38, -226},  {56, -113},  {61, 0},  {56, 113},  {38, 226},  /* 1.06 */
};
/* 0.97, 1, 1.03 by -3, 0, 3 degrees */
#define NUDGES 9
static const motion fine_motion[NUDGES] = {
    {0, 0}, {-1, -54}, {-1, 54}, {-31, 0}, {-32, -52}, {-32, 52}, {31, 0}, {29, -55}, {29, 55},
};

static int32_t rounded(int32_t v, int32_t unit)
{
    return (v + unit / 2 + 64 * unit) / unit - 64;
}

/* Where a motion takes the blocks, in cells; `cell` block centres are half_block * {-3, -1, 1, 3}
 * cells from the middle. */
static void moved_blocks(motion m, int32_t half_block, bf_palm_shifts *out)
{
    for (int32_t k = 0; k < BF_PALM_BLOCKS; k++) {
        int32_t x = (2 * (k % 4) - 3) * half_block, y = (2 * (k / 4) - 3) * half_block;
        out->x[k] = (int8_t)rounded(m.a * x + m.b * y, 1024);
        out->y[k] = (int8_t)rounded(m.a * y - m.b * x, 1024);
    }
}

void bf_palm_align_coarse(const struct bf_kernels *kern, const bf_pprepared *a,
                          const bf_pprepared *b, bf_palm_candidate out[MATCH_TRIES])
{
    int16_t map[BF_PALM_BLOCKS][BF_PALM_COARSE_SHIFTS][BF_PALM_LANES];
    kern->palm_coarse(&a->coarse, &b->coarse, map);
    for (int32_t i = 0; i < MATCH_TRIES; i++) out[i].agree = INT16_MIN;
    for (int32_t m = 0; m < MOTIONS; m++) {
        bf_palm_shifts moved;
        moved_blocks(coarse_motion[m], 2, &moved);
        int32_t found = kern->palm_travel(map, &moved), shift = found & 63;
        bf_palm_candidate one = {(found - shift) / 64, m, shift / 8 - BF_PALM_TRAVEL,
                                 shift % 8 - BF_PALM_TRAVEL};
        int32_t at = MATCH_TRIES;
        while (at > 0 && one.agree > out[at - 1].agree) at--;
        if (at == MATCH_TRIES) continue;
        memmove(out + at + 1, out + at, (size_t)(MATCH_TRIES - 1 - at) * sizeof *out);
        out[at] = one;
    }
}

/* The turn, scale and shift close to what is expected that fits best as a whole. */
static void align_rigid(bf_palm_window agree, bf_palm_shifts *offset)
{
    int32_t best = INT32_MIN, best_motion = 0, best_x = 0, best_y = 0;
    bf_palm_shifts moved;
    for (int32_t m = 0; m < NUDGES; m++) {
        const int16_t *row[BF_PALM_BLOCKS];
        moved_blocks(fine_motion[m], 4, &moved);
        for (int32_t k = 0; k < BF_PALM_BLOCKS; k++) {
            row[k] = agree[k][BF_PALM_WINDOW - 1 + moved.y[k]] + BF_PALM_WINDOW - 1 + moved.x[k];
        }
        for (int32_t ty = 0; ty < 3; ty++) {
            int16_t sum[4] = {0}; /* the last is idle */
            for (int32_t k = 0; k < BF_PALM_BLOCKS; k++) {
                const int16_t *p = row[k] + ty * BF_PALM_WINDOW_LANES;
                for (int32_t i = 0; i < 4; i++) sum[i] = (int16_t)(sum[i] + p[i]);
            }
            for (int32_t tx = 0; tx < 3; tx++) {
                if (sum[tx] <= best) continue;
                best = sum[tx];
                best_motion = m;
                best_x = tx - 1;
                best_y = ty - 1;
            }
        }
    }
    moved_blocks(fine_motion[best_motion], 4, &moved);
    for (int32_t k = 0; k < BF_PALM_BLOCKS; k++) {
        offset->x[k] = (int8_t)(moved.x[k] + best_x);
        offset->y[k] = (int8_t)(moved.y[k] + best_y);
    }
}

/* Each block to the cell next to where it is expected in which it fits best; of equals the first
 * in this order, the nearest. */
static void align_blocks(bf_palm_window agree, bf_palm_window valid, const bf_palm_shifts *offset,
                         bf_palm_alignment *out)
{
    static const struct {
        int8_t x, y, d2;
    } step[9] = {{0, 0, 0},   {0, -1, 1}, {-1, 0, 1}, {1, 0, 1}, {0, 1, 1},
                 {-1, -1, 2}, {1, -1, 2}, {-1, 1, 2}, {1, 1, 2}};
    for (int32_t k = 0; k < BF_PALM_BLOCKS; k++) {
        int32_t x = BF_PALM_WINDOW + offset->x[k], y = BF_PALM_WINDOW + offset->y[k];
        int32_t best = INT32_MIN; /* worth and, in the low four bits, 15 less the step */
        for (int32_t i = 0; i < 9; i++) {
            int32_t v = valid[k][y + step[i].y][x + step[i].x];
            int32_t worth = agree[k][y + step[i].y][x + step[i].x] - v * step[i].d2 / MATCH_BEND;
            int32_t key = worth * 16 + 15 - i;
            best = key > best ? key : best;
        }
        int32_t i = 15 - (best & 15);
        x += step[i].x;
        y += step[i].y;
        out->agree[k] = agree[k][y][x];
        out->valid[k] = valid[k][y][x];
        out->dx[k] = (int8_t)(out->at.x[k] + x - BF_PALM_WINDOW);
        out->dy[k] = (int8_t)(out->at.y[k] + y - BF_PALM_WINDOW);
    }
}

void bf_palm_align_fine(const struct bf_kernels *kern, const bf_pprepared *a, const bf_pprepared *b,
                        const bf_palm_candidate *from, bf_palm_alignment *out)
{
    bf_palm_window agree, valid;
    bf_palm_shifts offset;
    out->coarse = from->agree;
    moved_blocks(coarse_motion[from->motion], 4, &out->at);
    for (int32_t k = 0; k < BF_PALM_BLOCKS; k++) {
        out->at.x[k] = (int8_t)(out->at.x[k] + 2 * from->x);
        out->at.y[k] = (int8_t)(out->at.y[k] + 2 * from->y);
    }
    kern->palm_fine(&a->fine, &b->fine, &out->at, agree, valid);
    align_rigid(agree, &offset);
    align_blocks(agree, valid, &offset, out);
}
