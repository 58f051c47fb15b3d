/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two templates to one raw similarity: local descriptors propose pairs, pairs that agree with one another
 * propose alignments, the best alignments are refined to a smooth deformation, and what then matches in the
 * overlap, and what does not, makes the score.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "finger/compare.h"
#include "finger/params.h"
#include "util/fmath.h"

#define SEEDS_MAX 40

typedef struct seed {
    float sim;
    float support;
    uint16_t i, j;
} seed;

static float descriptor_similarity(const uint64_t *a, const uint64_t *b)
{
    uint64_t vm = a[10] & b[10], vo = a[11] & b[11];
    int pa = 0, pb = 0, px = 0, ox = 0;
    for (int s = 0; s < BF_MCC_WORDS; s++) {
        uint64_t x = a[s] & vm, y = b[s] & vm;
        pa += __builtin_popcountll(x);
        pb += __builtin_popcountll(y);
        px += __builtin_popcountll(x ^ y);
    }
    for (int s = 0; s < BF_ORI_WORDS; s++) ox += __builtin_popcountll((a[6 + s] ^ b[6 + s]) & vo);
    int nm = __builtin_popcountll(vm), no = __builtin_popcountll(vo);
    if (nm < PARAM_MIN_CELLS || no < PARAM_MIN_POINTS) return 0;
    float sm = pa + pb < PARAM_MIN_BITS ? 0.3f : 1.0f - (float)px / (float)(pa + pb);
    float so = 1.0f - (float)ox / (float)(2 * no);
    if (so < 0) so = 0;
    return sm * (0.3f + 0.7f * so);
}

/* Best pairs: descending similarity, ties by index. */
static int seed_order(const void *a, const void *b)
{
    const seed *p = a, *q = b;
    if (p->sim != q->sim) return p->sim > q->sim ? -1 : 1;
    if (p->i != q->i) return p->i < q->i ? -1 : 1;
    return p->j < q->j ? -1 : p->j > q->j;
}
static int support_order(const void *a, const void *b)
{
    const seed *p = a, *q = b;
    if (p->support != q->support) return p->support > q->support ? -1 : 1;
    if (p->i != q->i) return p->i < q->i ? -1 : 1;
    return p->j < q->j ? -1 : p->j > q->j;
}

static int8_t adiff(uint8_t a, uint8_t b)
{
    return (int8_t)(uint8_t)(a - b);
}

typedef struct pose {
    float c, s, dx, dy; /* xa = c*xb + s*yb + dx (y down: see apply) */
} pose;

/* Rotation by angle r (1/256 turn ccw on screen) maps b into a. image coords: x' = c x + s y ; y' = -s x + c y */
static void apply(const pose *t, float x, float y, float *ox, float *oy)
{
    *ox = t->c * x + t->s * y + t->dx;
    *oy = -t->s * x + t->c * y + t->dy;
}

static float compat(const bf_fprepared *a, const bf_fprepared *b, const seed *p, const seed *q)
{
    if (p->i == q->i || p->j == q->j) return 0;
    int8_t rp = adiff(a->angle[p->i], b->angle[p->j]), rq = adiff(a->angle[q->i], b->angle[q->j]);
    int dr = adiff((uint8_t)rp, (uint8_t)rq);
    if (dr > 24 || dr < -24) return 0;
    float ax = a->x[q->i] - a->x[p->i], ay = a->y[q->i] - a->y[p->i];
    float bx = b->x[q->j] - b->x[p->j], by = b->y[q->j] - b->y[p->j];
    float la = sqrtf(ax * ax + ay * ay), lb = sqrtf(bx * bx + by * by);
    float tol = 8.0f + 0.06f * (la < lb ? la : lb);
    float dl = fabsf(la - lb);
    if (dl > tol) return 0;
    /* rotate b's vector by mean rotation of the two pairs and compare direction */
    static const float none = 0;
    (void)none;
    int r = rp + dr / -2; /* rp - dr/2 */
    float rad = (float)r * (float)(2 * BF_PI / 256);
    float cr = (float)bf_cos((double)rad), sr = (float)bf_sin((double)rad);
    float rx = cr * bx + sr * by, ry = -sr * bx + cr * by;
    float ex = ax - rx, ey = ay - ry;
    float e2 = ex * ex + ey * ey;
    float tl = 10.0f + 0.15f * (la < lb ? la : lb);
    if (e2 > tl * tl) return 0;
    return (1 - dl / tol) * (1 - e2 / (tl * tl)) * (1 - (float)(dr * dr) / (25.0f * 25.0f));
}

