/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A picture of a palm: posture, light, lens and sensor. A region is looked at through a smooth
 * random bend of the skin; a whole hand stands before a dark, light or cluttered ground. Cost: 5 ms
 * a region, 0.3 s a hand of 640 x 480 px.
 */
#include <math.h>
#include <string.h>

#include "synth/palm.h"
#include "util/fmath.h"

#define REGION_DOWN 0.72f /* as src/palm/params.h places it */
#define REGION_SIDE 1.32f
#define REGION_HARDER 1.35 /* for an EER near 1 % of 60 palms x 5 at the default difficulty */
#define CLUTTER 40
#define SHADES 3

/* All that is drawn before a pixel is made. */
typedef struct setting {
    float cx, cy;       /* where the frame's origin lies, px */
    float cs, sn, span; /* turn and px a span */
    float flip;         /* -1: the thumb is on the left of an upright hand */
    float lasting, fickle;
    float level, ambient;   /* grey of the skin and of what comes from all sides */
    float light_x, light_y; /* change of light over the picture */
    float blur, noise;
    float tint[SHADES]; /* of the skin, R G B */
    bf_synth_field bend_x, bend_y, cloud;
    float bend;
} setting;

static double amount(const bf_synth_shot_opts *o)
{
    double k = o->flags & BF_SYNTH_SHOT_CLEAN ? 0.15 : o->difficulty_pct / 100.0;
    return o->flags & BF_SYNTH_SHOT_REGION ? REGION_HARDER * k : k;
}

static bf_status draw_setting(bf_ctx *c, bf_synth_rng *r, const bf_synth_palm *p,
                              const bf_synth_shot_opts *o, setting *s, double *turn)
{
    double k = amount(o), w = o->width_px, h = o->height_px, less = w < h ? w : h;
    int region = (o->flags & BF_SYNTH_SHOT_REGION) != 0;
    double span = region ? less / REGION_SIDE : 0.235 * less;
    s->span = (float)(span * (1.0 + 0.035 * k * bf_synth__rng_normal(r)));
    *turn = (region ? 0.055 : 0.14) * k * bf_synth__rng_normal(r);
    double any = bf_synth__rng_range(r, -BF_PI, BF_PI);
    if (o->flags & BF_SYNTH_SHOT_ROTATE_ANY) *turn = any;
    s->cs = (float)bf_cos(*turn);
    s->sn = (float)bf_sin(*turn);
    double shift = (region ? 0.045 : 0.06) * k * s->span;
    double sx = shift * bf_synth__rng_normal(r), sy = shift * bf_synth__rng_normal(r);
    double down = region ? REGION_DOWN : 0.10; /* what lies in the middle of the picture */
    s->cx = (float)(0.5 * w + sx - down * s->span * s->sn);
    s->cy = (float)(0.5 * h + sy - down * s->span * s->cs);
    int left = (p->side == BF_LEFT_PALM) != ((o->flags & BF_SYNTH_SHOT_MIRROR) != 0);
    s->flip = left ? -1.0f : 1.0f;
    s->lasting = (float)(1.0 - 0.35 * k * bf_synth__rng_unit(r));
    s->fickle = (float)(0.75 * k * bf_synth__rng_unit(r));
    if (o->flags & BF_SYNTH_SHOT_BLANK) s->lasting = s->fickle = 0;
    s->level = (float)(p->tone * bf_synth__rng_range(r, 150, 215));
    s->ambient = (float)bf_synth__rng_range(r, 6, 20);
    s->light_x = (float)(0.16 * k * bf_synth__rng_normal(r));
    s->light_y = (float)(0.16 * k * bf_synth__rng_normal(r));
    s->blur = (float)(0.9 * k * bf_synth__rng_unit(r));
    s->noise = (float)((region ? 2.5 : 4.0) * k * (0.5 + bf_synth__rng_unit(r)));
    s->bend = (float)(0.022 * k);
    s->tint[0] = 1.0f;
    s->tint[1] = (float)bf_synth__rng_range(r, 0.68, 0.80);
    s->tint[2] = s->tint[1] * (float)bf_synth__rng_range(r, 0.75, 0.9);
    double side = SYNTH_PALM_SIDE;
    BF_TRY(bf_synth__field_make(c, r, side, side, 110, &s->bend_x));
    BF_TRY(bf_synth__field_make(c, r, side, side, 110, &s->bend_y));
    return bf_synth__field_make(c, r, side, side, 150, &s->cloud);
}

/* Picture px to the hand's frame. */
static void to_hand(const setting *s, float px, float py, float *x, float *y)
{
    float dx = (px - s->cx) / s->span, dy = (py - s->cy) / s->span;
    *x = s->flip * (s->cs * dx - s->sn * dy);
    *y = s->sn * dx + s->cs * dy;
}

