/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regions that look like nobody's palm but have its statistics of lines: value noise at three
 * scales, so that any turn, scale and shift of one can be drawn without resampling.
 */
#ifndef BF_TESTS_PALM_MADE_PALM_H
#define BF_TESTS_PALM_MADE_PALM_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bonafide/bonafide.h"
#include "engine/session.h"
#include "palm/compare.h"
#include "util/fmath.h"

typedef struct made_palm {
    uint64_t seed;
    double turn_deg, scale, dx_px, dy_px; /* of the view; scale 0 is 1 */
    uint32_t noise;                       /* grey levels, 0: none */
    uint32_t shade;                       /* grey levels of light from one side */
} made_palm;

static inline uint64_t made_hash(uint64_t v)
{
    v = (v ^ (v >> 30)) * 0xbf58476d1ce4e5b9u;
    v = (v ^ (v >> 27)) * 0x94d049bb133111ebu;
    return v ^ (v >> 31);
}

static inline double made_lattice(uint64_t seed, int32_t x, int32_t y)
{
    uint64_t at = (uint64_t)(uint32_t)x << 32 | (uint32_t)y;
    return (double)(made_hash(made_hash(seed + 0x9e3779b97f4a7c15u) ^ at) >> 40) / 16777216.0;
}

static inline double made_smooth(uint64_t seed, double x, double y)
{
    double fx = floor(x), fy = floor(y), u = x - fx, v = y - fy;
    int32_t i = (int32_t)fx, j = (int32_t)fy;
    u = u * u * (3 - 2 * u);
    v = v * v * (3 - 2 * v);
    double top = made_lattice(seed, i, j) * (1 - u) + made_lattice(seed, i + 1, j) * u;
    double low = made_lattice(seed, i, j + 1) * (1 - u) + made_lattice(seed, i + 1, j + 1) * u;
    return top * (1 - v) + low * v;
}

static inline void made_region(const made_palm *m, bf_palm_region *out)
{
    memset(out, 0, sizeof *out);
    double a = m->turn_deg * BF_PI / 180, scale = m->scale > 0 ? m->scale : 1;
    double c = bf_cos(a) * scale, s = bf_sin(a) * scale;
    /* each palm's lattice lies its own way */
    double own = made_lattice(m->seed, 1, 2) * 2 * BF_PI, oc = bf_cos(own), os = bf_sin(own);
    for (int32_t v = 0; v < BF_PALM_SIDE; v++) {
        for (int32_t u = 0; u < BF_PALM_SIDE; u++) {
            double p = c * (u - 63.5) + s * (v - 63.5) + m->dx_px;
            double q = c * (v - 63.5) - s * (u - 63.5) + m->dy_px;
            double x = oc * p + os * q + 5000, y = oc * q - os * p + 5000;
            double grey = 60 + 40 * made_smooth(m->seed, x / 9, y / 9) +
                          40 * made_smooth(m->seed + 77, x / 17, y / 17) +
                          30 * made_smooth(m->seed + 99, x / 40, y / 40);
            grey += (double)m->shade * u / BF_PALM_SIDE;
            if (m->noise)
                grey += made_lattice(m->seed ^ (uint64_t)(m->dx_px * 64 + 7), u, v) * m->noise;
            out->px[v * BF_PALM_SIDE + u] = (uint8_t)(grey > 255 ? 255 : grey);
        }
    }
    memset(out->valid, 1, sizeof out->valid);
    out->by = BF_PALM_BY_CALLER;
    out->quality = 50;
}

/* Template of a region, header included; the caller releases it. */
static inline bf_bytes made_template(bf_ctx *c, const bf_palm_region *r)
{
    bf_palm_code code;
    bf_bytes bytes = {0};
    bf_template_info info = {BF_PALM, BF_PALM_VERSION, 0, r->quality, 0};
    assert_int_equal(bf_palm_extract_code(c, r, &code), BF_OK);
    assert_int_equal(bf_palm_encode(c, &code, &info, r->by, &bytes), BF_OK);
    return bytes;
}

static inline bf_pprepared *made_prepared(bf_ctx *c, const made_palm *m)
{
    bf_palm_region *r = malloc(sizeof *r);
    assert_non_null(r);
    made_region(m, r);
    bf_bytes bytes = made_template(c, r);
    void *out = NULL;
    size_t len = 0;
    assert_int_equal(bf_palm_prepare(c, bytes.data, bytes.len, &out, &len), BF_OK);
    assert_int_equal(len, sizeof(bf_pprepared));
    bf_ctx_release(c, bytes.data);
    free(r);
    return out;
}

#endif
