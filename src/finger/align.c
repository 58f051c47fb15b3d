/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "finger/compare.h"
#include "kernel/kernel.h"

static int32_t turn_diff(int32_t a, int32_t b)
{
    return (int8_t)(uint8_t)(a - b);
}

static void fit_pose(const bf_fprepared *a, const bf_fprepared *b, const bf_pair *p, uint32_t n,
                     bf_pose *t)
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
    float dot = 0, cross = 0, uu = 0, vv = 0;
    for (uint32_t k = 0; k < n; k++) {
        float ux = a->x[p[k].i] - ax, uy = a->y[p[k].i] - ay;
        float vx = b->x[p[k].j] - bx, vy = b->y[p[k].j] - by;
        dot += p[k].w * (ux * vx + uy * vy);
        cross += p[k].w * (ux * vy - uy * vx);
        uu += p[k].w * (ux * ux + uy * uy);
        vv += p[k].w * (vx * vx + vy * vy);
    }
    float len = sqrtf(dot * dot + cross * cross);
    if (len > 1e-3f) {
        float scale = sqrtf((uu + MATCH_SCALE_PRIOR) / (vv + MATCH_SCALE_PRIOR));
        if (scale < 0.9f) scale = 0.9f;
        if (scale > 1.1f) scale = 1.1f;
        t->c = scale * dot / len;
        t->s = scale * cross / len;
    }
    t->dx = ax - (t->c * bx + t->s * by);
    t->dy = ay - (t->c * by - t->s * bx);
}

/* Direction of the turn (c, s) in 1/256 turn, nearest; atan by [Abramowitz1964] 4.4.49, error 1e-5
 * rad. */
int32_t bf_finger_turn(float c, float s)
{
    float ac = fabsf(c), as = fabsf(s);
    float t = (as < ac ? as : ac) / ((as < ac ? ac : as) + 1e-9f), z = t * t;
    float r = t * (0.9998660f +
                   z * (-0.3302995f + z * (0.1801410f + z * (-0.0851330f + z * 0.0208351f))));
    r *= 40.7436654f; /* 128 / pi */
    if (as > ac) r = 64.0f - r;
    if (c < 0) r = 128.0f - r;
    int32_t turn = (int32_t)(r + 0.5f);
    return s < 0 ? -turn : turn;
}

static void project(const bf_fprepared *b, bf_matching *m)
{
    int32_t turn = bf_finger_turn(m->t.c, m->t.s);
    bf_pose t = m->t;
    for (uint32_t j = 0; j < b->stride; j++) {
        m->px[j] = t.c * b->x[j] + t.s * b->y[j] + t.dx;
        m->py[j] = t.c * b->y[j] - t.s * b->x[j] + t.dy;
        m->pa[j] = b->angle[j] + turn;
    }
}

/* Move each projected minutia by the local mean of the matched pairs' residuals; its own pair may
 * not pull it. */
static void bend(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b, bf_matching *m)
{
    float sx[BF_MATCH_MAX], sy[BF_MATCH_MAX], sw[BF_MATCH_MAX];
    for (uint32_t j = 0; j < b->stride; j++) {
        sx[j] = sy[j] = 0;
        sw[j] = MATCH_BEND_PRIOR;
    }
    for (uint32_t k = 0; k < m->n; k++) {
        const bf_pair *p = &m->p[k];
        float qx = m->px[p->j], qy = m->py[p->j], rx = a->x[p->i] - qx, ry = a->y[p->i] - qy;
        c->kern->pull(m->px, m->py, b->stride, qx, qy, rx, ry, p->w,
                      1.0f / (MATCH_BEND_PX * MATCH_BEND_PX), sx, sy, sw);
        sx[p->j] -= p->w * rx;
        sy[p->j] -= p->w * ry;
        sw[p->j] -= p->w;
    }
    for (uint32_t j = 0; j < b->stride; j++) {
        float w = sw[j] > MATCH_BEND_PRIOR ? sw[j] : MATCH_BEND_PRIOR;
        m->px[j] += sx[j] / w;
        m->py[j] += sy[j] / w;
    }
}

/* One-to-one, cheapest first. */
static void assign(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b, float tol_px,
                   int32_t tol_turn, bf_matching *m)
{
    bf_near_pair list[BF_NEAR_MAX];
    bf_near_rule rule = {tol_px * tol_px, tol_turn, MATCH_COST_MAX, 1.0f / (tol_px * tol_px),
                         1.0f / (float)(tol_turn * tol_turn)};
    bf_points pa = {a->x, a->y, a->angle, a->count}, pb = {m->px, m->py, m->pa, b->stride};
    uint32_t n = c->kern->near(&pa, &pb, &rule, list);
    uint8_t ua[BF_MATCH_MAX] = {0}, ub[BF_MATCH_MAX] = {0};
    m->n = 0;
    for (uint32_t k = 0; k < n; k++) {
        if (ua[list[k].i] || ub[list[k].j]) continue;
        ua[list[k].i] = ub[list[k].j] = 1;
        bf_pair *p = &m->p[m->n++];
        p->i = list[k].i;
        p->j = list[k].j;
        float dx = a->x[p->i] - m->px[p->j], dy = a->y[p->i] - m->py[p->j];
        p->d2 = dx * dx + dy * dy;
        p->da = (float)turn_diff(a->angle[p->i], m->pa[p->j]);
        p->w = (1 - 0.5f * list[k].cost) * sqrtf(a->weight[p->i] * b->weight[p->j]);
        if (p->w < 0.01f) p->w = 0.01f;
    }
}

void bf_finger_align(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b, const bf_seeds *s,
                     uint32_t seed, bf_matching *m)
{
    m->n = 0;
    for (uint32_t q = 0; q < s->n; q++) {
        float w = q == seed ? 1 : s->fit[seed * s->row + q];
        if (w <= MATCH_INLIER) continue;
        m->p[m->n++] =
            (bf_pair){(uint16_t)(s->pair[q] >> 16), (uint16_t)s->pair[q], s->sim[q] * w, 0, 0};
    }
    m->t = (bf_pose){s->cos[seed], s->sin[seed], 0, 0}; /* its own turn where it stands alone */
    for (uint32_t round = 0; round < MATCH_ROUGH_ROUNDS && m->n; round++) {
        fit_pose(a, b, m->p, m->n, &m->t);
        project(b, m);
        assign(c, a, b, MATCH_TOL1_PX, MATCH_TURN1, m);
    }
    m->rough = 0;
    for (uint32_t k = 0; k < m->n; k++) m->rough += m->p[k].w;
}

void bf_finger_refine(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b, bf_matching *m)
{
    for (uint32_t it = 0; it < 2 && m->n; it++) {
        fit_pose(a, b, m->p, m->n, &m->t);
        project(b, m);
        bend(c, a, b, m);
        assign(c, a, b, it < 1 ? MATCH_TOL1_PX : MATCH_TOL2_PX, it < 1 ? MATCH_TURN1 : MATCH_TURN2,
               m);
    }
}
