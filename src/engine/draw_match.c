/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The picture of a comparison: both prints with the matched minutiae in the same colour and number
 * and joined by a line, and the two enhanced prints laid over one another as the comparator
 * aligned them. Where ridges of both coincide the overlay is dark; where they do not it shows the
 * colours of the two.
 */
#include <math.h>
#include <stdio.h>

#include "bonafide/draw.h"
#include "engine/draw_parts.h"
#include "util/fmath.h"

#define MATCH_HEADING (PAGE_HEADING + 22)
#define HEADING_WIDTH 400
#define NUMBERED_MAX 60u

/* What is drawn, checked: a match is the caller's own structure. */
typedef struct picture {
    draw_print a, b;
    draw_panel at_a, at_b, at_overlay;
    const bf_match *match;
    bf_draw_opts opts;
    float cos_r, sin_r;
    float extrapolated_from;
} picture;

/* A colour of its own for each pair: hues a golden section apart, dark enough for white paper. */
static bf_rgb pair_colour(uint32_t i)
{
    uint32_t turn = i * 40503u & 0xffff; /* of 65536 */
    uint32_t sector = turn * 6 >> 16, t = turn * 6 & 0xffff;
    uint32_t rise = 200 * t >> 16, top = 200, low = 15;
    uint32_t fall = 200 - rise;
    uint32_t r = sector == 0 || sector == 5 ? top : sector == 1 ? fall : sector == 4 ? rise : low;
    uint32_t g = sector == 1 || sector == 2 ? top : sector == 3 ? fall : sector == 0 ? rise : low;
    uint32_t b = sector == 3 || sector == 4 ? top : sector == 5 ? fall : sector == 2 ? rise : low;
    return r << 16 | (g * 3 / 4) << 8 | b; /* green looks lighter than it is */
}

static void to_frame_a(const picture *p, float x, float y, float *out_x, float *out_y)
{
    *out_x = p->cos_r * x - p->sin_r * y + p->match->dx_px;
    *out_y = p->sin_r * x + p->cos_r * y + p->match->dy_px;
}

static uint32_t pairs(const picture *p)
{
    uint32_t most = sizeof p->match->pairs / sizeof p->match->pairs[0];
    return p->match->pair_count < most ? p->match->pair_count : most;
}

static const bf_match_pair *pair_at(const picture *p, uint32_t i)
{
    const bf_match_pair *q = &p->match->pairs[i];
    return q->a < p->a.minutiae && q->b < p->b.minutiae ? q : NULL;
}

static void draw_print_panel(bf_canvas *c, const draw_panel *at, const draw_print *p,
                             uint32_t layers, const char *caption)
{
    bf_draw_clip(c, at->x, at->y, at->w, at->h);
    bf_draw__capture(c, at, p, 0.35f);
    if (layers & BF_DRAW_SEGMENTATION) bf_draw__segmentation(c, at, p);
    for (uint32_t i = 0; layers & BF_DRAW_MINUTIAE && i < p->minutiae; i++) {
        bf_draw__minutia(c, at, &p->minutia[i], INK_SOFT, 0.7f);
    }
    if (layers & BF_DRAW_SINGULARS) bf_draw__singulars(c, at, p);
    bf_draw__frame(c, at, layers & BF_DRAW_LEGEND ? caption : NULL);
}

static void draw_number(bf_canvas *c, float x, float y, uint32_t number, bf_rgb colour)
{
    x += 7.0f;
    y -= 6.0f;
    float w = number < 10 ? 6.0f : 12.0f;
    bf_draw_rect(c, (int32_t)x - 2, (int32_t)y - 9, (int32_t)w + 3, 11, 0xffffff, 0.75f);
    bf_draw__text(c, x, y, 7.5f, colour, "%u", number);
}

static void draw_pairs(bf_canvas *c, const picture *p)
{
    uint32_t n = pairs(p);
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < n; i++) {
            const bf_match_pair *q = pair_at(p, i);
            if (!q) continue;
            const bf_minutia *a = &p->a.minutia[q->a], *b = &p->b.minutia[q->b];
            float ax = bf_draw__x(&p->at_a, a->x_px);
            float ay = bf_draw__y(&p->at_a, a->y_px);
            float bx = bf_draw__x(&p->at_b, b->x_px);
            float by = bf_draw__y(&p->at_b, b->y_px);
            bf_rgb colour = pair_colour(i);
            if (!pass) {
                bf_draw_line(c, ax, ay, bx, by, (bf_pen){colour, 0.4f, 1.2f});
                continue;
            }
            bf_draw__minutia(c, &p->at_a, a, colour, 1.0f);
            bf_draw__minutia(c, &p->at_b, b, colour, 1.0f);
            if (n > NUMBERED_MAX) continue;
            draw_number(c, ax, ay, i + 1, colour);
            draw_number(c, bx, by, i + 1, colour);
        }
    }
}

