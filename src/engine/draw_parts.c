/* SPDX-License-Identifier: Apache-2.0 */
/* Page, panels, marks and text of the pictures: see draw_parts.h. */
#include "engine/draw_parts.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/fmath.h"

#define MARK_RADIUS_PX 4.5f
#define MARK_TAIL_PX 13.0f
#define BOUNDS_MARGIN_PX 12
#define CONTRAST 3 /* enhanced ridges are a wave around mid grey */

void bf_draw_opts_init(bf_draw_opts *opts)
{
    memset(opts, 0, sizeof *opts);
    opts->struct_size = sizeof *opts;
    opts->layers = BF_DRAW_ALL;
}

bf_status bf_draw__read_opts(bf_ctx *c, const bf_draw_opts *opts, bf_draw_opts *out)
{
    bf_draw_opts_init(out);
    if (!opts) return BF_OK;
    if (opts->struct_size < sizeof(uint32_t) || opts->struct_size > sizeof *out) {
        BF_FAIL(c, BF_EINVAL, "bf_draw_opts of %u bytes", opts->struct_size);
    }
    memcpy(out, opts, opts->struct_size);
    return BF_OK;
}

/* Small prints twice as large, huge ones reduced. */
static float shown_scale(int32_t w, int32_t h)
{
    int32_t side = w > h ? w : h;
    if (side <= 220) return 3.0f;
    if (side <= 720) return 2.0f;
    return side <= 1400 ? 1.0f : 1400.0f / (float)side;
}

/* Is cell (col, row) part of the print? Beyond the map it is not. */
static int in_mask(const bf_finger_maps *m, int32_t col, int32_t row)
{
    if (!m->mask || col < 0 || row < 0) return 0;
    if (col >= (int32_t)m->cols || row >= (int32_t)m->rows) return 0;
    return m->mask[(size_t)row * m->cols + (size_t)col] != 0;
}

/* A copy of the enhanced print in full contrast, white outside the print. */
static bf_status take_enhanced(bf_ctx *c, draw_print *p)
{
    uint32_t w, h;
    bf_finger_maps m;
    const uint8_t *from = bf_finger_view_enhanced(p->view, &w, &h);
    bf_finger_view_maps(p->view, &m);
    float cell = m.cell_px * p->grey.scale;
    if (!from || !(cell > 0.0f)) return BF_OK;
    uint8_t *to = bf_ctx_scratch(c, (size_t)w * h + 1, 1);
    if (!to) BF_FAIL_NOMEM(c);
    for (uint32_t y = 0; y < h; y++) {
        for (uint32_t x = 0; x < w; x++) {
            size_t i = (size_t)y * w + x;
            int v = 128 + ((int)from[i] - 128) * CONTRAST;
            int inside = in_mask(&m, (int32_t)((float)x / cell), (int32_t)((float)y / cell));
            to[i] = (uint8_t)(!inside || v > 255 ? 255 : v < 0 ? 0 : v);
        }
    }
    p->enhanced = (bf_placed){to, (int32_t)w, (int32_t)h, (int32_t)w, 1.0f, 0, 0};
    return BF_OK;
}

bf_status bf_draw__print(bf_ctx *c, const bf_image *image, const bf_finger_view *view,
                         const char *label, draw_print *out)
{
    draw_print p = {.image = image, .view = view, .label = label};
    BF_TRY(bf_image_canonical_grey500(c, image, &p.grey));
    BF_TRY(take_enhanced(c, &p));
    const bf_template *t = bf_finger_view_template(view);
    size_t n = bf_template_minutiae(t, NULL, 0);
    p.minutia = bf_ctx_scratch(c, n + 1, sizeof *p.minutia);
    if (!p.minutia) BF_FAIL_NOMEM(c);
    p.minutiae = (uint32_t)bf_template_minutiae(t, p.minutia, n);
    p.shown = shown_scale(p.grey.w, p.grey.h);
    *out = p;
    return BF_OK;
}

