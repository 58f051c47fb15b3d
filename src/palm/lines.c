/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of a palm for people to look at: the stronger second derivative (larger eigenvalue of the
 * Hessian, as in [Frangi1998] without its measure of blobs) of the region smoothed to the width of
 * a crease, relative to the strongest lines there are. Comparison does not use it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "palm/view.h"

#define SIDE BF_PALM_SIDE
#define PASSES 4      /* of a 1-2-1 filter: sigma 1.4 px */
#define STRONG 0.985f /* share of the pixels below full ink */

static int32_t clamped(int32_t i)
{
    return i < 0 ? 0 : i >= SIDE ? SIDE - 1 : i;
}

static void smooth(int32_t *px)
{
    for (int32_t pass = 0; pass < PASSES; pass++) {
        for (int32_t y = 0; y < SIDE; y++) {
            int32_t *row = px + y * SIDE, before = row[0];
            for (int32_t x = 0; x < SIDE; x++) {
                int32_t now = row[x];
                row[x] = (before + 2 * now + row[clamped(x + 1)] + 2) / 4;
                before = now;
            }
        }
        for (int32_t x = 0; x < SIDE; x++) {
            int32_t before = px[x];
            for (int32_t y = 0; y < SIDE; y++) {
                int32_t now = px[y * SIDE + x];
                px[y * SIDE + x] = (before + 2 * now + px[clamped(y + 1) * SIDE + x] + 2) / 4;
                before = now;
            }
        }
    }
}

/* The larger eigenvalue of the Hessian, 0 if negative. */
static float ridge_at(const int32_t *px, int32_t x, int32_t y)
{
    int32_t l = clamped(x - 2), r = clamped(x + 2), u = clamped(y - 2), d = clamped(y + 2);
    float mid = 2.0f * (float)px[y * SIDE + x];
    float xx = (float)(px[y * SIDE + l] + px[y * SIDE + r]) - mid;
    float yy = (float)(px[u * SIDE + x] + px[d * SIDE + x]) - mid;
    float xy =
        0.25f * (float)(px[d * SIDE + r] + px[u * SIDE + l] - px[u * SIDE + r] - px[d * SIDE + l]);
    float half = 0.5f * (xx - yy);
    float value = 0.5f * (xx + yy) + sqrtf(half * half + xy * xy);
    return value > 0 ? value : 0;
}

void bf_palm_lines(const uint8_t region[SIDE * SIDE], uint8_t out[SIDE * SIDE])
{
    int32_t px[SIDE * SIDE];
    uint32_t count[1024] = {0}, below = 0, full = 1;
    for (int32_t i = 0; i < SIDE * SIDE; i++) px[i] = 16 * region[i];
    smooth(px);
    for (int32_t i = 0; i < SIDE * SIDE; i++) {
        float v = ridge_at(px, i % SIDE, i / SIDE);
        count[v < 1023.0f ? (uint32_t)v : 1023]++;
    }
    while (full < 1023 && (float)(below += count[full - 1]) < STRONG * SIDE * SIDE) full++;
    for (int32_t i = 0; i < SIDE * SIDE; i++) {
        float v = ridge_at(px, i % SIDE, i / SIDE) * 255.0f / (float)full;
        out[i] = (uint8_t)(v < 255.0f ? v : 255.0f);
    }
}
