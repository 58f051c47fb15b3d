/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cores and deltas: the zeros of the double-angle orientation field, around which it turns once
 * forward (core) or once backward (delta), which is the Poincare index of [Kawagoe1984] without its
 * angles.
 */
#include <math.h>

#include "bonafide/inspect.h"
#include "finger/finger.h"
#include "finger/params.h"
#include "finger/phase.h"
#include "util/fmath.h"

#define CAP 64

/* Share of the ring of the given radius that is print, and how well the field there fits a turn of
 * `sign` around the centre: 0..1. *out_turn is the phase of that turn (rad). */
static float ring_fit(const bf_field *f, const float *c2, const float *s2, float x, float y,
                      float radius, int32_t sign, double *out_turn)
{
    float re = 0, im = 0, n = 0;
    for (int32_t k = 0; k < 16; k++) {
        double a = 2 * BF_PI * k / 16;
        int32_t cx = (int32_t)floorf(x + radius * (float)bf_cos(a) + 0.5f);
        int32_t cy = (int32_t)floorf(y - radius * (float)bf_sin(a) + 0.5f);
        n += 1;
        if (cx < 0 || cy < 0 || cx >= f->cols || cy >= f->rows) continue;
        int32_t i = cy * f->cols + cx;
        if (!f->mask[i]) continue;
        float len = sqrtf(c2[i] * c2[i] + s2[i] * s2[i]) + 1e-6f;
        float c = (float)bf_cos(sign * a), s = (float)bf_sin(sign * a);
        re += (c2[i] * c + s2[i] * s) / len;
        im += (s2[i] * c - c2[i] * s) / len;
    }
    *out_turn = bf_atan2((double)im, (double)re);
    return sqrtf(re * re + im * im) / n;
}

bf_status bf_finger_singulars(bf_ctx *c, const bf_field *f, bf_features *out)
{
    size_t n = (size_t)f->cols * (size_t)f->rows;
    float *c2 = bf_ctx_scratch(c, n, sizeof *c2), *s2 = bf_ctx_scratch(c, n, sizeof *s2);
    out->singulars = bf_ctx_scratch(c, CAP, sizeof *out->singulars);
    float *fit = bf_ctx_scratch(c, CAP, sizeof *fit);
    if (!c2 || !s2 || !out->singulars || !fit) BF_FAIL_NOMEM(c);
    for (size_t i = 0; i < n; i++) {
        c2[i] = f->mask[i] ? f->cos2[i] : 0;
        s2[i] = f->mask[i] ? f->sin2[i] : 0;
    }
    BF_TRY(bf_cells_smooth(c, c2, f->cols, f->rows, PARAM_SINGULAR_SMOOTH));
    BF_TRY(bf_cells_smooth(c, s2, f->cols, f->rows, PARAM_SINGULAR_SMOOTH));
    uint32_t count = 0;
    for (int32_t y = 0; y + 1 < f->rows; y++) {
        for (int32_t x = 0; x + 1 < f->cols; x++) {
            int32_t i = y * f->cols + x, d = i + f->cols;
            if (!f->mask[i] || !f->mask[i + 1] || !f->mask[d] || !f->mask[d + 1]) continue;
            float re[4] = {c2[i], c2[d], c2[d + 1], c2[i + 1]};
            float im[4] = {s2[i], s2[d], s2[d + 1], s2[i + 1]};
            int32_t w = bf_phase_winding(re, im);
            if (!w || count == CAP) continue;
            float dx, dy;
            double turn;
            bf_phase_zero(re, im, &dx, &dy);
            float sx = (float)x + dx, sy = (float)y + dy;
            fit[count] = ring_fit(f, c2, s2, sx, sy, PARAM_SINGULAR_RING, w, &turn);
            if (fit[count] < PARAM_SINGULAR_FIT) continue;
            double turns = turn / (2 * BF_PI);
            bf_fsingular *s = &out->singulars[count++];
            s->x = (sx + 0.5f) * BF_FINGER_CELL - 0.5f;
            s->y = (sy + 0.5f) * BF_FINGER_CELL - 0.5f;
            s->type = w > 0 ? BF_SINGULAR_CORE : BF_SINGULAR_DELTA;
            s->angle = w > 0 ? (uint8_t)((int32_t)floor(turns * 256 + 0.5) & 255) : 0;
        }
    }
    /* One of two of the same kind too close together is noise: the better fit stays. At most 8. */
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        int stays = 1;
        for (uint32_t k = 0; k < count; k++) {
            float dx = out->singulars[i].x - out->singulars[k].x,
                  dy = out->singulars[i].y - out->singulars[k].y;
            if (k == i || dx * dx + dy * dy > PARAM_SINGULAR_APART * PARAM_SINGULAR_APART) continue;
            if (fit[k] > fit[i] || (fit[k] == fit[i] && k < i)) stays = 0;
        }
        if (stays && kept < 8) {
            fit[kept] = fit[i];
            out->singulars[kept++] = out->singulars[i];
        }
    }
    out->singular_count = kept;
    return BF_OK;
}