/* The cells of the print, as [left, top, right, bottom] in canonical px with a margin. */
static void bounds(const draw_print *p, int32_t out[4])
{
    bf_finger_maps m;
    bf_finger_view_maps(p->view, &m);
    int32_t cell[4] = {(int32_t)m.cols, (int32_t)m.rows, -1, -1};
    for (int32_t row = 0; row < (int32_t)m.rows; row++) {
        for (int32_t col = 0; col < (int32_t)m.cols; col++) {
            if (!in_mask(&m, col, row)) continue;
            if (col < cell[0]) cell[0] = col;
            if (row < cell[1]) cell[1] = row;
            if (col > cell[2]) cell[2] = col;
            if (row > cell[3]) cell[3] = row;
        }
    }
    int32_t side[2] = {p->grey.w, p->grey.h};
    for (int i = 0; i < 2; i++) {
        float px = m.cell_px * p->grey.scale;
        int32_t low = (int32_t)((float)cell[i] * px) - BOUNDS_MARGIN_PX;
        int32_t high = (int32_t)((float)(cell[i + 2] + 1) * px) + BOUNDS_MARGIN_PX;
        int none = cell[2] < 0;
        out[i] = none || low < 0 ? 0 : low;
        out[i + 2] = none || high > side[i] ? side[i] : high;
    }
}

void bf_draw__panel(const draw_print *p, int whole, draw_panel *out)
{
    int32_t part[4] = {0, 0, p->grey.w, p->grey.h};
    if (!whole) bounds(p, part);
    *out = (draw_panel){.left = part[0], .top = part[1], .scale = p->shown};
    out->w = (int32_t)((float)(part[2] - part[0]) * p->shown);
    out->h = (int32_t)((float)(part[3] - part[1]) * p->shown);
}

float bf_draw__x(const draw_panel *at, float x_px)
{
    return (float)at->x + (x_px - (float)at->left) * at->scale;
}

float bf_draw__y(const draw_panel *at, float y_px)
{
    return (float)at->y + (y_px - (float)at->top) * at->scale;
}

bf_status bf_draw__page(bf_ctx *c, int32_t w, int32_t h, bf_canvas *out)
{
    bf_canvas page = {.w = w, .h = h, .px = bf_ctx_scratch(c, (size_t)w * (size_t)h, 3)};
    if (!page.px) BF_FAIL_NOMEM(c);
    bf_draw_clip(&page, 0, 0, w, h);
    bf_draw_fill(&page, INK_PAGE);
    *out = page;
    return BF_OK;
}

bf_status bf_draw__finish(bf_ctx *c, const bf_canvas *canvas, float shown, bf_image **out)
{
    uint32_t ppi = (uint32_t)(500.0f * shown + 0.5f);
    return bf_image__create(c, canvas->px, (uint32_t)canvas->w, (uint32_t)canvas->h,
                            (size_t)canvas->w * 3, 3, ppi < 100 ? 100 : ppi, out);
}

static void lay_picture(bf_canvas *c, const draw_panel *at, bf_placed picture, float fade)
{
    picture.scale = at->scale;
    picture.x = (int32_t)bf_draw__x(at, 0.0f);
    picture.y = (int32_t)bf_draw__y(at, 0.0f);
    bf_draw_rect(c, at->x, at->y, at->w, at->h, 0xffffff, 1.0f);
    bf_draw_grey(c, &picture, fade);
}

void bf_draw__capture(bf_canvas *c, const draw_panel *at, const draw_print *p, float fade)
{
    bf_placed picture = {p->grey.px, p->grey.w, p->grey.h, p->grey.stride, 1.0f, 0, 0};
    lay_picture(c, at, picture, fade);
}

void bf_draw__enhanced(bf_canvas *c, const draw_panel *at, const draw_print *p, float fade)
{
    lay_picture(c, at, p->enhanced, fade);
}

void bf_draw__frame(bf_canvas *c, const draw_panel *at, const char *caption)
{
    bf_draw_clip(c, 0, 0, c->w, c->h);
    float x0 = (float)at->x - 1.0f, y0 = (float)at->y - 1.0f;
    float x1 = (float)(at->x + at->w), y1 = (float)(at->y + at->h);
    const float corner[4][2] = {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}};
    bf_draw_polygon(c, corner, 4, (bf_pen){INK_BORDER, 1.0f, 1.0f});
    if (caption) bf_draw_text(c, x0 + 1.0f, y1 + 18.0f, 9.0f, caption, INK_SOFT);
}

