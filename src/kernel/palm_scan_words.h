/* SPDX-License-Identifier: Apache-2.0 */
/* The loop of kernel/palm_scan.h over words, for compilers with and without a count of bits. */
#ifndef BF_KERNEL_PALM_SCAN_WORDS_H
#define BF_KERNEL_PALM_SCAN_WORDS_H
#include <string.h>

#include "kernel/palm_scan.h"

static inline int32_t palm_scan_one(const uint64_t *p, const uint64_t *c)
{
    int32_t valid = 0, differ = 0;
    for (uint32_t i = 0; i < 4; i++) {
        uint64_t mask = p[24 + i] & c[24 + i];
        if (!mask) continue;
        valid += __builtin_popcountll(mask);
        for (uint32_t o = 0; o < 6; o++) {
            differ += __builtin_popcountll((p[4 * o + i] ^ c[4 * o + i]) & mask);
        }
    }
    return 6 * valid - 2 * differ;
}

static inline void palm_scan_words(const bf_palm_scan_probe *probe, const uint8_t *codes,
                                   const uint32_t *at, size_t count, int32_t *out)
{
    for (size_t k = 0; k < count; k++) {
        uint64_t c[BF_PALM_SCAN_WORDS];
        memcpy(c, codes + 8 * (size_t)at[k], sizeof c);
        int32_t best = INT32_MIN + 1;
        for (uint32_t s = 0; s < BF_PALM_SCAN_SHIFTS; s++) {
            int32_t agree = palm_scan_one(probe->shift[s], c);
            best = agree > best ? agree : best;
        }
        out[k] = best;
    }
}

#endif