/* 0 paper .. 1 ridge. */
static float ridge(const draw_print *p, float x, float y)
{
    return 1.0f - bf_draw_sample(&p->enhanced, x, y, 255.0f) / 255.0f;
}

/* Both inks on top of one another: what the first lets through, the second filters. */
static bf_rgb two_inks(float a, float b)
{
    bf_rgb colour = 0;
    for (int k = 16; k >= 0; k -= 8) {
        float ink_a = (float)(INK_A >> k & 0xff) / 255.0f;
        float ink_b = (float)(INK_B >> k & 0xff) / 255.0f;
        float light = (1.0f - a * (1.0f - ink_a)) * (1.0f - b * (1.0f - ink_b));
        colour |= (uint32_t)(light * 255.0f + 0.5f) << k;
    }
    return colour;
}

static void overlay_ridges(bf_canvas *c, const picture *p)
{
    const draw_panel *at = &p->at_overlay;
    for (int32_t v = 0; v < at->h; v++) {
        for (int32_t u = 0; u < at->w; u++) {
            float x = ((float)u + 0.5f) / at->scale - 0.5f + (float)at->left;
            float y = ((float)v + 0.5f) / at->scale - 0.5f + (float)at->top;
            float dx = x - p->match->dx_px, dy = y - p->match->dy_px;
            float bx = p->cos_r * dx + p->sin_r * dy, by = p->cos_r * dy - p->sin_r * dx;
            float a = ridge(&p->a, x, y), b = ridge(&p->b, bx, by);
            bf_draw_blend(c, at->x + u, at->y + v, two_inks(a, b), 1.0f);
        }
    }
}

static void overlay_pairs(bf_canvas *c, const picture *p)
{
    bf_pen halo = {0xffffff, 0.8f, 5.0f}, ink = {INK_TEXT, 1.0f, 2.0f};
    for (uint32_t i = 0; i < pairs(p); i++) {
        const bf_match_pair *q = pair_at(p, i);
        if (!q) continue;
        const bf_minutia *a = &p->a.minutia[q->a], *b = &p->b.minutia[q->b];
        float bx, by;
        to_frame_a(p, b->x_px, b->y_px, &bx, &by);
        float ax = bf_draw__x(&p->at_overlay, a->x_px), ay = bf_draw__y(&p->at_overlay, a->y_px);
        bx = bf_draw__x(&p->at_overlay, bx);
        by = bf_draw__y(&p->at_overlay, by);
        bf_draw_ring(c, ax, ay, 5.0f, halo);
        bf_draw_line(c, ax, ay, bx, by, ink);
        bf_draw_ring(c, ax, ay, 5.0f, ink);
    }
}

static void draw_overlay(bf_canvas *c, const picture *p)
{
    const draw_panel *at = &p->at_overlay;
    int legend = (p->opts.layers & BF_DRAW_LEGEND) != 0;
    bf_draw_clip(c, at->x, at->y, at->w, at->h);
    bf_draw_rect(c, at->x, at->y, at->w, at->h, 0xffffff, 1.0f);
    if (pairs(p)) {
        overlay_ridges(c, p);
        overlay_pairs(c, p);
    } else {
        bf_draw_text(c, (float)at->x + 20.0f, (float)at->y + 40.0f, 10.0f,
                     "No minutiae matched: not aligned.", INK_SOFT);
    }
    bf_draw__frame(c, at, legend ? "Enhanced ridges of A and B; strokes: distance left" : NULL);
    if (!legend) return;
    float x = (float)(at->x + at->w) - 62.0f, y = (float)(at->y + at->h) + 18.0f;
    bf_draw_rect(c, (int32_t)x, (int32_t)y - 9, 10, 10, INK_A, 1.0f);
    bf_draw_text(c, x + 14.0f, y, 9.0f, "A", INK_TEXT);
    bf_draw_rect(c, (int32_t)x + 34, (int32_t)y - 9, 10, 10, INK_B, 1.0f);
    bf_draw_text(c, x + 48.0f, y, 9.0f, "B", INK_TEXT);
}

