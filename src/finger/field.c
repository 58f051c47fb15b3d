/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Orientation and frequency of the ridges, one value a cell.
 *
 * Orientation: structure tensor ([Kass1987], [Bazen2002] eq. 5-9), summed over cells and smoothed
 * as a double-angle vector, so that opposite gradients do not cancel. Frequency: how fast the
 * enhanced picture changes, as the ratio of the energy of its differences to its own.
 */
#include <math.h>
#include <string.h>

#include "finger/finger.h"
#include "finger/params.h"
#include "util/fmath.h"

void bf_angles_init(bf_angles *a)
{
    for (int32_t i = 0; i < BF_FINGER_ANGLES; i++) {
        double t = BF_PI * i / BF_FINGER_ANGLES;
        a->cos[i] = (float)bf_cos(t);
        a->sin[i] = (float)bf_sin(t);
    }
}

bf_status bf_cells_smooth(bf_ctx *c, float *map, int32_t cols, int32_t rows, float sigma_cells)
{
    int32_t r = (int32_t)(sigma_cells * 2.5f + 0.5f);
    if (r < 1) return BF_OK;
    float taps[64], sum = 0;
    if (r > 31) r = 31;
    for (int32_t k = -r; k <= r; k++) {
        taps[k + r] = (float)bf_exp(-0.5 * k * k / ((double)sigma_cells * (double)sigma_cells));
        sum += taps[k + r];
    }
    for (int32_t k = 0; k <= 2 * r; k++) taps[k] /= sum;
    bf_arena_mark mark = bf_arena_save(&c->arena);
    float *tmp = bf_ctx_scratch(c, (size_t)cols * (size_t)rows, sizeof *tmp);
    if (!tmp) BF_FAIL_NOMEM(c);
    for (int32_t y = 0; y < rows; y++) {
        for (int32_t x = 0; x < cols; x++) {
            float s = 0;
            for (int32_t k = -r; k <= r; k++) {
                int32_t xx = x + k;
                if (xx >= 0 && xx < cols) s += taps[k + r] * map[y * cols + xx];
            }
            tmp[y * cols + x] = s;
        }
    }
    for (int32_t y = 0; y < rows; y++) {
        float *dst = map + (ptrdiff_t)y * cols;
        memset(dst, 0, (size_t)cols * sizeof *dst);
        for (int32_t k = -r; k <= r; k++) {
            int32_t yy = y + k;
            if (yy < 0 || yy >= rows) continue;
            const float *src = tmp + (ptrdiff_t)yy * cols;
            for (int32_t x = 0; x < cols; x++) dst[x] += taps[k + r] * src[x];
        }
    }
    bf_arena_restore(&c->arena, mark);
    return BF_OK;
}

static void cell_tensor(const bf_plane *p, int32_t cx, int32_t cy, float *dxx, float *dxy,
                        float *sum)
{
    float xx = 0, yy = 0, xy = 0;
    for (int32_t y = 0; y < BF_FINGER_CELL; y++) {
        const float *m =
            p->px + (ptrdiff_t)(cy * BF_FINGER_CELL + y) * p->stride + cx * BF_FINGER_CELL;
        const float *u = m - p->stride, *d = m + p->stride;
        for (int32_t x = 0; x < BF_FINGER_CELL; x++) {
            float gx =
                3 * (u[x + 1] - u[x - 1]) + 10 * (m[x + 1] - m[x - 1]) + 3 * (d[x + 1] - d[x - 1]);
            float gy = 3 * (d[x - 1] - u[x - 1]) + 10 * (d[x] - u[x]) + 3 * (d[x + 1] - u[x + 1]);
            xx += gx * gx;
            yy += gy * gy;
            xy += gx * gy;
        }
    }
    *dxx = yy - xx;
    *dxy = 2 * xy;
    *sum = xx + yy;
}

int32_t bf_orientation_steps(float cos2, float sin2, int32_t steps)
{
    double turns = bf_atan2((double)sin2, (double)cos2) * (0.5 / BF_PI);
    return (int32_t)floor(turns * steps + 0.5) & (steps - 1);
}

