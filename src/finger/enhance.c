/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contextual enhancement in two one-dimensional steps: a Gaussian along the ridge, then a Gabor pair
 * across it ([Hong1998], separable because the axes turn with the ridge). Each pixel of the second step
 * reads neighbours that were smoothed along their own orientation, so the filter bends with the ridge.
 * Cost: some 60 multiply-adds a pixel where the two-dimensional filter takes 400.
 */
#include <math.h>
#include <string.h>

#include "finger/finger.h"
#include "finger/params.h"
#include "util/fmath.h"

#define TAPS_MAX 41

/* Taps of a line through the origin: steps of one px along the longer axis, linear between two px. */
typedef struct line_taps {
    int32_t count;
    int32_t offset[2 * TAPS_MAX]; /* floats from the centre px */
    float weight[2 * TAPS_MAX], weight_odd[2 * TAPS_MAX];
} line_taps;

/* Direction (dx, dy) in image coordinates; step is its length per major px. */
static void line_positions(float dx, float dy, int32_t reach, int32_t stride, line_taps *t,
                           float *step)
{
    int flat = fabsf(dx) >= fabsf(dy);
    float slope = flat ? dy / dx : dx / dy;
    float sign = flat ? (dx < 0 ? -1.0f : 1.0f) : (dy < 0 ? -1.0f : 1.0f);
    *step = sqrtf(1.0f + slope * slope) * sign;
    t->count = 0;
    for (int32_t k = -reach; k <= reach; k++) {
        float m = slope * (float)k;
        int32_t lo = (int32_t)floorf(m);
        float frac = m - (float)lo;
        t->offset[t->count] = flat ? lo * stride + k : k * stride + lo;
        t->weight[t->count++] = 1.0f - frac;
        t->offset[t->count] = flat ? (lo + 1) * stride + k : k * stride + lo + 1;
        t->weight[t->count++] = frac;
    }
}

static void taps_along(const bf_angles *a, int32_t angle, float sigma, int32_t stride, line_taps *t)
{
    float step, sum = 0;
    int32_t reach = (int32_t)(sigma * 2.2f + 0.5f);
    float dx = a->cos[angle], dy = -a->sin[angle];
    float major = fabsf(dx) > fabsf(dy) ? fabsf(dx) : fabsf(dy);
    reach = (int32_t)((float)reach * major + 0.5f);
    line_positions(dx, dy, reach, stride, t, &step);
    for (int32_t i = 0; i < t->count; i++) {
        float s = (float)(i / 2 - reach) * step;
        t->weight[i] *= (float)bf_exp((double)(-0.5f * s * s / (sigma * sigma)));
        sum += t->weight[i];
    }
    for (int32_t i = 0; i < t->count; i++) t->weight[i] /= sum;
}

static void taps_across(const bf_angles *a, int32_t angle, float freq, int32_t stride, line_taps *t)
{
    /* n = t turned by +90 degrees: (-sin, -cos) in image coordinates */
    float dx = -a->sin[angle], dy = -a->cos[angle], step;
    float sigma = PARAM_ACROSS_PERIODS / freq;
    float major = fabsf(dx) > fabsf(dy) ? fabsf(dx) : fabsf(dy);
    int32_t reach = (int32_t)(sigma * 2.2f * major + 0.5f);
    if (reach > 18) reach = 18;
    line_positions(dx, dy, reach, stride, t, &step);
    float sum_g = 0, sum_e = 0, norm = 0;
    float g[2 * TAPS_MAX];
    for (int32_t i = 0; i < t->count; i++) {
        float s = (float)(i / 2 - reach) * step;
        g[i] = t->weight[i] * (float)bf_exp((double)(-0.5f * s * s / (sigma * sigma)));
        t->weight[i] = g[i] * (float)bf_cos(2 * BF_PI * (double)(freq * s));
        t->weight_odd[i] = -g[i] * (float)bf_sin(2 * BF_PI * (double)(freq * s));
        sum_g += g[i];
        sum_e += t->weight[i];
    }
    for (int32_t i = 0; i < t->count; i++) {
        float s = (float)(i / 2 - reach) * step;
        t->weight[i] -= g[i] * sum_e / sum_g; /* no answer to a constant */
        norm += t->weight[i] * (float)bf_cos(2 * BF_PI * (double)(freq * s));
    }
    for (int32_t i = 0; i < t->count; i++) {
        t->weight[i] /= norm;
        t->weight_odd[i] /= norm;
    }
}

