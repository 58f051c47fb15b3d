/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From scores to APCER and BPCER: presentations in the order of their scores, one walk over the
 * distinct thresholds. The bootstrap walks the same list with the subjects' weights.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pad.h"

const char *const eval_pad_level_name[EVAL_PAD_LEVELS] = {"0.10", "0.05"};
static const double level[EVAL_PAD_LEVELS] = {0.10, 0.05};

typedef struct item {
    float score; /* EVAL_SCORE_FAILED comes first */
    uint32_t subject, species;
} item;

static int by_score(const void *pa, const void *pb)
{
    const item *a = pa, *b = pb;
    return (a->score > b->score) - (a->score < b->score);
}

/* Rates at one threshold. */
typedef struct point {
    double apcer, bpcer;
} point;

/* What a walk has seen so far of one question: a species, or the worst of all. */
typedef struct walk {
    eval_pad_rates out;
    point before; /* at the threshold before this one */
    int crossed, reached[EVAL_PAD_LEVELS];
} walk;

static void begin(walk *w)
{
    *w = (walk){.before = {1, 0}};
    w->out.eer = NAN;
    for (int k = 0; k < EVAL_PAD_LEVELS; k++) {
        w->out.bpcer_at[k] = w->out.score_at_apcer[k] = NAN;
        w->out.apcer_at[k] = 1;
    }
}

/* Thresholds come in rising order: APCER falls, BPCER rises. */
static void step(walk *w, double threshold, point p)
{
    if (!w->crossed && p.bpcer >= p.apcer) {
        double here = (p.bpcer + p.apcer) / 2, before = (w->before.bpcer + w->before.apcer) / 2;
        w->out.eer = here < before ? here : before;
        w->crossed = 1;
    }
    w->before = p;
    for (int k = 0; k < EVAL_PAD_LEVELS; k++) {
        if (!w->reached[k] && p.apcer <= level[k] + 1e-12) {
            w->out.bpcer_at[k] = p.bpcer;
            w->out.score_at_apcer[k] = threshold;
            w->reached[k] = 1;
        }
        if (p.bpcer <= level[k] + 1e-12) w->out.apcer_at[k] = p.apcer;
    }
}

/* Null where there are too few to speak of the level. */
static void forget_undefined(eval_pad_rates *r, uint32_t attacks, uint32_t bonafide)
{
    for (int k = 0; k < EVAL_PAD_LEVELS; k++) {
        if (level[k] * attacks < 1 - 1e-12) r->bpcer_at[k] = r->score_at_apcer[k] = NAN;
        if (level[k] * bonafide < 1 - 1e-12) r->apcer_at[k] = NAN;
    }
}

typedef struct counts {
    double attacks[EVAL_PAD_MAX_SPECIES], passed[EVAL_PAD_MAX_SPECIES], bonafide, lost;
} counts;

static void step_all(const counts *c, uint32_t species, double threshold, walk *worst, walk *each)
{
    point w = {0, c->lost / c->bonafide};
    for (uint32_t s = 0; s < species; s++) {
        if (c->attacks[s] <= 0) continue; /* none drawn */
        point p = {c->passed[s] / c->attacks[s], w.bpcer};
        step(&each[s], threshold, p);
        w.apcer = p.apcer > w.apcer ? p.apcer : w.apcer;
    }
    step(worst, threshold, w);
}

/* @param weight  per subject; NULL: 1 each. @return 0 where a kind has no presentation */
static int rates(const item *list, uint32_t n, uint32_t species, const uint32_t *weight,
                 walk *worst, walk *each)
{
    counts c = {.bonafide = 0};
    double attacks = 0;
    for (uint32_t i = 0; i < n; i++) {
        double w = weight ? weight[list[i].subject] : 1;
        int bonafide = list[i].species == EVAL_PAD_BONAFIDE, failed = list[i].score < 0.0f;
        *(bonafide ? &c.bonafide : &c.attacks[list[i].species]) += w;
        if (bonafide && failed) c.lost += w;
        if (!bonafide && !failed) c.passed[list[i].species] += w;
        if (!bonafide) attacks += w;
    }
    if (c.bonafide <= 0 || attacks <= 0) return 0;
    begin(worst);
    for (uint32_t s = 0; s < species; s++) begin(&each[s]);
    for (uint32_t i = 0; i < n; i++) {
        if (list[i].score < 0.0f) continue;
        if (!i || list[i].score > list[i - 1].score) {
            step_all(&c, species, (double)list[i].score, worst, each);
        }
        double w = weight ? weight[list[i].subject] : 1;
        if (list[i].species == EVAL_PAD_BONAFIDE) {
            c.lost += w;
        } else {
            c.passed[list[i].species] -= w;
        }
    }
    step_all(&c, species, INFINITY, worst, each);
    return 1;
}

enum { BPCER_AT, APCER_AT = BPCER_AT + EVAL_PAD_LEVELS, EER = APCER_AT + EVAL_PAD_LEVELS, ALL };

static void to_row(const eval_pad_rates *r, double *row)
{
    for (int k = 0; k < EVAL_PAD_LEVELS; k++) {
        row[BPCER_AT + k] = r->bpcer_at[k];
        row[APCER_AT + k] = r->apcer_at[k];
    }
    row[EER] = r->eer;
}

