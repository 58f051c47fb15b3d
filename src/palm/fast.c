/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Codes for the fast stage: the coarse cells of a template as bit planes, compared at every shift
 * of up to three cells. Turns are left to the exact comparison: regions stand upright.
 */
#include "palm/fast.h"

#include <string.h>

#include "kernel/kernel.h"
#include "palm/compare.h"

static void set_cell(uint64_t *words, int32_t x, int32_t y, uint8_t code)
{
    uint64_t bit = (uint64_t)1 << (16 * (y % 4) + x);
    for (int32_t o = 0; o < BF_PALM_ORIENTATIONS; o++) {
        if (code >> o & 1) words[4 * o + y / 4] |= bit;
    }
    words[24 + y / 4] |= bit;
}

static bf_status encode(bf_ctx *c, const void *prepared, uint8_t *out, size_t *out_len)
{
    const bf_pprepared *p = prepared;
    uint64_t words[BF_PALM_SCAN_WORDS] = {0};
    (void)c;
    for (int32_t y = 0; y < BF_PALM_COARSE; y++) {
        for (int32_t x = 0; x < BF_PALM_COARSE; x++) {
            int32_t at = BF_PALM_COARSE_AT(x, y);
            if (p->coarse.mask[at]) set_cell(words, x, y, p->coarse.code[at]);
        }
    }
    memcpy(out, words, sizeof words);
    *out_len = sizeof words;
    return BF_OK;
}

static int is_code(const uint8_t *code, size_t len)
{
    uint64_t w[BF_PALM_SCAN_WORDS];
    if (len != sizeof w) return 0;
    memcpy(w, code, sizeof w);
    for (uint32_t i = 0; i < 24; i++) {
        if (w[i] & ~w[24 + i % 4]) return 0;
    }
    return !(w[28] | w[29] | w[30] | w[31]);
}

static void make_probe(const uint8_t *code, void *out)
{
    bf_palm_scan_probe *p = out;
    uint64_t w[BF_PALM_SCAN_WORDS];
    memcpy(w, code, sizeof w);
    memset(p, 0, sizeof *p);
    for (int32_t s = 0; s < (int32_t)BF_PALM_SCAN_SHIFTS; s++) {
        int32_t dx = s % 7 - BF_PALM_SCAN_REACH, dy = s / 7 - BF_PALM_SCAN_REACH;
        for (int32_t i = 0; i < BF_PALM_COARSE * BF_PALM_COARSE; i++) {
            int32_t x = i % BF_PALM_COARSE, y = i / BF_PALM_COARSE, u = x + dx, v = y + dy;
            uint8_t cell = 0;
            if (u < 0 || v < 0 || u >= BF_PALM_COARSE || v >= BF_PALM_COARSE) continue;
            if (!(w[24 + y / 4] >> (16 * (y % 4) + x) & 1)) continue;
            for (int32_t o = 0; o < BF_PALM_ORIENTATIONS; o++) {
                cell |= (uint8_t)((w[4 * o + y / 4] >> (16 * (y % 4) + x) & 1) << o);
            }
            set_cell(p->shift[s], u, v, cell);
        }
        memcpy(p->shift[s] + 28, p->shift[s] + 24, 4 * sizeof(uint64_t));
    }
}

static void scan(const bf_kernels *k, const void *probe, const uint8_t *codes, const uint32_t *at,
                 size_t count, int32_t *out)
{
    k->palm_scan(probe, codes, at, count, out);
}

const bf_fast bf_palm_fast = {
    .version = 1,
    .max_bytes = BF_PALM_SCAN_BYTES,
    .probe_bytes = sizeof(bf_palm_scan_probe),
    .encode = encode,
    .is_code = is_code,
    .make_probe = make_probe,
    .scan = scan,
};
