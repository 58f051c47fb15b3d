/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ridge flow: half the sum of the arguments seen from the cores minus those seen from the
 * deltas [Sherlock1993, eq. 1], each argument corrected as in [Vizcaya1996]. What we changed: their
 * correction is piecewise linear in the argument; ours is the first two terms of its Fourier
 * series, which has no kinks. Their field flattens away from the singular points, while real flanks
 * stay steep around the tip, so a slope term without singularities is added (arch_*), a hill for
 * the plain arch (bump_*), a rotation around the centre that makes spirals and S-shaped double
 * loops (spiral_*), and smooth noise. None of the added terms can create or move a singular point.
 */
#include <math.h>
#include <string.h>

#include "synth/synth.h"
#include "util/fmath.h"

/* -1..1, slope 1 at 0 */
static double saturate(double t)
{
    return t / sqrt(1.0 + t * t);
}

static double corrected_argument(const bf_synth_pole *p, double x, double y)
{
    double a = bf_atan2(y - p->y, x - p->x);
    return a + p->amp[0] * bf_sin(a + p->phase[0]) + p->amp[1] * bf_sin(2 * a + p->phase[1]);
}

double bf_synth__model_angle(const bf_synth_model *m, double x, double y)
{
    double sum = 0;
    for (uint32_t i = 0; i < m->core_count; i++) sum += corrected_argument(&m->core[i], x, y);
    for (uint32_t i = 0; i < m->delta_count; i++) sum -= corrected_argument(&m->delta[i], x, y);
    double angle = 0.5 * sum;
    double above = 0.5 + 0.5 * saturate((y - m->arch_y) / m->arch_soft_px);
    angle -= m->arch_rad * above * saturate((x - m->arch_x) / m->arch_half_px);
    if (m->bump_rad != 0) {
        double bx = (x - m->arch_x) / m->bump_sx, by = (y - m->bump_y) / m->bump_sy;
        angle -= m->bump_rad * bx * bf_exp(0.5 - 0.5 * (bx * bx + by * by));
    }
    if (m->spiral_rad != 0) {
        double sx = x - m->spiral_x, sy = y - m->spiral_y;
        double d2 = (sx * sx + sy * sy) / (m->spiral_px * m->spiral_px);
        angle += m->spiral_rad * bf_exp(-0.5 * d2);
    }
    return angle + SYNTH_WAVE_RAD * bf_synth__field_at(&m->wave, (float)(x + SYNTH_MASTER_W_PX / 2),
                                                       (float)(SYNTH_MASTER_H_PX / 2 - y));
}

double bf_synth__model_period(const bf_synth_model *m, double x, double y)
{
    double smooth = bf_synth__field_at(&m->period, (float)(x + SYNTH_MASTER_W_PX / 2),
                                       (float)(SYNTH_MASTER_H_PX / 2 - y));
    double below = (m->period_centre_y - y) / (SYNTH_MASTER_H_PX / 2);
    double p = m->mean_period_px *
               (1.0 + SYNTH_PERIOD_VARIATION * smooth + SYNTH_PERIOD_BELOW_GAIN * below);
    if (p < SYNTH_PERIOD_MIN_PX) return SYNTH_PERIOD_MIN_PX;
    return p > SYNTH_PERIOD_MAX_PX ? SYNTH_PERIOD_MAX_PX : p;
}

double bf_synth__model_opening(const bf_synth_model *m, uint32_t i)
{
    double best = 0, best_error = 10;
    for (int k = 0; k < 256; k++) {
        double a = k * (2 * BF_PI / 256);
        double t =
            bf_synth__model_angle(m, m->core[i].x + 6 * bf_cos(a), m->core[i].y + 6 * bf_sin(a));
        double error = fabs(bf_sin(t - a));
        if (error < best_error) {
            best_error = error;
            best = a;
        }
    }
    return best;
}

static void pole_draw(bf_synth_rng *r, double x, double y, bf_synth_pole *out)
{
    out->x = x;
    out->y = y;
    out->amp[0] = SYNTH_VG_AMP1_RAD * bf_synth__rng_unit(r);
    out->amp[1] = SYNTH_VG_AMP2_RAD * bf_synth__rng_unit(r);
    out->phase[0] = bf_synth__rng_range(r, -BF_PI, BF_PI);
    out->phase[1] = bf_synth__rng_range(r, -BF_PI, BF_PI);
}

/*
 * Uncorrected, the ridges beside a core stand at 45 degrees to the way it opens: a parabola. Real
 * loops are narrower, a U with nearly parallel legs: turn the sides towards the opening.
 */
static void narrow_cores(bf_synth_rng *r, bf_synth_model *m)
{
    int whorl = m->pattern == BF_SYNTH_WHORL;
    double lo = whorl ? SYNTH_WHORL_NARROW_LO_RAD : SYNTH_LOOP_NARROW_LO_RAD;
    double hi = whorl ? SYNTH_WHORL_NARROW_HI_RAD : SYNTH_LOOP_NARROW_HI_RAD;
    double opening[2] = {0};
    for (uint32_t i = 0; i < m->core_count; i++) m->core[i].amp[0] = 0;
    for (uint32_t i = 0; i < m->core_count; i++) opening[i] = bf_synth__model_opening(m, i);
    for (uint32_t i = 0; i < m->core_count; i++) {
        m->core[i].amp[0] = bf_synth__rng_range(r, lo, hi);
        m->core[i].phase[0] = BF_PI - opening[i];
    }
}

static void draw_plain_arch(bf_synth_rng *r, bf_synth_model *m)
{
    m->bump_rad = bf_synth__rng_range(r, 0.35, 0.85);
    m->bump_y = bf_synth__rng_range(r, -60, 30);
    m->bump_sx = bf_synth__rng_range(r, 50, 90);
    m->bump_sy = bf_synth__rng_range(r, 60, 110);
    m->arch_rad *= 0.8;
}

