/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The palm code. Line filters of six orientations, second derivatives of an elongated Gaussian as
 * in [Guo2009] (binary orientation co-occurrence vector: every orientation's answer is kept as a
 * bit, not only the strongest), at the centres of 32 x 32 cells; and the same filters on the region
 * at half its size, at 16 x 16 cells. What we changed: two scales, fewer and larger filters, and
 * taps in whole numbers, so that the bits are the same on every machine.
 *
 * Cost: 6 x 35 x 40 products for each of 1,280 cells.
 */
#include <math.h>

#include "palm/code.h"
#include "palm/code_params.h"
#include "util/fmath.h"

#define TAPS (2 * BF_PALM_REACH + 1)
#define CELL 4
#define TAP_UNIT 1024.0f

typedef struct filter {
    int16_t tap[TAPS][BF_PALM_ROW];
} filter;

/* Taps of a filter for lines at angle_rad; they sum to 0, lest the light leak through. */
static void filter_make(double angle_rad, filter *out)
{
    double co = bf_cos(angle_rad), si = bf_sin(angle_rad), sum = 0, mass = 0;
    const double across = (double)PARAM_LINE_ACROSS, along = (double)PARAM_LINE_ALONG;
    double line[TAPS][TAPS], bell[TAPS][TAPS];
    for (int32_t y = 0; y < TAPS; y++) {
        for (int32_t x = 0; x < TAPS; x++) {
            double u = x - BF_PALM_REACH, v = y - BF_PALM_REACH;
            double a = (u * co - v * si) / along, b = (u * si + v * co) / across;
            bell[y][x] = bf_exp(-0.5 * (a * a + b * b));
            line[y][x] = (1.0 - b * b) * bell[y][x];
            mass += bell[y][x];
            sum += line[y][x];
        }
    }
    int32_t whole = 0;
    for (int32_t y = 0; y < TAPS; y++) {
        for (int32_t x = 0; x < TAPS; x++) {
            double v = (line[y][x] - sum / mass * bell[y][x]) * (double)TAP_UNIT;
            out->tap[y][x] = (int16_t)floor(v + 0.5);
            whole += out->tap[y][x];
        }
    }
    out->tap[BF_PALM_REACH][BF_PALM_REACH] =
        (int16_t)(out->tap[BF_PALM_REACH][BF_PALM_REACH] - whole);
}

/* |px| <= 96 and the sum of |taps| of a filter is below 2^18: no overflow. */
static int32_t answer(const filter *f, const int16_t *px, int32_t stride)
{
    int32_t sum = 0;
    const int16_t *row = px - BF_PALM_REACH * stride - BF_PALM_REACH;
    for (int32_t y = 0; y < TAPS; y++, row += stride) {
        for (int32_t x = 0; x < BF_PALM_ROW; x++) sum += f->tap[y][x] * row[x];
    }
    return sum;
}

static void code_plane(const bf_palm_plane *p, const filter *filters, uint8_t *out)
{
    int32_t cells = p->side / CELL;
    for (int32_t y = 0; y < cells; y++) {
        for (int32_t x = 0; x < cells; x++) {
            const int16_t *px = p->px + (CELL * y + CELL / 2) * p->stride + CELL * x + CELL / 2;
            uint8_t bits = 0;
            for (int32_t o = 0; o < BF_PALM_ORIENTATIONS; o++) {
                if (answer(&filters[o], px, p->stride) > 0) bits |= (uint8_t)(1u << o);
            }
            out[y * cells + x] = bits;
        }
    }
}

/* Valid pixels of the 8 x 8 about the centre of a fine cell; beyond the region counts as valid. */
static int32_t valid_about(const uint8_t *valid, int32_t x, int32_t y)
{
    int32_t n = 0;
    for (int32_t v = CELL * y - 2; v < CELL * y + 6; v++) {
        for (int32_t u = CELL * x - 2; u < CELL * x + 6; u++) {
            int32_t outside = u < 0 || v < 0 || u >= BF_PALM_SIDE || v >= BF_PALM_SIDE;
            n += outside || valid[v * BF_PALM_SIDE + u];
        }
    }
    return n;
}

/* Fills the masks and empties the codes of cells that are not valid. @return valid fine cells */
static int32_t mask_cells(const uint8_t *valid, bf_palm_code *out)
{
    int32_t cells = 0;
    uint8_t quarter[BF_PALM_COARSE_CELLS] = {0};
    for (int32_t k = 0; k < BF_PALM_FINE_CELLS; k++) {
        int32_t x = k % 32, y = k / 32, good = valid_about(valid, x, y) >= PARAM_CELL_VALID;
        out->fine_mask[k] = good ? BF_PALM_VALID : 0;
        out->fine[k] &= out->fine_mask[k];
        quarter[y / 2 * 16 + x / 2] += (uint8_t)good;
        cells += good;
    }
    for (int32_t k = 0; k < BF_PALM_COARSE_CELLS; k++) {
        out->coarse_mask[k] = quarter[k] >= PARAM_COARSE_VALID ? BF_PALM_VALID : 0;
        out->coarse[k] &= out->coarse_mask[k];
    }
    return cells;
}

bf_status bf_palm_extract_code(bf_ctx *c, const bf_palm_region *r, bf_palm_code *out)
{
    bf_palm_planes p;
    BF_TRY(bf_palm_enhance(c, r, &p));
    filter *filters = bf_ctx_scratch(c, BF_PALM_ORIENTATIONS, sizeof *filters);
    if (!filters) BF_FAIL_NOMEM(c);
    for (int32_t o = 0; o < BF_PALM_ORIENTATIONS; o++) {
        filter_make(o * BF_PI / BF_PALM_ORIENTATIONS, &filters[o]);
    }
    code_plane(&p.full, filters, out->fine);
    code_plane(&p.half, filters, out->coarse);
    int32_t cells = mask_cells(p.valid, out);
    if (cells < PARAM_CELLS_MIN) {
        BF_FAIL(c, BF_ENONE, "no palm to speak of: %d of %d cells of the region show anything",
                cells, BF_PALM_FINE_CELLS);
    }
    return BF_OK;
}
