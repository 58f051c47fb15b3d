/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where each pixel of an impression lies on the finger. First rigid: resolution, displacement,
 * rotation. Then the skin [Cappelli2001]: an ellipse at the centre of contact sticks to the glass;
 * beyond it the skin gives way, over a transition, to the full turn and pull of the finger. They
 * brake by half a cosine; we use the cubic 3t^2 - 2t^3, which needs no cosine and differs by less
 * than 0.01. The model is stated from the impression to the finger, which is the direction
 * rendering needs; ground truth goes the other way by fixed-point iteration.
 */
#include <math.h>

#include "synth/synth.h"

void bf_synth__warp_plane(const bf_synth_warp *w, double x, double y, double *u, double *v)
{
    double dx = (x - w->canvas_x) * w->scale, dy = (y - w->canvas_y) * w->scale;
    *u = w->rot_cos * dx - w->rot_sin * dy;
    *v = w->rot_sin * dx + w->rot_cos * dy;
}

/* Displacement of the skin at (u, v). */
static void skin_shift(const bf_synth_warp *w, double u, double v, double *du, double *dv)
{
    double eu = u / w->inner_x, ev = v / w->inner_y;
    double beyond = (sqrt(eu * eu + ev * ev) - 1.0) / w->reach;
    double t = beyond < 0 ? 0 : beyond > 1 ? 1 : beyond, brake = t * t * (3 - 2 * t);
    *du = brake * (w->torsion_cos * u - w->torsion_sin * v + w->pull_x - u);
    *dv = brake * (w->torsion_sin * u + w->torsion_cos * v + w->pull_y - v);
}

void bf_synth__warp_skin(const bf_synth_warp *w, double u, double v, double *mx, double *my)
{
    double du, dv;
    skin_shift(w, u, v, &du, &dv);
    *mx = w->master_x + u + du;
    *my = w->master_y + v + dv;
}

void bf_synth__warp_forward(const bf_synth_warp *w, double mx, double my, double *x, double *y)
{
    double tu = mx - w->master_x, tv = my - w->master_y, u = tu, v = tv;
    for (int i = 0; i < 30; i++) { /* contraction about 0.5: 1e-7 px */
        double du, dv;
        skin_shift(w, u, v, &du, &dv);
        u = tu - du;
        v = tv - dv;
    }
    *x = w->canvas_x + (w->rot_cos * u + w->rot_sin * v) / w->scale;
    *y = w->canvas_y + (w->rot_cos * v - w->rot_sin * u) / w->scale;
}
