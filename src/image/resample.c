/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Separable resampling with the Catmull-Rom cubic [Keys1981]: interpolates when enlarging; when
 * shrinking the kernel is stretched by the ratio, which also removes what the new grid cannot
 * hold. Weights are computed from whole numbers, then fixed-point with 14 bits and a sum of exactly
 * one, so a flat area stays flat and the result is the same bytes everywhere. Edges repeat.
 *
 * Cost: (4 / min(1, scale)) multiplications a pixel and direction.
 */
#include "image/resample.h"

#include <assert.h>

#define WEIGHT_BITS 14
#define WEIGHT_ONE (1 << WEIGHT_BITS)
#define KEEP_BITS 6 /* of fraction between the two passes */

/* For each output position: the first source pixel and `taps` weights. */
typedef struct filter {
    uint32_t taps;
    int32_t *first;
    int16_t *weight; /* [positions][taps] */
} filter;

uint32_t bf_resampled_side(uint32_t side, uint32_t num, uint32_t den)
{
    return side ? (uint32_t)((uint64_t)(side - 1) * num / den) + 1 : 0;
}

/* Catmull-Rom, |t| in units of the (stretched) pixel. */
static double cubic(double t)
{
    if (t < 0) t = -t;
    if (t < 1) return (1.5 * t - 2.5) * t * t + 1;
    if (t < 2) return ((-0.5 * t + 2.5) * t - 4) * t + 2;
    return 0;
}

static int32_t rounded(double v)
{
    return (int32_t)(v < 0 ? v - 0.5 : v + 0.5);
}

/* Weights of one position; what rounding left over goes to the largest. */
static void fill_weights(int16_t *weight, uint32_t taps, double offset, double stretch)
{
    double sum = 0;
    for (uint32_t i = 0; i < taps; i++) sum += cubic(((double)i - offset) / stretch);
    int32_t left = WEIGHT_ONE;
    uint32_t largest = 0;
    for (uint32_t i = 0; i < taps; i++) {
        int32_t v = rounded(cubic(((double)i - offset) / stretch) / sum * WEIGHT_ONE);
        weight[i] = (int16_t)v;
        left -= v;
        if (v > weight[largest]) largest = i;
    }
    weight[largest] = (int16_t)(weight[largest] + left);
}

static bf_status make_filter(bf_ctx *c, uint32_t num, uint32_t den, uint32_t positions, filter *f)
{
    double stretch = den > num ? (double)den / num : 1.0;
    uint32_t reach = (uint32_t)(2.0 * stretch) + 1;
    f->taps = 2 * reach;
    f->first = bf_ctx_scratch(c, positions, sizeof *f->first);
    f->weight = bf_ctx_scratch(c, (size_t)positions * f->taps, sizeof *f->weight);
    if (!f->first || !f->weight) BF_FAIL_NOMEM(c);
    for (uint32_t i = 0; i < positions; i++) {
        uint64_t at = (uint64_t)i * den;
        int32_t whole = (int32_t)(at / num);
        double fraction = (double)(at % num) / num;
        f->first[i] = whole - (int32_t)reach + 1;
        fill_weights(f->weight + (size_t)i * f->taps, f->taps, fraction + reach - 1, stretch);
    }
    return BF_OK;
}

static int32_t clamp(int32_t v, int32_t low, int32_t high)
{
    return v < low ? low : v > high ? high : v;
}

/* One source row to one row of positions, KEEP_BITS of fraction kept. padded: the row with `pad`
 * repeated pixels on either side. */
static void across(const filter *f, const uint8_t *padded, int32_t pad, int16_t *out, uint32_t ow)
{
    const int32_t half = 1 << (WEIGHT_BITS - KEEP_BITS - 1);
    for (uint32_t i = 0; i < ow; i++) {
        const int16_t *weight = f->weight + (size_t)i * f->taps;
        const uint8_t *s = padded + f->first[i] + pad;
        int32_t sum = half;
        for (uint32_t k = 0; k < f->taps; k++) sum += weight[k] * s[k];
        out[i] = (int16_t)(sum >> (WEIGHT_BITS - KEEP_BITS));
    }
}

static void down(const filter *f, const int16_t *rows, uint32_t h, uint32_t ow, uint32_t i,
                 int32_t *sum, uint8_t *out)
{
    for (uint32_t x = 0; x < ow; x++) sum[x] = 1 << (WEIGHT_BITS + KEEP_BITS - 1);
    for (uint32_t k = 0; k < f->taps; k++) {
        int32_t weight = f->weight[(size_t)i * f->taps + k];
        int32_t y = clamp(f->first[i] + (int32_t)k, 0, (int32_t)h - 1);
        const int16_t *s = rows + (size_t)y * ow;
        if (!weight) continue;
        for (uint32_t x = 0; x < ow; x++) sum[x] += weight * s[x];
    }
    for (uint32_t x = 0; x < ow; x++) {
        out[x] = (uint8_t)clamp(sum[x] >> (WEIGHT_BITS + KEEP_BITS), 0, 255);
    }
}

bf_status bf_resample(bf_ctx *c, const uint8_t *src, uint32_t w, uint32_t h, uint32_t num,
                      uint32_t den, uint8_t *out, uint32_t ow, uint32_t oh)
{
    assert(w && h && num && den && num <= 4096 && den <= 4096);
    assert(ow == bf_resampled_side(w, num, den) && oh == bf_resampled_side(h, num, den));
    filter fx, fy;
    BF_TRY(make_filter(c, num, den, ow, &fx));
    BF_TRY(make_filter(c, num, den, oh, &fy));
    int32_t pad = (int32_t)fx.taps;
    uint8_t *padded = bf_ctx_scratch(c, (size_t)w + 2 * fx.taps, 1);
    int16_t *rows = bf_ctx_scratch(c, (size_t)h * ow, sizeof *rows);
    int32_t *sum = bf_ctx_scratch(c, ow, sizeof *sum);
    if (!padded || !rows || !sum) BF_FAIL_NOMEM(c);
    for (uint32_t y = 0; y < h; y++) {
        const uint8_t *s = src + (size_t)y * w;
        for (int32_t x = -pad; x < (int32_t)w + pad; x++) {
            padded[x + pad] = s[clamp(x, 0, (int32_t)w - 1)];
        }
        across(&fx, padded, pad, rows + (size_t)y * ow, ow);
    }
    for (uint32_t y = 0; y < oh; y++) down(&fy, rows, h, ow, y, sum, out + (size_t)y * ow);
    return BF_OK;
}