static void dim_outside(bf_canvas *c, const draw_panel *at, const bf_finger_maps *m, float cell)
{
    float left = (float)at->left * at->scale, top = (float)at->top * at->scale;
    for (int32_t v = 0; v < at->h; v++) {
        int32_t row = (int32_t)(((float)v + top) / cell);
        for (int32_t u = 0; u < at->w; u++) {
            if (in_mask(m, (int32_t)(((float)u + left) / cell), row)) continue;
            bf_draw_blend(c, at->x + u, at->y + v, INK_PAGE, 0.6f);
        }
    }
}

/*
 * Marching squares on the cells' centres: for each of the 16 cases of a square's corners (bit 0 top
 * left, 1 top right, 2 bottom right, 3 bottom left), the sides joined; 0 top, 1 right, 2 bottom, 3
 * left.
 */
static const int8_t square_lines[16][4] = {
    {-1, -1, -1, -1}, {3, 0, -1, -1}, {0, 1, -1, -1}, {3, 1, -1, -1},
    {1, 2, -1, -1},   {3, 0, 1, 2},   {0, 2, -1, -1}, {3, 2, -1, -1},
    {2, 3, -1, -1},   {2, 0, -1, -1}, {0, 1, 2, 3},   {2, 1, -1, -1},
    {1, 3, -1, -1},   {1, 0, -1, -1}, {0, 3, -1, -1}, {-1, -1, -1, -1},
};

static void outline_square(bf_canvas *c, float x, float y, float cell, const int8_t *lines)
{
    static const float side[4][2] = {{0.5f, 0}, {1, 0.5f}, {0.5f, 1}, {0, 0.5f}};
    for (int i = 0; i < 4 && lines[i] >= 0; i += 2) {
        const float *a = side[lines[i]], *b = side[lines[i + 1]];
        bf_draw_line(c, x + a[0] * cell, y + a[1] * cell, x + b[0] * cell, y + b[1] * cell,
                     (bf_pen){INK_OUTLINE, 0.9f, 1.6f});
    }
}

void bf_draw__segmentation(bf_canvas *c, const draw_panel *at, const draw_print *p)
{
    bf_finger_maps m;
    bf_finger_view_maps(p->view, &m);
    float cell = m.cell_px * p->grey.scale * at->scale;
    if (!m.mask || !(cell >= 1.0f)) return;
    dim_outside(c, at, &m, cell);
    for (int32_t row = -1; row < (int32_t)m.rows; row++) {
        for (int32_t col = -1; col < (int32_t)m.cols; col++) {
            int which = in_mask(&m, col, row) | in_mask(&m, col + 1, row) << 1 |
                        in_mask(&m, col + 1, row + 1) << 2 | in_mask(&m, col, row + 1) << 3;
            float x = bf_draw__x(at, 0.0f) + ((float)col + 0.5f) * cell;
            float y = bf_draw__y(at, 0.0f) + ((float)row + 0.5f) * cell;
            outline_square(c, x, y, cell, square_lines[which]);
        }
    }
}

void bf_draw__orientation(bf_canvas *c, const draw_panel *at, const draw_print *p)
{
    bf_finger_maps m;
    bf_finger_view_maps(p->view, &m);
    float cell = m.cell_px * p->grey.scale * at->scale;
    if (!m.orientation || !(cell >= 1.0f)) return;
    int32_t step =
        cell < 14.0f ? (int32_t)ceilf(14.0f / cell) : 1; /* strokes 14 px apart or more */
    float reach = 0.36f * cell * (float)step;
    for (int32_t row = step / 2; row < (int32_t)m.rows; row += step) {
        for (int32_t col = step / 2; col < (int32_t)m.cols; col += step) {
            if (!in_mask(&m, col, row)) continue;
            double angle = m.orientation[(size_t)row * m.cols + (size_t)col] * (BF_PI / 256.0);
            float dx = reach * (float)bf_cos(angle), dy = -reach * (float)bf_sin(angle);
            float x = bf_draw__x(at, 0.0f) + ((float)col + 0.5f) * cell;
            float y = bf_draw__y(at, 0.0f) + ((float)row + 0.5f) * cell;
            bf_draw_line(c, x - dx, y - dy, x + dx, y + dy, (bf_pen){INK_ORIENTATION, 0.75f, 1.3f});
        }
    }
}

