/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "finger/compare.h"
#include "util/fmath.h"

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

static void project(const bf_fprepared *b, bf_matching *m)
{
    int32_t rot = (int32_t)floorf(
        (float)bf_atan2((double)m->t.s, (double)m->t.c) * (float)(128.0 / BF_PI) + 0.5f);
    for (uint32_t j = 0; j < b->stride; j++) {
        m->px[j] = m->t.c * b->x[j] + m->t.s * b->y[j] + m->t.dx;
        m->py[j] = m->t.c * b->y[j] - m->t.s * b->x[j] + m->t.dy;
        m->pa[j] = b->angle[j] + rot;
    }
}

/* Move each projected minutia by the local mean of the matched pairs' residuals; its own pair may
 * not pull it. */
static void bend(const bf_fprepared *a, const bf_fprepared *b, bf_matching *m)
{
    float sx[BF_MATCH_MAX] = {0}, sy[BF_MATCH_MAX] = {0}, sw[BF_MATCH_MAX];
    for (uint32_t j = 0; j < b->stride; j++) sw[j] = MATCH_BEND_PRIOR;
    for (uint32_t k = 0; k < m->n; k++) {
        uint32_t o = m->p[k].j;
        float qx = m->px[o], qy = m->py[o], rx = a->x[m->p[k].i] - qx, ry = a->y[m->p[k].i] - qy,
              pw = m->p[k].w;
        for (uint32_t j = 0; j < b->stride; j++) {
            float dx = m->px[j] - qx, dy = m->py[j] - qy;
            float d2 = (dx * dx + dy * dy) * (1.0f / (MATCH_BEND_PX * MATCH_BEND_PX));
            float w = pw / (1.0f + d2 * d2);
            sx[j] += w * rx;
            sy[j] += w * ry;
            sw[j] += w;
        }
        sx[o] -= pw * rx;
        sy[o] -= pw * ry;
        sw[o] -= pw;
    }
    for (uint32_t j = 0; j < b->stride; j++) {
        float w = sw[j] > MATCH_BEND_PRIOR ? sw[j] : MATCH_BEND_PRIOR;
        m->px[j] += sx[j] / w;
        m->py[j] += sy[j] / w;
    }
}

typedef struct cand {
    float cost;
    uint16_t i, j;
} cand;

#define CANDS 1024

/* One-to-one, cheapest first. */
static void assign(const bf_fprepared *a, const bf_fprepared *b, float tol_px, int32_t tol_turn,
                   bf_matching *m)
{
    cand c[CANDS];
    uint32_t n = 0;
    float id = 1.0f / (tol_px * tol_px), ia = 1.0f / (float)(tol_turn * tol_turn);
    for (uint32_t i = 0; i < a->count; i++) {
        for (uint32_t j = 0; j < b->count; j++) {
            float dx = a->x[i] - m->px[j], dy = a->y[i] - m->py[j];
            float da = (float)turn_diff(a->angle[i], m->pa[j]);
            float cost = (dx * dx + dy * dy) * id + da * da * ia;
            if (!(cost < 1.5f) || (dx * dx + dy * dy) * id > 1 || da * da * ia > 1 || n == CANDS)
                continue;
            uint32_t k = n++;
            for (; k && c[k - 1].cost > cost; k--) c[k] = c[k - 1];
            c[k] = (cand){cost, (uint16_t)i, (uint16_t)j};
        }
    }
    uint8_t ua[BF_MATCH_MAX] = {0}, ub[BF_MATCH_MAX] = {0};
    m->n = 0;
    for (uint32_t k = 0; k < n; k++) {
        if (ua[c[k].i] || ub[c[k].j]) continue;
        ua[c[k].i] = ub[c[k].j] = 1;
        bf_pair *p = &m->p[m->n++];
        p->i = c[k].i;
        p->j = c[k].j;
        float dx = a->x[p->i] - m->px[p->j], dy = a->y[p->i] - m->py[p->j];
        p->d2 = dx * dx + dy * dy;
        p->da = (float)turn_diff(a->angle[p->i], m->pa[p->j]);
        p->w = (1 - 0.5f * c[k].cost) * sqrtf(a->weight[p->i] * b->weight[p->j]);
        if (p->w < 0.01f) p->w = 0.01f;
    }
}

void bf_finger_align(const bf_fprepared *a, const bf_fprepared *b, const bf_seeds *s, uint32_t seed,
                     bf_matching *m)
{
    m->n = 0;
    m->p[m->n++] = (bf_pair){s->i[seed], s->j[seed], s->sim[seed], 0, 0};
    for (uint32_t q = 0; q < s->n; q++) {
        if (s->fit[seed][q] > MATCH_INLIER)
            m->p[m->n++] = (bf_pair){s->i[q], s->j[q], s->sim[q] * s->fit[seed][q], 0, 0};
    }
    /* the pair's own turn where it stands alone */
    double r = ((a->angle[s->i[seed]] - b->angle[s->j[seed]]) & 255) * (2 * BF_PI / 256);
    m->t = (bf_pose){(float)bf_cos(r), (float)bf_sin(r), 0, 0};
    fit_pose(a, b, m->p, m->n, &m->t);
    project(b, m);
    assign(a, b, MATCH_TOL1_PX, MATCH_TURN1, m);
    if (m->n) {
        fit_pose(a, b, m->p, m->n, &m->t);
        project(b, m);
        assign(a, b, MATCH_TOL1_PX, MATCH_TURN1, m);
    }
    m->rough = 0;
    for (uint32_t k = 0; k < m->n; k++) m->rough += m->p[k].w;
}

void bf_finger_refine(const bf_fprepared *a, const bf_fprepared *b, bf_matching *m)
{
    for (uint32_t it = 0; it < 2 && m->n; it++) {
        fit_pose(a, b, m->p, m->n, &m->t);
        project(b, m);
        bend(a, b, m);
        assign(a, b, it < 1 ? MATCH_TOL1_PX : MATCH_TOL2_PX, it < 1 ? MATCH_TURN1 : MATCH_TURN2, m);
    }
}
