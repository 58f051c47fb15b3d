/* SPDX-License-Identifier: Apache-2.0 */
/* The result as one JSON object. Rates are fractions; what is not defined is null. */
#include <math.h>
#include <stdio.h>

#include "output.h"

#define FAILURES_LISTED 100

const char *eval_modality_name(uint32_t modality)
{
    const char *name = bf_modality_name(modality);
    return name ? name : "?";
}

json_t *eval_json_real(double v)
{
    return isfinite(v) ? json_real(v) : json_null();
}

/* File names need not be UTF-8, but JSON is. */
json_t *eval_json_text(const char *s)
{
    json_t *v = json_string(s);
    return v ? v : json_string("(name is not UTF-8)");
}

json_t *eval_json_interval(eval_interval i)
{
    if (!isfinite(i.low) || !isfinite(i.high)) return json_null();
    return json_pack("[f,f]", i.low, i.high);
}

void eval_json_set_named(json_t *object, const char *name, uint32_t index, json_t *v)
{
    char other[40];
    json_t *valid = json_string(name);
    snprintf(other, sizeof other, "(number %u, name is not UTF-8)", index + 1);
    json_object_set_new(object, valid ? name : other, v);
    json_decref(valid);
}

static json_t *per_level(const double *v)
{
    json_t *o = json_object();
    for (int k = 0; k < EVAL_FMR_LEVELS; k++) {
        json_object_set_new(o, eval_fmr_level_name[k], eval_json_real(v[k]));
    }
    return o;
}

static json_t *intervals(const eval_intervals *v)
{
    json_t *at = json_object();
    for (int k = 0; k < EVAL_FMR_LEVELS; k++) {
        json_object_set_new(at, eval_fmr_level_name[k], eval_json_interval(v->fnmr_at[k]));
    }
    return json_pack("{s:o, s:o, s:o, s:o}", "eer", eval_json_interval(v->eer), "fnmr_at_fmr", at,
                     "zero_fmr", eval_json_interval(v->zero_fmr), "rank1",
                     eval_json_interval(v->rank1));
}

static json_t *at_scores(const double *rate)
{
    json_t *o = json_object();
    for (int i = 0; i < EVAL_SCORE_LEVELS; i++) {
        char name[16];
        snprintf(name, sizeof name, "%.0f", eval_score_level[i]);
        json_object_set_new(o, name, eval_json_real(rate[i]));
    }
    return o;
}

static json_t *failures(const eval_result *r)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < r->manifest->count; i++) {
        const eval_extraction *e = &r->extraction[i];
        if (!e->status || json_array_size(list) == FAILURES_LISTED) continue;
        json_array_append_new(list, json_pack("{s:o, s:s, s:o}", "path",
                                              eval_json_text(r->manifest->samples[i].label),
                                              "status", bf_status_name(e->status), "cause",
                                              eval_json_text(e->cause)));
    }
    return list;
}

static json_t *folds(const eval_accuracy *a)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < a->folds; i++) {
        const eval_fold *f = &a->fold[i];
        json_array_append_new(list, json_pack("{s:i, s:I, s:o, s:o}", "fold", (int)f->number,
                                              "pairs", (json_int_t)f->pairs, "accuracy",
                                              eval_json_real(f->accuracy), "threshold",
                                              eval_json_real(f->threshold)));
    }
    return list;
}

static json_t *per_group(const eval_result *r, const double *rate)
{
    json_t *o = json_object();
    for (uint32_t i = 0; i < r->groups.count; i++) {
        eval_json_set_named(o, r->manifest->group_name[i], i, eval_json_real(rate[i]));
    }
    return o;
}

