/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The skin of a palm: three principal lines as cubic curves whose ends vary as they do in people
 * ([Zhang2003] calls them heart, head and life line), wrinkles of all lengths with the directions
 * that folding gives them, and a fine net of short strokes; each a groove with a round profile.
 * What a person's posture adds (fickle creases) is kept apart, so that pictures can differ in it.
 */
#include <math.h>
#include <string.h>

#include "bonafide/template.h"
#include "synth/palm.h"
#include "util/fmath.h"

#define WRINKLES 45
#define NET 420
#define FICKLE 55

typedef struct curve {
    double x[4], y[4]; /* cubic Bezier, spans */
    double width;      /* px of the map, one standard deviation of the groove */
    double depth;      /* 0..1 */
} curve;

/* Press one round dent; the deeper of what is there and of it stays. */
static void dent(uint8_t *map, double x, double y, double width, double depth)
{
    int32_t reach = (int32_t)(2.5 * width) + 1, cx = (int32_t)x, cy = (int32_t)y;
    double k = 1.0 / (2.0 * width * width);
    for (int32_t j = cy - reach; j <= cy + reach; j++) {
        for (int32_t i = cx - reach; i <= cx + reach; i++) {
            if (i < 0 || j < 0 || i >= SYNTH_PALM_SIDE || j >= SYNTH_PALM_SIDE) continue;
            double e = ((i - x) * (i - x) + (j - y) * (j - y)) * k;
            if (e > 4.5) continue;
            double fall = 1.0 - e / 4.5; /* near enough to a bell, and cheap */
            uint8_t v = (uint8_t)(255.0 * depth * fall * fall * fall);
            uint8_t *m = &map[j * SYNTH_PALM_SIDE + i];
            if (v > *m) *m = v;
        }
    }
}

static void press(uint8_t *map, const curve *c)
{
    double length = 0;
    for (int k = 1; k < 4; k++) {
        double dx = c->x[k] - c->x[k - 1], dy = c->y[k] - c->y[k - 1];
        length += sqrt(dx * dx + dy * dy) * SYNTH_PALM_PER_SPAN;
    }
    int32_t n = (int32_t)(length / (0.7 * c->width)) + 2;
    for (int32_t i = 0; i <= n; i++) {
        double t = (double)i / n, s = 1.0 - t;
        double b[4] = {s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t};
        double x = 0, y = 0;
        for (int k = 0; k < 4; k++) {
            x += b[k] * c->x[k];
            y += b[k] * c->y[k];
        }
        double ends = t < 0.15 ? t / 0.15 : t > 0.85 ? (1.0 - t) / 0.15 : 1.0;
        dent(map, (x - SYNTH_PALM_LEFT) * SYNTH_PALM_PER_SPAN,
             (y - SYNTH_PALM_TOP) * SYNTH_PALM_PER_SPAN, c->width * (0.6 + 0.4 * ends),
             c->depth * (0.35 + 0.65 * ends));
    }
}

/* Heart, head and life line of the average palm, and how much each point varies. */
static void principal_lines(bf_synth_rng *r, uint8_t *map)
{
    static const double mean[3][4][2] = {
        {{-0.95, 0.50}, {-0.45, 0.62}, {0.05, 0.50}, {0.42, 0.14}},
        {{0.84, 0.52}, {0.35, 0.60}, {-0.10, 0.78}, {-0.55, 1.08}},
        {{0.84, 0.50}, {0.30, 0.62}, {0.02, 1.05}, {0.18, 1.78}},
    };
    static const double spread[4] = {0.06, 0.09, 0.11, 0.14};
    for (int i = 0; i < 3; i++) {
        curve c;
        for (int k = 0; k < 4; k++) {
            c.x[k] = mean[i][k][0] + spread[k] * bf_synth__rng_normal(r);
            c.y[k] = mean[i][k][1] + spread[k] * bf_synth__rng_normal(r);
        }
        c.width = bf_synth__rng_range(r, 2.6, 4.2);
        c.depth = bf_synth__rng_range(r, 0.55, 0.95);
        press(map, &c);
    }
}

