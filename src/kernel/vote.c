/* SPDX-License-Identifier: Apache-2.0 */
/* Votes of minutiae: the scalar reference, which defines the answer. */
#include "kernel/vote_pairs.h"

void bf_vote_weights(int16_t out[BF_VOTE_LANES])
{
    for (int32_t d = 0; d < (int32_t)BF_VOTE_LANES; d++) {
        int32_t v = d < BF_VOTE_FAR ? BF_VOTE_FAR - d : 0;
        out[d] = (int16_t)(v * v * v >> 4);
    }
}

static void nearest(const bf_vote_probe *p, const uint8_t *code, uint32_t n,
                    uint16_t out[BF_VOTE_LANES])
{
    const uint8_t *first = code + 8, *second = first + 8 * (size_t)((n + 7) / 8 * 8);
    for (uint32_t i = 0; i < p->n; i++) {
        uint32_t best = UINT32_MAX;
        for (uint32_t j = 0; j < n; j++) {
            uint64_t s[2];
            memcpy(&s[0], first + 8 * (size_t)j, 8);
            memcpy(&s[1], second + 8 * (size_t)j, 8);
            uint32_t d = (uint32_t)__builtin_popcountll(p->signature[0][i] ^ s[0]) +
                         (uint32_t)__builtin_popcountll(p->signature[1][i] ^ s[1]);
            if ((d << 6 | j) < best) best = d << 6 | j;
        }
        out[i] = (uint16_t)best;
    }
}

/* a * b / 32768, rounded. */
static int32_t part(int32_t a, int32_t b)
{
    return (a * b + 16384) >> 15;
}

static int32_t agreeing(const bf_vote_probe *p, const bf_vote_pairs *r, uint32_t seed)
{
    int32_t c = p->cos[r->turn[seed]], s = p->sin[r->turn[seed]], sum = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        int32_t turn = (int8_t)(uint8_t)(r->turn[i] - r->turn[seed]);
        if (turn > BF_VOTE_TURN || turn < -BF_VOTE_TURN) continue;
        int32_t dx = r->bx[i] - r->bx[seed], dy = r->by[i] - r->by[seed];
        int32_t ex = p->x[i] - p->x[seed] - part(dx, c) - part(dy, s);
        int32_t ey = p->y[i] - p->y[seed] + part(dx, s) - part(dy, c);
        int32_t stretch = (dx * dx + dy * dy) >> BF_VOTE_STRETCH_SHIFT;
        if (ex * ex + ey * ey < BF_VOTE_NEAR2 + stretch) sum += r->weight[i];
    }
    return sum;
}

void bf_vote_c(const bf_vote_probe *probe, const uint8_t *codes, const uint32_t *at, size_t count,
               int32_t *out)
{
    for (size_t k = 0; k < count; k++) {
        out[k] = bf_vote_run(probe, codes + 8 * (size_t)at[k], nearest, agreeing);
    }
}
