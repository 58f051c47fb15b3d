/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A print without a picture. The flow is that of orient.c, seen through the window of a sensor.
 * Ridges of equal width that diverge must begin anew somewhere: the divergence of the flow says
 * into which of its two directions minutiae look, and where there are more of them. Places are
 * drawn at random, not closer to one another than an extractor can tell apart.
 *
 * Numbers were chosen so that prints of the sensor of docs/SCALE.md and these are alike: histograms
 * of orientation by height, of directions, of distances between neighbours; count and trust.
 */
#include "synth/print.h"

#include <math.h>

#include "util/fmath.h"

/* The window: px; normal deviations of what lies in its middle; the ellipse that touches. */
#define WINDOW_W 304
#define WINDOW_H 344
#define SHIFT_X_PX 10.0
#define SHIFT_Y_PX 12.0
#define RAISE_PX 10.0
#define TURN_RAD 0.06
/* The model's fingers are rolled ones and flatter than what a sensor sees of a finger's pad. */
#define CALM 0.2f /* share of the model's waviness */
#define SHRINK_X 0.9
#define SHRINK_Y 0.65

#define MINUTIAE_MEAN 35.0
#define MINUTIAE_SD 11.0
#define MINUTIAE_LEAST 12
#define MINUTIAE_MOST 120
#define APART_PX 5.0
#define RIM_PX 10.0
#define DENSER 2000.0 /* px: minutiae are denser by this times the divergence */
#define SURER 800.0   /* px: and their direction surer */
#define UNSURE 0.03
#define CLUMP_PCT 25 /* tries close to a minutia that is there already: */
#define CLUMP_PX 8.0 /* scale of the distance beyond APART_PX */
#define NOISE 4.0    /* 1/256 turn */
#define STRAY_PCT 4  /* minutiae whose direction is far off */
#define STRAY_RAD 0.8
#define QUALITY_LO 20.0
#define QUALITY_HI 78.0
#define BIFURCATION_SHARE 0.45
#define NODE_PX 20 /* the flow is computed at nodes and interpolated */
#define NODES_W 20
#define NODES_H 21
#define TRIES 12000

typedef struct window {
    bf_synth_model model;
    double half_w, half_h; /* px, of the picture */
    double c, s, turn;     /* the finger's turn, counter-clockwise */
    double x, y;           /* model plane: what lies in the middle */
    double touch_x, touch_y;
    float cos2[NODES_H][NODES_W], sin2[NODES_H][NODES_W];
} window;

static uint32_t draw_pattern(bf_synth_rng *r)
{
    double u = bf_synth__rng_unit(r);
    if (u < 0.17) return BF_SYNTH_PLAIN_ARCH;
    if (u < 0.20) return BF_SYNTH_TENTED_ARCH;
    if (u < 0.51) return BF_SYNTH_LEFT_LOOP;
    return u < 0.80 ? BF_SYNTH_RIGHT_LOOP : BF_SYNTH_WHORL;
}

static bf_status draw_window(bf_ctx *c, bf_synth_rng *r, window *w, bf_synth_print *out)
{
    uint32_t pattern = draw_pattern(r);
    BF_TRY(bf_synth__model_draw(c, r, pattern, &w->model));
    bf_synth_field *wave = &w->model.wave;
    for (int32_t i = 0; i < wave->w * wave->h; i++) wave->v[i] *= CALM;
    out->w = WINDOW_W + (int32_t)bf_synth__rng_range(r, -16, 32);
    out->h = WINDOW_H + (int32_t)bf_synth__rng_range(r, -30, 24);
    w->half_w = 0.5 * out->w;
    w->half_h = 0.5 * out->h;
    w->x = SHIFT_X_PX * bf_synth__rng_normal(r);
    w->y = SHIFT_Y_PX * bf_synth__rng_normal(r) + RAISE_PX;
    w->turn = TURN_RAD * bf_synth__rng_normal(r);
    w->c = bf_cos(w->turn);
    w->s = bf_sin(w->turn);
    w->touch_x = out->w * bf_synth__rng_range(r, 0.40, 0.56);
    w->touch_y = out->h * bf_synth__rng_range(r, 0.42, 0.58);
    return BF_OK;
}

