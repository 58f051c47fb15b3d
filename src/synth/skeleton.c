/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ground truth of a master: thin the ridges to lines and read the minutiae off the
 * lines. The crossing number finds them, the model's ridge direction gives the angle to a fraction
 * of a degree, and following the line for SYNTH_TRACE_PX only decides its sign. Where the lines
 * turn too fast for that (inside a core) the followed line gives the angle.
 */
#include <math.h>
#include <string.h>

#include "synth/synth.h"
#include "util/fmath.h"

enum { W = SYNTH_MASTER_W_PX, H = SYNTH_MASTER_H_PX };

/* The eight neighbours, clockwise from above. */
static const int8_t step_x[8] = {0, 1, 1, 1, 0, -1, -1, -1};
static const int8_t step_y[8] = {-1, -1, 0, 1, 1, 1, 0, -1};

static unsigned neighbours(const uint8_t *p)
{
    unsigned bits = 0;
    for (int i = 0; i < 8; i++) bits |= (unsigned)p[step_y[i] * W + step_x[i]] << i;
    return bits;
}

static int crossings(unsigned bits)
{
    unsigned turned = ((bits << 1) | (bits >> 7)) & 0xff;
    int n = 0;
    for (unsigned d = bits ^ turned; d; d &= d - 1) n++;
    return n / 2;
}

static int count_bits(unsigned bits)
{
    int n = 0;
    for (; bits; bits &= bits - 1) n++;
    return n;
}

/* May a pixel with these neighbours go? It may not be an end, and taking it away may neither cut
 * nor join anything (8-connected; Yokoi's number is 1). */
static int removable(unsigned b)
{
    int pieces = 0;
    if (count_bits(b) < 2) return 0;
    for (int k = 0; k < 8; k += 2) {
        unsigned three = (b | b << 8) >> k & 7;
        pieces += !(three & 1) - (three == 0);
    }
    return pieces == 1;
}

/* Peel one side at a time; what was fit to go is asked again when its turn comes. */
bf_status bf_synth__thin(bf_ctx *c, const float *relief, uint8_t *out)
{
    uint32_t *edge = bf_ctx_scratch(c, SYNTH_MASTER_PX, sizeof *edge);
    uint8_t verdict[256];
    if (!edge) BF_FAIL_NOMEM(c);
    for (unsigned b = 0; b < 256; b++) verdict[b] = (uint8_t)removable(b);
    for (int i = 0; i < SYNTH_MASTER_PX; i++) {
        int x = i % W, y = i / W;
        out[i] = relief[i] > 0 && x > 0 && y > 0 && x < W - 1 && y < H - 1;
    }
    for (int changed = 1; changed;) {
        changed = 0;
        for (int side = 0; side < 4; side++) {
            static const uint8_t order[4] = {0, 4, 2, 6}; /* above, below, right, left */
            size_t n = 0;
            for (uint32_t i = W; i < SYNTH_MASTER_PX - W; i++) {
                if (!out[i]) continue;
                unsigned b = neighbours(out + i);
                if (!(b >> order[side] & 1) && verdict[b]) edge[n++] = i;
            }
            for (size_t k = 0; k < n; k++) {
                if (!verdict[neighbours(out + edge[k])]) continue;
                out[edge[k]] = 0;
                changed = 1;
            }
        }
    }
    return BF_OK;
}

/* Follow the line from (x, y), leaving in direction k; returns the offset reached. */
static int follow(const uint8_t *sk, int x, int y, int k, double *out_dx, double *out_dy)
{
    int x0 = x, y0 = y, n = 1, from = k;
    x += step_x[k];
    y += step_y[k];
    while (n < SYNTH_TRACE_PX) {
        const uint8_t *p = sk + y * W + x;
        if (x < 1 || y < 1 || x >= W - 1 || y >= H - 1) break;
        unsigned b = neighbours(p);
        if (crossings(b) > 2) break;
        int next = -1, best = 3; /* straightest way on; turns of up to 90 degrees */
        for (int i = 0; i < 8; i++) {
            int turn = (i - from) & 7;
            if (turn > 4) turn = 8 - turn;
            if ((b >> i & 1) && turn < best) {
                best = turn;
                next = i;
            }
        }
        if (next < 0) break;
        x += step_x[next];
        y += step_y[next];
        from = next;
        n++;
    }
    *out_dx = x - x0;
    *out_dy = y - y0;
    return n;
}

