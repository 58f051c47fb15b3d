/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One touch: what is drawn before a pixel is made, and the ground truth that follows from it. The
 * draw never looks at the size or resolution of the picture.
 */
#include <math.h>
#include <string.h>

#include "synth/synth.h"
#include "util/fmath.h"

static double limit(double v, double lo, double hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

/* Geometry of a touch; d: difficulty, 1 = 100 %. */
static void draw_contact(bf_synth_rng *r, const bf_synth_finger *f, double d, int clean,
                         bf_synth_style *s, bf_synth_transform *t)
{
    double size = f->girth * bf_synth__rng_range(r, 0.92, 1.08);
    double low = bf_synth__rng_normal(r), side = bf_synth__rng_normal(r);
    if (bf_synth__rng_unit(r) < SYNTH_PARTIAL_SHARE * d && !clean) {
        size *= bf_synth__rng_range(r, SYNTH_PARTIAL_LO, SYNTH_PARTIAL_HI);
        low *= 2;
        side *= 1.5;
    }
    s->half_w = SYNTH_CONTACT_W_PX * size * bf_synth__rng_range(r, 0.92, 1.06);
    s->half_top = SYNTH_CONTACT_TOP_PX * size * bf_synth__rng_range(r, 0.9, 1.1);
    s->half_bottom = SYNTH_CONTACT_BOTTOM_PX * size * bf_synth__rng_range(r, 0.8, 1.15);
    double spare_x = SYNTH_MASTER_W_PX / 2 - 20 - s->half_w;
    double spare_up = SYNTH_MASTER_H_PX / 2 - 30 - s->half_top;
    double spare_down = SYNTH_MASTER_H_PX / 2 - 30 - s->half_bottom;
    double x = limit(SYNTH_CONTACT_SD_X_PX * d * side, -spare_x, spare_x);
    double y = limit(SYNTH_CONTACT_SD_Y_PX * d * low, -spare_up, spare_down);
    t->contact_x_px = (float)(SYNTH_MASTER_W_PX / 2 + (clean ? 0.3 * x : x));
    t->contact_y_px = (float)(SYNTH_MASTER_H_PX / 2 + (clean ? 0.3 * y : y));
}

static void draw_motion(bf_synth_rng *r, double d, int clean, bf_synth_warp *w,
                        bf_synth_transform *t)
{
    double n[6];
    for (int i = 0; i < 6; i++) n[i] = bf_synth__rng_normal(r);
    double turn =
        limit(SYNTH_ROTATION_SD_RAD * d * n[0], -SYNTH_ROTATION_MAX_RAD, SYNTH_ROTATION_MAX_RAD);
    double sx = SYNTH_SHIFT_SD_X_PX * d * n[1], sy = SYNTH_SHIFT_SD_Y_PX * d * n[2];
    double skin = clean ? 0.2 : d;
    if (clean) {
        turn = limit(SYNTH_ROTATION_CLEAN_RAD * n[0] * 0.6, -SYNTH_ROTATION_CLEAN_RAD,
                     SYNTH_ROTATION_CLEAN_RAD);
        sx = limit(0.6 * n[1], -1, 1) * SYNTH_SHIFT_CLEAN_PX;
        sy = limit(0.6 * n[2], -1, 1) * SYNTH_SHIFT_CLEAN_PX;
    }
    t->rotation_rad = (float)turn;
    t->shift_x_px = (float)sx;
    t->shift_y_px = (float)sy;
    t->torsion_rad = (float)(SYNTH_TORSION_SD_RAD * skin * limit(n[3], -3, 3));
    t->pull_x_px = (float)(SYNTH_PULL_SD_PX * skin * limit(n[4], -3, 3));
    t->pull_y_px = (float)(SYNTH_PULL_SD_PX * skin * limit(n[5], -3, 3));
    w->inner_x = bf_synth__rng_range(r, SYNTH_STICK_LO_PX, SYNTH_STICK_HI_PX);
    w->inner_y = w->inner_x * bf_synth__rng_range(r, 1.0, 1.4);
    w->reach = bf_synth__rng_range(r, SYNTH_REACH_LO, SYNTH_REACH_HI);
}

static void draw_surface(bf_synth_rng *r, const bf_synth_finger *f, double d, bf_synth_style *s,
                         bf_synth_transform *t)
{
    double wet = limit((0.5 * bf_synth__rng_normal(r) - f->dryness) * d, -1, 1);
    double dry = wet < 0 ? -wet : 0, damp = wet > 0 ? wet : 0;
    t->wetness = (float)wet;
    s->wet = wet < 0 ? 0.66 * wet : 0.6 * wet;
    s->wet_spread = d * bf_synth__rng_range(r, 0.10, 0.28);
    s->grain = d * (bf_synth__rng_range(r, 0.14, 0.36) + 0.55 * dry);
    s->sharp = bf_synth__rng_range(r, 0.9, 1.5);
    s->pore = bf_synth__rng_range(r, 0.3, 1.0) * (1 - 0.9 * damp);
    s->crease = bf_synth__rng_range(r, 0.2, 1.0) * limit(d, 0, 1.5) * (1 - 0.5 * damp);
    s->texture = 0.16 + 0.12 * dry;
    s->ink = bf_synth__rng_range(r, 0.72, 0.92) - 0.12 * dry;
    s->ink_spread = bf_synth__rng_range(r, 0.04, 0.15);
    s->valley = 0.02 + 0.14 * damp * bf_synth__rng_unit(r);
    s->edge_px = bf_synth__rng_range(r, 18, 50);
    s->edge_wobble_px = bf_synth__rng_range(r, 2, 6);
    s->smudge = bf_synth__rng_unit(r) < 0.20 * d ? bf_synth__rng_range(r, 0.1, 0.5) : 0;
    s->residue = d * bf_synth__rng_range(r, 0.0, 0.35);
    s->blur = bf_synth__rng_range(r, 0.2, 0.8);
    s->noise = d * bf_synth__rng_range(r, 1.5, 5.0);
    s->background = bf_synth__rng_range(r, 238, 255);
    s->shade = bf_synth__rng_range(r, 0, 5);
}

static void clean_surface(bf_synth_style *s, bf_synth_transform *t)
{
    t->wetness = 0;
    s->wet = s->wet_spread = s->smudge = s->residue = s->noise = s->crease = s->shade = 0;
    s->pore = 0.25;
    s->grain = 0.05;
    s->texture = 0.06;
    s->sharp = 1.2;
    s->ink = 0.85;
    s->ink_spread = 0.03;
    s->valley = 0.02;
    s->edge_px = 12;
    s->blur = 0.3;
    s->background = 250;
}

void bf_synth__impression_draw(bf_synth_rng *r, const bf_synth_finger *f,
                               const bf_synth_impression_opts *o, bf_synth_warp *warp,
                               bf_synth_style *style, bf_synth_transform *transform)
{
    int clean = (o->flags & BF_SYNTH_CLEAN) != 0;
    double d = o->difficulty_pct / 100.0, any_turn = bf_synth__rng_range(r, 0, 2 * BF_PI);
    memset(transform, 0, sizeof *transform);
    draw_contact(r, f, d, clean, style, transform);
    draw_motion(r, d, clean, warp, transform);
    draw_surface(r, f, d, style, transform);
    if (clean) clean_surface(style, transform);
    double turn = transform->rotation_rad;
    if (o->flags & BF_SYNTH_ROTATE_ANY) turn += any_turn;
    if (turn >= 2 * BF_PI) turn -= 2 * BF_PI;
    transform->rotation_rad = (float)turn;
    warp->scale = (double)SYNTH_PPI / o->ppi;
    warp->canvas_x = 0.5 * (o->width_px - 1) + transform->shift_x_px / warp->scale;
    warp->canvas_y = 0.5 * (o->height_px - 1) + transform->shift_y_px / warp->scale;
    warp->rot_cos = bf_cos(turn);
    warp->rot_sin = bf_sin(turn);
    warp->master_x = transform->contact_x_px;
    warp->master_y = transform->contact_y_px;
    warp->torsion_cos = bf_cos(transform->torsion_rad);
    warp->torsion_sin = bf_sin(transform->torsion_rad);
    warp->pull_x = transform->pull_x_px;
    warp->pull_y = transform->pull_y_px;
}

/* The mean of the 2-norm and the 4-norm: between an ellipse and a rounded box, as fingertips are.
 */
double bf_synth__contact_px(const bf_synth_style *s, double u, double v)
{
    double x = u / s->half_w, y = v / (v < 0 ? s->half_top : s->half_bottom);
    double xx = x * x, yy = y * y;
    double norm = 0.5 * (sqrt(xx + yy) + sqrt(sqrt(xx * xx + yy * yy)));
    if (norm < 0.1) return 0.9 * s->half_w;
    return (1 - norm) * sqrt(u * u + v * v) / norm;
}

/* Where a point of the master appears, if it does. */
static int visible(const bf_synth_impression *i, const bf_synth_style *s, uint32_t w, uint32_t h,
                   double mx, double my, double *x, double *y)
{
    double u, v, margin = SYNTH_TRUTH_MARGIN_PX / i->warp.scale;
    bf_synth__warp_forward(&i->warp, mx, my, x, y);
    if (*x < margin || *y < margin || *x > w - 1 - margin || *y > h - 1 - margin) return 0;
    bf_synth__warp_plane(&i->warp, *x, *y, &u, &v);
    return bf_synth__contact_px(s, u, v) >= SYNTH_TRUTH_MARGIN_PX;
}

/* A direction of the master at (mx, my), carried into the picture at (x, y). */
static float turned(const bf_synth_warp *w, double mx, double my, double x, double y, double angle)
{
    double tx, ty;
    bf_synth__warp_forward(w, mx + 2 * bf_cos(angle), my - 2 * bf_sin(angle), &tx, &ty);
    float a = (float)bf_atan2(y - ty, tx - x);
    return a < 0 ? a + (float)(2 * BF_PI) : a;
}

void bf_synth__truth(const bf_synth_finger *f, const bf_synth_style *style, uint32_t w, uint32_t h,
                     bf_synth_impression *out)
{
    double x, y;
    for (size_t k = 0; k < f->minutia_count; k++) {
        bf_minutia m = f->minutiae[k];
        if (!visible(out, style, w, h, m.x_px, m.y_px, &x, &y)) continue;
        m.angle_rad = turned(&out->warp, m.x_px, m.y_px, x, y, m.angle_rad);
        m.x_px = (float)x;
        m.y_px = (float)y;
        out->minutiae[out->minutia_count++] = m;
    }
    for (size_t k = 0; k < f->singular_count; k++) {
        bf_singular p = f->singulars[k];
        if (!visible(out, style, w, h, p.x_px, p.y_px, &x, &y)) continue;
        if (p.type == BF_SINGULAR_CORE) {
            p.angle_rad = turned(&out->warp, p.x_px, p.y_px, x, y, p.angle_rad);
        }
        p.x_px = (float)x;
        p.y_px = (float)y;
        out->singulars[out->singular_count++] = p;
    }
}
