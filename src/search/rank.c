/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From votes to a shortlist. A vote has no unit: what it is worth is how few of this gallery's
 * persons reach it, -ln(share), read off the gallery itself, which is strangers but for one; beyond
 * the best thousandth it goes on as the last tenth of a thousandth fell. So votes of fingers, palms
 * and faces can be added.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "search/query.h"
#include "util/fmath.h"

#define SAMPLE 65536u /* votes looked at for the shares */
#define BINS 4096u

typedef struct worth {
    int32_t low, high;   /* votes of the first and beyond the last bin */
    float bin[BINS + 1]; /* -ln share of votes at or above its lower end */
    float last, slope;   /* beyond: last + slope * (vote - high) */
} worth;

static int compare_votes(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* Some of a group's votes, ascending. @return how many */
static uint32_t gather(const bf_votes *v, uint32_t group, int32_t *out)
{
    const int32_t *best = v->best + (size_t)group * v->slots;
    uint32_t seen = 0, n = 0;
    for (uint32_t i = 0; i < v->slots; i++) seen += best[i] != BF_VOTE_NONE;
    uint32_t step = seen / SAMPLE + 1, at = 0;
    for (uint32_t i = 0; i < v->slots && n < SAMPLE; i++) {
        if (best[i] == BF_VOTE_NONE) continue;
        if (at++ % step == 0) out[n++] = best[i];
    }
    if (n) qsort(out, n, sizeof *out, compare_votes);
    return n;
}

static void weigh(const int32_t *votes, uint32_t n, worth *w)
{
    uint32_t top = n - 1 - n / 1000, near = n - 1 - n / 100, k = 0;
    w->low = votes[0];
    w->high = votes[top] > w->low ? votes[top] : w->low + 1;
    for (uint32_t b = 0; b <= BINS; b++) {
        int64_t at = w->low + ((int64_t)w->high - w->low) * b / BINS;
        while (k < n && votes[k] < at) k++;
        w->bin[b] = (float)-bf_log((double)(n - k + 1) / (double)(n + 1));
    }
    double fall = bf_log((double)(n - near + 1) / (double)(n - top + 1));
    int32_t span = w->high - votes[near];
    w->last = w->bin[BINS];
    w->slope = span > 0 && fall > 0 ? (float)(fall / span) : 1e-6f;
}

static float worth_of(const worth *w, int32_t vote)
{
    if (vote >= w->high) return w->last + w->slope * ((float)vote - (float)w->high);
    if (vote <= w->low) return w->bin[0];
    return w->bin[((int64_t)vote - w->low) * BINS / ((int64_t)w->high - w->low)];
}

static bf_status add_group(bf_ctx *c, const bf_votes *v, uint32_t group, float *rank)
{
    const int32_t *best = v->best + (size_t)group * v->slots;
    worth *w = bf_ctx_scratch(c, 1, sizeof *w);
    int32_t *some = bf_ctx_scratch(c, SAMPLE, sizeof *some);
    if (!w || !some) BF_FAIL_NOMEM(c);
    uint32_t n = gather(v, group, some);
    if (!n) return BF_OK;
    weigh(some, n, w);
    for (uint32_t i = 0; i < v->slots; i++) {
        if (best[i] != BF_VOTE_NONE) rank[i] += worth_of(w, best[i]);
    }
    return BF_OK;
}

/* The k-th largest of n (k from 1); reorders. */
static float kth_largest(float *v, size_t n, size_t k)
{
    size_t lo = 0, hi = n - 1;
    while (lo < hi) {
        float pivot = v[lo + (hi - lo) / 2];
        size_t i = lo, j = hi;
        for (;;) {
            while (v[i] > pivot) i++;
            while (v[j] < pivot) j--;
            if (i >= j) break;
            float t = v[i];
            v[i++] = v[j];
            v[j--] = t;
        }
        if (k - 1 <= j)
            hi = j;
        else
            lo = j + 1;
    }
    return v[lo];
}

static size_t shortlist_size(const bf_query *q, size_t seen)
{
    size_t k = q->shortlist ? q->shortlist : seen / 100;
    if (!q->shortlist && k < BF_SHORTLIST_MIN) k = BF_SHORTLIST_MIN;
    if (!q->shortlist && k > BF_SHORTLIST_MAX) k = BF_SHORTLIST_MAX;
    if (k < q->max_candidates) k = q->max_candidates;
    return q->exhaustive || q->only || k > seen ? seen : k;
}

/* Slots whose rank is at least the k-th; ties at the end in slot order. */
static bf_status choose(bf_ctx *c, const bf_votes *v, const float *rank, size_t seen, size_t k,
                        uint32_t *out, size_t *count)
{
    float *copy = bf_ctx_alloc(c, seen + 1, sizeof *copy);
    size_t n = 0, m = 0, above = 0;
    if (!copy) BF_FAIL_NOMEM(c);
    for (uint32_t i = 0; i < v->slots; i++) {
        if (v->state[i]) copy[m++] = rank[i];
    }
    float least = kth_largest(copy, m, k);
    bf_ctx_release(c, copy);
    for (uint32_t i = 0; i < v->slots; i++) above += v->state[i] && rank[i] > least;
    for (uint32_t i = 0; i < v->slots; i++) {
        if (!v->state[i] || rank[i] < least) continue;
        if (rank[i] == least && above == k) continue;
        if (rank[i] == least) above++;
        out[n++] = i;
    }
    *count = n;
    return BF_OK;
}

bf_status bf_votes__shortlist(bf_ctx *c, const bf_votes *v, const bf_query *q, uint32_t **out,
                              size_t *count)
{
    size_t seen = 0, n = 0, blind = 0;
    for (uint32_t i = 0; i < v->slots; i++) {
        seen += v->state[i] != 0;
        blind += (v->state[i] & BF_BLIND) != 0;
    }
    size_t k = shortlist_size(q, seen);
    k = k + blind < seen ? k + blind : seen; /* nobody loses a place to those without a code */
    uint32_t *slots = bf_ctx_alloc(c, k + 1, sizeof *slots);
    float *rank = bf_ctx_alloc(c, (size_t)v->slots + 1, sizeof *rank);
    bf_status st = slots && rank ? BF_OK : bf_ctx_fail(c, BF_ENOMEM, "out of memory");
    if (!st && k == seen) {
        for (uint32_t i = 0; i < v->slots; i++) {
            if (v->state[i]) slots[n++] = i;
        }
    } else if (!st) {
        bf_arena_mark mark = bf_arena_save(&c->arena);
        for (uint32_t g = 0; g < v->groups && !st; g++) st = add_group(c, v, g, rank);
        bf_arena_restore(&c->arena, mark);
        for (uint32_t i = 0; i < v->slots; i++) {
            if (v->state[i] & BF_BLIND) rank[i] = INFINITY;
        }
        if (!st) st = choose(c, v, rank, seen, k, slots, &n);
    }
    bf_ctx_release(c, rank);
    if (st) {
        bf_ctx_release(c, slots);
        return st;
    }
    *out = slots;
    *count = n;
    return BF_OK;
}
