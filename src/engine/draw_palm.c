/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pictures of what was found in the picture of a palm, and of two palms with their score: the
 * picture with outline, valleys, landmarks and region; below it the region and its lines. Of two
 * palms the parts that agree are framed, the more the darker, with the same number in both.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/draw_parts.h"
#include "palm/view.h"

#define PICTURE_PX 544 /* the longer side of the picture */
#define REGION_SCALE 2
#define REGION_PX (REGION_SCALE * BF_PALM_SIDE)
#define HEADING_PX 60
#define SCORE_PX 56
#define WIDTH_PX 544      /* of a column */
#define BLOCK_CLEAR 0.15f /* agreement from which on a part is framed */

/* A column of the page. */
typedef struct column {
    const bf_image *image;
    const bf_palm_view *view;
    const char *label;
    const bf_palm_match *match; /* NULL: none */
    int32_t is_b;
    float scale; /* canvas px per image px */
    int32_t x, y;
} column;

static void to_canvas(const column *p, bf_palm_point at, float out[2])
{
    out[0] = (float)p->x + p->scale * (at.x_px + 0.5f);
    out[1] = (float)p->y + p->scale * (at.y_px + 0.5f);
}

static void join(bf_canvas *c, const column *p, bf_palm_point a, bf_palm_point b, bf_pen pen)
{
    float from[2], to[2];
    to_canvas(p, a, from);
    to_canvas(p, b, to);
    bf_draw_line(c, from[0], from[1], to[0], to[1], pen);
}

static void draw_landmarks(bf_canvas *c, const column *p)
{
    const bf_palm_point *m = p->view->landmark;
    bf_pen bone = {INK_A, 0.65f, 1.5f};
    float at[2];
    if (!p->view->landmark_count) return;
    for (uint32_t f = 1; f < BF_PALM_LANDMARKS; f += 4) {
        join(c, p, m[0], m[f], bone);
        for (uint32_t k = f; k < f + 3; k++) join(c, p, m[k], m[k + 1], bone);
    }
    for (uint32_t k = 0; k < BF_PALM_LANDMARKS; k++) {
        to_canvas(p, m[k], at);
        bf_draw_disc(c, at[0], at[1], 2.5f, (bf_pen){INK_A, 0.9f, 0});
    }
}

static void draw_marks(bf_canvas *c, const column *p)
{
    const bf_palm_view *v = p->view;
    float at[2];
    for (uint32_t i = 0; i < v->outline_count; i++) {
        uint32_t next = i + 1 < v->outline_count ? i + 1 : 0;
        join(c, p, v->outline[i], v->outline[next], (bf_pen){INK_SINGULAR, 0.9f, 1.5f});
    }
    draw_landmarks(c, p);
    for (uint32_t i = 0; i < 4; i++) {
        /* The side of the fingers is the heavier. */
        join(c, p, v->corner[i], v->corner[(i + 1) % 4], (bf_pen){INK_B, 1.0f, i ? 1.5f : 3.5f});
    }
    for (uint32_t i = 0; i < v->valley_count; i++) {
        to_canvas(p, v->valley[i], at);
        bf_draw_disc(c, at[0], at[1], 4.5f, (bf_pen){0xffffffu, 1.0f, 0});
        bf_draw_disc(c, at[0], at[1], 3.5f, (bf_pen){INK_B, 1.0f, 0});
    }
}

static void draw_blocks(bf_canvas *c, const column *p, int32_t x0, int32_t y0)
{
    const bf_palm_match *m = p->match;
    for (uint32_t i = 0; m && i < m->block_count && i < BF_PALM_BLOCKS_MAX; i++) {
        const bf_palm_block *t = &m->block[i];
        if (!(t->agreement >= BLOCK_CLEAR)) continue;
        float x = (p->is_b ? t->bx_px : t->ax_px) + 0.5f,
              y = (p->is_b ? t->by_px : t->ay_px) + 0.5f;
        float half = 0.5f * m->block_px - 2.0f, xy[4][2];
        for (int k = 0; k < 4; k++) {
            xy[k][0] = (float)x0 + REGION_SCALE * (x + (k == 1 || k == 2 ? half : -half));
            xy[k][1] = (float)y0 + REGION_SCALE * (y + (k >= 2 ? half : -half));
        }
        float alpha = t->agreement < 0.6f ? 0.3f + t->agreement : 0.9f;
        bf_draw_polygon(c, (const float(*)[2])xy, 4, (bf_pen){INK_SINGULAR, alpha, 2.0f});
        bf_draw__text(c, xy[0][0] + 4.0f, xy[0][1] + 13.0f, 7.5f, INK_SINGULAR, "%u", i + 1);
    }
}

static void draw_region(bf_canvas *c, const column *p, int32_t y)
{
    uint8_t ink[BF_PALM_SIDE * BF_PALM_SIDE];
    int32_t x = p->x + REGION_PX + PAGE_GAP;
    for (size_t i = 0; i < sizeof ink; i++) ink[i] = (uint8_t)(255 - p->view->lines[i]);
    bf_draw_clip(c, p->x, y, REGION_PX, REGION_PX);
    bf_draw__pixels(c, p->view->region, BF_PALM_SIDE, BF_PALM_SIDE, 1, REGION_SCALE, p->x, y);
    draw_blocks(c, p, p->x, y);
    bf_draw_clip(c, x, y, REGION_PX, REGION_PX);
    bf_draw__pixels(c, ink, BF_PALM_SIDE, BF_PALM_SIDE, 1, REGION_SCALE, x, y);
    draw_blocks(c, p, x, y);
    bf_draw_clip(c, 0, 0, c->w, c->h);
    bf_wipe(ink, sizeof ink);
}