/* Least-squares rigid pose from weighted pairs. */
typedef struct pair {
    uint16_t i, j;
    float w;
    float d2; /* squared residual, px^2 */
    float da; /* direction residual, 1/256 turn */
} pair;

static void fit_pose(const bf_fprepared *a, const bf_fprepared *b, const pair *p, uint32_t n, pose *t)
{
    float sw = 0, ax = 0, ay = 0, bx = 0, by = 0;
    for (uint32_t k = 0; k < n; k++) {
        sw += p[k].w;
        ax += p[k].w * a->x[p[k].i];
        ay += p[k].w * a->y[p[k].i];
        bx += p[k].w * b->x[p[k].j];
        by += p[k].w * b->y[p[k].j];
    }
    ax /= sw;
    ay /= sw;
    bx /= sw;
    by /= sw;
    float dot = 0, cross = 0;
    for (uint32_t k = 0; k < n; k++) {
        float ux = a->x[p[k].i] - ax, uy = a->y[p[k].i] - ay;
        float vx = b->x[p[k].j] - bx, vy = b->y[p[k].j] - by;
        dot += p[k].w * (ux * vx + uy * vy);
        cross += p[k].w * (ux * vy - uy * vx);
    }
    float len = sqrtf(dot * dot + cross * cross);
    if (len > 1e-3f) {
        t->c = dot / len;
        t->s = cross / len;
    }
    t->dx = ax - (t->c * bx + t->s * by);
    t->dy = ay - (-t->s * bx + t->c * by);
}

typedef struct matching {
    pair p[BF_FINGER_MAX_MINUTIAE];
    uint32_t n;
    float px[BF_FINGER_MAX_MINUTIAE], py[BF_FINGER_MAX_MINUTIAE]; /* b's minutiae in a's frame */
    uint8_t pa[BF_FINGER_MAX_MINUTIAE]; /* their direction */
    pose t;
} matching;

/* One-to-one assignment, nearest first, within tolerance. */
typedef struct cand {
    float cost;
    uint16_t i, j;
} cand;
static int cand_order(const void *a, const void *b)
{
    const cand *p = a, *q = b;
    if (p->cost != q->cost) return p->cost < q->cost ? -1 : 1;
    if (p->i != q->i) return p->i < q->i ? -1 : 1;
    return p->j < q->j ? -1 : p->j > q->j;
}

static void project(const bf_fprepared *b, matching *m)
{
    int32_t rot = (int32_t)floorf((float)bf_atan2((double)m->t.s, (double)m->t.c) * (float)(128.0 / BF_PI) + 0.5f);
    for (uint32_t j = 0; j < b->count; j++) {
        apply(&m->t, b->x[j], b->y[j], &m->px[j], &m->py[j]);
        m->pa[j] = (uint8_t)(b->angle[j] + rot);
    }
}

