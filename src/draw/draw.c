/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Coverage of a pixel = how far it lies inside the shape's edge, from 0 half a pixel outside to 1
 * half a pixel inside: exact enough for lines of a pixel and up, and without supersampling.
 */
#include "draw/draw.h"

#include <math.h>

#define FAR_PX 100000.0f

static float clamp01(float v)
{
    return v < 0.0f ? 0.0f : v > 1.0f ? 1.0f : v;
}

static int32_t clamp_px(float v, int32_t max)
{
    if (v < 0.0f) return 0;
    return v > (float)max ? max : (int32_t)v;
}

static int usable(float v)
{
    return v > -FAR_PX && v < FAR_PX;
}

void bf_draw_clip(bf_canvas *c, int32_t x, int32_t y, int32_t w, int32_t h)
{
    c->clip[0] = x < 0 ? 0 : x;
    c->clip[1] = y < 0 ? 0 : y;
    c->clip[2] = x + w < c->w ? x + w : c->w;
    c->clip[3] = y + h < c->h ? y + h : c->h;
}

void bf_draw_blend(bf_canvas *c, int32_t x, int32_t y, bf_rgb colour, float alpha)
{
    if (x < c->clip[0] || y < c->clip[1] || x >= c->clip[2] || y >= c->clip[3]) return;
    if (!(alpha > 0.0f)) return;
    uint8_t *p = c->px + ((size_t)y * (size_t)c->w + (size_t)x) * 3;
    for (int k = 0; k < 3; k++) {
        float ink = (float)(colour >> (16 - 8 * k) & 0xff);
        p[k] = (uint8_t)((float)p[k] + (ink - (float)p[k]) * clamp01(alpha) + 0.5f);
    }
}

void bf_draw_rect(bf_canvas *c, int32_t x, int32_t y, int32_t w, int32_t h, bf_rgb colour,
                  float alpha)
{
    int32_t x1 = x + w < c->w ? x + w : c->w, y1 = y + h < c->h ? y + h : c->h;
    for (int32_t v = y < 0 ? 0 : y; v < y1; v++) {
        for (int32_t u = x < 0 ? 0 : x; u < x1; u++) bf_draw_blend(c, u, v, colour, alpha);
    }
}

void bf_draw_fill(bf_canvas *c, bf_rgb colour)
{
    bf_draw_rect(c, 0, 0, c->w, c->h, colour, 1.0f);
}

typedef struct segment {
    float x0, y0, dx, dy, length2, half; /* half: of the width */
} segment;

static float coverage(const segment *s, float x, float y)
{
    float px = x - s->x0, py = y - s->y0;
    float t = s->length2 > 0.0f ? clamp01((px * s->dx + py * s->dy) / s->length2) : 0.0f;
    float ex = px - t * s->dx, ey = py - t * s->dy;
    return clamp01(s->half + 0.5f - sqrtf(ex * ex + ey * ey));
}

/*
 * Walk along the longer axis and visit, at each step, only the pixels near the line, so that a
 * long diagonal costs its length and not its bounding box.
 */
void bf_draw_line(bf_canvas *c, float x0, float y0, float x1, float y1, bf_pen pen)
{
    if (!usable(x0) || !usable(y0) || !usable(x1) || !usable(y1)) return;
    float dx = x1 - x0, dy = y1 - y0;
    segment s = {x0, y0, dx, dy, dx * dx + dy * dy, pen.width_px / 2.0f};
    int steep = fabsf(dy) > fabsf(dx);
    float from = steep ? y0 : x0, to = steep ? y1 : x1;
    float major = steep ? dy : dx, minor = steep ? dx : dy, base = steep ? x0 : y0;
    float length = sqrtf(s.length2), reach = s.half + 1.0f;
    float band = length > 0.0f ? reach * length / fabsf(major) + 1.0f : reach;
    int32_t last = (steep ? c->h : c->w) - 1, side = (steep ? c->w : c->h) - 1;
    float low = (from < to ? from : to) - reach, high = (from < to ? to : from) + reach;
    if (high < 0.0f || low > (float)last) return;
    for (int32_t i = clamp_px(floorf(low), last); i <= clamp_px(ceilf(high), last); i++) {
        float t = length > 0.0f ? clamp01(((float)i - from) / major) : 0.0f;
        float middle = base + t * minor;
        if (middle + band < 0.0f || middle - band > (float)side) continue;
        int32_t end = clamp_px(ceilf(middle + band), side);
        for (int32_t j = clamp_px(floorf(middle - band), side); j <= end; j++) {
            int32_t x = steep ? j : i, y = steep ? i : j;
            bf_draw_blend(c, x, y, pen.colour, pen.alpha * coverage(&s, (float)x, (float)y));
        }
    }
}

