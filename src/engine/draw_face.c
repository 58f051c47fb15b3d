/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pictures of what was found in a portrait, and of two portraits with their score: the picture with
 * the boxes of all faces and the points of the main one, and below it the aligned crop that was
 * recognised, with the parts of its quality.
 */
#include <math.h>
#include <stdio.h>

#include "engine/draw_parts.h"
#include "face/view.h"
#include "util/fmath.h"

#define PICTURE_PX 520 /* the longer side of the portrait */
#define CROP_SCALE 2
#define CROP_PX (CROP_SCALE * (int32_t)BF_FACE_CROP_PX)
#define LINE_PX 24
#define HEADING_PX 60
#define SCORE_PX 56

/* A column of the page. */
typedef struct portrait {
    const bf_image *image;
    const bf_face_view *view;
    const char *label;
    float scale; /* canvas px per image px */
    int32_t x, y;
} portrait;

static void draw_box(bf_canvas *c, const portrait *p, const bf_face *f, bf_pen pen)
{
    static const float corner[4][2] = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}};
    float k = (float)bf_cos(f->roll_rad), s = (float)bf_sin(f->roll_rad), xy[4][2];
    for (int i = 0; i < 4; i++) {
        float u = 0.5f * corner[i][0] * f->w_px, v = 0.5f * corner[i][1] * f->h_px;
        xy[i][0] = (float)p->x + p->scale * (f->x_px + u * k + v * s);
        xy[i][1] = (float)p->y + p->scale * (f->y_px - u * s + v * k);
    }
    bf_draw_polygon(c, (const float(*)[2])xy, 4, pen);
}

static void draw_marks(bf_canvas *c, const portrait *p)
{
    const bf_face_view *v = p->view;
    for (uint32_t i = 1; i < v->count; i++) {
        draw_box(c, p, &v->face[i], (bf_pen){INK_B, 0.9f, 1.5f});
    }
    draw_box(c, p, &v->face[0], (bf_pen){INK_SINGULAR, 1.0f, 2.0f});
    for (uint32_t i = 0; i < BF_FACE_MESH_POINTS; i++) {
        bf_draw_disc(c, (float)p->x + p->scale * v->mesh[i].x_px,
                     (float)p->y + p->scale * v->mesh[i].y_px, 0.8f, (bf_pen){0xffffffu, 0.6f, 0});
    }
    for (uint32_t i = 0; i < BF_FACE_POINTS; i++) {
        bf_draw_ring(c, (float)p->x + p->scale * v->face[0].point[i].x_px,
                     (float)p->y + p->scale * v->face[0].point[i].y_px, 4.0f,
                     (bf_pen){INK_B, 1.0f, 2.0f});
    }
}

static void draw_parts(bf_canvas *c, const bf_face_quality *q, int32_t x, int32_t y)
{
    const struct {
        const char *name;
        uint32_t value;
    } part[] = {{"size", q->size},           {"sharpness", q->sharpness},
                {"exposure", q->exposure},   {"contrast", q->contrast},
                {"evenness", q->evenness},   {"pose", q->pose},
                {"uncovered", q->uncovered}, {"steadiness", q->steadiness}};
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++, y += LINE_PX) {
        bf_draw__text(c, (float)x, (float)y + 14.0f, 9.0f, INK_SOFT, "%s", part[i].name);
        bf_draw_rect(c, x + 90, y + 4, 100, 10, INK_BORDER, 1.0f);
        bf_draw_rect(c, x + 90, y + 4, (int32_t)part[i].value, 10,
                     bf_draw__quality_colour(part[i].value), 1.0f);
        bf_draw__text(c, (float)x + 200.0f, (float)y + 14.0f, 9.0f, INK_SOFT, "%u", part[i].value);
    }
}

static int32_t picture_height(const portrait *p)
{
    return (int32_t)((float)p->image->h * p->scale);
}