static const char *found_text(uint32_t found)
{
    if (found & BF_PALM_FOUND_WHOLE) return "the picture is the region";
    if (found == (BF_PALM_FOUND_OUTLINE | BF_PALM_FOUND_NETWORK)) return "outline and landmarks";
    return found & BF_PALM_FOUND_NETWORK ? "landmarks alone" : "outline alone";
}

static void draw_heading(bf_canvas *c, const column *p)
{
    const bf_palm_view *v = p->view;
    uint32_t reasons = v->template ? v->template->info.reasons : 0;
    uint32_t quality = v->template ? v->template->info.quality : 0;
    float x = (float)p->x;
    if (p->label) bf_draw__text(c, x, (float)p->y + 16.0f, 13.0f, INK_TEXT, "%.60s", p->label);
    x = bf_draw__text(c, x, (float)p->y + 40.0f, 9.0f, INK_SOFT, "%s, quality %u, by %s",
                      v->side == BF_LEFT_PALM    ? "left"
                      : v->side == BF_RIGHT_PALM ? "right"
                                                 : "side unknown",
                      quality, found_text(v->found));
    for (uint32_t bit = 1; bit <= BF_PALM_QUALITY_UNSURE; bit <<= 1) {
        if (!(reasons & bit)) continue;
        x = bf_draw__text(c, x, (float)p->y + 40.0f, 9.0f, INK_B, ", %s", bf_palm_reason_text(bit));
    }
}

static int32_t picture_height(const column *p)
{
    return (int32_t)((float)p->image->h * p->scale);
}

static void draw_column(bf_canvas *c, column *p, uint32_t layers)
{
    if (layers & BF_DRAW_LEGEND) {
        draw_heading(c, p);
        p->y += HEADING_PX;
    }
    int32_t w = (int32_t)((float)p->image->w * p->scale), h = picture_height(p);
    bf_draw_clip(c, p->x, p->y, w, h);
    bf_draw__pixels(c, p->image->px, (int32_t)p->image->w, (int32_t)p->image->h,
                    (int32_t)p->image->channels, p->scale, p->x, p->y);
    if (!(p->view->found & BF_PALM_FOUND_WHOLE)) draw_marks(c, p);
    bf_draw_clip(c, 0, 0, c->w, c->h);
    draw_region(c, p, p->y + h + PAGE_GAP);
}

static column make_column(const bf_image *image, const bf_palm_view *view, const char *label)
{
    uint32_t side = image->w > image->h ? image->w : image->h;
    return (column){image,       view,       label, NULL, 0, (float)PICTURE_PX / (float)side,
                    PAGE_MARGIN, PAGE_MARGIN};
}

static int32_t column_height(const column *p, uint32_t layers)
{
    return (layers & BF_DRAW_LEGEND ? HEADING_PX : 0) + picture_height(p) + PAGE_GAP + REGION_PX +
           2 * PAGE_MARGIN;
}

bf_status bf_draw_palm(bf_session *s, const bf_image *image, const bf_palm_view *view,
                       const bf_draw_opts *opts, bf_image **out)
{
    if (!s || !image || !view || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_draw_opts o;
    bf_canvas canvas;
    BF_TRY(bf_draw__read_opts(c, opts, &o));
    column p = make_column(image, view, o.label_a);
    BF_TRY(bf_draw__page(c, WIDTH_PX + 2 * PAGE_MARGIN, column_height(&p, o.layers), &canvas));
    draw_column(&canvas, &p, o.layers);
    return bf_draw__finish(c, &canvas, 1.0f, out);
}

bf_status bf_draw_palms(bf_session *s, const bf_image *image_a, const bf_palm_view *view_a,
                        const bf_image *image_b, const bf_palm_view *view_b,
                        const bf_palm_match *match, const bf_draw_opts *opts, bf_image **out)
{
    if (!s || !image_a || !view_a || !image_b || !view_b || !match || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_draw_opts o;
    bf_canvas canvas;
    BF_TRY(bf_draw__read_opts(c, opts, &o));
    column a = make_column(image_a, view_a, o.label_a);
    column b = make_column(image_b, view_b, o.label_b);
    int32_t ha = column_height(&a, o.layers), hb = column_height(&b, o.layers);
    int32_t w = 2 * WIDTH_PX + 2 * PAGE_MARGIN + PAGE_GAP;
    BF_TRY(bf_draw__page(c, w, (ha > hb ? ha : hb) + SCORE_PX, &canvas));
    bf_draw__text(&canvas, PAGE_MARGIN, 40.0f, 18.0f, INK_TEXT, "score %.2f", (double)match->score);
    a.match = b.match = match;
    b.is_b = 1;
    a.y += SCORE_PX;
    b.y += SCORE_PX;
    b.x += WIDTH_PX + PAGE_GAP;
    draw_column(&canvas, &a, o.layers);
    draw_column(&canvas, &b, o.layers);
    return bf_draw__finish(c, &canvas, 1.0f, out);
}