#define PATCH BF_FINGER_PATCH

static void filter_block(const float *src, int32_t stride, const line_taps *t, float *dst)
{
    for (int32_t y = 0; y < PATCH; y++) {
        float acc[PATCH] = {0};
        const float *s = src + (ptrdiff_t)y * stride;
        for (int32_t k = 0; k < t->count; k++) {
            const float *p = s + t->offset[k];
            float w = t->weight[k];
            for (int32_t x = 0; x < PATCH; x++) acc[x] += w * p[x];
        }
        memcpy(dst + (ptrdiff_t)y * stride, acc, sizeof acc);
    }
}

static void filter_block2(const float *src, int32_t stride, const line_taps *t, float *even, float *odd)
{
    for (int32_t y = 0; y < PATCH; y++) {
        float e[PATCH] = {0}, o[PATCH] = {0};
        const float *s = src + (ptrdiff_t)y * stride;
        for (int32_t k = 0; k < t->count; k++) {
            const float *p = s + t->offset[k];
            float we = t->weight[k], wo = t->weight_odd[k];
            for (int32_t x = 0; x < PATCH; x++) {
                e[x] += we * p[x];
                o[x] += wo * p[x];
            }
        }
        memcpy(even + (ptrdiff_t)y * stride, e, sizeof e);
        memcpy(odd + (ptrdiff_t)y * stride, o, sizeof o);
    }
}

static int freq_level(float f)
{
    /* period 5..16 in 24 steps, geometric */
    float t = (1.0f / f - 5.0f) * (PARAM_FREQ_LEVELS - 1) / 11.0f;
    int32_t l = (int32_t)(t + 0.5f);
    return l < 0 ? 0 : l >= PARAM_FREQ_LEVELS ? PARAM_FREQ_LEVELS - 1 : l;
}

bf_status bf_finger_enhance(bf_ctx *c, const bf_plane *pic, const bf_field *f, const bf_angles *ang,
                            float along_px, bf_plane *even, bf_plane *odd)
{
    bf_plane mid;
    BF_TRY(bf_plane_new(c, pic->w, pic->h, &mid));
    line_taps *along = bf_ctx_scratch(c, BF_FINGER_ANGLES, sizeof *along);
    line_taps *across = bf_ctx_scratch(c, BF_FINGER_ANGLES * PARAM_FREQ_LEVELS, sizeof *across);
    if (!along || !across) BF_FAIL_NOMEM(c);
    for (int32_t i = 0; i < BF_FINGER_ANGLES; i++) taps_along(ang, i, along_px, pic->stride, &along[i]);
    for (int32_t pass = 0; pass < 2; pass++) {
        for (int32_t py = 0; py < 2 * f->rows; py++) {
            for (int32_t px = 0; px < 2 * f->cols; px++) {
                int32_t cell = py / 2 * f->cols + px / 2, angle = f->angle[py * 2 * f->cols + px];
                ptrdiff_t o = (ptrdiff_t)py * PATCH * pic->stride + px * PATCH;
                if (pass == 0) {
                    filter_block(pic->px + o, pic->stride, &along[angle], mid.px + o);
                } else {
                    if (!f->mask[cell]) continue;
                    int32_t l = freq_level(f->freq[cell]);
                    line_taps *t = &across[angle * PARAM_FREQ_LEVELS + l];
                    if (!t->count) {
                        float period = 5.0f + 11.0f * (float)l / (PARAM_FREQ_LEVELS - 1);
                        taps_across(ang, angle, 1.0f / period, pic->stride, t);
                    }
                    filter_block2(mid.px + o, pic->stride, t, even->px + o, odd->px + o);
                }
            }
        }
    }
    return BF_OK;
}
