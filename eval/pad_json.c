/* SPDX-License-Identifier: Apache-2.0 */
/* The result of presentation attack detection as one JSON object, and score by score. */
#include <errno.h>
#include <string.h>

#include "csv.h"
#include "output.h"

#define FAILURES_LISTED 100

static json_t *per_level(const double *v)
{
    json_t *o = json_object();
    for (int k = 0; k < EVAL_PAD_LEVELS; k++) {
        json_object_set_new(o, eval_pad_level_name[k], eval_json_real(v[k]));
    }
    return o;
}

static json_t *interval_per_level(const eval_interval *v)
{
    json_t *o = json_object();
    for (int k = 0; k < EVAL_PAD_LEVELS; k++) {
        json_object_set_new(o, eval_pad_level_name[k], eval_json_interval(v[k]));
    }
    return o;
}

static void set_rates(json_t *o, const eval_pad_rates *r, const eval_pad_intervals *i)
{
    json_object_set_new(o, "bpcer_at_apcer", per_level(r->bpcer_at));
    json_object_set_new(o, "apcer_at_bpcer", per_level(r->apcer_at));
    json_object_set_new(o, "score_at_apcer", per_level(r->score_at_apcer));
    json_object_set_new(o, "eer", eval_json_real(r->eer));
    json_object_set_new(o, "apcer_at_own_threshold", eval_json_real(r->own_apcer));
    json_object_set_new(o, "bpcer_at_own_threshold", eval_json_real(r->own_bpcer));
    json_object_set_new(o, "intervals",
                        json_pack("{s:o, s:o, s:o}", "bpcer_at_apcer",
                                  interval_per_level(i->bpcer_at), "apcer_at_bpcer",
                                  interval_per_level(i->apcer_at), "eer",
                                  eval_json_interval(i->eer)));
}

static json_t *failures(const eval_pad_result *r)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < r->list->count; i++) {
        const eval_pad_score *s = &r->score[i];
        if (!s->status || json_array_size(list) == FAILURES_LISTED) continue;
        json_array_append_new(list, json_pack("{s:o, s:s, s:o}", "path",
                                              eval_json_text(r->list->item[i].label), "status",
                                              bf_status_name(s->status), "cause",
                                              eval_json_text(s->cause)));
    }
    return list;
}

json_t *eval_pad_json(const eval_pad_result *r)
{
    json_t *o = json_object(), *species = json_object();
    const eval_pad_list *l = r->list;
    if (!o || !species) return NULL;
    for (uint32_t s = 0; s < l->species; s++) {
        json_t *of = json_object();
        json_object_set_new(of, "attacks", json_integer(r->attacks[s]));
        set_rates(of, &r->species[s], &r->species_interval[s]);
        eval_json_set_named(species, l->species_name[s], s, of);
    }
    json_object_set_new(o, "modality", json_string(eval_modality_name(r->opts.modality)));
    json_object_set_new(o, "protocol", json_string(eval_protocol_name(EVAL_PAD)));
    json_object_set_new(o, "images", json_integer(l->count));
    json_object_set_new(o, "failures_to_extract", json_integer(r->failures));
    json_object_set_new(o, "bonafide", json_integer(r->bonafide));
    json_object_set_new(o, "attacks", json_integer(l->count - r->bonafide));
    json_object_set_new(o, "subjects", json_integer(l->subjects));
    set_rates(o, &r->worst, &r->worst_interval);
    json_object_set_new(o, "own_threshold", eval_json_real(r->own_threshold));
    json_object_set_new(o, "species", species);
    json_object_set_new(o, "score_ms_median", eval_json_real(r->score_ms_median));
    json_object_set_new(o, "set", eval_json_text(l->name));
    json_object_set_new(o, "version", json_string(bf_version()));
    json_object_set_new(o, "bootstrap",
                        json_pack("{s:f, s:i, s:I}", "level", 0.95, "replicates",
                                  (int)r->opts.replicates, "seed", (json_int_t)r->opts.seed));
    json_object_set_new(o, "failures", failures(r));
    return o;
}

bf_status eval_pad_write_scores(const eval_pad_result *r, const char *path, eval_error *err)
{
    FILE *f = fopen(path, "w");
    if (!f) return eval_fail(err, BF_EIO, "%s: %s", path, strerror(errno));
    fputs("path,subject,label,species,score\n", f);
    for (uint32_t i = 0; i < r->list->count; i++) {
        const eval_presentation *p = &r->list->item[i];
        int bonafide = p->species == EVAL_PAD_BONAFIDE;
        eval_csv_write(f, p->label);
        fputc(',', f);
        eval_csv_write(f, p->subject_name);
        fprintf(f, ",%s,", bonafide ? "bonafide" : "attack");
        if (!bonafide) eval_csv_write(f, r->list->species_name[p->species]);
        fputc(',', f);
        if (r->score[i].score >= 0.0f) fprintf(f, "%.3f", (double)r->score[i].score);
        fputc('\n', f);
    }
    int bad = ferror(f);
    if (fclose(f) || bad) return eval_fail(err, BF_EIO, "%s: %s", path, strerror(errno));
    return BF_OK;
}
