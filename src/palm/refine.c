/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Valley points to a fraction of a pixel: where a line that touches the ground of the gap from the
 * palm's side meets it. The level that parts hand and gap is taken from the valley's own
 * surroundings, since the light on a hand is never even.
 */
#include <math.h>

#include "palm/locate.h"
#include "palm/params.h"

#define COLUMNS 41

static float sample(const bf_hand_plane *p, float x, float y)
{
    float fx = x < 0 ? 0 : x > (float)(p->w - 1) ? (float)(p->w - 1) : x;
    float fy = y < 0 ? 0 : y > (float)(p->h - 1) ? (float)(p->h - 1) : y;
    int32_t ix = (int32_t)fx, iy = (int32_t)fy;
    if (ix > p->w - 2) ix = p->w - 2;
    if (iy > p->h - 2) iy = p->h - 2;
    const uint8_t *q = p->px + (size_t)iy * (size_t)p->w + (size_t)ix;
    float ax = fx - (float)ix, ay = fy - (float)iy;
    float top = (float)q[0] + ax * ((float)q[1] - (float)q[0]);
    float low = (float)q[p->w] + ax * ((float)q[p->w + 1] - (float)q[p->w]);
    return top + ay * (low - top);
}

/* Half way between the hand's and the gap's level around a valley; the sign of `invert` undone. */
static float local_level(const bf_hand_cut *cut, bf_hand_point v, float nx, float ny, float span)
{
    float hand = 0, least = 1e9f, sign = cut->invert ? -1.0f : 1.0f;
    for (int32_t i = -3; i <= 3; i++) {
        float u = (float)i * 0.03f * span;
        hand += sign * sample(cut->plane, v.x - nx * 0.09f * span - ny * u,
                              v.y - ny * 0.09f * span + nx * u);
        for (int32_t j = 0; j <= 4; j++) {
            float d = (float)j * 0.03f * span;
            float g = sign * sample(cut->plane, v.x + nx * d - ny * u, v.y + ny * d + nx * u);
            if (g < least) least = g;
        }
    }
    return 0.5f * (hand / 7.0f + least);
}

/* How far from the start the ground begins along (nx, ny); `reach` if nowhere. */
static float first_ground(const bf_hand_cut *cut, float x, float y, float nx, float ny, float level,
                          float reach)
{
    float sign = cut->invert ? -1.0f : 1.0f, before = sign * sample(cut->plane, x, y);
    for (float d = 0.5f; d < reach; d += 0.5f) {
        float now = sign * sample(cut->plane, x + nx * d, y + ny * d);
        if (now < level) {
            float part = before > level ? (before - level) / (before - now) : 0.0f;
            return d - 0.5f + 0.5f * part;
        }
        before = now;
    }
    return reach;
}

static bf_hand_point refine_one(const bf_hand_cut *cut, bf_hand_point v, float nx, float ny,
                                float span)
{
    float level = local_level(cut, v, nx, ny, span), depth[COLUMNS];
    float back = PARAM_REFINE_BACK * span, reach = 2.0f * back;
    float step = PARAM_REFINE_SIDE * span / (COLUMNS / 2), least = reach;
    for (int32_t i = 0; i < COLUMNS; i++) {
        float u = (float)(i - COLUMNS / 2) * step;
        depth[i] = first_ground(cut, v.x - nx * back - ny * u, v.y - ny * back + nx * u, nx, ny,
                                level, reach);
        if (depth[i] < least) least = depth[i];
    }
    if (least >= reach || least <= 0.0f) return v;
    float sum = 0, weight = 0, mean = 0;
    for (int32_t i = 0; i < COLUMNS; i++) {
        float w = PARAM_REFINE_SOFT - (depth[i] - least);
        if (w <= 0) continue;
        weight += w;
        sum += w * (float)(i - COLUMNS / 2) * step;
        mean += w * depth[i];
    }
    sum /= weight;
    mean = mean / weight - back;
    return (bf_hand_point){v.x + nx * mean - ny * sum, v.y + ny * mean + nx * sum};
}

void bf_hand_refine(const bf_hand_cut *cut, bf_hand *hand)
{
    for (int32_t round = 0; round < 2; round++) {
        bf_hand_point *v = hand->valley;
        float tx = v[2].x - v[0].x, ty = v[2].y - v[0].y, span = sqrtf(tx * tx + ty * ty);
        if (span < 1.0f) return;
        for (int32_t i = 0; i < BF_HAND_VALLEYS; i++) {
            v[i] = refine_one(cut, v[i], ty / span, -tx / span, span);
        }
    }
}