/* Orientation of every patch, bilinear between the cell centres. */
static void patch_angles(bf_field *f)
{
    for (int32_t py = 0; py < 2 * f->rows; py++) {
        /* a patch centre lies a quarter cell from its cell's centre */
        int32_t y0 = py / 2, y1 = py & 1 ? y0 + 1 : y0 - 1;
        y1 = y1 < 0 ? 0 : y1 >= f->rows ? f->rows - 1 : y1;
        for (int32_t px = 0; px < 2 * f->cols; px++) {
            int32_t x0 = px / 2, x1 = px & 1 ? x0 + 1 : x0 - 1;
            x1 = x1 < 0 ? 0 : x1 >= f->cols ? f->cols - 1 : x1;
            int32_t i00 = y0 * f->cols + x0, i01 = y0 * f->cols + x1;
            int32_t i10 = y1 * f->cols + x0, i11 = y1 * f->cols + x1;
            float c2 = 9 * f->cos2[i00] + 3 * (f->cos2[i01] + f->cos2[i10]) + f->cos2[i11];
            float s2 = 9 * f->sin2[i00] + 3 * (f->sin2[i01] + f->sin2[i10]) + f->sin2[i11];
            f->angle[py * 2 * f->cols + px] =
                (uint8_t)bf_orientation_steps(c2, s2, BF_FINGER_ANGLES);
        }
    }
}

bf_status bf_finger_orientation(bf_ctx *c, const bf_plane *pic, float smooth_cells, bf_field *f)
{
    int32_t n = f->cols * f->rows;
    bf_arena_mark mark = bf_arena_save(&c->arena);
    float *energy = bf_ctx_scratch(c, (size_t)n, sizeof *energy);
    if (!energy) BF_FAIL_NOMEM(c);
    for (int32_t cy = 0; cy < f->rows; cy++) {
        for (int32_t cx = 0; cx < f->cols; cx++) {
            int32_t i = cy * f->cols + cx;
            cell_tensor(pic, cx, cy, &f->cos2[i], &f->sin2[i], &energy[i]);
        }
    }
    BF_TRY(bf_cells_smooth(c, f->cos2, f->cols, f->rows, smooth_cells));
    BF_TRY(bf_cells_smooth(c, f->sin2, f->cols, f->rows, smooth_cells));
    BF_TRY(bf_cells_smooth(c, energy, f->cols, f->rows, smooth_cells));
    for (int32_t i = 0; i < n; i++) {
        float e = energy[i] + 1e-6f;
        f->cos2[i] /= e;
        f->sin2[i] /= e;
    }
    bf_arena_restore(&c->arena, mark);
    patch_angles(f);
    return BF_OK;
}

/* Energy of a cell and of its differences over two pixels, every second row. */
static void cell_waviness(const bf_plane *p, ptrdiff_t at, float *out_steps, float *out_all)
{
    float steps = 0, all = 0;
    for (int32_t y = 0; y < BF_FINGER_CELL; y += 2) {
        const float *e = p->px + at + y * p->stride;
        for (int32_t x = 0; x < BF_FINGER_CELL; x++) {
            float gx = e[x + 1] - e[x - 1], gy = e[x + p->stride] - e[x - p->stride];
            steps += gx * gx + gy * gy;
            all += e[x] * e[x];
        }
    }
    *out_steps = steps;
    *out_all = all;
}

bf_status bf_finger_frequency(bf_ctx *c, const bf_plane *even, bf_field *f)
{
    /* For a wave of w radians a pixel the ratio of the two is (2 sin w)^2 on a straight ridge. */
    int32_t n = f->cols * f->rows;
    bf_arena_mark mark = bf_arena_save(&c->arena);
    float *steps = bf_ctx_scratch(c, (size_t)n, sizeof *steps);
    float *all = bf_ctx_scratch(c, (size_t)n, sizeof *all);
    if (!steps || !all) BF_FAIL_NOMEM(c);
    for (int32_t i = 0; i < n; i++) {
        ptrdiff_t at = ((ptrdiff_t)(i / f->cols) * even->stride + i % f->cols) * BF_FINGER_CELL;
        cell_waviness(even, at, &steps[i], &all[i]);
    }
    BF_TRY(bf_cells_smooth(c, steps, f->cols, f->rows, PARAM_FREQ_SMOOTH));
    BF_TRY(bf_cells_smooth(c, all, f->cols, f->rows, PARAM_FREQ_SMOOTH));
    for (int32_t i = 0; i < n; i++) {
        float sine = sqrtf(steps[i] / (all[i] + 1e-6f)) * 0.5f;
        if (sine > 1.0f) sine = 1.0f;
        float cosine = sqrtf(1.0f - sine * sine);
        float freq = (float)(bf_atan2((double)sine, (double)cosine) * (0.5 / BF_PI));
        const float low = 1.0f / PARAM_PERIOD_MAX, high = 1.0f / PARAM_PERIOD_MIN;
        f->freq[i] = freq < low ? low : freq > high ? high : freq;
    }
    bf_arena_restore(&c->arena, mark);
    return BF_OK;
}