static void to_picture(const setting *s, float x, float y, float out[2])
{
    x *= s->flip;
    out[0] = s->cx + s->span * (s->cs * x + s->sn * y);
    out[1] = s->cy + s->span * (-s->sn * x + s->cs * y);
}

/* Brightness of the skin at (x, y), bent as the posture bends it, lit as the place is lit. */
static float skin(const bf_synth_palm *p, const setting *s, float x, float y)
{
    float u = (x - SYNTH_PALM_LEFT) * SYNTH_PALM_PER_SPAN;
    float v = (y - SYNTH_PALM_TOP) * SYNTH_PALM_PER_SPAN;
    float bx = s->bend * bf_synth__field_at(&s->bend_x, u, v);
    float by = s->bend * bf_synth__field_at(&s->bend_y, u, v);
    float seen = s->lasting * (1.0f + 0.25f * bf_synth__field_at(&s->cloud, u, v));
    float light = 1.0f + s->light_x * x + s->light_y * (y - REGION_DOWN);
    if (seen < 0.2f * s->lasting) seen = 0.2f * s->lasting;
    return light * bf_synth__palm_albedo(p, x + bx, y + by, seen, s->fickle);
}

/* A ground of overlapping ellipses and bars, RGB as floats; and a slow change of light. */
static bf_status draw_ground(bf_ctx *c, bf_synth_rng *r, const bf_synth_shot_opts *o, float *rgb)
{
    int32_t w = (int32_t)o->width_px, h = (int32_t)o->height_px;
    bf_synth_field slow;
    BF_TRY(bf_synth__field_make(c, r, w, h, 160, &slow));
    float level = o->flags & BF_SYNTH_SHOT_LIGHT ? 225.0f : (float)bf_synth__rng_range(r, 8, 26);
    for (int32_t i = 0; i < w * h; i++) {
        float v = level + 0.06f * level * bf_synth__field_at(&slow, (float)(i % w), (float)(i / w));
        rgb[3 * i] = rgb[3 * i + 1] = rgb[3 * i + 2] = v;
    }
    for (int32_t k = 0; k < CLUTTER && o->flags & BF_SYNTH_SHOT_CLUTTER; k++) {
        double x = bf_synth__rng_range(r, 0, w), y = bf_synth__rng_range(r, 0, h);
        double a = bf_synth__rng_range(r, 20, 0.3 * w), b = bf_synth__rng_range(r, 15, 0.3 * h);
        int round = (int)bf_synth__rng_below(r, 2);
        float ink[SHADES];
        for (int j = 0; j < SHADES; j++) ink[j] = (float)bf_synth__rng_range(r, 20, 235);
        for (int32_t i = 0; i < w * h; i++) {
            double dx = (i % w - x) / a, dy = (i / w - y) / b;
            int in = round ? dx * dx + dy * dy < 1 : dx * dx < 1 && dy * dy < 1;
            if (in) memcpy(&rgb[3 * i], ink, sizeof ink);
        }
    }
    return BF_OK;
}

/* 1-2-1 smoothing of interleaved values, mixed in by `part`. */
static void blur(float *v, float *spare, int32_t w, int32_t h, int32_t channels, float part)
{
    for (int32_t pass = 0; pass < 2; pass++) {
        memcpy(spare, v, sizeof *v * (size_t)(w * h * channels));
        int32_t step = pass ? w * channels : channels;
        for (int32_t i = 0; i < w * h; i++) {
            int32_t at = pass ? i / w : i % w, last = pass ? h - 1 : w - 1;
            for (int32_t k = 0; k < channels; k++) {
                int32_t j = i * channels + k;
                float before = spare[at ? j - step : j], after = spare[at < last ? j + step : j];
                v[j] += part * (0.25f * (before + after) - 0.5f * spare[j]);
            }
        }
    }
}

static void render_region(const bf_synth_palm *p, const setting *s, const bf_synth_shot_opts *o,
                          float *rgb)
{
    int32_t w = (int32_t)o->width_px;
    for (int32_t i = 0; i < w * (int32_t)o->height_px; i++) {
        float sum = 0, x, y;
        for (int k = 0; k < 4; k++) {
            to_hand(s, (float)(i % w) + 0.5f * (float)(k % 2) + 0.25f,
                    (float)(i / w) + 0.5f * (float)(k / 2) + 0.25f, &x, &y);
            sum += skin(p, s, x, y);
        }
        for (int k = 0; k < SHADES; k++) rgb[3 * i + k] = s->tint[k] * s->level * 0.25f * sum;
    }
}

