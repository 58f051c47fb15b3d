/* SPDX-License-Identifier: Apache-2.0 */
/* Sorted lists as the references keep them; also for versions that only find what goes in. */
#ifndef BF_KERNEL_MATCH_LISTS_H
#define BF_KERNEL_MATCH_LISTS_H
#include "kernel/match.h"

/* Put v, which exceeds `least`, found at k, into the list of at most `most`. @return what the next
 * must exceed */
static inline float bf_top_insert(float v, uint32_t k, float least, uint32_t most, float *value,
                                  uint32_t *at, uint32_t *count)
{
    uint32_t to = *count < most ? (*count)++ : most - 1;
    for (; to && value[to - 1] < v; to--) {
        value[to] = value[to - 1];
        at[to] = at[to - 1];
    }
    value[to] = v;
    at[to] = k;
    return *count == most ? value[most - 1] : least;
}

/* How many of every fourth sixteen of v[0..n) exceed a level. */
typedef uint32_t bf_top_count_fn(const float *v, uint32_t n, float level);

/* A level, not below `least`, that probably somewhat more than `most` of v exceed: to save sorting.
 * Found by halving on a sample; values are mostly within 0..1. */
static inline float bf_top_level(const float *v, uint32_t n, float least, uint32_t most,
                                 bf_top_count_fn *count)
{
    float high = 1.0f;
    if (n < 16 * 16) return least;
    for (uint32_t round = 0; round < 8; round++) {
        float middle = 0.5f * (least + high);
        uint32_t about = 8 * count(v, n, middle);
        if (about >= 3 * most) {
            least = middle;
            if (about <= 5 * most) break;
        } else {
            high = middle;
        }
    }
    return least;
}

/* Put the pair (i, j) into the list of n, if near. @return the new n */
static inline uint32_t bf_near_insert(const bf_points *a, uint32_t i, const bf_points *b,
                                      uint32_t j, const bf_near_rule *r, bf_near_pair *list,
                                      uint32_t n)
{
    float dx = a->x[i] - b->x[j], dy = a->y[i] - b->y[j], d2 = dx * dx + dy * dy;
    int32_t turn = (int8_t)(uint8_t)(a->angle[i] - b->angle[j]);
    if (!(d2 < r->reach2) || turn > r->turn || turn < -r->turn || n == BF_NEAR_MAX) return n;
    float da = (float)turn, cost = d2 * r->inv_d2 + da * da * r->inv_a2;
    if (!(cost < r->cost_max)) return n;
    uint32_t to = n;
    for (; to && list[to - 1].cost > cost; to--) list[to] = list[to - 1];
    list[to] = (bf_near_pair){cost, (uint16_t)i, (uint16_t)j};
    return n + 1;
}

#endif