static json_t *groups(const eval_result *r)
{
    json_t *sizes = json_object(), *points = json_array();
    for (uint32_t i = 0; i < r->groups.count; i++) {
        eval_json_set_named(sizes, r->manifest->group_name[i], i,
                            json_pack("{s:i, s:I, s:I}", "images", (int)r->groups.images[i],
                                      "genuine_pairs", (json_int_t)r->groups.genuine[i],
                                      "impostor_pairs", (json_int_t)r->groups.impostor[i]));
    }
    for (uint32_t k = 0; k < r->groups.points; k++) {
        const eval_group_point *p = &r->groups.point[k];
        json_array_append_new(
            points,
            json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "at", p->name, "threshold",
                      eval_json_real(p->threshold), "fmr", per_group(r, p->fmr), "fnmr",
                      per_group(r, p->fnmr), "fmr_gini", eval_json_real(p->fmr_spread.gini),
                      "fnmr_gini", eval_json_real(p->fnmr_spread.gini), "fmr_max_over_geomean",
                      eval_json_real(p->fmr_spread.max_over_geomean), "fnmr_max_over_geomean",
                      eval_json_real(p->fnmr_spread.max_over_geomean)));
    }
    return json_pack("{s:o, s:o}", "sizes", sizes, "rates", points);
}

static json_t *rejection(const eval_reject *r)
{
    json_t *at = json_object();
    for (int k = 0; k < EVAL_REJECT_POINTS; k++) {
        const eval_reject_point *p = &r->point[k];
        if (isnan(p->threshold)) continue;
        json_object_set_new(
            at, p->name,
            json_pack("{s:o, s:I, s:I, s:o, s:o, s:o, s:o}", "threshold",
                      eval_json_real(p->threshold), "missed", (json_int_t)p->missed, "missed_after",
                      (json_int_t)p->missed_after, "fnmr", eval_json_real(p->fnmr), "fnmr_after",
                      eval_json_real(p->fnmr_after), "left", eval_json_real(p->left),
                      "left_interval", eval_json_interval(p->left_range)));
    }
    return json_pack("{s:f, s:i, s:I, s:I, s:o, s:o}", "share", EVAL_REJECT_SHARE, "rejected",
                     (int)r->rejected, "pairs", (json_int_t)r->pairs, "pairs_after",
                     (json_int_t)r->pairs_after, "at", at, "rank_correlation",
                     eval_json_real(r->rank_correlation));
}

static json_t *per_fpir(const double *v)
{
    json_t *o = json_object();
    for (int k = 0; k < EVAL_FPIR_LEVELS; k++) {
        json_object_set_new(o, eval_fpir_level_name[k], eval_json_real(v[k]));
    }
    return o;
}

static void set_identification(json_t *o, const eval_identification *id)
{
    json_t *ranks = json_object(), *beyond = json_object(), *range = json_object();
    for (int k = 0; k < EVAL_RANKS; k++) {
        char name[16];
        snprintf(name, sizeof name, "%u", eval_rank_level[k]);
        json_object_set_new(ranks, name, eval_json_real(id->hit_rate[k]));
    }
    for (int k = 0; k < EVAL_FPIR_LEVELS; k++) {
        json_object_set_new(beyond, eval_fpir_level_name[k],
                            json_boolean(id->score_at[k] > id->extrapolated_from));
        json_object_set_new(range, eval_fpir_level_name[k],
                            eval_json_interval(id->fnir_at_range[k]));
    }
    json_object_set_new(o, "n", json_integer(id->gallery));
    json_object_set_new(o, "mated_probes", json_integer((json_int_t)id->mated));
    json_object_set_new(o, "nonmated_probes", json_integer((json_int_t)id->nonmated));
    json_object_set_new(o, "target_fpir", eval_json_real(id->target));
    json_object_set_new(o, "threshold", eval_json_real(id->threshold));
    json_object_set_new(o, "threshold_extrapolated",
                        json_boolean(id->threshold > id->extrapolated_from));
    json_object_set_new(o, "fpir", eval_json_real(id->fpir));
    json_object_set_new(o, "fnir", eval_json_real(id->fnir));
    json_object_set_new(o, "fnir_at_fpir", per_fpir(id->fnir_at));
    json_object_set_new(o, "score_at_fpir", per_fpir(id->score_at));
    json_object_set_new(o, "extrapolated_at_fpir", beyond);
    json_object_set_new(o, "hit_rate_at_rank", ranks);
    json_object_set_new(o, "extrapolated_from", eval_json_real(id->extrapolated_from));
    json_object_set_new(o, "identification_intervals",
                        json_pack("{s:o, s:o, s:o, s:o}", "fpir",
                                  eval_json_interval(id->fpir_range), "fnir",
                                  eval_json_interval(id->fnir_range), "fnir_at_fpir", range,
                                  "rank1", eval_json_interval(id->rank1_range)));
}