static void mark_core(bf_canvas *c, float x, float y, float angle_rad, bf_pen pen)
{
    float dx = (float)bf_cos(angle_rad), dy = -(float)bf_sin(angle_rad);
    bf_draw_ring(c, x, y, 9.0f, pen);
    bf_draw_disc(c, x, y, 2.0f, pen);
    bf_draw_line(c, x + 9.0f * dx, y + 9.0f * dy, x + 20.0f * dx, y + 20.0f * dy, pen);
}

static void mark_delta(bf_canvas *c, float x, float y, bf_pen pen)
{
    const float corner[3][2] = {{x, y - 11.0f}, {x + 10.0f, y + 7.0f}, {x - 10.0f, y + 7.0f}};
    bf_draw_polygon(c, corner, 3, pen);
    bf_draw_disc(c, x, y, 2.0f, pen);
}

void bf_draw__singulars(bf_canvas *c, const draw_panel *at, const draw_print *p)
{
    size_t n;
    const bf_singular *s = bf_finger_view_singulars(p->view, &n);
    for (size_t i = 0; i < n; i++) {
        float x = bf_draw__x(at, s[i].x_px * p->grey.scale);
        float y = bf_draw__y(at, s[i].y_px * p->grey.scale);
        for (int halo = 1; halo >= 0; halo--) {
            bf_pen pen = {halo ? 0xffffff : INK_SINGULAR, halo ? 0.8f : 1.0f, halo ? 5.0f : 2.4f};
            if (s[i].type == BF_SINGULAR_CORE) mark_core(c, x, y, s[i].angle_rad, pen);
            if (s[i].type == BF_SINGULAR_DELTA) mark_delta(c, x, y, pen);
        }
    }
}

static void mark(bf_canvas *c, float x, float y, float angle_rad, uint32_t type, bf_pen pen)
{
    float dx = (float)bf_cos(angle_rad), dy = -(float)bf_sin(angle_rad), r = MARK_RADIUS_PX;
    bf_draw_line(c, x + r * dx, y + r * dy, x + MARK_TAIL_PX * dx, y + MARK_TAIL_PX * dy, pen);
    if (type == BF_MINUTIA_ENDING) {
        bf_draw_ring(c, x, y, r, pen);
    } else {
        const float corner[4][2] = {{x - r, y - r}, {x + r, y - r}, {x + r, y + r}, {x - r, y + r}};
        bf_draw_polygon(c, corner, 4, pen);
    }
}

/* A white halo first, so that the mark stands out from ridges. */
void bf_draw__minutia(bf_canvas *c, const draw_panel *at, const bf_minutia *m, bf_rgb colour,
                      float alpha)
{
    float x = bf_draw__x(at, m->x_px), y = bf_draw__y(at, m->y_px);
    mark(c, x, y, m->angle_rad, m->type, (bf_pen){0xffffff, 0.75f * alpha, 4.0f});
    mark(c, x, y, m->angle_rad, m->type, (bf_pen){colour, alpha, 1.9f});
}

bf_rgb bf_draw__quality_colour(uint32_t quality)
{
    static const int stop[3][3] = {{0xf0, 0x8c, 0x00}, {0xc2, 0x25, 0x5c}, {0x1c, 0x5f, 0xd4}};
    int q = quality > 100 ? 100 : (int)quality, i = q >= 50, t = q - 50 * i;
    bf_rgb colour = 0;
    for (int k = 0; k < 3; k++) {
        colour = colour << 8 | (bf_rgb)(stop[i][k] + (stop[i + 1][k] - stop[i][k]) * t / 50);
    }
    return colour;
}

