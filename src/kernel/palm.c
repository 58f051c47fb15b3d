/* SPDX-License-Identifier: Apache-2.0 */
/* Agreement of palm codes: the scalar references. */
#include "kernel/palm.h"

#include <string.h>

static uint32_t load4(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static uint64_t load8(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static int32_t coarse_agreement(const bf_palm_coarse_grid *a, const bf_palm_coarse_grid *b,
                                int32_t at_a, int32_t at_b)
{
    int32_t sum = 0;
    for (int32_t y = 0; y < 4; y++) {
        int32_t i = at_a + y * BF_PALM_COARSE_STRIDE, j = at_b + y * BF_PALM_COARSE_STRIDE;
        uint32_t valid = load4(a->mask + i) & load4(b->mask + j);
        uint32_t differ = (load4(a->code + i) ^ load4(b->code + j)) & valid;
        sum += __builtin_popcount(valid) - 2 * __builtin_popcount(differ);
    }
    return sum;
}

void bf_palm_coarse_c(const bf_palm_coarse_grid *a, const bf_palm_coarse_grid *b,
                      int16_t out[BF_PALM_BLOCKS][BF_PALM_COARSE_SHIFTS][BF_PALM_LANES])
{
    const int32_t reach = BF_PALM_COARSE_REACH;
    for (int32_t k = 0; k < BF_PALM_BLOCKS; k++) {
        int32_t x = k % 4 * 4, y = k / 4 * 4, at = BF_PALM_COARSE_AT(x, y);
        memset(out[k], 0, sizeof out[k]);
        for (int32_t dx = -reach; dx <= reach; dx++) {
            for (int32_t dy = -reach; dy <= reach; dy++) {
                out[k][dx + reach][dy + reach] =
                    (int16_t)coarse_agreement(a, b, at, at + dy * BF_PALM_COARSE_STRIDE + dx);
            }
        }
    }
}

int32_t bf_palm_travel_c(int16_t map[BF_PALM_BLOCKS][BF_PALM_COARSE_SHIFTS][BF_PALM_LANES],
                         const bf_palm_shifts *moved)
{
    const int32_t first = BF_PALM_COARSE_REACH - BF_PALM_TRAVEL;
    int32_t best = INT32_MIN, at = 0;
    for (int32_t tx = 0; tx < BF_PALM_TRAVELS; tx++) {
        for (int32_t ty = 0; ty < BF_PALM_TRAVELS; ty++) {
            int32_t sum = 0;
            for (int32_t k = 0; k < BF_PALM_BLOCKS; k++) {
                sum += map[k][moved->x[k] + tx + first][moved->y[k] + ty + first];
            }
            if (sum <= best) continue;
            best = sum;
            at = 8 * tx + ty;
        }
    }
    return best * 64 + at;
}

void bf_palm_fine_c(const bf_palm_fine_grid *a, const bf_palm_fine_grid *b,
                    const bf_palm_shifts *at, bf_palm_window agree, bf_palm_window valid)
{
    for (int32_t k = 0; k < BF_PALM_BLOCKS; k++) {
        int32_t x = k % 4 * 8, y = k / 4 * 8, from = BF_PALM_FINE_AT(x, y);
        for (int32_t v = 0; v < BF_PALM_WINDOW_ROWS; v++) {
            for (int32_t u = 0; u < BF_PALM_WINDOW_LANES; u++) {
                int32_t n = 0, d = 0, dx = at->x[k] + u - BF_PALM_WINDOW;
                int32_t to = from + (at->y[k] + v - BF_PALM_WINDOW) * BF_PALM_FINE_STRIDE + dx;
                for (int32_t r = 0; r < 8 * BF_PALM_FINE_STRIDE; r += BF_PALM_FINE_STRIDE) {
                    uint64_t both = load8(a->mask + from + r) & load8(b->mask + to + r);
                    uint64_t differ = load8(a->code + from + r) ^ load8(b->code + to + r);
                    n += __builtin_popcountll(both);
                    d += __builtin_popcountll(differ & both);
                }
                agree[k][v][u] = (int16_t)(n - 2 * d);
                valid[k][v][u] = (int16_t)n;
            }
        }
    }
}

static int32_t view_agreement(const uint8_t *view, const uint8_t *code)
{
    const int32_t mask = (BF_PALM_PLANES - 1) * BF_PALM_PLANE_BYTES;
    int32_t n = 0, d = 0;
    for (int32_t w = 0; w < BF_PALM_PLANE_BYTES; w += 8) {
        uint64_t both = load8(view + mask + w) & load8(code + mask + w);
        n += __builtin_popcountll(both);
        for (int32_t p = w; p < mask; p += BF_PALM_PLANE_BYTES) {
            d += __builtin_popcountll((load8(view + p) ^ load8(code + p)) & both);
        }
    }
    return 6 * n - 2 * d;
}

void bf_palm_scan_c(const bf_palm_probe *probe, const uint8_t *codes, const uint32_t *at,
                    size_t count, int32_t *out)
{
    for (size_t i = 0; i < count; i++) {
        int32_t best = INT32_MIN;
        for (int32_t v = 0; v < BF_PALM_VIEWS; v++) {
            int32_t x = view_agreement(probe->view[v], codes + (size_t)8 * at[i]);
            best = x > best ? x : best;
        }
        out[i] = best;
    }
}