/* Short curves anywhere on the palm; about half run towards the fingers, the rest anyhow. */
static void strokes(bf_synth_rng *r, uint8_t *map, int32_t count, double shortest, double longest,
                    double width, double depth)
{
    for (int32_t i = 0; i < count; i++) {
        double x = bf_synth__rng_range(r, -1.0, 1.0), y = bf_synth__rng_range(r, -0.1, 1.8);
        double u = bf_synth__rng_unit(r), angle = bf_synth__rng_range(r, 0, 2 * BF_PI);
        if (u < 0.5) angle = BF_PI / 2 + 0.35 * bf_synth__rng_normal(r);
        double length = shortest + (longest - shortest) * bf_synth__rng_unit(r);
        double bend = 0.15 * length * bf_synth__rng_normal(r);
        double cs = bf_cos(angle) * length, sn = bf_sin(angle) * length;
        curve c;
        for (int k = 0; k < 4; k++) {
            double t = k / 3.0, b = k == 1 || k == 2 ? bend : 0;
            c.x[k] = x + t * cs - b * sn / length;
            c.y[k] = y + t * sn + b * cs / length;
        }
        c.width = width * bf_synth__rng_range(r, 0.8, 1.3);
        c.depth = depth * bf_synth__rng_range(r, 0.4, 1.0);
        press(map, &c);
    }
}

static bf_status relief(bf_ctx *c, bf_synth_rng *r, int8_t *out)
{
    bf_synth_field mounds, pores;
    double side = SYNTH_PALM_SIDE;
    BF_TRY(bf_synth__field_make(c, r, side, side, 90, &mounds));
    BF_TRY(bf_synth__field_make(c, r, side, side, 3, &pores));
    for (int32_t i = 0; i < SYNTH_PALM_PX; i++) {
        float x = (float)(i % SYNTH_PALM_SIDE), y = (float)(i / SYNTH_PALM_SIDE);
        float v =
            0.9f * bf_synth__field_at(&mounds, x, y) + 0.45f * bf_synth__field_at(&pores, x, y);
        v *= 32.0f;
        out[i] = (int8_t)(v < -127 ? -127 : v > 127 ? 127 : v);
    }
    return BF_OK;
}

bf_status bf_synth__palm_skin(bf_ctx *c, const bf_synth_palm_opts *opts, bf_synth_palm *out)
{
    /* thumb, index, middle, ring, little */
    static const float length[SYNTH_FINGERS] = {1.15f, 1.50f, 1.72f, 1.58f, 1.20f};
    static const float radius[SYNTH_FINGERS] = {0.24f, 0.225f, 0.23f, 0.22f, 0.19f};
    bf_synth_rng r;
    bf_synth__rng_seed(&r, bf_synth__mix(opts->seed, 0x70616c6d));
    uint32_t side = bf_synth__rng_below(&r, 2) ? BF_LEFT_PALM : BF_RIGHT_PALM;
    out->seed = opts->seed;
    out->side = opts->side ? opts->side : side;
    double slim = 1.0 + 0.05 * bf_synth__rng_normal(&r),
           reach = 1.0 + 0.05 * bf_synth__rng_normal(&r);
    for (int i = 0; i < SYNTH_FINGERS; i++) {
        out->length[i] = length[i] * (float)(reach * (1.0 + 0.03 * bf_synth__rng_normal(&r)));
        out->radius[i] = radius[i] * (float)slim;
    }
    out->width = 0.98f + 0.04f * (float)bf_synth__rng_normal(&r);
    out->tone = (float)bf_synth__rng_range(&r, 0.55, 1.0);
    principal_lines(&r, out->line);
    strokes(&r, out->line, WRINKLES, 0.15, 0.6, 1.7, 0.42);
    strokes(&r, out->line, NET, 0.04, 0.14, 1.1, 0.20);
    strokes(&r, out->fickle, FICKLE, 0.08, 0.5, 1.7, 0.5);
    return relief(c, &r, out->relief);
}

static float map_at(const uint8_t *map, int32_t at, float ax, float ay)
{
    const uint8_t *p = map + at;
    float top = (float)p[0] + ax * (float)(p[1] - p[0]);
    float low =
        (float)p[SYNTH_PALM_SIDE] + ax * (float)(p[SYNTH_PALM_SIDE + 1] - p[SYNTH_PALM_SIDE]);
    return top + ay * (low - top);
}

float bf_synth__palm_albedo(const bf_synth_palm *p, float x, float y, float lasting, float fickle)
{
    float u = (x - SYNTH_PALM_LEFT) * SYNTH_PALM_PER_SPAN;
    float v = (y - SYNTH_PALM_TOP) * SYNTH_PALM_PER_SPAN, most = SYNTH_PALM_SIDE - 2;
    u = u < 0 ? 0 : u > most ? most : u;
    v = v < 0 ? 0 : v > most ? most : v;
    int32_t i = (int32_t)u, j = (int32_t)v, at = j * SYNTH_PALM_SIDE + i;
    float ax = u - (float)i, ay = v - (float)j;
    float groove = lasting * map_at(p->line, at, ax, ay) + fickle * map_at(p->fickle, at, ax, ay);
    return 1.0f - 0.42f * groove / 255.0f + 0.045f * (float)p->relief[at] / 32.0f;
}