/* 10^(score / 10), to two digits, as people say it: "one impostor pair in 34 thousand". */
static void say_one_in(float score, char *out, size_t size)
{
    static const char *const power[] = {"", " thousand", " million", " billion", " trillion"};
    double n = bf_exp((double)score * 0.23025850929940457), unit = 1.0;
    size_t i = 0;
    if (n < 1.5) {
        snprintf(out, size, "every impostor pair");
        return;
    }
    while (n / unit >= 99.5) unit *= 10.0;
    n = floor(n / unit + 0.5) * unit;
    if (n >= 10000.0) {
        for (; n >= 1000.0 && i + 1 < sizeof power / sizeof power[0]; i++) n /= 1000.0;
    }
    if (i == 0 && n >= 1000.0) {
        snprintf(out, size, "one impostor pair in %d,%03d", (int)n / 1000, (int)n % 1000);
    } else {
        snprintf(out, size, "one impostor pair in %.3g%s", n, power[i]);
    }
}

static double mean_distance_px(const picture *p)
{
    double sum = 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < pairs(p); i++) {
        const bf_match_pair *q = pair_at(p, i);
        if (!q) continue;
        float x, y, dx, dy;
        to_frame_a(p, p->b.minutia[q->b].x_px, p->b.minutia[q->b].y_px, &x, &y);
        dx = x - p->a.minutia[q->a].x_px;
        dy = y - p->a.minutia[q->a].y_px;
        sum += sqrt((double)(dx * dx + dy * dy));
        n++;
    }
    return n ? sum / n : 0.0;
}

static void draw_heading(bf_canvas *c, const picture *p)
{
    const bf_match *m = p->match;
    char one_in[64];
    say_one_in(m->score, one_in, sizeof one_in);
    float x = bf_draw__text(c, PAGE_MARGIN, 36.0f, 18.0f, INK_TEXT, "Score %.2f", (double)m->score);
    x = bf_draw__text(c, x + 16.0f, 36.0f, 10.0f, INK_SOFT,
                      "%s does as well%s; %u matched minutiae", one_in,
                      m->score > p->extrapolated_from ? " (extrapolated)" : "", pairs(p));
    if (pairs(p)) {
        double deg = (double)m->rotation_rad * 180.0 / BF_PI;
        deg -= 360.0 * floor(deg / 360.0 + 0.5); /* y down: positive is clockwise */
        bf_draw__text(c, x, 36.0f, 10.0f, INK_SOFT,
                      "; B turned %.0f deg %sclockwise; mean distance left %.2f mm", fabs(deg),
                      deg < 0.0 ? "counter-" : "", mean_distance_px(p) * 25.4 / 500.0);
    }
    const draw_print *side[2] = {&p->a, &p->b};
    const draw_panel *at[2] = {&p->at_a, &p->at_b};
    for (int i = 0; i < 2; i++) {
        float left = (float)at[i]->x;
        float next = bf_draw__text(c, left, 64.0f, 11.0f, i ? INK_B : INK_A, "%c", 'A' + i) + 8.0f;
        next = bf_draw__text(c, next, 64.0f, 10.0f, INK_TEXT, "%.36s",
                             side[i]->label ? side[i]->label : "");
        bf_draw__text(c, next + 10.0f, 64.0f, 9.5f, INK_SOFT, "%u minutiae", side[i]->minutiae);
        bf_draw__quality(c, left, 84.0f, side[i]);
    }
}

