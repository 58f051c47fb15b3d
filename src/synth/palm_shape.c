/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shape of a hand by signed distances [Hart1996]: fingers, thumb and arm are cones with round
 * ends, the palm is a rounded figure, and where they meet they run into one another, which makes
 * the webs between the fingers.
 */
#include <math.h>

#include "synth/palm.h"
#include "util/fmath.h"

static float clamp01(float v)
{
    return v < 0 ? 0 : v > 1 ? 1 : v;
}

/* Signed distance from a cone; *along: 0 base .. 1 tip. */
static float bone_distance(const bf_synth_bone *b, float x, float y, float *along)
{
    float ux = b->x1 - b->x0, uy = b->y1 - b->y0, px = x - b->x0, py = y - b->y0;
    float t = clamp01((px * ux + py * uy) / (ux * ux + uy * uy));
    float dx = px - t * ux, dy = py - t * uy;
    *along = t;
    return sqrtf(dx * dx + dy * dy) - (b->r0 + t * (b->r1 - b->r0));
}

/* The palm: three cones side by side, from the knuckles to the wrist. */
static float palm_distance(const bf_synth_shape *s, float x, float y)
{
    const bf_synth_bone part[3] = {
        {0.52f * s->width, 0.50f, 0.35f, 1.70f, 0.46f, 0.42f},
        {0.0f, 0.55f, 0.0f, 1.70f, 0.58f, 0.55f},
        {-0.52f * s->width, 0.56f, -0.35f, 1.70f, 0.46f, 0.42f},
    };
    float best = 1e9f, t;
    for (int i = 0; i < 3; i++) {
        float d = bone_distance(&part[i], x, y, &t);
        if (d < best) best = d;
    }
    return best;
}

/* The nearer of two, rounded where they are about equal. */
static float join(float a, float b, float soft)
{
    float h = clamp01(0.5f + 0.5f * (b - a) / soft);
    return b + h * (a - b) - soft * h * (1.0f - h);
}

void bf_synth__palm_shape(const bf_synth_palm *p, float spread, bf_synth_rng *r,
                          bf_synth_shape *out)
{
    static const float base[SYNTH_FINGERS] = {0.62f, 0.74f, 0.25f, -0.25f, -0.72f};
    static const float fan[SYNTH_FINGERS] = {0.75f, 0.16f, 0.03f, -0.12f, -0.34f}; /* rad */
    static const float still[SYNTH_FINGERS] = {0.45f, -0.025f, -0.005f, 0.005f, 0.035f};
    out->width = p->width;
    out->arm = (bf_synth_bone){0, 1.75f, 0, 5.0f, 0.62f, 0.68f};
    for (int i = 0; i < SYNTH_FINGERS; i++) {
        float wobble = 0.05f * spread * (float)bf_synth__rng_normal(r);
        float a = still[i] + spread * (fan[i] - still[i]) + wobble;
        float sn = (float)bf_sin(a), cs = (float)bf_cos(a);
        float y = i ? 0.38f : 1.30f, up = i ? p->length[i] + 0.25f : p->length[i];
        out->finger[i] = (bf_synth_bone){base[i],
                                         y,
                                         base[i] + sn * up,
                                         y - cs * up,
                                         p->radius[i] * (i ? 1.08f : 1.25f),
                                         p->radius[i] * 0.72f};
    }
}

/* Distance of the whole, the shading by folds on it, and which finger is nearest. */
static float shape_distance(const bf_synth_shape *s, float x, float y, float *fold)
{
    static const float joint[3] = {0.20f, 0.50f, 0.76f};
    float palm = palm_distance(s, x, y), t, best = 1e9f, next = 1e9f, along = 0;
    for (int i = 0; i < SYNTH_FINGERS; i++) {
        float d = bone_distance(&s->finger[i], x, y, &t);
        if (d < best) {
            next = best;
            best = d;
            along = t;
        } else if (d < next) {
            next = d;
        }
    }
    *fold = 1.0f;
    if (palm > -0.06f && best < 0) {
        float out_of_palm = clamp01((palm + 0.06f) / 0.12f);
        float gap = (next - best) / 0.035f;
        *fold -= 0.75f * out_of_palm * clamp01(1.0f - gap); /* two fingers touch: a dark line */
        for (int k = 0; k < 3; k++) {
            float e = (along - joint[k]) / 0.012f;
            *fold -= 0.16f * clamp01(1.0f - 0.25f * e * e);
        }
    }
    return join(join(palm, best, 0.10f), bone_distance(&s->arm, x, y, &t), 0.15f);
}

float bf_synth__palm_light(const bf_synth_shape *s, float x, float y, float soft, float *shade)
{
    float fold, d = shape_distance(s, x, y, &fold);
    float inside = clamp01(0.5f - d / soft);
    float round = clamp01(-d / 0.16f);
    *shade = fold * (0.66f + 0.34f * sqrtf(round * (2.0f - round)));
    return inside;
}

/* Along the way from (x, y) at right angles to (ux, uy): where both bones are equally near. */
static void between_bones(const bf_synth_bone *a, const bf_synth_bone *b, float ux, float uy,
                          float *x, float *y)
{
    float t, best = 1e9f, x0 = *x, y0 = *y;
    for (int k = -30; k <= 30; k++) {
        float px = x0 - uy * 0.005f * (float)k, py = y0 + ux * 0.005f * (float)k;
        float apart = fabsf(bone_distance(a, px, py, &t) - bone_distance(b, px, py, &t));
        if (apart >= best) continue;
        best = apart;
        *x = px;
        *y = py;
    }
}

void bf_synth__palm_valley(const bf_synth_shape *s, int32_t i, float *x, float *y)
{
    const bf_synth_bone *a = &s->finger[i], *b = &s->finger[i + 1];
    float x0 = 0.5f * (a->x0 + b->x0), y0 = 0.5f * (a->y0 + b->y0), fold;
    float ux = 0.5f * (a->x1 + b->x1) - x0, uy = 0.5f * (a->y1 + b->y1) - y0;
    float n = sqrtf(ux * ux + uy * uy);
    ux /= n;
    uy /= n;
    for (float d = 0; d < n; d += 0.004f) {
        *x = x0 + ux * d;
        *y = y0 + uy * d;
        between_bones(a, b, ux, uy, x, y);
        if (shape_distance(s, *x, *y, &fold) > 0 || fold < 0.6f) return;
    }
}
