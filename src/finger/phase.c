/* SPDX-License-Identifier: Apache-2.0 */
/* Zeros of a sampled complex field: see phase.h. */
#include "finger/phase.h"

/* Crossing of the negative real axis between two complex numbers: +1 counter-clockwise, -1
 * clockwise. */
static int32_t crossing(float re0, float im0, float re1, float im1)
{
    if ((im0 < 0) == (im1 < 0)) return 0;
    /* where the segment meets the real axis: sign of re0 * im1 - re1 * im0 over (im1 - im0) */
    float cross = re0 * im1 - re1 * im0;
    float d = im1 - im0;
    if ((cross < 0) == (d < 0)) return 0; /* meets the positive side */
    return im0 < 0 ? -1 : 1;
}

int32_t bf_phase_winding(const float re[4], const float im[4])
{
    int32_t w = 0;
    for (int32_t k = 0; k < 4; k++) {
        w += crossing(re[k], im[k], re[(k + 1) & 3], im[(k + 1) & 3]);
    }
    return w;
}

void bf_phase_zero(const float re[4], const float im[4], float *x, float *y)
{
    /* corners: 0 (0,0) 1 (0,1) 2 (1,1) 3 (1,0) as (x, y) */
    float rx = 0.5f * (re[3] + re[2] - re[0] - re[1]), ry = 0.5f * (re[1] + re[2] - re[0] - re[3]);
    float ix = 0.5f * (im[3] + im[2] - im[0] - im[1]), iy = 0.5f * (im[1] + im[2] - im[0] - im[3]);
    float r = 0.25f * (re[0] + re[1] + re[2] + re[3]), i = 0.25f * (im[0] + im[1] + im[2] + im[3]);
    float det = rx * iy - ry * ix;
    float ux = 0, uy = 0;
    if (det != 0.0f) {
        ux = -(r * iy - i * ry) / det;
        uy = -(rx * i - ix * r) / det;
    }
    *x = 0.5f + (ux > 0.5f ? 0.5f : ux < -0.5f ? -0.5f : ux);
    *y = 0.5f + (uy > 0.5f ? 0.5f : uy < -0.5f ? -0.5f : uy);
}
