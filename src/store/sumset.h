/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Set hash: how many rows, and the sum of their keyed digests modulo 2^256. Adding or taking away a
 * row costs one addition, in any order; what rows there are follows from nothing shorter than all
 * of them. Sums are only ever stored sealed, so that nobody without keys sees a digest.
 * Source: MSet-Add-Hash, [Clarke2003]; keyed BLAKE2b as the row hash.
 */
#ifndef BF_STORE_SUMSET_H
#define BF_STORE_SUMSET_H
#include <stdint.h>
#include <string.h>

typedef struct bf_sumset {
    uint64_t count;
    uint8_t sum[32]; /* little-endian */
} bf_sumset;

static inline void bf_sumset_add(bf_sumset *s, const uint8_t digest[32])
{
    unsigned carry = 0;
    for (int i = 0; i < 32; i++) {
        carry += (unsigned)s->sum[i] + digest[i];
        s->sum[i] = (uint8_t)carry;
        carry >>= 8;
    }
    s->count++;
}

static inline void bf_sumset_take(bf_sumset *s, const uint8_t digest[32])
{
    int borrow = 0;
    for (int i = 0; i < 32; i++) {
        int d = (int)s->sum[i] - digest[i] - borrow;
        s->sum[i] = (uint8_t)d;
        borrow = d < 0;
    }
    s->count--;
}

static inline int bf_sumset_same(const bf_sumset *a, const bf_sumset *b)
{
    return a->count == b->count && !memcmp(a->sum, b->sum, sizeof a->sum);
}

#endif