/* Bend: move each projected minutia by the local mean of the matched pairs' residuals. */
static void bend(const bf_fprepared *a, const bf_fprepared *b, matching *m)
{
    float qx[BF_FINGER_MAX_MINUTIAE], qy[BF_FINGER_MAX_MINUTIAE];
    float rx[BF_FINGER_MAX_MINUTIAE], ry[BF_FINGER_MAX_MINUTIAE];
    memcpy(qx, m->px, sizeof qx);
    memcpy(qy, m->py, sizeof qy);
    for (uint32_t k = 0; k < m->n; k++) {
        rx[k] = a->x[m->p[k].i] - qx[m->p[k].j];
        ry[k] = a->y[m->p[k].i] - qy[m->p[k].j];
    }
    for (uint32_t j = 0; j < b->count; j++) {
        float sx = 0, sy = 0, sw = PARAM_BEND_PRIOR;
        for (uint32_t k = 0; k < m->n; k++) {
            if (m->p[k].j == j) continue; /* its own pair may not pull it home */
            float dx = qx[j] - qx[m->p[k].j], dy = qy[j] - qy[m->p[k].j];
            float d2 = dx * dx + dy * dy;
            float w = m->p[k].w / (1.0f + d2 * d2 / (PARAM_BEND_PX * PARAM_BEND_PX * PARAM_BEND_PX * PARAM_BEND_PX));
            sx += w * rx[k];
            sy += w * ry[k];
            sw += w;
        }
        m->px[j] += sx / sw;
        m->py[j] += sy / sw;
    }
}

static void assign(const bf_fprepared *a, const bf_fprepared *b, float tol, int tol_angle, matching *m)
{
    cand c[2048];
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->count; i++) {
        for (uint32_t j = 0; j < b->count; j++) {
            float dx = a->x[i] - m->px[j], dy = a->y[i] - m->py[j];
            float d2 = dx * dx + dy * dy;
            if (d2 > tol * tol) continue;
            int da = adiff(a->angle[i], m->pa[j]);
            if (da > tol_angle || da < -tol_angle) continue;
            if (n == 2048) break;
            c[n].cost = d2 / (tol * tol) + (float)(da * da) / (float)(tol_angle * tol_angle);
            c[n].i = (uint16_t)i;
            c[n++].j = (uint16_t)j;
        }
    }
    qsort(c, n, sizeof *c, cand_order);
    uint8_t ua[BF_FINGER_MAX_MINUTIAE] = {0}, ub[BF_FINGER_MAX_MINUTIAE] = {0};
    m->n = 0;
    for (uint32_t k = 0; k < n; k++) {
        if (ua[c[k].i] || ub[c[k].j]) continue;
        ua[c[k].i] = ub[c[k].j] = 1;
        pair *p = &m->p[m->n++];
        p->i = c[k].i;
        p->j = c[k].j;
        float dx = a->x[p->i] - m->px[p->j], dy = a->y[p->i] - m->py[p->j];
        p->d2 = dx * dx + dy * dy;
        p->da = (float)adiff(a->angle[p->i], m->pa[p->j]);
        p->w = (1 - 0.5f * c[k].cost) * sqrtf(a->weight[p->i] * b->weight[p->j]);
        if (p->w < 0.01f) p->w = 0.01f;
    }
}

static uint8_t grid_at(const bf_fprepared *p, float x, float y)
{
    int32_t gx = (int32_t)floorf(x / BF_GRID_CELL) - p->x0, gy = (int32_t)floorf(y / BF_GRID_CELL) - p->y0;
    if (gx < 0 || gy < 0 || gx >= p->cols || gy >= p->rows) return BF_GRID_NONE;
    return p->grid[gy * p->cols + gx];
}

/* Agreement of the ridge orientations where the prints overlap. */
static void field_agreement(const bf_fprepared *a, const bf_fprepared *b, const matching *m, float *cells, float *agree)
{
    static const float tri[17] = {1.0f, 0.98f, 0.92f, 0.83f, 0.71f, 0.56f, 0.38f, 0.2f, 0.0f, -0.2f, -0.38f, -0.56f, -0.71f, -0.83f, -0.92f, -0.98f, -1.0f};
    float rot32 = (float)bf_atan2((double)m->t.s, (double)m->t.c) * (float)(32.0 / BF_PI);
    int32_t rot = (int32_t)floorf(rot32 + 0.5f);
    int32_t n = 0;
    float sum = 0;
    for (int32_t gy = 0; gy < b->rows; gy++) {
        for (int32_t gx = 0; gx < b->cols; gx++) {
            uint8_t gb = b->grid[gy * b->cols + gx];
            if (gb == BF_GRID_NONE) continue;
            float x, y;
            apply(&m->t, ((float)(gx + b->x0) + 0.5f) * BF_GRID_CELL, ((float)(gy + b->y0) + 0.5f) * BF_GRID_CELL, &x, &y);
            uint8_t ga = grid_at(a, x, y);
            if (ga == BF_GRID_NONE) continue;
            int32_t d = (ga - gb - rot) & 31;
            if (d > 16) d = 32 - d;
            sum += tri[d];
            n++;
        }
    }
    *cells = (float)n;
    *agree = n ? sum / (float)n : 0;
}