/* Orientation at a place of the picture, doubled, of length 1. */
static void orientation(const window *w, double x, double y, float *cos2, float *sin2)
{
    double dx = x - w->half_w, dy = w->half_h - y;
    double mx = SHRINK_X * (w->c * dx + w->s * dy) + w->x;
    double my = SHRINK_Y * (w->c * dy - w->s * dx) + w->y;
    double a = bf_synth__model_angle(&w->model, mx, my);
    double along = bf_cos(a) / SHRINK_X, up = bf_sin(a) / SHRINK_Y;
    double u = w->c * along - w->s * up, v = w->s * along + w->c * up;
    double n = u * u + v * v + 1e-12;
    *cos2 = (float)((u * u - v * v) / n);
    *sin2 = (float)(2 * u * v / n);
}

static void fill_nodes(window *w)
{
    for (int32_t j = 0; j < NODES_H; j++) {
        for (int32_t i = 0; i < NODES_W; i++) {
            double x = i * NODE_PX, y = j * NODE_PX;
            if (x > 2 * w->half_w + NODE_PX || y > 2 * w->half_h + NODE_PX) continue;
            orientation(w, x, y, &w->cos2[j][i], &w->sin2[j][i]);
        }
    }
}

/* A doubled orientation, not of length 1, and how it changes by px to the right and downwards. */
typedef struct flow {
    double c, s, c_x, s_x, c_y, s_y;
} flow;

static flow flow_at(const window *w, double x, double y)
{
    int32_t i = (int32_t)(x / NODE_PX), j = (int32_t)(y / NODE_PX);
    double u = x / NODE_PX - i, v = y / NODE_PX - j;
    const float *c = &w->cos2[j][i], *d = &w->cos2[j + 1][i];
    const float *s = &w->sin2[j][i], *t = &w->sin2[j + 1][i];
    return (flow){
        .c = (1 - v) * ((1 - u) * c[0] + u * c[1]) + v * ((1 - u) * d[0] + u * d[1]),
        .s = (1 - v) * ((1 - u) * s[0] + u * s[1]) + v * ((1 - u) * t[0] + u * t[1]),
        .c_x = ((1 - v) * (c[1] - c[0]) + v * (d[1] - d[0])) / NODE_PX,
        .s_x = ((1 - v) * (s[1] - s[0]) + v * (t[1] - t[0])) / NODE_PX,
        .c_y = ((1 - u) * (d[0] - c[0]) + u * (d[1] - c[1])) / NODE_PX,
        .s_y = ((1 - u) * (t[0] - s[0]) + u * (t[1] - s[1])) / NODE_PX,
    };
}

static int touches(const window *w, double x, double y, double rim_px)
{
    double u = (x - w->half_w) / (w->touch_x - rim_px), v = (y - w->half_h) / (w->touch_y - rim_px);
    return u * u + v * v < 1;
}

static bf_status fill_field(bf_ctx *c, const window *w, bf_synth_print *out)
{
    out->cols = (out->w + BF_SYNTH_CELL - 1) / BF_SYNTH_CELL;
    out->rows = (out->h + BF_SYNTH_CELL - 1) / BF_SYNTH_CELL;
    size_t n = (size_t)out->cols * (size_t)out->rows;
    out->cos2 = bf_ctx_scratch(c, n, sizeof *out->cos2);
    out->sin2 = bf_ctx_scratch(c, n, sizeof *out->sin2);
    out->mask = bf_ctx_scratch(c, n, 1);
    if (!out->cos2 || !out->sin2 || !out->mask) BF_FAIL_NOMEM(c);
    for (size_t i = 0; i < n; i++) {
        double x = ((double)(i % (size_t)out->cols) + 0.5) * BF_SYNTH_CELL;
        double y = ((double)(i / (size_t)out->cols) + 0.5) * BF_SYNTH_CELL;
        if (!touches(w, x, y, 0)) continue;
        flow f = flow_at(w, x, y);
        double length = sqrt(f.c * f.c + f.s * f.s) + 1e-9;
        out->mask[i] = 1;
        out->cos2[i] = (float)(f.c / length);
        out->sin2[i] = (float)(f.s / length);
    }
    return BF_OK;
}

