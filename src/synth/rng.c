/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random numbers that are the same everywhere: xoshiro256** ([Blackman2021]), its state
 * filled by splitmix64 ([Steele2014]). Integer arithmetic and one exact division.
 */
#include "synth/synth.h"

static uint64_t splitmix(uint64_t *x)
{
    uint64_t z = (*x += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t bf_synth__mix(uint64_t a, uint64_t b)
{
    uint64_t x = a;
    x = splitmix(&x) ^ b;
    return splitmix(&x);
}

void bf_synth__rng_seed(bf_synth_rng *r, uint64_t seed)
{
    for (int i = 0; i < 4; i++) r->s[i] = splitmix(&seed);
}

static uint64_t rotate(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

uint64_t bf_synth__rng_next(bf_synth_rng *r)
{
    uint64_t *s = r->s;
    uint64_t result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

uint32_t bf_synth__rng_below(bf_synth_rng *r, uint32_t n)
{
    return (uint32_t)(((bf_synth__rng_next(r) >> 32) * n) >> 32);
}

double bf_synth__rng_unit(bf_synth_rng *r)
{
    return (double)(bf_synth__rng_next(r) >> 11) / 9007199254740992.0; /* 2^53 */
}

double bf_synth__rng_range(bf_synth_rng *r, double lo, double hi)
{
    return lo + (hi - lo) * bf_synth__rng_unit(r);
}

double bf_synth__rng_normal(bf_synth_rng *r)
{
    double sum = -6.0;
    for (int i = 0; i < 12; i++) sum += bf_synth__rng_unit(r);
    return sum;
}