float bf_draw__text(bf_canvas *c, float x, float y, float height_px, bf_rgb colour, const char *fmt,
                    ...)
{
    char text[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return bf_draw_text(c, x, y, height_px, text, colour);
}

static const char *const reason_names[] = {"small area", "dry",          "wet",    "low contrast",
                                           "unclear",    "few minutiae", "cut off"};

/* A bar, the number, and what lowered it. */
void bf_draw__quality(bf_canvas *c, float x, float y, const draw_print *p)
{
    const bf_template *t = bf_finger_view_template(p->view);
    uint32_t q = bf_template_quality(t), reasons = bf_template_quality_reasons(t);
    const int32_t bar = 100, u = (int32_t)x, v = (int32_t)y - 9;
    bf_draw_rect(c, u, v, bar, 10, 0xdfe3e8, 1.0f);
    bf_draw_rect(c, u, v, (int32_t)(q > 100 ? 100 : q) * bar / 100, 10, bf_draw__quality_colour(q),
                 1);
    float at = bf_draw__text(c, x + (float)bar + 10.0f, y, 9.5f, INK_TEXT, "quality %u", q);
    const char *join = ": ";
    for (size_t i = 0; i < sizeof reason_names / sizeof reason_names[0]; i++) {
        if (!(reasons >> i & 1)) continue;
        at = bf_draw__text(c, at, y, 9.5f, INK_SOFT, "%s%s", join, reason_names[i]);
        join = ", ";
    }
}

static float legend_text(bf_canvas *c, float x, float y, const char *text)
{
    return bf_draw_text(c, x, y + 4.5f, 9.0f, text, INK_TEXT) + 22.0f;
}

float bf_draw__legend(bf_canvas *c, float x, float y, uint32_t layers)
{
    bf_pen ink = {INK_TEXT, 1.0f, 1.9f}, green = {INK_SINGULAR, 1.0f, 2.4f};
    if (layers & BF_DRAW_MINUTIAE) {
        mark(c, x + 6.0f, y, 0.0f, BF_MINUTIA_ENDING, ink);
        x = legend_text(c, x + 26.0f, y, "ridge ending");
        mark(c, x + 6.0f, y, 0.0f, BF_MINUTIA_BIFURCATION, ink);
        x = legend_text(c, x + 26.0f, y, "bifurcation");
    }
    if (layers & BF_DRAW_SINGULARS) {
        mark_core(c, x + 10.0f, y, 0.0f, green);
        x = legend_text(c, x + 38.0f, y, "core");
        mark_delta(c, x + 10.0f, y + 1.0f, green);
        x = legend_text(c, x + 28.0f, y, "delta");
    }
    if (layers & BF_DRAW_SEGMENTATION) {
        bf_draw_line(c, x, y, x + 24.0f, y, (bf_pen){INK_OUTLINE, 1.0f, 1.6f});
        x = legend_text(c, x + 32.0f, y, "outline of the print");
    }
    return x;
}

void bf_draw__legend_quality(bf_canvas *c, float x, float y)
{
    for (uint32_t q = 0; q <= 100; q++) {
        bf_draw_rect(c, (int32_t)x + (int32_t)q, (int32_t)y - 5, 1, 10, bf_draw__quality_colour(q),
                     1.0f);
    }
    legend_text(c, x + 110.0f, y, "quality 0 .. 100");
}

/* Nearest pixel: the mean of what it covers would hide what the recogniser saw. */
void bf_draw__pixels(bf_canvas *c, const uint8_t *px, int32_t w, int32_t h, int32_t channels,
                     float scale, int32_t x0, int32_t y0)
{
    int32_t cw = (int32_t)((float)w * scale), ch = (int32_t)((float)h * scale);
    for (int32_t y = 0; y < ch; y++) {
        for (int32_t x = 0; x < cw; x++) {
            int32_t sx = (int32_t)(((float)x + 0.5f) / scale);
            int32_t sy = (int32_t)(((float)y + 0.5f) / scale);
            sx = sx < w ? sx : w - 1;
            sy = sy < h ? sy : h - 1;
            const uint8_t *p = px + ((size_t)sy * (size_t)w + (size_t)sx) * (size_t)channels;
            bf_rgb grey = (bf_rgb)p[0] * 0x010101u;
            bf_rgb rgb = channels == 3 ? (bf_rgb)p[0] << 16 | (bf_rgb)p[1] << 8 | p[2] : grey;
            bf_draw_blend(c, x0 + x, y0 + y, rgb, 1.0f);
        }
    }
}
