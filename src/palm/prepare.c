/* SPDX-License-Identifier: Apache-2.0 */
/* Template bytes to the form in which they are compared: cells laid out with an empty border. */
#include <string.h>

#include "palm/compare.h"

static void lay_out(const bf_palm_code *q, bf_pprepared *p)
{
    for (int32_t y = 0; y < BF_PALM_FINE; y++) {
        int32_t at = BF_PALM_FINE_AT(0, y), from = y * BF_PALM_FINE;
        memcpy(p->fine.code + at, q->fine + from, BF_PALM_FINE);
        memcpy(p->fine.mask + at, q->fine_mask + from, BF_PALM_FINE);
    }
    for (int32_t y = 0; y < BF_PALM_COARSE; y++) {
        int32_t at = BF_PALM_COARSE_AT(0, y), from = y * BF_PALM_COARSE;
        memcpy(p->coarse.code + at, q->coarse + from, BF_PALM_COARSE);
        memcpy(p->coarse.mask + at, q->coarse_mask + from, BF_PALM_COARSE);
    }
}

/* FNV-1a over whole words of what is compared. */
static uint64_t order_of(const bf_palm_code *q)
{
    uint64_t h = 1469598103934665603ull, w;
    const uint8_t *bytes = (const uint8_t *)q;
    for (size_t i = 0; i < sizeof *q; i += sizeof w) {
        memcpy(&w, bytes + i, sizeof w);
        h = (h ^ w) * 1099511628211ull;
        h ^= h >> 29;
    }
    return h;
}

bf_status bf_palm_prepare(bf_ctx *c, const uint8_t *data, size_t len, void **out, size_t *out_len)
{
    bf_palm_code q;
    BF_TRY(bf_palm_decode(c, data, len, &q));
    bf_pprepared *p = bf_ctx_alloc(c, 1, sizeof *p);
    if (!p) BF_FAIL_NOMEM(c);
    p->order = order_of(&q);
    lay_out(&q, p);
    *out = p;
    *out_len = sizeof *p;
    return BF_OK;
}