static float measure(const bf_fprepared *a, const bf_fprepared *b, const matching *m, bf_fscore *fs)
{
    float wm = 0, sim = 0, wa = 0, wb = 0, d2 = 0, da = 0;
    for (uint32_t k = 0; k < m->n; k++) {
        const pair *p = &m->p[k];
        float q = sqrtf(a->weight[p->i] * b->weight[p->j]);
        wm += q * (1 - 0.4f * p->d2 / (PARAM_TOL2 * PARAM_TOL2));
        sim += q * descriptor_similarity(a->desc + (size_t)p->i * BF_DESC_WORDS, b->desc + (size_t)p->j * BF_DESC_WORDS);
        d2 += p->d2;
        da += p->da * p->da;
    }
    uint32_t na = 0, nb = 0;
    pose inv = {m->t.c, -m->t.s, 0, 0};
    for (uint32_t i = 0; i < a->count; i++) {
        float x, y, ux = a->x[i] - m->t.dx, uy = a->y[i] - m->t.dy;
        apply(&inv, ux, uy, &x, &y);
        if (grid_at(b, x, y) != BF_GRID_NONE) wa += a->weight[i], na++;
    }
    for (uint32_t j = 0; j < b->count; j++) {
        if (grid_at(a, m->px[j], m->py[j]) != BF_GRID_NONE) wb += b->weight[j], nb++;
    }
    float cells, agree;
    field_agreement(a, b, m, &cells, &agree);
    float n = (float)m->n;
    float both = sqrtf(wa * wb) + 1e-3f;
    fs->f[0] = n;
    fs->f[1] = wm;
    fs->f[2] = sim;
    fs->f[3] = wm / (both + 1.0f);
    fs->f[4] = n / (sqrtf((float)na * (float)nb) + 1.0f);
    fs->f[5] = agree;
    fs->f[6] = sqrtf(cells);
    fs->f[7] = m->n ? sqrtf(d2 / n) : 10;
    fs->f[8] = m->n ? sqrtf(da / n) : 20;
    fs->f[9] = sim / (wm + 0.5f);
    fs->f[10] = both;
    fs->f[11] = agree * sqrtf(cells);
    return fs->f[2] * fs->f[3] * (agree > 0 ? agree : 0);
}

