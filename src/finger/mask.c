/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mask, made whole: cells where the ridge filter explains too little are taken out, ragged
 * edges are smoothed by majority, small islands dropped and holes filled.
 */
#include <string.h>

#include "finger/finger.h"
#include "finger/params.h"

/* A cell becomes print when more than `least` of its 3 x 3 neighbourhood is. Outside counts as
 * background. */
static void majority(const uint8_t *in, uint8_t *out, int32_t cols, int32_t rows, int32_t least)
{
    for (int32_t y = 0; y < rows; y++) {
        for (int32_t x = 0; x < cols; x++) {
            int32_t n = 0;
            for (int32_t k = 0; k < 9; k++) {
                int32_t xx = x + k % 3 - 1, yy = y + k / 3 - 1;
                if (xx >= 0 && yy >= 0 && xx < cols && yy < rows) n += in[yy * cols + xx];
            }
            out[y * cols + x] = n > least;
        }
    }
}

/* Mark the 4-connected region of `value` around a start cell with `label`; its size in cells. */
static int32_t flood(uint8_t *map, int32_t cols, int32_t rows, int32_t start, uint8_t value,
                     uint8_t label, int32_t *stack)
{
    int32_t n = 0, top = 0;
    map[start] = label;
    stack[top++] = start;
    while (top) {
        int32_t i = stack[--top], x = i % cols, y = i / cols;
        n++;
        int32_t next[4] = {x > 0 ? i - 1 : -1, x + 1 < cols ? i + 1 : -1, y > 0 ? i - cols : -1,
                           y + 1 < rows ? i + cols : -1};
        for (int32_t k = 0; k < 4; k++) {
            if (next[k] < 0 || map[next[k]] != value) continue;
            map[next[k]] = label;
            stack[top++] = next[k];
        }
    }
    return n;
}

/* Turn every region of `value` smaller than `least` cells into the other value. */
static void drop_small(uint8_t *map, int32_t cols, int32_t rows, uint8_t value, int32_t least,
                       int32_t *stack)
{
    int32_t n = cols * rows;
    for (int32_t i = 0; i < n; i++) {
        if (map[i] != value) continue;
        if (flood(map, cols, rows, i, value, 2, stack) < least) {
            flood(map, cols, rows, i, 2, !value, stack);
        } else {
            flood(map, cols, rows, i, 2, 3, stack);
        }
    }
    for (int32_t i = 0; i < n; i++) {
        if (map[i] == 3) map[i] = value;
    }
}

bf_status bf_finger_mask(bf_ctx *c, bf_field *f)
{
    int32_t n = f->cols * f->rows;
    uint8_t *tmp = bf_ctx_scratch(c, (size_t)n, 1);
    int32_t *stack = bf_ctx_scratch(c, (size_t)n + 1, sizeof *stack);
    if (!tmp || !stack) BF_FAIL_NOMEM(c);
    for (int32_t i = 0; i < n; i++)
        tmp[i] =
            f->mask[i] && f->clarity[i] > PARAM_MASK_CLARITY && f->energy[i] > PARAM_MASK_ENERGY;
    majority(tmp, f->mask, f->cols, f->rows, 4);
    majority(f->mask, tmp, f->cols, f->rows, 4);
    memcpy(f->mask, tmp, (size_t)n);
    drop_small(f->mask, f->cols, f->rows, 1, PARAM_MASK_ISLAND, stack);
    drop_small(f->mask, f->cols, f->rows, 0, PARAM_MASK_HOLE, stack);
    return BF_OK;
}
