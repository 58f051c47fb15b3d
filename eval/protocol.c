/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One walk over the ordered samples decides what each pair (i < j) is; it runs twice, to count
 * and then to fill.
 */
#include "protocol.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"fvc",   "all-pairs", "cross-session", "identification",
                                    "pairs", "pad"};

const char *eval_protocol_name(eval_protocol p)
{
    return names[p];
}

bf_status eval_protocol_find(const char *name, eval_protocol *out)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) != 0) continue;
        *out = (eval_protocol)i;
        return BF_OK;
    }
    return BF_EINVAL;
}

/* Samples are ordered, so its predecessor tells. */
int eval_is_first(const eval_manifest *m, uint32_t i)
{
    return !i || m->samples[i - 1].identity != m->samples[i].identity;
}

/* Is sample i the first of its identity in session 1? */
static int is_first_of_session_1(const eval_manifest *m, uint32_t i)
{
    return m->samples[i].session == 1 && (eval_is_first(m, i) || m->samples[i - 1].session != 1);
}

/* What the pair of samples i < j is under protocol p: flags, 0 where it is not compared. */
static uint32_t fvc_flags(const eval_manifest *m, uint32_t i, uint32_t j)
{
    int same = m->samples[i].identity == m->samples[j].identity;
    int fi = eval_is_first(m, i), fj = eval_is_first(m, j);
    uint32_t search = fi != fj ? EVAL_PAIR_SEARCH : 0;
    if (same) return EVAL_PAIR_COUNTED | EVAL_PAIR_GENUINE | search;
    return fi && fj ? EVAL_PAIR_COUNTED : search;
}

static uint32_t all_pairs_flags(const eval_manifest *m, uint32_t i, uint32_t j)
{
    int same = m->samples[i].identity == m->samples[j].identity;
    uint32_t search = eval_is_first(m, i) != eval_is_first(m, j) ? EVAL_PAIR_SEARCH : 0;
    return EVAL_PAIR_COUNTED | (same ? EVAL_PAIR_GENUINE : 0) | search;
}

static uint32_t cross_session_flags(const eval_manifest *m, uint32_t i, uint32_t j)
{
    const eval_sample *a = &m->samples[i], *b = &m->samples[j];
    uint32_t first = a->session == 1 ? i : j;
    if (!((a->session == 1 && b->session == 2) || (a->session == 2 && b->session == 1))) return 0;
    uint32_t search = is_first_of_session_1(m, first) ? EVAL_PAIR_SEARCH : 0;
    return EVAL_PAIR_COUNTED | (a->identity == b->identity ? EVAL_PAIR_GENUINE : 0) | search;
}

static uint32_t identification_flags(const eval_manifest *m, uint32_t i, uint32_t j)
{
    if (!eval_is_first(m, i) && !eval_is_first(m, j)) return 0;
    int same = m->samples[i].identity == m->samples[j].identity;
    return EVAL_PAIR_COUNTED | EVAL_PAIR_SEARCH | (same ? EVAL_PAIR_GENUINE : 0);
}

typedef uint32_t (*flags_fn)(const eval_manifest *, uint32_t, uint32_t);
static const flags_fn flags_of[] = {fvc_flags, all_pairs_flags, cross_session_flags,
                                    identification_flags};

/* Does i belong to a gallery? */
static int in_gallery(const eval_manifest *m, eval_protocol p, uint32_t i)
{
    return p == EVAL_CROSS_SESSION ? is_first_of_session_1(m, i) : eval_is_first(m, i);
}

/* Is i a probe? */
static int is_probe(const eval_manifest *m, eval_protocol p, uint32_t i)
{
    return p == EVAL_CROSS_SESSION ? m->samples[i].session == 2 : !eval_is_first(m, i);
}

/* Gallery sample first, else the lower index. */
static void put(const eval_manifest *m, eval_protocol p, uint32_t i, uint32_t j, uint32_t flags,
                eval_pair *out)
{
    int swap = (flags & EVAL_PAIR_SEARCH) && !in_gallery(m, p, i);
    if (p == EVAL_CROSS_SESSION) swap = m->samples[i].session == 2;
    *out = (eval_pair){swap ? j : i, swap ? i : j, EVAL_SCORE_FAILED, flags};
}

static bf_status count(const eval_manifest *m, eval_protocol p, eval_pairs *out, eval_error *err)
{
    for (uint32_t i = 0; i < m->count; i++) {
        for (uint32_t j = i + 1; j < m->count; j++) {
            uint32_t flags = flags_of[p](m, i, j);
            if (!flags) continue;
            out->count++;
            if (flags & EVAL_PAIR_COUNTED) {
                if (flags & EVAL_PAIR_GENUINE) out->genuine++;
                if (!(flags & EVAL_PAIR_GENUINE)) out->impostor++;
            }
            out->used[i] = out->used[j] = 1;
        }
        if (out->count > EVAL_MAX_PAIRS) {
            return eval_fail(err, BF_ELIMIT, "%s: more than %u pairs under protocol %s", m->file,
                             EVAL_MAX_PAIRS, names[p]);
        }
    }
    if (!out->genuine || !out->impostor) {
        return eval_fail(err, BF_EFORMAT, "%s: no %s pair under protocol %s", m->file,
                         out->genuine ? "impostor" : "genuine", names[p]);
    }
    return BF_OK;
}

static void fill(const eval_manifest *m, eval_protocol p, eval_pairs *out)
{
    eval_pair *to = out->pair;
    for (uint32_t i = 0; i < m->count; i++) {
        for (uint32_t j = i + 1; j < m->count; j++) {
            uint32_t flags = flags_of[p](m, i, j);
            if (flags) put(m, p, i, j, flags, to++);
        }
        out->images += out->used[i];
        out->gallery += out->used[i] && in_gallery(m, p, i);
        out->probes += out->used[i] && is_probe(m, p, i);
    }
}

bf_status eval_pairs_make(const eval_manifest *m, eval_protocol p, eval_pairs *out, eval_error *err)
{
    eval_pairs made = {0};
    assert(p <= EVAL_IDENTIFICATION);
    made.used = calloc(m->count, 1);
    if (!made.used) return eval_fail(err, BF_ENOMEM, "out of memory");
    bf_status st = count(m, p, &made, err);
    if (!st) {
        made.pair = malloc(made.count * sizeof *made.pair);
        if (!made.pair) st = eval_fail(err, BF_ENOMEM, "out of memory for %zu pairs", made.count);
    }
    if (st) {
        eval_pairs_free(&made);
        return st;
    }
    fill(m, p, &made);
    *out = made;
    return BF_OK;
}

void eval_pairs_free(eval_pairs *p)
{
    free(p->pair);
    free(p->used);
    free(p->fold);
    *p = (eval_pairs){0};
}
