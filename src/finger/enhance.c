/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contextual enhancement in two one-dimensional steps: a Gaussian along the ridge, then a Gabor
 * pair across it ([Hong1998] section 2.5, separable because the axes turn with the ridge). Each
 * pixel of the second step reads neighbours that were smoothed along their own orientation, so the
 * filter bends with the ridge.
 *
 * Taps lie on the nearest pixel. Interpolating between two cost twice the time; EER with it and
 * without: FVC mean 1.09 and 0.73 %, NT_UareU 0.06 and 0.06 %, NIST_SD4 2.5 and 3.75 % (one pair of
 * 80). Cost: some 50 multiply-adds a pixel where a two-dimensional filter takes 400.
 */
#include <math.h>

#include "finger/finger.h"
#include "finger/params.h"
#include "kernel/kernel.h"
#include "util/fmath.h"

#define PATCH BF_FINGER_PATCH

/*
 * Offsets of a line in the direction (dx, dy), image coordinates: one tap per px of the longer
 * axis, `reach_px` to both sides. at_px[k] is the distance of tap k along the line.
 */
static void line_offsets(float dx, float dy, float reach_px, int32_t stride, bf_line_taps *t,
                         float *at_px)
{
    int flat = fabsf(dx) >= fabsf(dy);
    float major = flat ? dx : dy, slope = flat ? dy / dx : dx / dy;
    int32_t reach = (int32_t)(floorf(reach_px + 0.5f) * fabsf(major) + 0.5f);
    if (reach > BF_LINE_TAPS_MAX / 2) reach = BF_LINE_TAPS_MAX / 2;
    t->count = 2 * reach + 1;
    for (int32_t k = -reach; k <= reach; k++) {
        int32_t minor = (int32_t)floorf(slope * (float)k + 0.5f);
        t->offset[k + reach] = flat ? minor * stride + k : k * stride + minor;
        at_px[k + reach] = (float)k / major;
    }
}

static float gauss(float x, float sigma)
{
    return (float)bf_exp((double)(-0.5f * x * x / (sigma * sigma)));
}

static void taps_along(const bf_angles *a, int32_t angle, float sigma_px, int32_t stride,
                       bf_line_taps *t)
{
    float at[BF_LINE_TAPS_MAX], sum = 0;
    line_offsets(a->cos[angle], -a->sin[angle], PARAM_REACH_SIGMAS * sigma_px, stride, t, at);
    for (int32_t k = 0; k < t->count; k++) {
        t->even[k] = gauss(at[k], sigma_px);
        sum += t->even[k];
    }
    for (int32_t k = 0; k < t->count; k++) t->even[k] /= sum;
}

/* Across: the normal is the ridge direction turned by +90 degrees, (-sin, -cos) in the image. The
 * even filter gives nothing for a constant and 1 for a ridge of its own frequency. */
static void taps_across(const bf_angles *a, int32_t angle, float freq, int32_t stride,
                        bf_line_taps *t)
{
    float at[BF_LINE_TAPS_MAX], bell[BF_LINE_TAPS_MAX], wave[BF_LINE_TAPS_MAX];
    float sigma = PARAM_ACROSS_PERIODS / freq, sum_bell = 0, sum_even = 0, answer = 0;
    line_offsets(-a->sin[angle], -a->cos[angle], PARAM_REACH_SIGMAS * sigma, stride, t, at);
    for (int32_t k = 0; k < t->count; k++) {
        double phase = 2 * BF_PI * (double)(freq * at[k]);
        bell[k] = gauss(at[k], sigma);
        wave[k] = (float)bf_cos(phase);
        t->even[k] = bell[k] * wave[k];
        t->odd[k] = -bell[k] * (float)bf_sin(phase);
        sum_bell += bell[k];
        sum_even += t->even[k];
    }
    for (int32_t k = 0; k < t->count; k++) {
        t->even[k] -= bell[k] * sum_even / sum_bell;
        answer += t->even[k] * wave[k];
    }
    for (int32_t k = 0; k < t->count; k++) {
        t->even[k] /= answer;
        t->odd[k] /= answer;
    }
}

#define PERIOD_STEP ((PARAM_PERIOD_MAX - PARAM_PERIOD_MIN) / (PARAM_PERIOD_LEVELS - 1))

static int32_t period_level(float freq)
{
    int32_t l = (int32_t)((1.0f / freq - PARAM_PERIOD_MIN) / PERIOD_STEP + 0.5f);
    return l < 0 ? 0 : l >= PARAM_PERIOD_LEVELS ? PARAM_PERIOD_LEVELS - 1 : l;
}

static bf_status smooth_along(bf_ctx *c, const bf_plane *pic, const bf_field *f,
                              const bf_angles *ang, float sigma_px, bf_plane *out)
{
    bf_line_taps *taps = bf_ctx_scratch(c, BF_FINGER_ANGLES, sizeof *taps);
    if (!taps) BF_FAIL_NOMEM(c);
    for (int32_t i = 0; i < BF_FINGER_ANGLES; i++) {
        taps_along(ang, i, sigma_px, pic->stride, &taps[i]);
    }
    const uint8_t *angle = f->angle;
    for (int32_t y = 0; y < pic->h; y += PATCH) {
        for (int32_t x = 0; x < pic->w; x += PATCH) {
            ptrdiff_t o = (ptrdiff_t)y * pic->stride + x;
            c->kern->line_filter(pic->px + o, pic->stride, &taps[*angle++], out->px + o);
        }
    }
    return BF_OK;
}

static bf_status filter_across(bf_ctx *c, const bf_plane *pic, const bf_field *f,
                               const bf_angles *ang, bf_plane *even, bf_plane *odd)
{
    /* filled as they are met: a print uses few of the periods */
    bf_line_taps *taps =
        bf_ctx_scratch(c, (size_t)BF_FINGER_ANGLES * PARAM_PERIOD_LEVELS, sizeof *taps);
    if (!taps) BF_FAIL_NOMEM(c);
    for (int32_t py = 0; py < 2 * f->rows; py++) {
        for (int32_t px = 0; px < 2 * f->cols; px++) {
            int32_t cell = py / 2 * f->cols + px / 2, angle = f->angle[py * 2 * f->cols + px];
            if (!f->mask[cell]) continue;
            int32_t level = period_level(f->freq[cell]);
            bf_line_taps *t = &taps[angle * PARAM_PERIOD_LEVELS + level];
            if (!t->count) {
                float period = PARAM_PERIOD_MIN + PERIOD_STEP * (float)level;
                taps_across(ang, angle, 1.0f / period, pic->stride, t);
            }
            ptrdiff_t o = ((ptrdiff_t)py * pic->stride + px) * PATCH;
            c->kern->line_pair(pic->px + o, pic->stride, t, even->px + o, odd->px + o);
        }
    }
    return BF_OK;
}

bf_status bf_finger_enhance(bf_ctx *c, const bf_plane *pic, const bf_field *f, const bf_angles *ang,
                            float along_px, bf_plane *even, bf_plane *odd)
{
    bf_arena_mark mark = bf_arena_save(&c->arena);
    bf_plane mid;
    BF_TRY(bf_plane_new(c, pic->w, pic->h, &mid));
    BF_TRY(smooth_along(c, pic, f, ang, along_px, &mid));
    BF_TRY(filter_across(c, &mid, f, ang, even, odd));
    bf_arena_restore(&c->arena, mark);
    return BF_OK;
}
