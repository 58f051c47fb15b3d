/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How well a palm will compare, 0..100, and what is wrong with it: measures of the region itself
 * and of the way it was found. The reasons are for the person at the camera.
 */
#include "palm/quality.h"

#include <math.h>
#include <string.h>

#include "palm/params.h"

#define SIDE BF_PALM_SIDE
#define REACH 4 /* px: half the window of the local mean */

/* Grey values around a pixel, where all of them are valid. */
static float local_mean(const uint32_t *sum, int32_t x, int32_t y)
{
    int32_t w = SIDE + 1, x0 = x - REACH, y0 = y - REACH, x1 = x + REACH + 1, y1 = y + REACH + 1;
    uint32_t total = sum[y1 * w + x1] - sum[y0 * w + x1] - sum[y1 * w + x0] + sum[y0 * w + x0];
    return (float)total / ((2 * REACH + 1) * (2 * REACH + 1));
}

static void measure_detail(const bf_palm_region *r, bf_palm_measures *m)
{
    uint32_t sum[(SIDE + 1) * (SIDE + 1)] = {0}, n = 0;
    float coarse = 0, fine = 0;
    for (int32_t y = 0; y < SIDE; y++) {
        uint32_t row = 0;
        for (int32_t x = 0; x < SIDE; x++) {
            row += r->px[y * SIDE + x];
            sum[(y + 1) * (SIDE + 1) + x + 1] = sum[y * (SIDE + 1) + x + 1] + row;
        }
    }
    for (int32_t y = REACH; y < SIDE - REACH; y++) {
        for (int32_t x = REACH; x < SIDE - REACH; x++) {
            const uint8_t *p = &r->px[y * SIDE + x];
            if (!r->valid[y * SIDE + x]) continue;
            float d = (float)p[0] - local_mean(sum, x, y);
            float second = (float)(4 * p[0] - p[-1] - p[1] - p[-SIDE] - p[SIDE]);
            coarse += d * d;
            fine += second * second;
            n++;
        }
    }
    if (!n) return;
    /* Rounding to whole grey levels is no detail. */
    coarse = coarse / (float)n - 1.0f / 12;
    fine = fine / (float)n - 20.0f / 12;
    m->detail = coarse > 0 ? sqrtf(coarse) : 0;
    m->sharpness = coarse > 0 && fine > 0 ? sqrtf(fine) / m->detail : 0;
}

void bf_palm_measure(const bf_palm_region *r, bf_palm_measures *out)
{
    uint32_t n = 0, glare = 0;
    float sum = 0;
    memset(out, 0, sizeof *out);
    for (int32_t i = 0; i < SIDE * SIDE; i++) {
        if (!r->valid[i]) continue;
        n++;
        sum += r->px[i];
        glare += r->px[i] >= PARAM_GLARE_GREY;
    }
    if (!n) return;
    out->covered = (float)n / (SIDE * SIDE);
    out->brightness = sum / (float)n;
    out->glare = (float)glare / (float)n;
    measure_detail(r, out);
}

/* 0 at `bad`, 1 at `good`, linear between. */
static float between(float x, float bad, float good)
{
    float v = (x - bad) / (good - bad);
    return v < 0 ? 0 : v > 1 ? 1 : v;
}

uint16_t bf_palm_region_reasons(const bf_palm_region *r, const bf_palm_measures *m)
{
    uint32_t v = 0;
    if (m->sharpness < PARAM_BLURRED) v |= BF_PALM_QUALITY_BLURRED;
    if (m->brightness < PARAM_DARK_GREY) v |= BF_PALM_QUALITY_DARK;
    if (m->brightness > PARAM_BRIGHT_GREY) v |= BF_PALM_QUALITY_BRIGHT;
    if (m->glare > PARAM_GLARE_SHARE) v |= BF_PALM_QUALITY_GLARE;
    if (m->detail < PARAM_FLAT) v |= BF_PALM_QUALITY_LOW_CONTRAST;
    if (m->covered < PARAM_COVERED) v |= BF_PALM_QUALITY_CUT_OFF;
    if (!(r->by & BF_PALM_BY_CALLER) && r->frame.scale_step < PARAM_FAR_STEPS) {
        v |= BF_PALM_QUALITY_FAR;
    }
    return (uint16_t)v;
}

uint8_t bf_palm_quality(const bf_palm_region *r, const bf_palm_measures *m)
{
    float q = 100.0f * (0.3f + 0.7f * between(m->detail, 0.5f * PARAM_FLAT, PARAM_DETAIL_GOOD));
    q *= 0.2f + 0.8f * between(m->sharpness, 0.5f * PARAM_BLURRED, 1.2f * PARAM_BLURRED);
    q *= between(m->covered, 0.5f, 1.0f);
    q *= 1.0f - between(m->glare, 0.0f, 0.5f);
    q *= 0.3f + 0.7f * between(m->brightness, 10.0f, PARAM_DARK_GREY);
    if (!(r->by & BF_PALM_BY_CALLER)) {
        q *= 0.4f + 0.6f * between((float)r->frame.scale_step, -32.0f, 0.0f);
        if (!(r->by & BF_PALM_BY_CONTOUR)) q *= PARAM_QUALITY_LANDMARKS;
    }
    if (r->reasons & BF_PALM_QUALITY_BENT) q *= 0.4f;
    if (r->reasons & BF_PALM_QUALITY_BACK) q *= 0.4f;
    if (r->reasons & BF_PALM_QUALITY_UNSURE) q *= 0.7f;
    return (uint8_t)(q + 0.5f);
}

const char *bf_palm__reason_text(uint32_t reason)
{
    switch (reason) {
    case BF_PALM_QUALITY_BLURRED: return "blurred";
    case BF_PALM_QUALITY_DARK: return "dark";
    case BF_PALM_QUALITY_BRIGHT: return "over-exposed";
    case BF_PALM_QUALITY_GLARE: return "glare";
    case BF_PALM_QUALITY_LOW_CONTRAST: return "few lines";
    case BF_PALM_QUALITY_CUT_OFF: return "cut off";
    case BF_PALM_QUALITY_FINGERS_CLOSED: return "fingers closed";
    case BF_PALM_QUALITY_FAR: return "too far";
    case BF_PALM_QUALITY_BENT: return "fingers bent";
    case BF_PALM_QUALITY_BACK: return "back of a hand or mirrored";
    case BF_PALM_QUALITY_SEVERAL: return "another hand";
    case BF_PALM_QUALITY_UNSURE: return "hand not certain";
    default: return "";
    }
}
