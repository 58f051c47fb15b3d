/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The picture of one print: the capture with what was found, and beside it the enhanced print with
 * the ridge directions.
 */
#include "bonafide/draw.h"

#include "engine/draw_parts.h"

static void draw_capture_panel(bf_canvas *c, const draw_panel *at, const draw_print *p,
                               uint32_t layers)
{
    bf_draw_clip(c, at->x, at->y, at->w, at->h);
    bf_draw__capture(c, at, p, 0.25f);
    if (layers & BF_DRAW_SEGMENTATION) bf_draw__segmentation(c, at, p);
    if ((layers & BF_DRAW_ORIENTATION) && !(layers & BF_DRAW_ENHANCED))
        bf_draw__orientation(c, at, p);
    for (uint32_t i = 0; layers & BF_DRAW_MINUTIAE && i < p->minutiae; i++) {
        bf_draw__minutia(c, at, &p->minutia[i], bf_draw__quality_colour(p->minutia[i].quality),
                         1.0f);
    }
    if (layers & BF_DRAW_SINGULARS) bf_draw__singulars(c, at, p);
    bf_draw__frame(c, at, layers & BF_DRAW_LEGEND ? "Capture with minutiae" : NULL);
}

static void draw_enhanced_panel(bf_canvas *c, const draw_panel *at, const draw_print *p,
                                uint32_t layers)
{
    bf_draw_clip(c, at->x, at->y, at->w, at->h);
    bf_draw__enhanced(c, at, p, 0.6f);
    if (layers & BF_DRAW_ORIENTATION) bf_draw__orientation(c, at, p);
    bf_draw__frame(c, at, layers & BF_DRAW_LEGEND ? "Enhanced ridges with their direction" : NULL);
}

static void draw_heading(bf_canvas *c, const draw_print *p)
{
    size_t singulars, cores = 0;
    const bf_singular *s = bf_finger_view_singulars(p->view, &singulars);
    for (size_t i = 0; i < singulars; i++) cores += s[i].type == BF_SINGULAR_CORE;
    float x = PAGE_MARGIN, y = 34.0f;
    if (p->label) x = bf_draw__text(c, x, y, 15.0f, INK_TEXT, "%.80s", p->label) + 14.0f;
    bf_draw__text(c, x, y, 10.0f, INK_SOFT,
                  "%u x %u px, %u ppi%s; %u minutiae, %zu core%s, %zu delta%s", p->image->w,
                  p->image->h, p->image->ppi,
                  p->image->ppi_source == BF_PPI_ASSUMED ? " assumed" : "", p->minutiae, cores,
                  cores == 1 ? "" : "s", singulars - cores, singulars - cores == 1 ? "" : "s");
    bf_draw__quality(c, PAGE_MARGIN, 60.0f, p);
}

bf_status bf_draw_finger(bf_session *s, const bf_image *image, const bf_finger_view *view,
                         const bf_draw_opts *opts, bf_image **out)
{
    if (!s || !image || !view || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_draw_opts o;
    draw_print p;
    bf_canvas canvas;
    draw_panel left, right;
    BF_TRY(bf_draw__read_opts(c, opts, &o));
    BF_TRY(bf_draw__print(c, image, view, o.label_a, &p));
    int legend = (o.layers & BF_DRAW_LEGEND) != 0, two = (o.layers & BF_DRAW_ENHANCED) != 0;
    bf_draw__panel(&p, 1, &left);
    left.x = PAGE_MARGIN;
    left.y = legend ? PAGE_HEADING : PAGE_MARGIN;
    right = left;
    right.x += left.w + PAGE_GAP;
    int32_t w = (two ? right.x : left.x) + left.w + PAGE_MARGIN;
    int32_t h = left.y + left.h + (legend ? PAGE_CAPTION + PAGE_LEGEND : PAGE_MARGIN);
    if (legend && w < PAGE_MIN_WIDTH) w = PAGE_MIN_WIDTH;
    BF_TRY(bf_draw__page(c, w, h, &canvas));
    draw_capture_panel(&canvas, &left, &p, o.layers);
    if (two) draw_enhanced_panel(&canvas, &right, &p, o.layers);
    if (legend) {
        draw_heading(&canvas, &p);
        float y = (float)h - PAGE_LEGEND / 2.0f;
        float x = bf_draw__legend(&canvas, PAGE_MARGIN, y, o.layers);
        if (o.layers & BF_DRAW_MINUTIAE) bf_draw__legend_quality(&canvas, x, y);
    }
    return bf_draw__finish(c, &canvas, p.shown, out);
}
