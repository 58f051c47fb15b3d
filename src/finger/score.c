/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an alignment shows for and against one finger, and the logarithm of the odds made of it: a
 * logistic regression ([Hosmer2013]) on counts, fractions of the overlap, residuals and the
 * agreement of the ridge flow. Coefficients: model.c, fitted by tools/fit-finger; docs/SCORES.md.
 */
#include <math.h>
#include <string.h>

#include "finger/compare.h"
#include "kernel/kernel.h"

/* Natural logarithm, x > 0, error < 1e-5. */
static float flog(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    int32_t e = (int32_t)(bits >> 23) - 127;
    bits = (bits & 0x7fffffu) | 0x3f800000u;
    float m;
    memcpy(&m, &bits, sizeof m);
    if (m > 1.41421356f) {
        m *= 0.5f;
        e++;
    }
    float t = (m - 1) / (m + 1), z = t * t;
    return 2 * t * (1 + z * (1.0f / 3 + z * (0.2f + z * (1.0f / 7)))) + (float)e * 0.69314718f;
}

static bf_grid_map map_into(const bf_fprepared *p, const bf_pose *t)
{
    return (bf_grid_map){t->c,  t->s,  t->dx,   t->dy,  1.0f / BF_GRID_CELL,
                         p->x0, p->y0, p->cols, p->rows};
}

/* The pose that undoes t. */
static bf_pose inverse(const bf_pose *t)
{
    float n2 = t->c * t->c + t->s * t->s;
    bf_pose r = {t->c / n2, -t->s / n2, 0, 0};
    r.dx = -(r.c * t->dx + r.s * t->dy);
    r.dy = -(r.c * t->dy - r.s * t->dx);
    return r;
}

/* How deep a point lies in the print of p. */
static uint8_t depth_at(bf_ctx *c, const bf_fprepared *p, const bf_pose *t, float x, float y)
{
    float px[16] = {x}, py[16] = {y};
    int32_t cell[16];
    bf_grid_map map = map_into(p, t);
    c->kern->grid_cells(px, py, 16, &map, cell);
    return p->depth[cell[0]];
}

/* Agreement of the ridge flow in the overlap. */
typedef struct flow_sum {
    float cells, agree; /* mean cosine of the double angle, roughly */
    float close, wrong; /* shares within 2, beyond 5 steps of 32 */
} flow_sum;

static void flow_agreement(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b,
                           const bf_pose *t, flow_sum *o)
{
    static const float like[BF_FLOW_STEPS] = {1.0f,   0.98f,  0.92f,  0.83f,  0.71f,  0.56f,
                                              0.38f,  0.2f,   0.0f,   -0.2f,  -0.38f, -0.56f,
                                              -0.71f, -0.83f, -0.92f, -0.98f, -1.0f};
    int32_t turn = (bf_finger_turn(t->c, t->s) + (t->s < 0 ? -2 : 2)) / 4;
    uint32_t steps[BF_FLOW_STEPS];
    bf_grid_map map = map_into(a, t);
    c->kern->flow_steps(b->cx, b->cy, b->cell, b->cells, &map, a->grid, turn, steps);
    uint32_t n = 0, close = 0, wrong = 0;
    float sum = 0;
    for (uint32_t d = 0; d < BF_FLOW_STEPS; d++) {
        n += steps[d];
        sum += like[d] * (float)steps[d];
        if (d <= 2) close += steps[d];
        if (d >= 6) wrong += steps[d];
    }
    float share = n ? 1.0f / (float)n : 0;
    *o = (flow_sum){(float)n, sum * share, (float)close * share, (float)wrong * share};
}

/* Cores and deltas: paired, 1 each where they coincide, and alone well inside the other print. */
static void singulars(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b, const bf_pose *t,
                      float *paired, float *alone)
{
    const float reach2 = MATCH_SINGULAR_PX * MATCH_SINGULAR_PX;
    *paired = *alone = 0;
    uint8_t used[8] = {0};
    for (uint32_t j = 0; j < b->singular_count; j++) {
        const bf_fsingular *q = &b->singulars[j];
        float x = t->c * q->x + t->s * q->y + t->dx, y = t->c * q->y - t->s * q->x + t->dy;
        float best = reach2;
        uint32_t at = 8;
        for (uint32_t i = 0; i < a->singular_count; i++) {
            float dx = a->singulars[i].x - x, dy = a->singulars[i].y - y, d2 = dx * dx + dy * dy;
            if (a->singulars[i].type != q->type || d2 >= best) continue;
            best = d2;
            at = i;
        }
        if (at < 8) {
            used[at] = 1;
            *paired += 1 - best / reach2;
        } else if (depth_at(c, a, t, q->x, q->y) >= 3) {
            *alone += 1;
        }
    }
    bf_pose back = inverse(t);
    for (uint32_t i = 0; i < a->singular_count; i++) {
        const bf_fsingular *q = &a->singulars[i];
        if (!used[i] && depth_at(c, b, &back, q->x, q->y) >= 3) *alone += 1;
    }
}