static void to_intervals(const double *rows, uint32_t replicates, size_t stride,
                         const eval_pad_rates *rates_of, double *scratch, eval_pad_intervals *out)
{
    for (int k = 0; k < EVAL_PAD_LEVELS; k++) {
        out->bpcer_at[k] = isnan(rates_of->bpcer_at[k])
                               ? (eval_interval){NAN, NAN}
                               : eval_percentiles(rows + BPCER_AT + k, replicates, stride, scratch);
        out->apcer_at[k] = isnan(rates_of->apcer_at[k])
                               ? (eval_interval){NAN, NAN}
                               : eval_percentiles(rows + APCER_AT + k, replicates, stride, scratch);
    }
    out->eer = eval_percentiles(rows + EER, replicates, stride, scratch);
}

/* What the detector's own threshold does. */
static void judge_own(eval_pad_result *r)
{
    const eval_pad_list *l = r->list;
    uint32_t passed[EVAL_PAD_MAX_SPECIES] = {0}, lost = 0;
    r->own_threshold = r->worst.own_apcer = r->worst.own_bpcer = NAN;
    for (uint32_t i = 0; i < l->count && isnan(r->own_threshold); i++) {
        if (r->score[i].score >= 0.0f) r->own_threshold = (double)r->score[i].threshold;
    }
    for (uint32_t i = 0; i < l->count; i++) {
        double score = (double)r->score[i].score;
        int pass = score >= 0 && score >= r->own_threshold;
        if (l->item[i].species == EVAL_PAD_BONAFIDE) {
            lost += !pass;
        } else {
            passed[l->item[i].species] += (uint32_t)pass;
        }
    }
    if (isnan(r->own_threshold)) return;
    r->worst.own_bpcer = (double)lost / r->bonafide;
    r->worst.own_apcer = 0;
    for (uint32_t s = 0; s < l->species; s++) {
        eval_pad_rates *to = &r->species[s];
        to->own_bpcer = r->worst.own_bpcer;
        to->own_apcer = (double)passed[s] / r->attacks[s];
        if (to->own_apcer > r->worst.own_apcer) r->worst.own_apcer = to->own_apcer;
    }
}

static bf_status bootstrap(eval_pad_result *r, const item *list, walk *each, eval_error *err)
{
    uint32_t n = r->opts.replicates, species = r->list->species;
    size_t stride = ((size_t)species + 1) * ALL;
    double *rows = malloc((n + (size_t)1) * stride * sizeof *rows);
    double *scratch = malloc((n + (size_t)1) * sizeof *scratch);
    uint32_t *weight = malloc((r->list->subjects + (size_t)1) * sizeof *weight);
    bf_status st = rows && scratch && weight ? BF_OK : BF_ENOMEM;
    for (uint32_t i = 0; i < n && !st; i++) {
        walk worst;
        double *row = rows + i * stride;
        for (size_t k = 0; k < stride; k++) row[k] = NAN;
        eval_bootstrap_draw(weight, r->list->subjects, r->opts.seed, i);
        if (!rates(list, r->list->count, species, weight, &worst, each)) continue;
        to_row(&worst.out, row);
        for (uint32_t s = 0; s < species; s++) to_row(&each[s].out, row + (s + 1) * ALL);
    }
    if (!st) {
        to_intervals(rows, n, stride, &r->worst, scratch, &r->worst_interval);
        for (uint32_t s = 0; s < species; s++) {
            to_intervals(rows + (s + 1) * ALL, n, stride, &r->species[s], scratch,
                         &r->species_interval[s]);
        }
    }
    free(rows);
    free(scratch);
    free(weight);
    return st ? eval_fail(err, st, "out of memory") : BF_OK;
}

bf_status eval_pad_count(eval_pad_result *r, eval_error *err)
{
    const eval_pad_list *l = r->list;
    walk worst, each[EVAL_PAD_MAX_SPECIES];
    item *list = malloc((l->count + (size_t)1) * sizeof *list);
    if (!list) return eval_fail(err, BF_ENOMEM, "out of memory");
    uint32_t fewest = UINT32_MAX;
    for (uint32_t i = 0; i < l->count; i++) {
        const eval_presentation *p = &l->item[i];
        list[i] = (item){r->score[i].score, p->subject, p->species};
        *(p->species == EVAL_PAD_BONAFIDE ? &r->bonafide : &r->attacks[p->species]) += 1;
    }
    qsort(list, l->count, sizeof *list, by_score);
    rates(list, l->count, l->species, NULL, &worst, each);
    for (uint32_t s = 0; s < l->species; s++) {
        r->species[s] = each[s].out;
        forget_undefined(&r->species[s], r->attacks[s], r->bonafide);
        fewest = r->attacks[s] < fewest ? r->attacks[s] : fewest;
    }
    r->worst = worst.out;
    forget_undefined(&r->worst, fewest, r->bonafide);
    judge_own(r);
    bf_status st = bootstrap(r, list, each, err);
    free(list);
    return st;
}
