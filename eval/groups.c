/* SPDX-License-Identifier: Apache-2.0 */
#include "groups.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

eval_spread eval_spread_of(const double *rate, uint32_t n)
{
    double sum = 0, apart = 0, logs = 0, most = 0;
    uint32_t have = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (isnan(rate[i])) continue;
        have++;
        sum += rate[i];
        logs += log(rate[i]); /* -INFINITY at 0 */
        most = rate[i] > most ? rate[i] : most;
        for (uint32_t j = 0; j < n; j++) {
            if (!isnan(rate[j])) apart += fabs(rate[i] - rate[j]);
        }
    }
    if (have < 2 || sum <= 0) return (eval_spread){NAN, NAN};
    double count = have;
    eval_spread s = {apart / (2 * count * sum) * count / (count - 1), NAN};
    if (isfinite(logs)) s.max_over_geomean = most / exp(logs / count);
    return s;
}

static int allocate(eval_groups *g)
{
    g->images = calloc(g->count, sizeof *g->images);
    g->genuine = calloc(g->count, sizeof *g->genuine);
    g->impostor = calloc(g->count, sizeof *g->impostor);
    g->rates = calloc((size_t)g->count * g->points * 2 + 1, sizeof *g->rates);
    if (!g->images || !g->genuine || !g->impostor || !g->rates) return 0;
    for (uint32_t k = 0; k < g->points; k++) {
        g->point[k].fmr = g->rates + (size_t)k * 2 * g->count;
        g->point[k].fnmr = g->point[k].fmr + g->count;
    }
    return 1;
}

static void count_pairs(const eval_manifest *m, const eval_pairs *pairs, eval_groups *g)
{
    for (size_t i = 0; i < pairs->count; i++) {
        const eval_pair *p = &pairs->pair[i];
        uint32_t in = m->samples[p->a].group;
        if (!(p->flags & EVAL_PAIR_COUNTED) || in == EVAL_NO_GROUP) continue;
        if (m->samples[p->b].group != in) continue;
        int genuine = (p->flags & EVAL_PAIR_GENUINE) != 0;
        (genuine ? g->genuine : g->impostor)[in]++;
        for (uint32_t k = 0; k < g->points; k++) {
            eval_group_point *at = &g->point[k];
            int accepted = p->score >= 0.0f && (double)p->score >= at->threshold;
            if (genuine) at->fnmr[in] += !accepted;
            if (!genuine) at->fmr[in] += accepted;
        }
    }
}

bf_status eval_groups_make(const eval_manifest *m, const eval_pairs *pairs,
                           const eval_group_point *point, uint32_t n, eval_groups *out,
                           eval_error *err)
{
    assert(n <= EVAL_GROUP_POINTS);
    eval_groups g = {.count = m->groups, .points = n};
    for (uint32_t k = 0; k < n; k++) g.point[k] = point[k];
    if (!g.count) {
        *out = (eval_groups){0};
        return BF_OK;
    }
    if (!allocate(&g)) {
        eval_groups_free(&g);
        return eval_fail(err, BF_ENOMEM, "out of memory");
    }
    for (uint32_t i = 0; i < m->count; i++) {
        uint32_t in = m->samples[i].group;
        if (pairs->used[i] && in != EVAL_NO_GROUP) g.images[in]++;
    }
    count_pairs(m, pairs, &g);
    for (uint32_t k = 0; k < n; k++) {
        eval_group_point *at = &g.point[k];
        for (uint32_t i = 0; i < g.count; i++) {
            at->fmr[i] = g.impostor[i] ? at->fmr[i] / (double)g.impostor[i] : NAN;
            at->fnmr[i] = g.genuine[i] ? at->fnmr[i] / (double)g.genuine[i] : NAN;
        }
        at->fmr_spread = eval_spread_of(at->fmr, g.count);
        at->fnmr_spread = eval_spread_of(at->fnmr, g.count);
    }
    *out = g;
    return BF_OK;
}

void eval_groups_free(eval_groups *g)
{
    free(g->images);
    free(g->genuine);
    free(g->impostor);
    free(g->rates);
    *g = (eval_groups){0};
}