/* Sums over the paired minutiae. */
typedef struct pair_sum {
    float n, q, sim, q_sim; /* count, trust, similarity, both */
    float q_near, sim_near; /* trust and similarity, times how near in place and direction */
    float tight, type;      /* within 5 px and 8/256 turn; same type less other */
    float d2, da2, bent2;   /* residuals after bending; how far bent */
    float spread; /* fourth root of the determinant of the covariance of their places, px */
} pair_sum;

static void sum_pairs(const bf_fprepared *a, const bf_fprepared *b, const bf_match_work *w,
                      const bf_matching *m, pair_sum *o)
{
    pair_sum s = {0};
    float mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
    const bf_pose *t = &m->t;
    for (uint32_t k = 0; k < m->n; k++) {
        const bf_pair *p = &m->p[k];
        float q = sqrtf(a->weight[p->i] * b->weight[p->j]),
              like = w->sim[p->i * w->of_a + p->j * w->of_b];
        float near = (1 - p->d2 * (1.0f / (MATCH_TOL2_PX * MATCH_TOL2_PX))) *
                     (1 - p->da * p->da * (1.0f / (MATCH_TURN2 * MATCH_TURN2)));
        s.n += 1;
        s.q += q;
        s.sim += like;
        s.q_sim += q * like;
        s.q_near += q * near;
        s.sim_near += like * near;
        if (p->d2 < 25 && p->da < 8 && p->da > -8) s.tight += 1;
        s.type += a->type[p->i] == b->type[p->j] ? 1.0f : -1.0f;
        s.d2 += p->d2;
        s.da2 += p->da * p->da;
        float ex = t->c * b->x[p->j] + t->s * b->y[p->j] + t->dx - m->px[p->j];
        float ey = t->c * b->y[p->j] - t->s * b->x[p->j] + t->dy - m->py[p->j];
        s.bent2 += ex * ex + ey * ey;
        float x = a->x[p->i], y = a->y[p->i];
        mx += x;
        my += y;
        xx += x * x;
        yy += y * y;
        xy += x * y;
    }
    if (m->n > 2) {
        float r = 1 / s.n;
        float vx = xx * r - mx * r * mx * r, vy = yy * r - my * r * my * r;
        float vxy = xy * r - mx * r * my * r, det = vx * vy - vxy * vxy;
        s.spread = det > 0 ? sqrtf(sqrtf(det)) : 0;
    }
    *o = s;
}

/* Minutiae that lie in the overlap: their number and trust on each side, and those left alone. */
typedef struct overlap_sum {
    float na, nb, wa, wb, alone, alone_q2;
} overlap_sum;

static void sum_side(const bf_fprepared *p, const uint8_t *depth, const int32_t *cell,
                     const uint8_t *paired, float *n, float *w, overlap_sum *o)
{
    static const float counts[4] = {0, 0.4f, 0.8f, 1.0f}; /* near the rim it may well be missed */
    for (uint32_t i = 0; i < p->count; i++) {
        float d = paired[i] ? 1 : counts[depth[cell[i]]], q = p->weight[i];
        *n += d;
        *w += d * q;
        if (paired[i]) continue;
        o->alone += d;
        o->alone_q2 += d * q * q;
    }
}

static void sum_overlap(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b,
                        const bf_matching *m, overlap_sum *o)
{
    uint8_t ua[BF_MATCH_MAX] = {0}, ub[BF_MATCH_MAX] = {0};
    int32_t cell[BF_MATCH_MAX];
    for (uint32_t k = 0; k < m->n; k++) ua[m->p[k].i] = ub[m->p[k].j] = 1;
    *o = (overlap_sum){0};
    bf_pose back = inverse(&m->t), stay = {1, 0, 0, 0};
    bf_grid_map map = map_into(b, &back);
    c->kern->grid_cells(a->x, a->y, a->stride, &map, cell);
    sum_side(a, b->depth, cell, ua, &o->na, &o->wa, o);
    map = map_into(a, &stay);
    c->kern->grid_cells(m->px, m->py, b->stride, &map, cell);
    sum_side(b, a->depth, cell, ub, &o->nb, &o->wb, o);
}

static float square(float x)
{
    return x * x;
}

static float at_most(float x, float most)
{
    return x < most ? x : most;
}

