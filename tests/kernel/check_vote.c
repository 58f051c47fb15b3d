/* SPDX-License-Identifier: Apache-2.0 */
/* Votes of minutiae against their reference. */
#include <string.h>

#include "kernel/check.h"
#include "kernel/kernels.h"

#define CODES_MAX 6

static bf_vote_probe *draw_probe(check *c, uint32_t n)
{
    bf_vote_probe *p = check_alloc(c, sizeof *p, 8);
    memset(p, 0, sizeof *p);
    p->n = n;
    bf_vote_weights(p->weight);
    for (uint32_t i = 0; i < 256; i++) {
        /* whole numbers only: a kernel's answer must not hang on libm */
        int32_t t = (int32_t)i < 128 ? 32767 - 512 * (int32_t)i : 512 * (int32_t)i - 98303;
        p->cos[i] = (int16_t)t;
        p->sin[(i + 64) & 255] = (int16_t)t;
    }
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t w = 0; w < 2; w++) {
            p->signature[w][i] =
                (uint64_t)check_random(c, 0, UINT32_MAX) << 32 | check_random(c, 0, UINT32_MAX);
        }
        p->x[i] = (int16_t)(8 * ((int32_t)check_random(c, 0, 254) - 127));
        p->y[i] = (int16_t)(8 * ((int32_t)check_random(c, 0, 254) - 127));
        p->angle[i] = (int16_t)check_random(c, 0, 255);
    }
    return p;
}

/* A code of n minutiae, some of them the probe's, moved a little. */
static void draw_code(check *c, const bf_vote_probe *p, uint8_t *code, uint32_t n)
{
    size_t m = (n + 7) / 8 * 8;
    memset(code, 0, BF_VOTE_BYTES(n));
    code[0] = (uint8_t)n;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t s[2] = {0, 0};
        int32_t x = (int32_t)check_random(c, 0, 254) - 127,
                y = (int32_t)check_random(c, 0, 254) - 127;
        uint32_t angle = check_random(c, 0, 255), j = check_random(c, 0, 63);
        for (uint32_t w = 0; w < 2; w++) {
            s[w] = (uint64_t)check_random(c, 0, UINT32_MAX) << 32 | check_random(c, 0, UINT32_MAX);
        }
        if (j < p->n) {
            for (uint32_t w = 0; w < 2; w++)
                s[w] = p->signature[w][j] ^ (s[w] & s[w] >> 3 & s[w] << 5);
            x = p->x[j] / 8 + (int32_t)check_random(c, 0, 12) - 6;
            y = p->y[j] / 8 + (int32_t)check_random(c, 0, 12) - 6;
            angle = (uint32_t)p->angle[j] + check_random(c, 0, 40);
            x = x < -127 ? -127 : x > 127 ? 127 : x;
            y = y < -127 ? -127 : y > 127 ? 127 : y;
        }
        memcpy(code + 8 + 8 * (size_t)i, &s[0], 8);
        memcpy(code + 8 + 8 * (m + i), &s[1], 8);
        code[8 + 16 * m + i] = (uint8_t)x;
        code[8 + 17 * m + i] = (uint8_t)y;
        code[8 + 18 * m + i] = (uint8_t)angle;
    }
}

int check_vote(check *c, const bf_kernels *ref, const bf_kernels *k)
{
    bf_vote_probe *p = draw_probe(c, check_random(c, 0, BF_VOTE_MAX));
    uint32_t count = check_random(c, 1, CODES_MAX), n[CODES_MAX], bytes = 0;
    for (uint32_t i = 0; i < count; i++) {
        n[i] = check_random(c, 0, BF_VOTE_MAX);
        bytes += BF_VOTE_BYTES(n[i]);
    }
    uint8_t *codes = check_alloc(c, bytes, 8);
    uint32_t *at = check_alloc(c, count * sizeof *at, 4);
    int32_t *want = check_alloc(c, count * sizeof *want, 4);
    int32_t *got = check_alloc(c, count * sizeof *got, 4);
    bytes = 0;
    for (uint32_t i = 0; i < count; i++) {
        at[i] = bytes / 8;
        draw_code(c, p, codes + bytes, n[i]);
        bytes += BF_VOTE_BYTES(n[i]);
    }
    ref->vote(p, codes, at, count, want);
    k->vote(p, codes, at, count, got);
    check_equal(c, "votes", want, got, count * sizeof *want);
    return check_end(c);
}

void time_vote(check *c, const bf_kernels *k)
{
    bf_vote_probe *p = draw_probe(c, 40);
    uint8_t *code = check_alloc(c, BF_VOTE_BYTES(40), 8);
    uint32_t *at = check_alloc(c, sizeof *at, 4);
    int32_t *out = check_alloc(c, sizeof *out, 4);
    draw_code(c, p, code, 40);
    *at = 0;
    for (int r = 0; r < c->repeats; r++) k->vote(p, code, at, 1, out);
}