json_t *eval_result_json(const eval_result *r)
{
    json_t *o = json_object();
    if (!o) return NULL;
    const eval_times *t = &r->times;
    json_object_set_new(o, "modality", json_string(eval_modality_name(r->opts.modality)));
    json_object_set_new(o, "protocol", json_string(eval_protocol_name(r->opts.protocol)));
    json_object_set_new(o, "images", json_integer(r->pairs.images));
    json_object_set_new(o, "failures_to_extract", json_integer(r->failures));
    json_object_set_new(o, "genuine_pairs", json_integer((json_int_t)r->pairs.genuine));
    json_object_set_new(o, "impostor_pairs", json_integer((json_int_t)r->pairs.impostor));
    json_object_set_new(o, "eer", eval_json_real(r->rates.eer));
    json_object_set_new(o, "fnmr_at_fmr", per_level(r->rates.fnmr_at));
    json_object_set_new(o, "zero_fmr", eval_json_real(r->rates.zero_fmr));
    json_object_set_new(o, "rank1", eval_json_real(r->rank1));
    json_object_set_new(o, "extract_ms_median", eval_json_real(t->extract_ms_median));
    json_object_set_new(o, "compare_us_mean", eval_json_real(t->compare_us_mean));
    json_object_set_new(o, "template_bytes_mean", eval_json_real(r->template_bytes_mean));
    json_object_set_new(o, "intervals", intervals(&r->intervals));
    if (r->pairs.fold) {
        json_object_set_new(o, "accuracy", eval_json_real(r->accuracy.mean));
        json_object_set_new(o, "accuracy_std", eval_json_real(r->accuracy.std));
        json_object_set_new(o, "accuracy_standard_error",
                            eval_json_real(r->accuracy.standard_error));
        json_object_set_new(o, "folds", folds(&r->accuracy));
    }
    if (r->opts.protocol == EVAL_IDENTIFICATION) set_identification(o, &r->identification);
    json_object_set_new(o, "reject", rejection(&r->reject));
    if (r->groups.count) json_object_set_new(o, "groups", groups(r));

    /* Beyond what every evaluation has. */
    json_object_set_new(o, "set", eval_json_text(r->manifest->name));
    json_object_set_new(o, "version", json_string(bf_version()));
    json_object_set_new(o, "identities", json_integer(r->manifest->identities));
    json_object_set_new(o, "gallery", json_integer(r->pairs.gallery));
    json_object_set_new(o, "probes", json_integer(r->pairs.probes));
    json_object_set_new(o, "eer_interval",
                        eval_json_interval((eval_interval){r->rates.eer_low, r->rates.eer_high}));
    json_object_set_new(o, "eer_score", eval_json_real(r->rates.eer_score));
    json_object_set_new(o, "score_at_fmr", per_level(r->rates.score_at));
    json_object_set_new(o, "zero_fmr_score", eval_json_real(r->rates.zero_fmr_score));
    json_object_set_new(o, "fmr_at_score", at_scores(r->fmr_at_score));
    json_object_set_new(o, "fnmr_at_score", at_scores(r->fnmr_at_score));
    json_object_set_new(o, "template_bytes_max", json_integer(r->template_bytes_max));
    json_object_set_new(o, "extract_ms_mean", eval_json_real(t->extract_ms_mean));
    json_object_set_new(o, "load_ms_median", eval_json_real(t->load_ms_median));
    json_object_set_new(o, "prepare_us_mean", eval_json_real(t->prepare_us_mean));
    json_object_set_new(o, "wall_s", eval_json_real(t->wall_s));
    json_object_set_new(o, "bootstrap",
                        json_pack("{s:f, s:i, s:i, s:I}", "level", 0.95, "replicates",
                                  (int)r->opts.replicates, "replicates_used",
                                  (int)r->intervals.replicates, "seed", (json_int_t)r->opts.seed));
    json_object_set_new(o, "failures", failures(r));
    return o;
}
