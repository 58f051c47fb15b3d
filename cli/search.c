/* SPDX-License-Identifier: Apache-2.0 */
/* What verify and identify share: see search.h. */
#include "search.h"

#include <stdlib.h>
#include <string.h>

void cli_search_init(cli_search *q, const char *verb)
{
    memset(q, 0, sizeof *q);
    cli_store_init(&q->s, verb);
    cli_samples_init(&q->samples, BF_PROBES_MAX);
}

int cli_search_option(cli_search *q, int o)
{
    int taken = cli_store_option(&q->s, o, optarg);
    if (!taken) taken = cli_sample_option(&q->samples, q->s.verb, o, optarg);
    if (taken) return taken;
    switch (o) {
    case 'g': q->gallery = optarg; return 1;
    case 'P': q->purpose = optarg; return 1;
    case 'j': q->as_json = 1; return 1;
    case 't':
        if (!cli_parse_uint(optarg, 1, 64, &q->threads)) return 1;
        cli_usage(q->s.verb, "--threads takes 1..64");
        return -1;
    default: return 0;
    }
}

/* ---- show ---- */

static const char *decision(const bf_candidate *k, int one)
{
    if (one) return k->above_threshold ? "match" : "no match";
    return k->above_threshold ? "candidate (needs a human decision)" : "below threshold";
}

/* A score has two digits behind the point; as a float it has more. */
static double score_of(float score)
{
    return (double)(long)((double)score * 100.0 + 0.5) / 100.0;
}

/* JSON is UTF-8; a file's name may be any bytes. */
static json_t *path_json(const char *path)
{
    json_t *text = json_string(path);
    char *copy = text ? NULL : strdup(path);
    for (char *p = copy; p && *p; p++) {
        if ((unsigned char)*p > 0x7e) *p = '?';
    }
    if (copy) text = json_string(copy);
    free(copy);
    return text;
}

/* Beyond what the impostor sample of its modality supports. */
static int part_extrapolated(const cli_search *q, const bf_candidate_part *p)
{
    return p->score > bf_score_extrapolated_from(q->s.c.engine, p->modality);
}

/* A fused score is as far beyond as the least supported of its parts allows. */
static int extrapolated(const cli_search *q, const bf_candidate *k)
{
    int beyond = 0;
    for (uint32_t i = 0; i < k->part_count; i++) {
        beyond |= part_extrapolated(q, &k->parts[i]) ||
                  k->score > bf_score_extrapolated_from(q->s.c.engine, k->parts[i].modality);
    }
    return beyond;
}

static json_t *candidate_json(const bf_candidate *k, const cli_search *q)
{
    json_t *parts = json_array();
    for (uint32_t i = 0; i < k->part_count; i++) {
        const bf_candidate_part *p = &k->parts[i];
        json_array_append_new(parts, json_pack("{s:s,s:s,s:f,s:b,s:i,s:s,s:o}", "modality",
                                               bf_modality_name(p->modality), "position",
                                               cli_position_name(p->modality, p->position), "score",
                                               score_of(p->score), "extrapolated",
                                               part_extrapolated(q, p), "comparisons",
                                               (int)p->comparisons, "encounter", p->encounter,
                                               "probe", path_json(q->samples.item[p->probe].path)));
    }
    return json_pack("{s:i,s:s,s:f,s:b,s:b,s:s,s:o}", "rank", (int)k->rank, "person", k->person,
                     "score", score_of(k->score), "extrapolated", extrapolated(q, k),
                     "above_threshold", (int)k->above_threshold, "decision",
                     decision(k, q->person != NULL), "parts", parts);
}

static int show_json(const cli_search *q, const bf_result *r)
{
    json_t *candidates = json_array();
    for (size_t i = 0; i < bf_result_count(r); i++) {
        json_array_append_new(candidates, candidate_json(bf_result_candidate(r, i), q));
    }
    return cli_print_json(json_pack("{s:f,s:f,s:I,s:I,s:s,s:o}", "threshold",
                                    (double)bf_result_threshold(r), q->person ? "fmr" : "fpir",
                                    q->rate, "persons", (json_int_t)bf_result_persons(r),
                                    "comparisons", (json_int_t)bf_result_comparisons(r), "purpose",
                                    bf_result_purpose(r), "candidates", candidates));
}