static void draw_column(bf_canvas *c, portrait *p, uint32_t layers)
{
    const bf_face_view *v = p->view;
    int32_t heading = layers & BF_DRAW_LEGEND ? HEADING_PX : 0;
    if (heading) {
        float x = (float)p->x;
        if (p->label) bf_draw__text(c, x, (float)p->y + 16.0f, 13.0f, INK_TEXT, "%.60s", p->label);
        bf_draw__text(c, x, (float)p->y + 40.0f, 9.0f, INK_SOFT,
                      "quality %u, %u face%s, eyes %.0f px apart", v->quality.overall, v->count,
                      v->count == 1 ? "" : "s", (double)v->quality.eye_distance_px);
    }
    p->y += heading;
    int32_t w = (int32_t)((float)p->image->w * p->scale), h = picture_height(p);
    bf_draw_clip(c, p->x, p->y, w, h);
    bf_draw__pixels(c, p->image->px, (int32_t)p->image->w, (int32_t)p->image->h,
                    (int32_t)p->image->channels, p->scale, p->x, p->y);
    draw_marks(c, p);
    bf_draw_clip(c, 0, 0, c->w, c->h);
    int32_t y = p->y + h + PAGE_GAP;
    bf_draw__pixels(c, v->crop, (int32_t)BF_FACE_CROP_PX, (int32_t)BF_FACE_CROP_PX, 3, CROP_SCALE,
                    p->x, y);
    if (heading) draw_parts(c, &v->quality, p->x + CROP_PX + PAGE_GAP, y);
}

static portrait make_portrait(const bf_image *image, const bf_face_view *view, const char *label)
{
    uint32_t side = image->w > image->h ? image->w : image->h;
    return (portrait){image,       view,       label, (float)PICTURE_PX / (float)side,
                      PAGE_MARGIN, PAGE_MARGIN};
}

static int32_t column_height(const portrait *p, uint32_t layers)
{
    return (layers & BF_DRAW_LEGEND ? HEADING_PX : 0) + picture_height(p) + PAGE_GAP + CROP_PX +
           2 * PAGE_MARGIN;
}

bf_status bf_draw_face(bf_session *s, const bf_image *image, const bf_face_view *view,
                       const bf_draw_opts *opts, bf_image **out)
{
    if (!s || !image || !view || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_draw_opts o;
    bf_canvas canvas;
    BF_TRY(bf_draw__read_opts(c, opts, &o));
    portrait p = make_portrait(image, view, o.label_a);
    BF_TRY(bf_draw__page(c, PICTURE_PX + 2 * PAGE_MARGIN, column_height(&p, o.layers), &canvas));
    draw_column(&canvas, &p, o.layers);
    return bf_draw__finish(c, &canvas, 1.0f, out);
}

bf_status bf_draw_faces(bf_session *s, const bf_image *image_a, const bf_face_view *view_a,
                        const bf_image *image_b, const bf_face_view *view_b, float score,
                        const bf_draw_opts *opts, bf_image **out)
{
    if (!s || !image_a || !view_a || !image_b || !view_b || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_draw_opts o;
    bf_canvas canvas;
    BF_TRY(bf_draw__read_opts(c, opts, &o));
    portrait a = make_portrait(image_a, view_a, o.label_a);
    portrait b = make_portrait(image_b, view_b, o.label_b);
    int32_t ha = column_height(&a, o.layers), hb = column_height(&b, o.layers);
    int32_t w = 2 * PICTURE_PX + 2 * PAGE_MARGIN + PAGE_GAP;
    BF_TRY(bf_draw__page(c, w, (ha > hb ? ha : hb) + SCORE_PX, &canvas));
    bf_draw__text(&canvas, PAGE_MARGIN, 40.0f, 18.0f, INK_TEXT, "score %.2f", (double)score);
    a.y += SCORE_PX;
    b.y += SCORE_PX;
    b.x += PICTURE_PX + PAGE_GAP;
    draw_column(&canvas, &a, o.layers);
    draw_column(&canvas, &b, o.layers);
    return bf_draw__finish(c, &canvas, 1.0f, out);
}
