/* SPDX-License-Identifier: Apache-2.0 */
#include "accuracy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_number(const void *pa, const void *pb)
{
    const eval_fold *a = pa, *b = pb;
    return (a->number > b->number) - (a->number < b->number);
}

/* Distinct fold numbers, ascending, with their pairs. */
static bf_status list_folds(const eval_pairs *pairs, eval_accuracy *out)
{
    eval_fold *f = malloc((pairs->count + 1) * sizeof *f);
    if (!f) return BF_ENOMEM;
    for (size_t i = 0; i < pairs->count; i++) f[i] = (eval_fold){pairs->fold[i], 1, NAN, NAN};
    qsort(f, pairs->count, sizeof *f, by_number);
    uint32_t n = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        if (i && f[i].number == f[n - 1].number) {
            f[n - 1].pairs++;
        } else {
            f[n++] = f[i];
        }
    }
    out->fold = f;
    out->folds = n;
    return BF_OK;
}

/* Scores of one kind at each place of the axis; failed ones at its end. */
typedef struct tally {
    int64_t *genuine, *impostor; /* [axis->count + 1] */
} tally;

static void add(tally *t, const eval_pairs *pairs, const eval_axis *axis, size_t i, int64_t weight)
{
    uint32_t rank = eval_axis_rank(axis, pairs->pair[i].score);
    if (rank == EVAL_RANK_FAILED) rank = axis->count;
    (pairs->pair[i].flags & EVAL_PAIR_GENUINE ? t->genuine : t->impostor)[rank] += weight;
}

/* The threshold for a tally. */
static double best_threshold(const eval_axis *axis, const tally *t)
{
    uint32_t n = axis->count;
    int64_t right = 0, best = -1;
    double from = 0, best_width = -1, threshold = INFINITY;
    /* Accepting all that did not fail decides these rightly. */
    right = t->impostor[n];
    for (uint32_t r = 0; r < n; r++) right += t->genuine[r];
    for (uint32_t r = 0; r <= n; r++) {
        /* The threshold lies above `from` and at or below the next score that counts. */
        if (r < n && !t->genuine[r] && !t->impostor[r]) continue;
        double to = r < n ? (double)axis->value[r] : INFINITY;
        double width = r < n ? to - from : 0;
        if (right > best || (right == best && width > best_width)) {
            best = right;
            best_width = width;
            threshold = r < n ? (from + to) / 2 : INFINITY;
        }
        if (r == n) break;
        right += t->impostor[r] - t->genuine[r];
        from = to;
    }
    return threshold;
}

static double judge(const eval_pairs *pairs, const eval_fold *f)
{
    size_t right = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        const eval_pair *p = &pairs->pair[i];
        if (pairs->fold[i] != f->number) continue;
        int accepted = p->score >= 0.0f && (double)p->score >= f->threshold;
        right += accepted == ((p->flags & EVAL_PAIR_GENUINE) != 0);
    }
    return (double)right / (double)f->pairs;
}

static void average(eval_accuracy *a)
{
    double sum = 0, square = 0, n = a->folds;
    for (uint32_t i = 0; i < a->folds; i++) sum += a->fold[i].accuracy;
    a->mean = sum / n;
    for (uint32_t i = 0; i < a->folds; i++) {
        square += (a->fold[i].accuracy - a->mean) * (a->fold[i].accuracy - a->mean);
    }
    a->std = sqrt(square / (n - 1));
    a->standard_error = a->std / sqrt(n);
}

bf_status eval_accuracy_make(const eval_pairs *pairs, const eval_axis *axis, eval_accuracy *out,
                             eval_error *err)
{
    eval_accuracy a = {.mean = NAN, .std = NAN, .standard_error = NAN};
    int64_t *counts = calloc(2 * ((size_t)axis->count + 1), sizeof *counts);
    if (!counts || list_folds(pairs, &a)) {
        free(counts);
        return eval_fail(err, BF_ENOMEM, "out of memory");
    }
    tally t = {counts, counts + axis->count + 1};
    for (size_t i = 0; i < pairs->count; i++) add(&t, pairs, axis, i, 1);
    for (uint32_t k = 0; k < a.folds && a.folds > 1; k++) {
        eval_fold *f = &a.fold[k];
        for (size_t i = 0; i < pairs->count; i++) {
            if (pairs->fold[i] == f->number) add(&t, pairs, axis, i, -1);
        }
        f->threshold = best_threshold(axis, &t);
        f->accuracy = judge(pairs, f);
        for (size_t i = 0; i < pairs->count; i++) {
            if (pairs->fold[i] == f->number) add(&t, pairs, axis, i, 1);
        }
    }
    if (a.folds > 1) average(&a);
    free(counts);
    *out = a;
    return BF_OK;
}

void eval_accuracy_free(eval_accuracy *a)
{
    free(a->fold);
    *a = (eval_accuracy){0};
}
