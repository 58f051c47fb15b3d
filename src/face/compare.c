/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comparison: the exact integer dot product (kernel/dot.h) over the root of the product of the
 * exact squared norms, so the same to the bit in either order and on every machine; then the
 * calibration of the model that made both.
 */
#include "face/compare.h"

#include <math.h>
#include <string.h>

#include "kernel/kernel.h"

int bf_face_comparable(const bf_face_prepared *a, const bf_face_prepared *b)
{
    return a->recipe == b->recipe && a->dimension == b->dimension &&
           !memcmp(a->model, b->model, sizeof a->model);
}

double bf_face_cosine(bf_ctx *c, const bf_face_prepared *a, const bf_face_prepared *b)
{
    int32_t dot = c->kern->dot_i8(a->value, b->value, a->dimension);
    return (double)dot / sqrt((double)a->norm2 * (double)b->norm2);
}

float bf_face_compare(bf_ctx *c, const void *a, const void *b, float at_least, bf_match *match)
{
    const bf_face_prepared *fa = a, *fb = b;
    (void)at_least;
    (void)match;
    if (!bf_face_comparable(fa, fb)) return 0.0f;
    const float(*p)[2] = fa->cal.points ? fa->cal.points : fa->points;
    float raw = (float)bf_face_cosine(c, fa, fb);
    uint32_t i = 1;
    if (!(raw > p[0][0])) return p[0][1];
    while (i + 1 < fa->cal.count && raw > p[i][0]) i++;
    float t = fminf(1.0f, (raw - p[i - 1][0]) / (p[i][0] - p[i - 1][0]));
    return p[i - 1][1] + t * (p[i][1] - p[i - 1][1]);
}
