/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fast stage: of each palm in a gallery 224 bytes, the codes of every second fine cell in
 * either direction, as planes of bits; of the probe, which has all its cells, 80 views: three turns
 * times 25 shifts by whole fine cells (4 px), and a few further shifts. A code's place is its
 * agreement with the best view.
 *
 * Measured (README.md): the mate of a Tongji probe from the other session is not among the best
 * hundredth of strangers in 0.1 % of comparisons. Codes at the coarse scale lose ten times as many:
 * small cells seen at the right place say more than large ones.
 */
#include "palm/scan.h"

#include <string.h>

#include "kernel/kernel.h"
#include "palm/compare.h"

#define SIDE 16 /* cells of a code */
#define MASK_AT ((BF_PALM_PLANES - 1) * BF_PALM_PLANE_BYTES)

/* Where the cells of a code lie among the fine cells: turned by +-5 degrees, or not; shifted. */
typedef struct view {
    int32_t cos, sin; /* in 1/1024 */
    int32_t dx, dy;   /* fine cells */
} view;

static void set_bits(const bf_pprepared *p, int32_t cell, int32_t x, int32_t y, uint8_t *out)
{
    if (x < 0 || y < 0 || x >= BF_PALM_FINE || y >= BF_PALM_FINE) return;
    uint32_t bit = 1u << cell % 8, code = p->fine.code[BF_PALM_FINE_AT(x, y)];
    if (!p->fine.mask[BF_PALM_FINE_AT(x, y)]) return;
    for (int32_t k = 0; k < BF_PALM_PLANES - 1; k++) {
        if (code >> k & 1) out[k * BF_PALM_PLANE_BYTES + cell / 8] |= (uint8_t)bit;
    }
    out[MASK_AT + cell / 8] |= (uint8_t)bit;
}

/* Halves of cells, in 1/1024 as well, to the nearest cell. */
static int32_t cell_at(int32_t half_cells)
{
    return (half_cells + 1024 + 64 * 2048) / 2048 - 64;
}

/* out: seven planes, zeros */
static void look(const bf_pprepared *p, const view *w, uint8_t *out)
{
    for (int32_t k = 0; k < SIDE * SIDE; k++) {
        /* from the middle, halves of fine cells: the middle lies at 15 + 15 */
        int32_t u = 4 * (k % SIDE) - 30, v = 4 * (k / SIDE) - 30;
        int32_t x = cell_at(w->cos * u + w->sin * v + 30 * 1024) + w->dx;
        int32_t y = cell_at(w->cos * v - w->sin * u + 30 * 1024) + w->dy;
        set_bits(p, k, x, y, out);
    }
}

static bf_status encode(bf_ctx *c, const void *prepared, uint8_t *out, size_t *out_len)
{
    (void)c;
    const view plain = {1024, 0, 0, 0};
    memset(out, 0, BF_PALM_CODE_BYTES);
    look(prepared, &plain, out);
    *out_len = BF_PALM_CODE_BYTES;
    return BF_OK;
}

static int is_code(const uint8_t *code, size_t len)
{
    if (len != BF_PALM_CODE_BYTES) return 0;
    uint32_t stray = 0;
    for (uint32_t i = 0; i < MASK_AT; i++) {
        stray |= code[i] & ~(uint32_t)code[MASK_AT + i % BF_PALM_PLANE_BYTES];
    }
    return !(stray & 0xffu);
}

static void make_probe(const void *prepared, const uint8_t *code, void *out)
{
    static const view turns[3] = {{1024, 0, 0, 0}, {1020, 89, 0, 0}, {1020, -89, 0, 0}};
    static const int8_t further[5][2] = {{3, 0}, {-3, 0}, {0, 3}, {0, -3}, {0, 0}};
    bf_palm_probe *p = out;
    int32_t n = 0;
    (void)code;
    memset(p, 0, sizeof *p);
    for (int32_t t = 0; t < 3; t++) {
        view w = turns[t];
        for (w.dy = -2; w.dy <= 2; w.dy++) {
            for (w.dx = -2; w.dx <= 2; w.dx++) look(prepared, &w, p->view[n++]);
        }
    }
    for (int32_t k = 0; n < BF_PALM_VIEWS; k++) {
        const view w = {1024, 0, further[k][0], further[k][1]};
        look(prepared, &w, p->view[n++]);
    }
    for (n = 0; n < BF_PALM_VIEWS; n++) {
        memcpy(p->view[n] + BF_PALM_CODE_BYTES, p->view[n] + MASK_AT, BF_PALM_PLANE_BYTES);
    }
}

static void scan(const struct bf_kernels *k, const void *probe, const uint8_t *codes,
                 const uint32_t *at, size_t count, int32_t *out)
{
    k->palm_scan(probe, codes, at, count, out);
}

const bf_fast bf_palm_fast = {
    .version = 2,
    .max_bytes = BF_PALM_CODE_BYTES,
    .probe_bytes = sizeof(bf_palm_probe),
    .encode = encode,
    .is_code = is_code,
    .make_probe = make_probe,
    .scan = scan,
};