/* A window on frame A that holds both prints, at most twice the size of A's own. */
static void lay_out_overlay(picture *p)
{
    const draw_panel *a = &p->at_a, *b = &p->at_b;
    float s = a->scale, wide = (float)a->w / s, high = (float)a->h / s;
    float low[2] = {(float)a->left, (float)a->top};
    float top[2] = {low[0] + wide, low[1] + high};
    float least[2] = {low[0] - wide / 2, low[1] - high / 2};
    float most[2] = {top[0] + wide / 2, top[1] + high / 2};
    for (int i = 0; pairs(p) && i < 4; i++) {
        float at[2], x = (float)b->left + (i & 1 ? (float)b->w / s : 0.0f);
        float y = (float)b->top + (i & 2 ? (float)b->h / s : 0.0f);
        to_frame_a(p, x, y, &at[0], &at[1]);
        for (int k = 0; k < 2; k++) {
            low[k] = at[k] < low[k] ? at[k] : low[k];
            low[k] = low[k] < least[k] ? least[k] : low[k];
            top[k] = at[k] > top[k] ? at[k] : top[k];
            top[k] = top[k] > most[k] ? most[k] : top[k];
        }
    }
    draw_panel *o = &p->at_overlay;
    *o = (draw_panel){.left = (int32_t)floorf(low[0]), .top = (int32_t)floorf(low[1]), .scale = s};
    o->w = (int32_t)((top[0] - (float)o->left) * s);
    o->h = (int32_t)((top[1] - (float)o->top) * s);
}

static int32_t larger(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static void lay_out(picture *p, int32_t *out_w, int32_t *out_h)
{
    int legend = (p->opts.layers & BF_DRAW_LEGEND) != 0;
    int overlay = (p->opts.layers & BF_DRAW_OVERLAY) != 0;
    int32_t least = legend ? HEADING_WIDTH : 0;
    float shown = p->a.shown < p->b.shown ? p->a.shown : p->b.shown;
    p->a.shown = p->b.shown = shown; /* both at one scale */
    bf_draw__panel(&p->a, 0, &p->at_a);
    bf_draw__panel(&p->b, 0, &p->at_b);
    lay_out_overlay(p);
    p->at_a.y = p->at_b.y = p->at_overlay.y = legend ? MATCH_HEADING : PAGE_MARGIN;
    p->at_a.x = PAGE_MARGIN;
    p->at_b.x = p->at_a.x + larger(p->at_a.w, least) + 2 * PAGE_GAP;
    p->at_overlay.x = p->at_b.x + larger(p->at_b.w, least) + 2 * PAGE_GAP;
    int32_t right = overlay ? p->at_overlay.x + p->at_overlay.w : p->at_b.x + p->at_b.w;
    int32_t high = larger(p->at_a.h, p->at_b.h);
    if (overlay) high = larger(high, p->at_overlay.h);
    *out_w = right + PAGE_MARGIN;
    *out_h = p->at_a.y + high + (legend ? PAGE_CAPTION + PAGE_LEGEND : PAGE_MARGIN);
    if (legend) *out_w = larger(*out_w, PAGE_MIN_WIDTH);
}

bf_status bf_draw_match(bf_session *s, const bf_image *image_a, const bf_finger_view *view_a,
                        const bf_image *image_b, const bf_finger_view *view_b,
                        const bf_match *match, const bf_draw_opts *opts, bf_image **out)
{
    if (!s || !image_a || !view_a || !image_b || !view_b || !match || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    picture p = {.match = match};
    bf_canvas canvas;
    int32_t w, h;
    BF_TRY(bf_draw__read_opts(c, opts, &p.opts));
    BF_TRY(bf_draw__print(c, image_a, view_a, p.opts.label_a, &p.a));
    BF_TRY(bf_draw__print(c, image_b, view_b, p.opts.label_b, &p.b));
    p.cos_r = (float)bf_cos(match->rotation_rad);
    p.sin_r = -(float)bf_sin(match->rotation_rad); /* counter-clockwise, y down */
    p.extrapolated_from = bf_score_extrapolated_from(s->engine, BF_FINGER);
    lay_out(&p, &w, &h);
    BF_TRY(bf_draw__page(c, w, h, &canvas));
    draw_print_panel(&canvas, &p.at_a, &p.a, p.opts.layers, "A: capture with minutiae");
    draw_print_panel(&canvas, &p.at_b, &p.b, p.opts.layers, "B: capture with minutiae");
    draw_pairs(&canvas, &p);
    if (p.opts.layers & BF_DRAW_OVERLAY) draw_overlay(&canvas, &p);
    if (p.opts.layers & BF_DRAW_LEGEND) {
        draw_heading(&canvas, &p);
        float y = (float)h - PAGE_LEGEND / 2.0f;
        float x = bf_draw__legend(&canvas, PAGE_MARGIN, y, p.opts.layers);
        bf_draw_text(&canvas, x, y + 4.5f, 9.0f,
                     "Same colour and number: matched. Grey: without a partner.", INK_SOFT);
    }
    return bf_draw__finish(c, &canvas, p.a.shown, out);
}
