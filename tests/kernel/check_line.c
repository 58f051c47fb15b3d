/* SPDX-License-Identifier: Apache-2.0 */
/* The line filters against their references. */
#include "kernel/check.h"
#include "kernel/kernels.h"

#define REACH 24 /* px around the patch, as wide as the padding of a working picture */

/* A picture with one patch in its middle, REACH on every side. */
typedef struct picture {
    float *src, *centre;
    ptrdiff_t stride;
    size_t bytes;
} picture;

static picture draw_picture(check *c)
{
    picture p;
    p.stride = (ptrdiff_t)check_random(c, 2 * REACH + BF_LINE_PATCH, 2 * REACH + 64);
    size_t n = (size_t)p.stride * (2 * REACH + BF_LINE_PATCH);
    p.bytes = n * sizeof(float);
    p.src = check_alloc(c, p.bytes, 4);
    for (size_t i = 0; i < n; i++) p.src[i] = (float)check_random(c, 0, 4000) * 0.001f - 2.0f;
    p.centre = p.src + REACH * p.stride + REACH;
    return p;
}

static bf_line_taps draw_taps(check *c, ptrdiff_t stride)
{
    bf_line_taps t = {.count = (int32_t)check_random(c, 0, BF_LINE_TAPS_MAX)};
    for (int32_t k = 0; k < t.count; k++) {
        int32_t dx = (int32_t)check_random(c, 0, 2 * REACH) - REACH;
        int32_t dy = (int32_t)check_random(c, 0, 2 * REACH) - REACH;
        t.offset[k] = dy * (int32_t)stride + dx;
        t.even[k] = (float)check_random(c, 0, 2000) * 0.001f - 1.0f;
        t.odd[k] = (float)check_random(c, 0, 2000) * 0.001f - 1.0f;
    }
    return t;
}

/* Output of a patch: rows of `stride`, nothing beyond the last pixel. */
static float *draw_patch(check *c, ptrdiff_t stride, size_t *bytes)
{
    *bytes = ((size_t)stride * (BF_LINE_PATCH - 1) + BF_LINE_PATCH) * sizeof(float);
    float *p = check_alloc(c, *bytes, 4);
    for (size_t i = 0; i < *bytes / sizeof *p; i++) p[i] = 0.5f;
    return p;
}

int check_line_filter(check *c, const bf_kernels *ref, const bf_kernels *k)
{
    picture p = draw_picture(c);
    bf_line_taps t = draw_taps(c, p.stride);
    size_t bytes;
    float *want = draw_patch(c, p.stride, &bytes), *got = draw_patch(c, p.stride, &bytes);
    ref->line_filter(p.centre, p.stride, &t, want);
    k->line_filter(p.centre, p.stride, &t, got);
    check_equal(c, "filtered", want, got, bytes);
    return check_end(c);
}

int check_line_pair(check *c, const bf_kernels *ref, const bf_kernels *k)
{
    picture p = draw_picture(c);
    bf_line_taps t = draw_taps(c, p.stride);
    size_t bytes;
    float *we = draw_patch(c, p.stride, &bytes), *wo = draw_patch(c, p.stride, &bytes);
    float *ge = draw_patch(c, p.stride, &bytes), *go = draw_patch(c, p.stride, &bytes);
    ref->line_pair(p.centre, p.stride, &t, we, wo);
    k->line_pair(p.centre, p.stride, &t, ge, go);
    check_equal(c, "even", we, ge, bytes);
    check_equal(c, "odd", wo, go, bytes);
    return check_end(c);
}

static bf_line_taps typical_taps(ptrdiff_t stride)
{
    bf_line_taps t = {.count = 19};
    for (int32_t k = 0; k < t.count; k++) {
        t.offset[k] = (k - 9) * (int32_t)stride + (k - 9) / 2;
        t.even[k] = t.odd[k] = 0.05f;
    }
    return t;
}

void time_line_filter(check *c, const bf_kernels *k)
{
    picture p = draw_picture(c);
    bf_line_taps t = typical_taps(p.stride);
    size_t bytes;
    float *first = draw_patch(c, p.stride, &bytes);
    for (int r = 0; r < c->repeats; r++) {
        k->line_filter(p.centre, p.stride, &t, first);
    }
}

void time_line_pair(check *c, const bf_kernels *k)
{
    picture p = draw_picture(c);
    bf_line_taps t = typical_taps(p.stride);
    size_t bytes;
    float *even = draw_patch(c, p.stride, &bytes);
    float *first = draw_patch(c, p.stride, &bytes);
    for (int r = 0; r < c->repeats; r++) {
        k->line_pair(p.centre, p.stride, &t, even, first);
    }
}