static int show_table(const cli_search *q, const bf_result *r)
{
    int beyond = 0;
    if (bf_result_count(r)) {
        cli_table *t = cli_table_new(">rank\0person\0>score\0parts\0decision\0");
        for (size_t i = 0; i < bf_result_count(r); i++) {
            const bf_candidate *k = bf_result_candidate(r, i);
            char rank[16], score[16], parts[BF_PROBES_MAX * 24] = "";
            snprintf(rank, sizeof rank, "%u", k->rank);
            beyond |= extrapolated(q, k);
            snprintf(score, sizeof score, "%.2f%s", (double)k->score,
                     extrapolated(q, k) ? "*" : "");
            for (uint32_t j = 0; j < k->part_count; j++) {
                const bf_candidate_part *p = &k->parts[j];
                size_t n = strlen(parts);
                snprintf(parts + n, sizeof parts - n, "%s%s %.1f%s", j ? ", " : "",
                         cli_position_name(p->modality, p->position), (double)p->score,
                         part_extrapolated(q, p) ? "*" : "");
            }
            cli_table_row(t, rank, k->person, score, parts, decision(k, q->person != NULL));
        }
        cli_table_print(t, stdout);
    } else {
        printf(q->person ? "nothing could be compared\n" : "no candidate above the threshold\n");
    }
    if (beyond) puts("* extrapolated: rarer than the impostor pairs that were measured can tell");
    printf("threshold %.2f (%s %g), %llu person%s compared, %llu comparison%s; purpose: %s\n",
           (double)bf_result_threshold(r), q->person ? "FMR" : "FPIR", q->rate,
           (unsigned long long)bf_result_persons(r), cli_plural(bf_result_persons(r)),
           (unsigned long long)bf_result_comparisons(r), cli_plural(bf_result_comparisons(r)),
           bf_result_purpose(r));
    return CLI_OK;
}

static int show(const cli_search *q, const bf_result *r)
{
    const bf_candidate *first = bf_result_candidate(r, 0);
    int rc = q->as_json ? show_json(q, r) : show_table(q, r);
    if (rc) return rc;
    return first && first->above_threshold ? CLI_OK : CLI_NO_MATCH;
}

/* ---- run ---- */

static int search(cli_search *q)
{
    const bf_template *probes[BF_PROBES_MAX];
    bf_search n;
    bf_result *r = NULL;
    bf_status st;
    bf_search_init(&n);
    for (unsigned i = 0; i < q->samples.count; i++) probes[i] = q->samples.item[i].tmpl;
    n.probes = probes;
    n.probe_count = q->samples.count;
    n.gallery = q->gallery;
    n.purpose = q->purpose;
    n.threads = (uint32_t)q->threads;
    if (q->max) n.max_candidates = (uint32_t)q->max;
    n.include_below = (uint32_t)q->all;
    if (q->person) {
        n.fmr = q->rate;
        st = bf_store_verify(q->s.c.session, q->s.store, q->person, &n, &r);
    } else {
        n.fpir = q->rate;
        st = bf_store_identify(q->s.c.session, q->s.store, &n, &r);
    }
    if (st) return cli_store_fail(&q->s, NULL, st);
    int rc = show(q, r);
    bf_result_free(r);
    return rc;
}

int cli_search_run(cli_search *q)
{
    if (!q->samples.count) return cli_usage(q->s.verb, "no --finger, --palm or --face is given");
    int rc = cli_store_open(&q->s);
    if (!rc) rc = cli_samples_load(&q->s.c, &q->samples, 0);
    if (!rc) rc = search(q);
    cli_samples_free(&q->samples);
    cli_store_close(&q->s);
    return rc;
}
