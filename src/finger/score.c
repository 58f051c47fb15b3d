/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "bonafide/inspect.h"
#include "finger/compare.h"
#include "util/fmath.h"

static uint32_t cell_at(const bf_fprepared *p, float x, float y)
{
    int32_t gx = (int32_t)floorf(x * (1.0f / BF_GRID_CELL)) - p->x0,
            gy = (int32_t)floorf(y * (1.0f / BF_GRID_CELL)) - p->y0;
    if (gx < 0 || gy < 0 || gx >= p->cols || gy >= p->rows) return 0; /* the border: nothing */
    return (uint32_t)(gy * p->cols + gx);
}

typedef struct field_sum {
    float cells, agree, close, wrong, inner;
} field_sum;

static void field_agreement(const bf_fprepared *a, const bf_fprepared *b, const bf_pose *t,
                            field_sum *o)
{
    static const float tri[17] = {1.0f,  0.98f,  0.92f,  0.83f,  0.71f,  0.56f,  0.38f,  0.2f, 0.0f,
                                  -0.2f, -0.38f, -0.56f, -0.71f, -0.83f, -0.92f, -0.98f, -1.0f};
    int32_t rot =
        (int32_t)floorf((float)bf_atan2((double)t->s, (double)t->c) * (float)(32.0 / BF_PI) + 0.5f);
    uint32_t hist[17] = {0};
    for (uint32_t k = 0; k < b->cells; k++) {
        float x = t->c * b->cx[k] + t->s * b->cy[k] + t->dx,
              y = t->c * b->cy[k] - t->s * b->cx[k] + t->dy;
        uint8_t ga = a->grid[cell_at(a, x, y)];
        if (ga == BF_GRID_NONE) continue;
        int32_t d = (ga - b->cell[k] - rot) & 31;
        if (d > 16) d = 32 - d;
        hist[d]++;
    }
    uint32_t n = 0, close = 0, wrong = 0;
    float sum = 0;
    for (int d = 0; d < 17; d++) {
        n += hist[d];
        sum += tri[d] * (float)hist[d];
        if (d <= 2) close += hist[d];
        if (d >= 6) wrong += hist[d];
    }
    o->cells = (float)n;
    o->agree = n ? sum / (float)n : 0;
    o->close = n ? (float)close / (float)n : 0;
    o->wrong = n ? (float)wrong / (float)n : 0;
}

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

/* cores and deltas: in[0] paired, in[1] unpaired in the overlap */
static void singulars(const bf_fprepared *a, const bf_fprepared *b, const bf_pose *t, float *paired,
                      float *lonely)
{
    *paired = *lonely = 0;
    uint8_t ua[8] = {0};
    for (uint32_t j = 0; j < b->singular_count; j++) {
        const bf_fsingular *q = &b->singulars[j];
        float x = t->c * q->x + t->s * q->y + t->dx, y = t->c * q->y - t->s * q->x + t->dy;
        float best = 32 * 32;
        int32_t bi = -1;
        for (uint32_t i = 0; i < a->singular_count; i++) {
            float dx = a->singulars[i].x - x, dy = a->singulars[i].y - y, d2 = dx * dx + dy * dy;
            if (a->singulars[i].type != q->type || d2 >= best) continue;
            best = d2;
            bi = (int32_t)i;
        }
        if (bi >= 0) {
            ua[bi] = 1;
            *paired += 1 - best / (32 * 32);
        } else if (a->depth[cell_at(a, x, y)] >= 3)
            *lonely += 1;
    }
    float n2 = t->c * t->c + t->s * t->s;
    for (uint32_t i = 0; i < a->singular_count; i++) {
        if (ua[i]) continue;
        float ux = a->singulars[i].x - t->dx, uy = a->singulars[i].y - t->dy;
        float x = (t->c * ux - t->s * uy) / n2, y = (t->s * ux + t->c * uy) / n2;
        if (b->depth[cell_at(b, x, y)] >= 3) *lonely += 1;
    }
}

