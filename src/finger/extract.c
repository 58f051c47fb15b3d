/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Minutiae as phase singularities. In a print seen as cos(phase), a ridge that ends or forks is a
 * point around which the phase turns by 2 pi ([Larkin2007]); with the quadrature pair at hand it is
 * a zero of the complex answer, found without binarising or thinning. The sign of the turn, taken
 * with the ridge orientation, gives the side that has one ridge more, which is the minutia's
 * direction; whether that side starts with a ridge or a valley is its type.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bonafide/inspect.h"
#include "finger/finger.h"
#include "finger/params.h"
#include "finger/phase.h"

typedef struct vortex {
    float x, y;
    int32_t angle; /* orientation 0..127 */
    int8_t sign;
    uint8_t dead;
    float strength; /* answer around it */
} vortex;

typedef struct vortex_list {
    vortex *v;
    uint32_t count, cap;
} vortex_list;

static int32_t angle_at(const bf_field *f, int32_t x, int32_t y)
{
    return f->angle[(y / BF_FINGER_PATCH) * 2 * f->cols + x / BF_FINGER_PATCH];
}

static void find_vortices(const bf_plane *even, const bf_plane *odd, const bf_field *f,
                          vortex_list *l)
{
    for (int32_t y = 0; y + 1 < even->h; y++) {
        const float *e = even->px + (ptrdiff_t)y * even->stride, *e2 = e + even->stride;
        const float *o = odd->px + (ptrdiff_t)y * odd->stride, *o2 = o + odd->stride;
        for (int32_t x = 0; x + 1 < even->w; x++) {
            int neg = (e[x] < 0) + (e[x + 1] < 0) + (e2[x] < 0) + (e2[x + 1] < 0);
            if (neg == 0 || neg == 4) continue;
            if (!f->mask[(y / BF_FINGER_CELL) * f->cols + x / BF_FINGER_CELL]) continue;
            float re[4] = {e[x], e2[x], e2[x + 1], e[x + 1]};
            float im[4] = {o[x], o2[x], o2[x + 1], o[x + 1]};
            int32_t a0 = angle_at(f, x, y);
            if ((x & 3) == 3 || (y & 3) == 3) {
                int32_t a[4] = {a0, angle_at(f, x, y + 1), angle_at(f, x + 1, y + 1),
                                angle_at(f, x + 1, y)};
                for (int32_t k = 1; k < 4; k++) {
                    if (abs(a[k] - a0) > BF_FINGER_ANGLES / 2) im[k] = -im[k];
                }
            }
            int32_t w = bf_phase_winding(re, im);
            if (!w || l->count == l->cap) continue;
            float dx, dy;
            bf_phase_zero(re, im, &dx, &dy);
            l->v[l->count++] = (vortex){(float)x + dx, (float)y + dy, a0, (int8_t)w, 0, 0};
        }
    }
}

/* Take away pairs that annul each other: a break, an island, a bridge, a pore. Nearest pairs first.
 */
typedef struct vortex_pair {
    float cost;
    uint32_t i, j;
} vortex_pair;

static int pair_order(const void *a, const void *b)
{
    const vortex_pair *p = a, *q = b;
    if (p->cost != q->cost) return p->cost < q->cost ? -1 : 1;
    if (p->i != q->i) return p->i < q->i ? -1 : 1;
    return p->j < q->j ? -1 : p->j > q->j;
}

static int opposed(const vortex *a, const vortex *b)
{
    int same_frame = abs(a->angle - b->angle) <= BF_FINGER_ANGLES / 2;
    return same_frame ? a->sign != b->sign : a->sign == b->sign;
}

static bf_status annul_pairs(bf_ctx *c, vortex_list *l, const bf_angles *ang)
{
    uint32_t cap = 4 * l->count + 64, n = 0;
    vortex_pair *p = bf_ctx_scratch(c, cap, sizeof *p);
    if (!p) BF_FAIL_NOMEM(c);
    for (uint32_t i = 0; i < l->count; i++) {
        const vortex *a = &l->v[i];
        for (uint32_t j = i + 1; j < l->count; j++) {
            const vortex *b = &l->v[j];
            float dx = b->x - a->x, dy = b->y - a->y;
            if (dy > PARAM_ANNUL_ALONG) break;
            if (fabsf(dx) > PARAM_ANNUL_ALONG || !opposed(a, b)) continue;
            float along = dx * ang->cos[a->angle] - dy * ang->sin[a->angle];
            float across = dx * ang->sin[a->angle] + dy * ang->cos[a->angle];
            float u = along / PARAM_ANNUL_ALONG, v = across / PARAM_ANNUL_ACROSS;
            float cost = u * u + v * v;
            if (cost > 1.0f || n == cap) continue;
            p[n++] = (vortex_pair){cost, i, j};
        }
    }
    qsort(p, n, sizeof *p, pair_order);
    for (uint32_t k = 0; k < n; k++) {
        if (l->v[p[k].i].dead || l->v[p[k].j].dead) continue;
        l->v[p[k].i].dead = l->v[p[k].j].dead = 1;
    }
    return BF_OK;
}