/* The model's ridge direction at (x, y), the one of its two senses that is nearer to `traced`. */
static double directed(const bf_synth_model *m, int x, int y, double traced)
{
    double a = bf_synth__model_angle(m, x - W / 2, H / 2 - y);
    double agree = bf_cos(a - traced);
    if (agree < 0) {
        a += BF_PI;
        agree = -agree;
    }
    if (agree < 0.8) a = traced;
    a -= 2 * BF_PI * floor(a / (2 * BF_PI));
    return a < 2 * BF_PI ? a : 0;
}

static int ending(const uint8_t *sk, int x, int y, unsigned b, double *out_traced)
{
    int k = 0;
    while (!(b >> k & 1)) k++;
    double dx, dy;
    if (follow(sk, x, y, k, &dx, &dy) < SYNTH_TRACE_PX / 2) return 0;
    *out_traced = bf_atan2(-dy, dx);
    return 1;
}

/* The branch that is not the stem: the stem makes the widest angles with the two others. */
static int bifurcation(const uint8_t *sk, int x, int y, unsigned b, double *out_traced)
{
    double arm[3];
    int n = 0;
    for (int k = 0; k < 8 && n < 3; k++) {
        int here = b >> k & 1, before = b >> ((k + 7) & 7) & 1;
        if (!here || before) continue;
        double dx, dy;
        if (follow(sk, x, y, k, &dx, &dy) < SYNTH_TRACE_PX / 2) return 0;
        arm[n++] = bf_atan2(-dy, dx);
    }
    if (n < 3) return 0;
    int stem = 0;
    double least = 10;
    for (int i = 0; i < 3; i++) {
        double sum = bf_cos(arm[i] - arm[(i + 1) % 3]) + bf_cos(arm[i] - arm[(i + 2) % 3]);
        if (sum < least) {
            least = sum;
            stem = i;
        }
    }
    double p = arm[(stem + 1) % 3], q = arm[(stem + 2) % 3];
    *out_traced = bf_atan2(bf_sin(p) + bf_sin(q), bf_cos(p) + bf_cos(q));
    return 1;
}

/* Branches that meet in a cluster of pixels are one bifurcation: the first pixel stands for it. */
static int seen_already(const bf_minutia *m, size_t n, int x, int y)
{
    while (n--) {
        if (m[n].type == BF_MINUTIA_BIFURCATION && fabsf(m[n].x_px - (float)x) <= 2 &&
            fabsf(m[n].y_px - (float)y) <= 2) {
            return 1;
        }
    }
    return 0;
}

/* Drop every minutia that has another one closer than SYNTH_SPUR_PX. */
static size_t drop_close(bf_minutia *m, size_t n)
{
    uint8_t close[2 * SYNTH_MINUTIAE_MAX] = {0};
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            double dx = m[i].x_px - m[j].x_px, dy = m[i].y_px - m[j].y_px;
            if (dx * dx + dy * dy < SYNTH_SPUR_PX * SYNTH_SPUR_PX) close[i] = close[j] = 1;
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (!close[i]) m[kept++] = m[i];
    }
    return kept;
}

bf_status bf_synth__minutiae(bf_ctx *c, const uint8_t *skeleton, const bf_synth_model *m,
                             bf_minutia *out, size_t *out_count)
{
    size_t n = 0, cap = 2 * SYNTH_MINUTIAE_MAX;
    bf_minutia *all = bf_ctx_scratch(c, cap, sizeof *all);
    if (!all) BF_FAIL_NOMEM(c);
    for (int y = 1; y < H - 1; y++) {
        for (int x = 1; x < W - 1 && n < cap; x++) {
            const uint8_t *p = skeleton + y * W + x;
            if (!*p || !bf_synth__skin(x, y, SYNTH_TRUTH_MARGIN_PX)) continue;
            unsigned b = neighbours(p);
            int cn = crossings(b);
            double traced;
            uint32_t type = cn == 1 ? BF_MINUTIA_ENDING : BF_MINUTIA_BIFURCATION;
            if (cn == 1 ? !ending(skeleton, x, y, b, &traced)
                        : cn != 3 || seen_already(all, n, x, y) ||
                              !bifurcation(skeleton, x, y, b, &traced)) {
                continue;
            }
            all[n++] =
                (bf_minutia){(float)x, (float)y, (float)directed(m, x, y, traced), type, 100};
        }
    }
    n = drop_close(all, n);
    if (n > SYNTH_MINUTIAE_MAX) n = SYNTH_MINUTIAE_MAX;
    memcpy(out, all, n * sizeof *all);
    *out_count = n;
    return BF_OK;
}