void bf_finger_measure(const bf_fprepared *a, const bf_fprepared *b, const bf_match_work *w,
                       const bf_matching *m, bf_fscore *out)
{
    static const float by_depth[4] = {0, 0.4f, 0.8f, 1.0f};
    float *f = out->f;
    memset(out, 0, sizeof *out);
    float n = (float)m->n, sq = 0, ssim = 0, sqsim = 0, type = 0, energy = 0,
          rd = 0, rda = 0, qd = 0;
    float mx = 0, my = 0, mxx = 0, myy = 0, mxy = 0, tight = 0, simd = 0;
    uint8_t ua[BF_MATCH_MAX] = {0}, ub[BF_MATCH_MAX] = {0};
    for (uint32_t k = 0; k < m->n; k++) {
        const bf_pair *p = &m->p[k];
        ua[p->i] = ub[p->j] = 1;
        float q = sqrtf(a->weight[p->i] * b->weight[p->j]);
        float sim = w->sim[p->i * b->stride + p->j];
        float gd = 1 - p->d2 / (MATCH_TOL2_PX * MATCH_TOL2_PX),
              ga = 1 - p->da * p->da / (float)(MATCH_TURN2 * MATCH_TURN2);
        sq += q;
        ssim += sim;
        sqsim += q * sim;
        qd += q * gd * ga;
        simd += sim * gd * ga;
        if (p->d2 < 25 && p->da < 8 && p->da > -8) tight += 1;
        rd += p->d2;
        rda += p->da * p->da;
        type += a->type[p->i] == b->type[p->j] ? 1.0f : -1.0f;
        float x = m->t.c * b->x[p->j] + m->t.s * b->y[p->j] + m->t.dx,
              y = m->t.c * b->y[p->j] - m->t.s * b->x[p->j] + m->t.dy;
        float ex = x - m->px[p->j], ey = y - m->py[p->j];
        energy += ex * ex + ey * ey;
        mx += a->x[p->i];
        my += a->y[p->i];
        mxx += a->x[p->i] * a->x[p->i];
        myy += a->y[p->i] * a->y[p->i];
        mxy += a->x[p->i] * a->y[p->i];
    }
    float na = 0, nb = 0, wa = 0, wb = 0, lone = 0, lone_q = 0;
    float n2 = m->t.c * m->t.c + m->t.s * m->t.s;
    for (uint32_t i = 0; i < a->count; i++) {
        float ux = a->x[i] - m->t.dx, uy = a->y[i] - m->t.dy;
        float x = (m->t.c * ux - m->t.s * uy) / n2, y = (m->t.s * ux + m->t.c * uy) / n2;
        float d = by_depth[b->depth[cell_at(b, x, y)]];
        if (ua[i] && d < 1) d = 1;
        na += d;
        wa += d * a->weight[i];
        if (!ua[i]) lone += d, lone_q += d * a->weight[i] * a->weight[i];
    }
    for (uint32_t j = 0; j < b->count; j++) {
        float d = by_depth[a->depth[cell_at(a, m->px[j], m->py[j])]];
        if (ub[j] && d < 1) d = 1;
        nb += d;
        wb += d * b->weight[j];
        if (!ub[j]) lone += d, lone_q += d * b->weight[j] * b->weight[j];
    }
    field_sum fs;
    field_agreement(a, b, &m->t, &fs);
    float area = fs.cells * 256 + 5000;
    float chance = na * nb * (3.14159f * MATCH_TOL2_PX * MATCH_TOL2_PX) / area *
                   (2 * MATCH_TURN2 / 256.0f) * 2;
    float both = sqrtf(na * nb) + 1e-3f, wboth = sqrtf(wa * wb) + 1e-3f;
    float paired, lonely;
    singulars(a, b, &m->t, &paired, &lonely);
    float r1 = 1 / (n + 1e-6f);
    float vx = mxx * r1 - mx * r1 * mx * r1, vy = myy * r1 - my * r1 * my * r1,
          vxy = mxy * r1 - mx * r1 * my * r1;
    float det = m->n > 2 ? vx * vy - vxy * vxy : 0;
    float asim = sqsim * (sq / (wboth + 0.5f)) * (fs.agree > 0 ? fs.agree : 0);
    float fr = n / (both + 1), frq = sq / (wboth + 0.5f);
    float gap = n - chance, poisson = n * (flog(n + 0.5f) - flog(chance + 0.5f)) - gap;
    float mean_d = m->n ? sqrtf(rd * r1) : 10, mean_a = m->n ? sqrtf(rda * r1) : 20,
          bent = m->n ? sqrtf(energy * r1) : 10;
    uint32_t few = a->count < b->count ? a->count : b->count,
             many = a->count < b->count ? b->count : a->count;
    uint32_t small = a->cells < b->cells ? a->cells : b->cells;
    uint32_t k = 0;
    f[k++] = flog(n + 1);
    f[k++] = flog(simd + 0.3f);
    f[k++] = sqrtf(simd);
    f[k++] = flog(sqsim + 0.1f);
    f[k++] = flog(qd + 0.1f);
    f[k++] = flog(tight + 1); /* 5 */
    f[k++] = fr;
    f[k++] = frq;
    f[k++] = sqsim / (wboth + 0.5f);
    f[k++] = poisson > 0 ? sqrtf(poisson) : 0;
    f[k++] = flog(lone + 1); /* 10 */
    f[k++] = sqrtf(lone_q);
    f[k++] = flog(both + 1);
    f[k++] = flog(chance + 0.5f);
    f[k++] = fs.agree;
    f[k++] = fs.close; /* 15 */
    f[k++] = fs.wrong;
    f[k++] = fs.agree * flog(fs.cells + 1);
    f[k++] = flog(fs.cells + 1);
    f[k++] = type / (n + 2);
    f[k++] = flog(w->seeds.total + 1); /* 20 */
    f[k++] = flog((w->seeds.n ? w->seeds.support[0] : 0) + 1);
    f[k++] = mean_d;
    f[k++] = mean_a;
    f[k++] = bent < 12 ? bent : 12;
    f[k++] = fabsf(sqrtf(n2) - 1) * 20; /* 25 */
    f[k++] = paired < 2 ? paired : 2;
    f[k++] = lonely < 3 ? lonely : 3;
    f[k++] = flog((float)few + 1);
    f[k++] = flog((float)many + 1);
    f[k++] = fs.cells / (float)(small + 1); /* 30 */
    f[k++] = det > 0 ? sqrtf(sqrtf(det)) * 0.02f : 0;
    f[k++] = ssim / (n + 1);
    f[k++] = (n / (both + 3)) * (n / (both + 3));
    f[k++] = tight / (both + 2);
    f[k++] = sqrtf(simd * fr); /* 35 */
    f[k++] = sqrtf(asim);
    f[k++] = flog(asim + 0.02f);
    f[k++] = n * (fs.agree > 0 ? fs.agree : 0) * 0.1f;
}

float bf_finger_model(const bf_fscore *s)
{
    float sum = bf_finger_model_bias;
    for (uint32_t k = 0; k < BF_FEATURES; k++) sum += bf_finger_model_weight[k] * s->f[k];
    return sum;
}