static float sample(const bf_plane *p, float x, float y)
{
    int32_t xi = (int32_t)floorf(x), yi = (int32_t)floorf(y);
    if (xi < 0 || yi < 0 || xi + 1 >= p->w || yi + 1 >= p->h) return 0;
    float fx = x - (float)xi, fy = y - (float)yi;
    const float *r = p->px + (ptrdiff_t)yi * p->stride + xi;
    float t = r[0] + (r[1] - r[0]) * fx, b = r[p->stride] + (r[p->stride + 1] - r[p->stride]) * fx;
    return t + (b - t) * fy;
}

/* Cells of the mask whose whole neighbourhood is print, at pixel precision: distance to non-mask.
 */
static int inside(const bf_field *f, float x, float y, float margin)
{
    static const float dir[8][2] = {{1, 0},       {-1, 0},       {0, 1},        {0, -1},
                                    {0.7f, 0.7f}, {0.7f, -0.7f}, {-0.7f, 0.7f}, {-0.7f, -0.7f}};
    for (int32_t k = 0; k < 8; k++) {
        int32_t cx = (int32_t)floorf((x + dir[k][0] * margin) / BF_FINGER_CELL);
        int32_t cy = (int32_t)floorf((y + dir[k][1] * margin) / BF_FINGER_CELL);
        if (cx < 0 || cy < 0 || cx >= f->cols || cy >= f->rows || !f->mask[cy * f->cols + cx])
            return 0;
    }
    return 1;
}

static int minutia_order(const void *a, const void *b)
{
    const bf_fminutia *p = a, *q = b;
    if (p->quality != q->quality) return p->quality > q->quality ? -1 : 1;
    if (p->y != q->y) return p->y < q->y ? -1 : 1;
    return p->x < q->x ? -1 : p->x > q->x;
}

bf_status bf_finger_minutiae(bf_ctx *c, const bf_plane *even, const bf_plane *odd, bf_field *f,
                             const bf_angles *ang, bf_features *out)
{
    /* even noise has no more than one in 12 px or so: a sharper picture cannot fill the list */
    vortex_list l = {.cap = (uint32_t)(even->w * even->h) / 8 + 64};
    l.v = bf_ctx_scratch(c, l.cap, sizeof *l.v);
    if (!l.v) BF_FAIL_NOMEM(c);
    find_vortices(even, odd, f, &l);
    BF_TRY(annul_pairs(c, &l, ang));
    bf_fminutia *m = bf_ctx_scratch(c, l.count + 1, sizeof *m);
    if (!m) BF_FAIL_NOMEM(c);
    uint32_t n = 0;
    for (uint32_t i = 0; i < l.count; i++) {
        const vortex *v = &l.v[i];
        if (v->dead || !inside(f, v->x, v->y, PARAM_BORDER)) continue;
        int32_t cell = ((int32_t)v->y / BF_FINGER_CELL) * f->cols + (int32_t)v->x / BF_FINGER_CELL;
        float q = f->clarity[cell];
        if (q < PARAM_CLARITY_MIN) continue;
        float dx = ang->cos[v->angle] * (float)v->sign, dy = -ang->sin[v->angle] * (float)v->sign;
        float tone = 0;
        for (int32_t k = 3; k <= 6; k++)
            tone += sample(even, v->x + dx * (float)k, v->y + dy * (float)k);
        float qq = q * 100.0f + 0.5f;
        m[n].x = v->x;
        m[n].y = v->y;
        m[n].angle = (uint8_t)(v->angle + (v->sign < 0 ? 128 : 0));
        m[n].type = tone < 0 ? BF_MINUTIA_ENDING : BF_MINUTIA_BIFURCATION;
        m[n].quality = (uint8_t)(qq > 100 ? 100 : qq);
        n++;
    }
    qsort(m, n, sizeof *m, minutia_order);
    out->minutiae = m;
    out->minutia_count = n > BF_FINGER_MAX_MINUTIAE ? BF_FINGER_MAX_MINUTIAE : n;
    return BF_OK;
}