static void draw_tented_arch(bf_synth_rng *r, bf_synth_model *m)
{
    double x = bf_synth__rng_range(r, -15, 15), y = bf_synth__rng_range(r, -40, 30);
    m->core_count = m->delta_count = 1;
    pole_draw(r, x, y, &m->core[0]);
    double dx = bf_synth__rng_range(r, -12, 12), dy = bf_synth__rng_range(r, 60, 110);
    pole_draw(r, x + dx, y - dy, &m->delta[0]);
    m->arch_rad *= 0.9;
}

/* side: 1 opens to the right, -1 to the left */
static void draw_loop(bf_synth_rng *r, double side, bf_synth_model *m)
{
    double x = side * bf_synth__rng_range(r, -20, 25), y = bf_synth__rng_range(r, -15, 50);
    m->core_count = m->delta_count = 1;
    pole_draw(r, x, y, &m->core[0]);
    double dx = bf_synth__rng_range(r, 45, 145), dy = bf_synth__rng_range(r, 65, 180);
    pole_draw(r, x - side * dx, y - dy, &m->delta[0]);
}

/* Two cores and two deltas; tilt turns the line through the cores. */
static void draw_whorl(bf_synth_rng *r, double apart_px, double tilt_rad, bf_synth_model *m)
{
    double x = bf_synth__rng_range(r, -22, 22), y = bf_synth__rng_range(r, -10, 45);
    double dx = 0.5 * apart_px * bf_sin(tilt_rad), dy = 0.5 * apart_px * bf_cos(tilt_rad);
    m->core_count = m->delta_count = 2;
    pole_draw(r, x + dx, y + dy, &m->core[0]);
    pole_draw(r, x - dx, y - dy, &m->core[1]);
    for (int i = 0; i < 2; i++) {
        double out = bf_synth__rng_range(r, 80, 165), down = bf_synth__rng_range(r, 70, 175);
        pole_draw(r, i ? x + out : x - out, y - down, &m->delta[i]);
    }
    m->arch_rad *= bf_synth__rng_range(r, 0.15, 0.6);
    m->spiral_x = x + bf_synth__rng_range(r, -20, 20);
    m->spiral_y = y + bf_synth__rng_range(r, -20, 20);
    m->spiral_px = apart_px * bf_synth__rng_range(r, 0.6, 1.6) + 10;
}

static void draw_pattern(bf_synth_rng *r, bf_synth_model *m)
{
    double hand = bf_synth__rng_below(r, 2) ? 1 : -1;
    double apart = bf_synth__rng_unit(r), tilt = bf_synth__rng_unit(r);
    switch (m->pattern) {
    case BF_SYNTH_PLAIN_ARCH: draw_plain_arch(r, m); return;
    case BF_SYNTH_TENTED_ARCH: draw_tented_arch(r, m); return;
    case BF_SYNTH_LEFT_LOOP: draw_loop(r, -1, m); return;
    case BF_SYNTH_RIGHT_LOOP: draw_loop(r, 1, m); return;
    case BF_SYNTH_WHORL:
        draw_whorl(r, 14 + 56 * apart, -0.5 + 1.0 * tilt, m);
        m->spiral_rad = hand * bf_synth__rng_range(r, 0.0, 0.7);
        return;
    default:
        draw_whorl(r, 50 + 55 * apart, hand * (0.1 + 0.9 * tilt), m);
        m->spiral_rad = hand * bf_synth__rng_range(r, 0.6, 1.3);
        return;
    }
}

static uint32_t natural_pattern(bf_synth_rng *r)
{
    static const uint32_t share[6] = {SYNTH_SHARE_PLAIN_ARCH, SYNTH_SHARE_TENTED_ARCH,
                                      SYNTH_SHARE_LEFT_LOOP,  SYNTH_SHARE_RIGHT_LOOP,
                                      SYNTH_SHARE_WHORL,      SYNTH_SHARE_DOUBLE_LOOP};
    uint32_t draw = bf_synth__rng_below(r, 1000), i = 0;
    while (i < 5 && draw >= share[i]) draw -= share[i++];
    return BF_SYNTH_PLAIN_ARCH + i;
}

bf_status bf_synth__model_draw(bf_ctx *c, bf_synth_rng *r, uint32_t pattern, bf_synth_model *out)
{
    memset(out, 0, sizeof *out);
    uint32_t natural = natural_pattern(r);
    out->pattern = pattern ? pattern : natural;
    out->arch_rad = bf_synth__rng_range(r, SYNTH_ARCH_LO_RAD, SYNTH_ARCH_HI_RAD);
    out->arch_x = bf_synth__rng_range(r, -25, 25);
    out->arch_half_px = bf_synth__rng_range(r, 80, 170);
    out->arch_y = bf_synth__rng_range(r, -80, 25);
    out->arch_soft_px = bf_synth__rng_range(r, 40, 100);
    draw_pattern(r, out);
    out->mean_period_px = bf_synth__rng_range(r, SYNTH_PERIOD_MEAN_LO_PX, SYNTH_PERIOD_MEAN_HI_PX);
    out->period_centre_y = out->core_count ? out->core[0].y : 0;
    BF_TRY(bf_synth__field_make(c, r, SYNTH_MASTER_W_PX, SYNTH_MASTER_H_PX, SYNTH_WAVE_CELL_PX,
                                &out->wave));
    narrow_cores(r, out);
    return bf_synth__field_make(c, r, SYNTH_MASTER_W_PX, SYNTH_MASTER_H_PX, SYNTH_PERIOD_CELL_PX,
                                &out->period);
}