void bf_finger_measure(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b,
                       const bf_match_work *w, const bf_matching *m, bf_fscore *out)
{
    pair_sum p;
    overlap_sum o;
    flow_sum v;
    float paired, alone, *f = out->f;
    sum_pairs(a, b, w, m, &p);
    sum_overlap(c, a, b, m, &o);
    flow_agreement(c, a, b, &m->t, &v);
    singulars(c, a, b, &m->t, &paired, &alone);

    float n = p.n, r = 1 / (n + 1e-6f), flow = v.agree > 0 ? v.agree : 0;
    float both = sqrtf(o.na * o.nb), trust = sqrtf(o.wa * o.wb) + 0.5f;
    /* pairs to be expected of two prints that have nothing to do with each other */
    float window = 3.14159265f * MATCH_TOL2_PX * MATCH_TOL2_PX * (4 * MATCH_TURN2 / 256.0f);
    float chance = o.na * o.nb * window / (v.cells * (BF_GRID_CELL * BF_GRID_CELL) + 5000.0f);
    float surprise = n * (flog(n + 0.5f) - flog(chance + 0.5f)) - (n - chance);
    float share = n / (both + 1), product = p.q_sim * (p.q / trust) * flow;
    uint32_t few = a->count < b->count ? a->count : b->count;
    uint32_t many = a->count < b->count ? b->count : a->count;
    uint32_t cells = a->cells < b->cells ? a->cells : b->cells;
    float scale = sqrtf(square(m->t.c) + square(m->t.s));
    const float features[BF_FEATURES] = {
        flog(n + 1),
        flog(p.sim_near + 0.3f),
        sqrtf(p.sim_near),
        flog(p.q_sim + 0.1f),
        flog(p.q_near + 0.1f),
        flog(p.tight + 1), /* 5 */
        share,
        p.q / trust,
        p.q_sim / trust,
        surprise > 0 ? sqrtf(surprise) : 0,
        flog(o.alone + 1), /* 10 */
        sqrtf(o.alone_q2),
        flog(both + 1),
        flog(chance + 0.5f),
        v.agree,
        v.close, /* 15 */
        v.wrong,
        v.agree * flog(v.cells + 1),
        flog(v.cells + 1),
        p.type / (n + 2),
        flog(w->seeds.total + 1), /* 20 */
        flog(w->seeds.best + 1),
        m->n ? sqrtf(p.d2 * r) : 10,
        m->n ? sqrtf(p.da2 * r) : 20,
        m->n ? at_most(sqrtf(p.bent2 * r), 12) : 10,
        fabsf(scale - 1) * 20, /* 25 */
        at_most(paired, 2),
        at_most(alone, 3),
        flog((float)few + 1),
        flog((float)many + 1),
        v.cells / (float)(cells + 1), /* 30 */
        p.spread * 0.02f,
        p.sim / (n + 1),
        square(n / (both + 3)),
        p.tight / (both + 2),
        sqrtf(p.sim_near * share), /* 35 */
        sqrtf(product),
        flog(product + 0.02f),
        n * flow * 0.1f,
    };
    memcpy(f, features, sizeof features);
}

float bf_finger_model(const bf_fscore *s)
{
    float sum = bf_finger_model_bias;
    for (uint32_t k = 0; k < BF_FEATURES; k++) sum += bf_finger_model_weight[k] * s->f[k];
    return sum;
}

void bf_finger_seed_features(const bf_seeds *s, float out[BF_SEED_FEATURES])
{
    const float *fit = s->fit + s->top * s->row;
    float n = 0, x = 0, y = 0, xx = 0, yy = 0, sim = 0;
    for (uint32_t k = 0; k < s->n; k++) {
        sim += s->sim[k];
        if (k != s->top && fit[k] <= MATCH_INLIER) continue;
        n += 1;
        x += s->ax[k];
        y += s->ay[k];
        xx += s->ax[k] * s->ax[k];
        yy += s->ay[k] * s->ay[k];
    }
    float r = 1 / (n + 1e-6f), spread2 = (xx - x * x * r + yy - y * y * r) * r;
    out[0] = flog(s->best + 0.1f);
    out[1] = s->best;
    out[2] = flog(n + 1);
    out[3] = spread2 > 0 ? 0.02f * sqrtf(spread2) : 0;
    out[4] = sim / ((float)s->n + 1e-6f);
    out[5] = flog((float)s->fewer + 1);
    out[6] = flog((float)s->more + 1);
}

/*
 * A second, smaller model: can the best proposal come to anything? Of one finger, the seeds that
 * agree with the best lie apart and are alike. Coefficients: tools/fit-ceiling, all seeds and the
 * first ones.
 */
int bf_finger_hopeless(const bf_seeds *s, int first)
{
    static const float weight[2][BF_SEED_FEATURES] = {
        {10.282f, 0.88018f, -6.9011f, 2.4964f, -12.431f, -3.818f, -2.1521f},
        {6.4124f, 2.6484f, -4.8282f, 1.2202f, -5.4256f, -2.8547f, -2.2851f},
    };
    static const float bias[2] = {28.853f, 24.661f};
    float f[BF_SEED_FEATURES], odds = bias[first];
    bf_finger_seed_features(s, f);
    for (uint32_t k = 0; k < BF_SEED_FEATURES; k++) odds += weight[first][k] * f[k];
    return odds < 0;
}