static void render_hand(const bf_synth_palm *p, const setting *s, const bf_synth_shape *shape,
                        const bf_synth_shot_opts *o, float *rgb)
{
    int32_t w = (int32_t)o->width_px;
    for (int32_t i = 0; i < w * (int32_t)o->height_px; i++) {
        float x, y, shade;
        to_hand(s, (float)(i % w) + 0.5f, (float)(i / w) + 0.5f, &x, &y);
        float in = bf_synth__palm_light(shape, x, y, 1.5f / s->span, &shade);
        if (in <= 0) continue;
        float v = s->ambient + s->level * shade * skin(p, s, x, y);
        for (int k = 0; k < SHADES; k++) {
            rgb[3 * i + k] += in * (s->tint[k] * v - rgb[3 * i + k]);
        }
    }
}

static bf_status to_image(bf_ctx *c, bf_synth_rng *r, const setting *s, const bf_synth_shot_opts *o,
                          float *rgb, bf_image **out)
{
    int32_t w = (int32_t)o->width_px, h = (int32_t)o->height_px;
    uint32_t channels = o->flags & BF_SYNTH_SHOT_COLOUR ? 3 : 1;
    uint8_t *px = bf_ctx_scratch(c, (size_t)(w * h), channels);
    float *spare = bf_ctx_scratch(c, 3 * (size_t)(w * h), sizeof *spare);
    if (!px || !spare) BF_FAIL_NOMEM(c);
    blur(rgb, spare, w, h, SHADES, s->blur);
    for (int32_t i = 0; i < w * h; i++) {
        const float *q = rgb + 3 * i;
        float grey[1] = {0.299f * q[0] + 0.587f * q[1] + 0.114f * q[2]};
        grey[0] *= 1.15f; /* a grey camera sees red skin lighter */
        const float *v = channels == 3 ? q : grey;
        for (uint32_t k = 0; k < channels; k++) {
            double noise = s->noise * bf_synth__rng_normal(r);
            double g = v[k] + noise + 0.5;
            px[(uint32_t)i * channels + k] = (uint8_t)(g < 0 ? 0 : g > 255 ? 255 : g);
        }
    }
    return bf_image__create(c, px, o->width_px, o->height_px, (size_t)w * channels, channels, 500,
                            out);
}

static void tell(const setting *s, const bf_synth_shape *shape, double turn,
                 const bf_synth_shot_opts *o, bf_synth_shot *out)
{
    memset(out, 0, sizeof *out);
    out->rotation_rad = (float)turn;
    out->span_px = s->span;
    out->side = s->flip < 0 ? BF_LEFT_PALM : BF_RIGHT_PALM;
    for (int32_t i = 0; i < 3 && !(o->flags & BF_SYNTH_SHOT_REGION); i++) {
        float x, y;
        bf_synth__palm_valley(shape, i + 1, &x, &y);
        to_picture(s, x, y, out->valley_px[i]);
    }
}

bf_status bf_synth__palm_shot(bf_ctx *c, const bf_synth_palm *p, const bf_synth_shot_opts *o,
                              bf_synth_shot *shot, bf_image **out)
{
    bf_synth_rng r;
    setting s;
    bf_synth_shape shape;
    double turn;
    memset(&s, 0, sizeof s);
    bf_synth__rng_seed(&r, bf_synth__mix(p->seed, bf_synth__mix(o->seed, 0x73686f74)));
    BF_TRY(draw_setting(c, &r, p, o, &s, &turn));
    float spread = (float)bf_synth__rng_range(&r, 0.45, 1.0);
    bf_synth__palm_shape(p, o->flags & BF_SYNTH_SHOT_CLOSED ? 0.0f : spread, &r, &shape);
    for (int i = 1; i < SYNTH_FINGERS && o->flags & BF_SYNTH_SHOT_FIST; i++) {
        shape.finger[i].x1 = shape.finger[i].x0;
        shape.finger[i].y1 = shape.finger[i].y0 + 0.3f;
    }
    float *rgb = bf_ctx_scratch(c, 3 * (size_t)o->width_px * o->height_px, sizeof *rgb);
    if (!rgb) BF_FAIL_NOMEM(c);
    if (o->flags & BF_SYNTH_SHOT_REGION) {
        render_region(p, &s, o, rgb);
    } else {
        BF_TRY(draw_ground(c, &r, o, rgb));
        render_hand(p, &s, &shape, o, rgb);
    }
    BF_TRY(to_image(c, &r, &s, o, rgb, out));
    if (shot) tell(&s, &shape, turn, o, shot);
    return BF_OK;
}
