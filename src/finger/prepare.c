/* SPDX-License-Identifier: Apache-2.0 */
/* Template bytes to the form in which they are compared. */
#include <string.h>

#include "finger/compare.h"
#include "template/template.h"

static uint8_t *carve(uint8_t **at, size_t bytes)
{
    uint8_t *p = *at;
    *at += (bytes + 63) / 64 * 64;
    return p;
}

/* Cells to the rim of the print: 0 outside, 1 at the rim, at most 3. */
static void measure_depth(bf_fprepared *p)
{
    for (int32_t y = 0; y < p->rows; y++) {
        for (int32_t x = 0; x < p->cols; x++)
            p->depth[y * p->cols + x] = p->grid[y * p->cols + x] != BF_GRID_NONE;
    }
    for (uint8_t d = 1; d < 3; d++) {
        for (int32_t y = 1; y + 1 < p->rows; y++) {
            for (int32_t x = 1; x + 1 < p->cols; x++) {
                uint8_t *q = p->depth + y * p->cols + x;
                if (q[0] == d && q[-1] >= d && q[1] >= d && q[-p->cols] >= d && q[p->cols] >= d)
                    *q = (uint8_t)(d + 1);
            }
        }
    }
}

static void fill_grid(bf_fprepared *p, const bf_fpayload *q)
{
    memset(p->grid, BF_GRID_NONE, (size_t)p->cols * (size_t)p->rows);
    p->cells = 0;
    for (int32_t y = 0; y < q->rows; y++) {
        for (int32_t x = 0; x < q->cols; x++) {
            uint8_t g = q->grid[y * q->cols + x];
            if (g == BF_GRID_NONE) continue;
            p->grid[(y + BF_GRID_BORDER) * p->cols + x + BF_GRID_BORDER] = g;
            p->cx[p->cells] = ((float)(x + q->x0) + 0.5f) * BF_GRID_CELL;
            p->cy[p->cells] = ((float)(y + q->y0) + 0.5f) * BF_GRID_CELL;
            p->cell[p->cells++] = g;
        }
    }
    measure_depth(p);
}

static void fill_minutiae(bf_fprepared *p, const bf_fpayload *q)
{
    for (uint32_t i = 0; i < p->stride; i++) {
        if (i < p->count) {
            p->x[i] = q->minutiae[i].x;
            p->y[i] = q->minutiae[i].y;
            p->angle[i] = q->minutiae[i].angle;
            p->type[i] = q->minutiae[i].type;
            p->weight[i] = (float)q->minutiae[i].quality * 0.01f;
        } else {
            p->x[i] = p->y[i] = BF_MATCH_FAR;
        }
    }
}

static void fill_singulars(bf_fprepared *p, const bf_fpayload *q)
{
    p->singular_count = q->singular_count < 8 ? q->singular_count : 8;
    for (uint32_t i = 0; i < p->singular_count; i++) p->singulars[i] = q->singulars[i];
}

bf_status bf_finger_prepare(bf_ctx *c, const uint8_t *data, size_t len, void **out, size_t *out_len)
{
    bf_fpayload q;
    BF_TRY(bf_finger_decode(c, data, len, &q));
    size_t n = (q.count + BF_MATCH_PAD - 1) / BF_MATCH_PAD * BF_MATCH_PAD;
    int32_t cols = q.cols + 2 * BF_GRID_BORDER, rows = q.rows + 2 * BF_GRID_BORDER;
    size_t area = (size_t)cols * (size_t)rows, cells = (size_t)q.cols * (size_t)q.rows;
    size_t total = 64 * 16 + sizeof(bf_fprepared) + n * (6 * 4 + 1 + BF_DESC_ROWS * 4) +
                   2 * (area + 16) + 9 * (cells + 64);
    uint8_t *block = bf_ctx_alloc(c, total, 1);
    if (!block) BF_FAIL_NOMEM(c);
    bf_fprepared *p = (bf_fprepared *)(void *)block;
    uint8_t *at = block + sizeof *p;
    at += (64 - (uintptr_t)at % 64) % 64;
    p->bytes = total;
    p->count = q.count;
    p->stride = (uint32_t)n;
    p->desc = (uint32_t *)(void *)carve(&at, n * BF_DESC_ROWS * 4);
    p->x = (float *)(void *)carve(&at, n * 4);
    p->y = (float *)(void *)carve(&at, n * 4);
    p->weight = (float *)(void *)carve(&at, n * 4);
    p->cos = (float *)(void *)carve(&at, n * 4);
    p->sin = (float *)(void *)carve(&at, n * 4);
    p->angle = (int32_t *)(void *)carve(&at, n * 4);
    p->type = carve(&at, n);
    p->grid = carve(&at, area + 16);
    p->depth = carve(&at, area);
    p->cx = (float *)(void *)carve(&at, 4 * (cells + 16));
    p->cy = (float *)(void *)carve(&at, 4 * (cells + 16));
    p->cell = carve(&at, cells + 16);
    p->x0 = q.x0 - BF_GRID_BORDER;
    p->y0 = q.y0 - BF_GRID_BORDER;
    p->cols = cols;
    p->rows = rows;
    fill_minutiae(p, &q);
    fill_grid(p, &q);
    fill_singulars(p, &q);
    /* not of the header: the score must not hang on the position or the quality written there */
    p->order = 1469598103934665603ull;
    for (size_t i = BF_TEMPLATE_HEADER_BYTES; i < len; i++) {
        p->order = (p->order ^ data[i]) * 1099511628211ull;
    }
    bf_status st = bf_finger_describe(c, p);
    if (st) {
        bf_ctx_release(c, block);
        return st;
    }
    *out = p;
    *out_len = total;
    return BF_OK;
}
