/* SPDX-License-Identifier: Apache-2.0 */
/* The result as one JSON object. Rates are fractions; what is not defined is null. */
#include <math.h>
#include <stdio.h>

#include "output.h"

#define FAILURES_LISTED 100

const char *eval_modality_name(uint32_t modality)
{
    switch (modality) {
    case BF_FINGER: return "finger";
    case BF_PALM: return "palm";
    case BF_FACE: return "face";
    default: return "?";
    }
}

static json_t *real(double v)
{
    return isfinite(v) ? json_real(v) : json_null();
}

/* File names need not be UTF-8, but JSON is. */
static json_t *text(const char *s)
{
    json_t *v = json_string(s);
    return v ? v : json_string("(name is not UTF-8)");
}

static json_t *pair_of(eval_interval i)
{
    if (!isfinite(i.low) || !isfinite(i.high)) return json_null();
    return json_pack("[f,f]", i.low, i.high);
}

static json_t *per_level(const double *v)
{
    json_t *o = json_object();
    for (int k = 0; k < EVAL_FMR_LEVELS; k++) {
        json_object_set_new(o, eval_fmr_level_name[k], real(v[k]));
    }
    return o;
}

static json_t *intervals(const eval_intervals *v)
{
    json_t *at = json_object();
    for (int k = 0; k < EVAL_FMR_LEVELS; k++) {
        json_object_set_new(at, eval_fmr_level_name[k], pair_of(v->fnmr_at[k]));
    }
    return json_pack("{s:o, s:o, s:o, s:o}", "eer", pair_of(v->eer), "fnmr_at_fmr", at, "zero_fmr",
                     pair_of(v->zero_fmr), "rank1", pair_of(v->rank1));
}

static json_t *at_scores(const double *rate)
{
    json_t *o = json_object();
    for (int i = 0; i < EVAL_SCORE_LEVELS; i++) {
        char name[16];
        snprintf(name, sizeof name, "%.0f", eval_score_level[i]);
        json_object_set_new(o, name, real(rate[i]));
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
                                              text(r->manifest->samples[i].label), "status",
                                              bf_status_name(e->status), "cause", text(e->cause)));
    }
    return list;
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
    json_object_set_new(o, "eer", real(r->rates.eer));
    json_object_set_new(o, "fnmr_at_fmr", per_level(r->rates.fnmr_at));
    json_object_set_new(o, "zero_fmr", real(r->rates.zero_fmr));
    json_object_set_new(o, "rank1", real(r->rank1));
    json_object_set_new(o, "extract_ms_median", real(t->extract_ms_median));
    json_object_set_new(o, "compare_us_mean", real(t->compare_us_mean));
    json_object_set_new(o, "template_bytes_mean", real(r->template_bytes_mean));
    json_object_set_new(o, "intervals", intervals(&r->intervals));

    /* Beyond what every evaluation has. */
    json_object_set_new(o, "set", text(r->manifest->name));
    json_object_set_new(o, "version", json_string(bf_version()));
    json_object_set_new(o, "identities", json_integer(r->manifest->identities));
    json_object_set_new(o, "gallery", json_integer(r->pairs.gallery));
    json_object_set_new(o, "probes", json_integer(r->pairs.probes));
    json_object_set_new(o, "eer_interval",
                        pair_of((eval_interval){r->rates.eer_low, r->rates.eer_high}));
    json_object_set_new(o, "eer_score", real(r->rates.eer_score));
    json_object_set_new(o, "score_at_fmr", per_level(r->rates.score_at));
    json_object_set_new(o, "zero_fmr_score", real(r->rates.zero_fmr_score));
    json_object_set_new(o, "fmr_at_score", at_scores(r->fmr_at_score));
    json_object_set_new(o, "fnmr_at_score", at_scores(r->fnmr_at_score));
    json_object_set_new(o, "template_bytes_max", json_integer(r->template_bytes_max));
    json_object_set_new(o, "extract_ms_mean", real(t->extract_ms_mean));
    json_object_set_new(o, "load_ms_median", real(t->load_ms_median));
    json_object_set_new(o, "prepare_us_mean", real(t->prepare_us_mean));
    json_object_set_new(o, "wall_s", real(t->wall_s));
    json_object_set_new(o, "bootstrap",
                        json_pack("{s:f, s:i, s:i, s:I}", "level", 0.95, "replicates",
                                  (int)r->opts.replicates, "replicates_used",
                                  (int)r->intervals.replicates, "seed", (json_int_t)r->opts.seed));
    json_object_set_new(o, "failures", failures(r));
    return o;
}