void bf_draw_polygon(bf_canvas *c, const float (*xy)[2], size_t count, bf_pen pen)
{
    for (size_t i = 0; i < count; i++) {
        const float *a = xy[i], *b = xy[(i + 1) % count];
        bf_draw_line(c, a[0], a[1], b[0], b[1], pen);
    }
}

/* All pixels whose distance from (x, y) lies in the band [inner, outer]. */
static void draw_round(bf_canvas *c, float x, float y, float inner, float outer, bf_pen pen)
{
    if (!usable(x) || !usable(y) || !usable(outer)) return;
    if (x + outer < -1.0f || y + outer < -1.0f) return;
    if (x - outer > (float)c->w || y - outer > (float)c->h) return;
    int32_t x1 = clamp_px(ceilf(x + outer + 1.0f), c->w - 1);
    int32_t y1 = clamp_px(ceilf(y + outer + 1.0f), c->h - 1);
    for (int32_t v = clamp_px(floorf(y - outer - 1.0f), c->h - 1); v <= y1; v++) {
        for (int32_t u = clamp_px(floorf(x - outer - 1.0f), c->w - 1); u <= x1; u++) {
            float dx = (float)u - x, dy = (float)v - y, d = sqrtf(dx * dx + dy * dy);
            float cover = clamp01(outer + 0.5f - d);
            if (inner > 0.0f) cover *= clamp01(d - inner + 0.5f);
            bf_draw_blend(c, u, v, pen.colour, pen.alpha * cover);
        }
    }
}

void bf_draw_ring(bf_canvas *c, float x, float y, float radius_px, bf_pen pen)
{
    draw_round(c, x, y, radius_px - pen.width_px / 2.0f, radius_px + pen.width_px / 2.0f, pen);
}

void bf_draw_disc(bf_canvas *c, float x, float y, float radius_px, bf_pen pen)
{
    draw_round(c, x, y, 0.0f, radius_px, pen);
}

float bf_draw_sample(const bf_placed *p, float x, float y, float outside)
{
    if (!(x >= 0.0f && y >= 0.0f && x <= (float)(p->w - 1) && y <= (float)(p->h - 1))) {
        return outside;
    }
    int32_t u = (int32_t)x, v = (int32_t)y;
    int32_t u1 = u + 1 < p->w ? u + 1 : u, v1 = v + 1 < p->h ? v + 1 : v;
    const uint8_t *r0 = p->px + (size_t)v * (size_t)p->stride;
    const uint8_t *r1 = p->px + (size_t)v1 * (size_t)p->stride;
    float fx = x - (float)u, fy = y - (float)v;
    float top = (float)r0[u] + fx * ((float)r0[u1] - (float)r0[u]);
    float low = (float)r1[u] + fx * ((float)r1[u1] - (float)r1[u]);
    return top + fy * (low - top);
}

void bf_draw_grey(bf_canvas *c, const bf_placed *p, float fade)
{
    int32_t w = (int32_t)((float)p->w * p->scale), h = (int32_t)((float)p->h * p->scale);
    for (int32_t v = 0; v < h; v++) {
        for (int32_t u = 0; u < w; u++) {
            float x = ((float)u + 0.5f) / p->scale - 0.5f, y = ((float)v + 0.5f) / p->scale - 0.5f;
            x = x < 0.0f ? 0.0f : x > (float)(p->w - 1) ? (float)(p->w - 1) : x;
            y = y < 0.0f ? 0.0f : y > (float)(p->h - 1) ? (float)(p->h - 1) : y;
            float g = bf_draw_sample(p, x, y, 255.0f);
            uint32_t shown = (uint32_t)(g + (255.0f - g) * fade + 0.5f);
            bf_draw_blend(c, p->x + u, p->y + v, shown << 16 | shown << 8 | shown, 1.0f);
        }
    }
}
