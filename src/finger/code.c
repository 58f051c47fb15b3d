/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Codes for the fast stage: the 48 most trusted minutiae of a print, each with place, direction and
 * a signature of 128 of its descriptor's 640 bits. Compared by kernel/vote.c.
 *
 * The signature: 24 bits of the ridge flow, at 12 points spread over the four circles, and 104 of
 * the cylinder, chosen once at random and never fitted. More of the flow makes it worse: its bits
 * are alike in all prints of one pattern, while the cylinder's are a person's own. docs/SCALE.md
 * has the figures. Source of the idea: [Cappelli2011] (indexing by binarised cylinders); ours looks
 * at all of them, which a register of 512 bits makes cheap, and asks the pairs to agree on a
 * motion.
 */
#include "finger/code.h"

#include <string.h>

#include "finger/compare.h"
#include "kernel/kernel.h"
#include "util/fmath.h"

#define FLOW_BITS 24
#define CYLINDER_BITS 104
#define UNIT_PX 4 /* of places */

/* Bits of the cylinder: 64 * word + bit. */
static const uint16_t cylinder_bits[CYLINDER_BITS] = {
    366, 323, 216, 2,   258, 168, 250, 118, 99,  253, 40,  113, 42,  358, 379, 178, 189, 91,
    300, 346, 206, 131, 37,  36,  279, 226, 213, 31,  146, 347, 21,  13,  165, 186, 195, 74,
    88,  363, 231, 308, 277, 227, 20,  244, 22,  360, 59,  364, 9,   299, 197, 342, 159, 162,
    337, 50,  110, 314, 46,  242, 180, 225, 234, 371, 181, 275, 269, 280, 355, 182, 170, 94,
    139, 239, 293, 83,  155, 171, 103, 338, 117, 372, 345, 95,  284, 140, 362, 47,  85,  173,
    265, 290, 317, 68,  160, 305, 111, 187, 124, 204, 52,  334, 80,  100,
};

static uint64_t descriptor_bit(const bf_fprepared *p, uint32_t i, uint32_t word, uint32_t bit)
{
    return p->desc[(2 * word + bit / 32) * p->stride + i] >> bit % 32 & 1;
}

static void signature(const bf_fprepared *p, uint32_t i, uint64_t out[2])
{
    out[0] = out[1] = 0;
    for (uint32_t k = 0; k < FLOW_BITS; k++) {
        uint32_t word = BF_DESC_CYLINDER + 2 * (k & 1), point = (k >> 1) * 64 / (FLOW_BITS / 2);
        out[k / 64] |= descriptor_bit(p, i, word, point) << k % 64;
    }
    for (uint32_t k = 0; k < CYLINDER_BITS; k++) {
        uint32_t at = FLOW_BITS + k;
        out[at / 64] |= descriptor_bit(p, i, cylinder_bits[k] / 64, cylinder_bits[k] % 64)
                        << at % 64;
    }
}

/* Indices of the most trusted minutiae, best first, ties in template order. @return how many */
static uint32_t choose(const bf_fprepared *p, uint32_t out[BF_VOTE_MAX])
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->count; i++) {
        if (n == BF_VOTE_MAX && p->weight[i] <= p->weight[out[n - 1]]) continue;
        uint32_t at = n < BF_VOTE_MAX ? n++ : n - 1;
        for (; at && p->weight[i] > p->weight[out[at - 1]]; at--) out[at] = out[at - 1];
        out[at] = i;
    }
    return n;
}

static uint8_t place(float px, int32_t centre_px)
{
    int32_t v = (int32_t)px - centre_px; /* template coordinates are whole and not negative */
    v = v < 0 ? -((-v + UNIT_PX / 2) / UNIT_PX) : (v + UNIT_PX / 2) / UNIT_PX;
    return (uint8_t)(int8_t)(v < -127 ? -127 : v > 127 ? 127 : v);
}

static bf_status encode(bf_ctx *c, const void *prepared, uint8_t *out, size_t *out_len)
{
    const bf_fprepared *p = prepared;
    uint32_t chosen[BF_VOTE_MAX], n = choose(p, chosen);
    int32_t x = 0, y = 0;
    (void)c;
    for (uint32_t k = 0; k < n; k++) {
        x += (int32_t)p->x[chosen[k]];
        y += (int32_t)p->y[chosen[k]];
    }
    x /= n ? (int32_t)n : 1;
    y /= n ? (int32_t)n : 1;
    size_t m = (n + 7) / 8 * 8;
    memset(out, 0, BF_VOTE_BYTES(n));
    out[0] = (uint8_t)n;
    for (uint32_t k = 0; k < n; k++) {
        uint32_t i = chosen[k];
        uint64_t s[2];
        signature(p, i, s);
        memcpy(out + 8 + 8 * (size_t)k, &s[0], 8);
        memcpy(out + 8 + 8 * (m + k), &s[1], 8);
        out[8 + 16 * m + k] = place(p->x[i], x);
        out[8 + 17 * m + k] = place(p->y[i], y);
        out[8 + 18 * m + k] = (uint8_t)p->angle[i];
    }
    *out_len = BF_VOTE_BYTES(n);
    return BF_OK;
}

static int is_code(const uint8_t *code, size_t len)
{
    return len >= 8 && code[0] <= BF_VOTE_MAX && len == BF_VOTE_BYTES(code[0]);
}

static void make_probe(const void *prepared, const uint8_t *code, void *out)
{
    (void)prepared;
    bf_vote_probe *p = out;
    size_t m = (code[0] + 7u) / 8 * 8;
    memset(p, 0, sizeof *p);
    p->n = code[0];
    bf_vote_weights(p->weight);
    for (uint32_t i = 0; i < 256; i++) {
        double c = 32767 * bf_cos(i * (2 * BF_PI / 256)), s = 32767 * bf_sin(i * (2 * BF_PI / 256));
        p->cos[i] = (int16_t)(c < 0 ? c - 0.5 : c + 0.5);
        p->sin[i] = (int16_t)(s < 0 ? s - 0.5 : s + 0.5);
    }
    for (uint32_t k = 0; k < p->n; k++) {
        memcpy(&p->signature[0][k], code + 8 + 8 * (size_t)k, 8);
        memcpy(&p->signature[1][k], code + 8 + 8 * (m + k), 8);
        p->x[k] = (int16_t)((int8_t)code[8 + 16 * m + k] * 8);
        p->y[k] = (int16_t)((int8_t)code[8 + 17 * m + k] * 8);
        p->angle[k] = code[8 + 18 * m + k];
    }
}

static void scan(const bf_kernels *k, const void *probe, const uint8_t *codes, const uint32_t *at,
                 size_t count, int32_t *out)
{
    k->vote(probe, codes, at, count, out);
}

const bf_fast bf_finger_fast = {
    .version = 1,
    .max_bytes = BF_VOTE_BYTES(BF_VOTE_MAX),
    .probe_bytes = sizeof(bf_vote_probe),
    .encode = encode,
    .is_code = is_code,
    .make_probe = make_probe,
    .scan = scan,
};