/* How fast ridges come apart there, 1/px, looking along the half of the doubled angle that lies
 * within a quarter turn of +x. */
static double divergence(const flow *f)
{
    double square = f->c * f->c + f->s * f->s + 1e-9, length = sqrt(square);
    double along = sqrt(0.5 * (1 + f->c / length)) + 1e-9, up = 0.5 * f->s / length / along;
    double right = (f->c * f->s_x - f->s * f->c_x) / (2 * square);
    double down = (f->c * f->s_y - f->s * f->c_y) / (2 * square);
    return -along * down - up * right;
}

static int is_free(const bf_synth_print *p, double x, double y)
{
    for (uint32_t i = 0; i < p->dot_count; i++) {
        double dx = p->dots[i].x - x, dy = p->dots[i].y - y;
        if (dx * dx + dy * dy < APART_PX * APART_PX) return 0;
    }
    return 1;
}

static void draw_place(const bf_synth_print *p, bf_synth_rng *r, double *x, double *y)
{
    *x = bf_synth__rng_range(r, RIM_PX, p->w - RIM_PX);
    *y = bf_synth__rng_range(r, RIM_PX, p->h - RIM_PX);
    if (!p->dot_count || bf_synth__rng_below(r, 100) >= CLUMP_PCT) return;
    const bf_synth_dot *d = &p->dots[bf_synth__rng_below(r, p->dot_count)];
    double far = APART_PX + CLUMP_PX * fabs(bf_synth__rng_normal(r));
    double angle = 2 * BF_PI * bf_synth__rng_unit(r);
    *x = d->x + far * bf_cos(angle);
    *y = d->y + far * bf_sin(angle);
}

static void try_dot(const window *w, bf_synth_rng *r, bf_synth_print *out)
{
    double x, y;
    draw_place(out, r, &x, &y);
    if (x < 0 || y < 0 || x >= out->w || y >= out->h || !touches(w, x, y, RIM_PX)) return;
    flow f = flow_at(w, x, y);
    double apart = divergence(&f);
    if (bf_synth__rng_unit(r) * (1 + DENSER * 0.02) > 1 + DENSER * fabs(apart)) return;
    if (!is_free(out, x, y)) return;
    double a = 0.5 * bf_atan2(f.s, f.c);
    double lean = SURER * apart;
    double forward = 0.5 + 0.5 * (1 - UNSURE) * lean / (1 + fabs(lean));
    if (bf_synth__rng_unit(r) >= forward) a += BF_PI;
    double turn = a * (128 / BF_PI) + NOISE * bf_synth__rng_normal(r);
    double stray = STRAY_RAD * (128 / BF_PI) * bf_synth__rng_normal(r);
    if (bf_synth__rng_below(r, 100) < STRAY_PCT) turn += stray;
    bf_synth_dot *d = &out->dots[out->dot_count++];
    d->x = (float)x;
    d->y = (float)y;
    d->angle = (uint8_t)((int32_t)floor(turn + 0.5) & 255);
    d->type =
        bf_synth__rng_unit(r) < BIFURCATION_SHARE ? BF_MINUTIA_BIFURCATION : BF_MINUTIA_ENDING;
    d->quality = (uint8_t)bf_synth__rng_range(r, QUALITY_LO, QUALITY_HI);
}

bf_status bf_synth__print(bf_ctx *c, uint64_t seed, bf_synth_print *out)
{
    bf_synth_rng r;
    window *w = bf_ctx_scratch(c, 1, sizeof *w);
    if (!w) BF_FAIL_NOMEM(c);
    bf_synth__rng_seed(&r, seed);
    *out = (bf_synth_print){0};
    BF_TRY(draw_window(c, &r, w, out));
    fill_nodes(w);
    BF_TRY(fill_field(c, w, out));
    double wish = MINUTIAE_MEAN + MINUTIAE_SD * bf_synth__rng_normal(&r);
    uint32_t want = wish < MINUTIAE_LEAST  ? MINUTIAE_LEAST
                    : wish > MINUTIAE_MOST ? MINUTIAE_MOST
                                           : (uint32_t)wish;
    for (uint32_t i = 0; i < TRIES && out->dot_count < want; i++) try_dot(w, &r, out);
    return BF_OK;
}