static float run(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b, matching *best, bf_fscore *fs)
{
    best->n = 0;
    memset(fs, 0, sizeof *fs);
    uint32_t total = a->count * b->count;
    bf_arena_mark mark = bf_arena_save(&c->arena);
    seed *all = bf_arena_alloc(&c->arena, (total + 1) * sizeof *all);
    if (!all) return 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->count; i++) {
        for (uint32_t j = 0; j < b->count; j++) {
            float s = descriptor_similarity(a->desc + (size_t)i * BF_DESC_WORDS, b->desc + (size_t)j * BF_DESC_WORDS);
            if (s < PARAM_SIM_MIN) continue;
            all[n++] = (seed){s, 0, (uint16_t)i, (uint16_t)j};
        }
    }
    qsort(all, n, sizeof *all, seed_order);
    if (n > SEEDS_MAX) n = SEEDS_MAX;
    float score = 0;
    static const uint32_t tries = 4;
    float cm[SEEDS_MAX][SEEDS_MAX];
    for (uint32_t p = 0; p < n; p++) {
        cm[p][p] = 0;
        for (uint32_t q = p + 1; q < n; q++) cm[p][q] = cm[q][p] = compat(a, b, &all[p], &all[q]);
    }
    uint32_t idx[SEEDS_MAX];
    seed order[SEEDS_MAX];
    for (uint32_t p = 0; p < n; p++) {
        float s = all[p].sim;
        for (uint32_t q = 0; q < n; q++) s += cm[p][q] * all[q].sim;
        all[p].support = s;
        order[p] = all[p];
        idx[p] = p;
    }
    (void)idx;
    qsort(order, n, sizeof *order, support_order);
    uint8_t used[SEEDS_MAX] = {0};
    for (uint32_t k = 0, done = 0; k < n && done < tries; k++) {
        uint32_t p = 0;
        while (all[p].i != order[k].i || all[p].j != order[k].j) p++;
        if (used[p]) continue;
        done++;
        matching m;
        m.n = 0;
        m.p[m.n++] = (pair){all[p].i, all[p].j, all[p].sim, 0, 0};
        used[p] = 1;
        for (uint32_t q = 0; q < n; q++) {
            if (cm[p][q] > 0.2f) {
                m.p[m.n++] = (pair){all[q].i, all[q].j, all[q].sim * cm[p][q], 0, 0};
                if (cm[p][q] > 0.5f) used[q] = 1;
            }
        }
        /* start from the pair's own rotation where it stands alone */
        int8_t r = adiff(a->angle[all[p].i], b->angle[all[p].j]);
        float rad = (float)r * (float)(2 * BF_PI / 256);
        m.t.c = (float)bf_cos((double)rad);
        m.t.s = (float)bf_sin((double)rad);
        fit_pose(a, b, m.p, m.n, &m.t);
        project(b, &m);
        assign(a, b, PARAM_TOL1, 24, &m);
        for (int it = 0; it < 3 && m.n; it++) {
            fit_pose(a, b, m.p, m.n, &m.t);
            project(b, &m);
            if (it > 0) bend(a, b, &m);
            assign(a, b, it < 2 ? PARAM_TOL1 : PARAM_TOL2, it < 2 ? 22 : 20, &m);
            if (it == 1) {
                project(b, &m);
                bend(a, b, &m);
                assign(a, b, PARAM_TOL1, 22, &m);
            }
        }
        bf_fscore f;
        float s = measure(a, b, &m, &f);
        if (s > score || done == 1) {
            score = s;
            *best = m;
            *fs = f;
        }
    }
    bf_arena_restore(&c->arena, mark);
    return score;
}

float bf_finger_compare_features(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b, bf_match *match, bf_fscore *features)
{
    int swap = a->order > b->order;
    if (swap) {
        const bf_fprepared *t = a;
        a = b;
        b = t;
    }
    matching m = {.n = 0, .t = {1, 0, 0, 0}};
    float s = run(c, a, b, &m, features);
    if (match) {
        /* the pose maps the second of the ordered two to the first; turned round after a swap */
        float co = m.t.c, si = swap ? m.t.s : -m.t.s; /* y down: a pose turns the other way */
        match->rotation_rad = (float)bf_atan2((double)si, (double)co);
        match->dx_px = swap ? -(m.t.c * m.t.dx - m.t.s * m.t.dy) : m.t.dx;
        match->dy_px = swap ? -(m.t.s * m.t.dx + m.t.c * m.t.dy) : m.t.dy;
        match->pair_count = m.n;
        for (uint32_t k = 0; k < m.n; k++) {
            match->pairs[k].a = swap ? m.p[k].j : m.p[k].i;
            match->pairs[k].b = swap ? m.p[k].i : m.p[k].j;
            match->pairs[k].weight = m.p[k].w;
        }
    }
    return s;
}

float bf_finger_compare(bf_ctx *c, const void *a, const void *b, float at_least, bf_match *match)
{
    (void)at_least;
    bf_fscore features;
    return bf_finger_compare_features(c, a, b, match, &features);
}
