/* SPDX-License-Identifier: Apache-2.0 */
/* Affine maps between the frames of an image and of a network's input: see tensor.h. */
#include <assert.h>
#include <math.h>

#include "nn/tensor.h"
#include "util/fmath.h"

bf_nn_point bf_nn_affine_apply(const bf_nn_affine *a, float x, float y)
{
    return (bf_nn_point){a->m[0] * x + a->m[1] * y + a->m[2], a->m[3] * x + a->m[4] * y + a->m[5]};
}

int bf_nn_affine_invert(const bf_nn_affine *a, bf_nn_affine *out)
{
    double m0 = a->m[0], m1 = a->m[1], m2 = a->m[2], m3 = a->m[3], m4 = a->m[4], m5 = a->m[5];
    double det = m0 * m4 - m1 * m3;
    if (!(fabs(det) > 1e-12)) return -1;
    *out =
        (bf_nn_affine){{(float)(m4 / det), (float)(-m1 / det), (float)((m1 * m5 - m4 * m2) / det),
                        (float)(-m3 / det), (float)(m0 / det), (float)((m3 * m2 - m0 * m5) / det)}};
    return 0;
}

/*
 * Pixel areas correspond: the rectangle spans w px and pixel centres lie half a step inside, so
 * output centre u is at ((u + 1/2) / out_w - 1/2) * w from the middle.
 */
bf_nn_affine bf_nn_affine_rect(float cx, float cy, float w, float h, float rotation_rad,
                               int32_t out_w, int32_t out_h)
{
    double c = bf_cos((double)rotation_rad), s = -bf_sin((double)rotation_rad); /* y down */
    double sx = (double)w / out_w, sy = (double)h / out_h;
    double u0 = 0.5 * sx - 0.5 * (double)w, v0 = 0.5 * sy - 0.5 * (double)h;
    return (bf_nn_affine){{(float)(c * sx), (float)(-s * sy), (float)((double)cx + c * u0 - s * v0),
                           (float)(s * sx), (float)(c * sy),
                           (float)((double)cy + s * u0 + c * v0)}};
}

int bf_nn_affine_similarity(const bf_nn_point *source, const bf_nn_point *out, int32_t n,
                            bf_nn_affine *affine)
{
    double sx = 0, sy = 0, ox = 0, oy = 0, along = 0, across = 0, spread = 0;
    assert(n >= 2 && n <= 64);
    for (int32_t i = 0; i < n; i++) {
        sx += (double)source[i].x / n;
        sy += (double)source[i].y / n;
        ox += (double)out[i].x / n;
        oy += (double)out[i].y / n;
    }
    for (int32_t i = 0; i < n; i++) {
        double px = (double)source[i].x - sx, py = (double)source[i].y - sy;
        double qx = (double)out[i].x - ox, qy = (double)out[i].y - oy;
        along += qx * px + qy * py;
        across += qx * py - qy * px;
        spread += qx * qx + qy * qy;
    }
    if (!(spread > 1e-9) || !(along * along + across * across > 1e-9)) return -1;
    double a = along / spread, b = across / spread;
    *affine = (bf_nn_affine){{(float)a, (float)-b, (float)(sx - a * ox + b * oy), (float)b,
                              (float)a, (float)(sy - b * ox - a * oy)}};
    return 0;
}
