/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the table of results, and the list of scores. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "csv.h"
#include "output.h"

static const char heading[] =
    "set,protocol,images,fte,genuine,impostor,"
    "eer,eer_low,eer_high,"
    "fnmr@1e-2,fnmr@1e-2_low,fnmr@1e-2_high,fnmr@1e-3,fnmr@1e-3_low,fnmr@1e-3_high,"
    "fnmr@1e-4,fnmr@1e-4_low,fnmr@1e-4_high,fnmr@1e-5,fnmr@1e-5_low,fnmr@1e-5_high,"
    "zero_fmr,zero_fmr_low,zero_fmr_high,rank1,rank1_low,rank1_high,"
    "extract_ms,compare_us,template_bytes\n";

/* ",value", empty where not defined. */
static void put(FILE *f, const char *fmt, double v)
{
    fputc(',', f);
    if (isfinite(v)) fprintf(f, fmt, v);
}

static void put_rate(FILE *f, double v, eval_interval i)
{
    put(f, "%.6f", v);
    put(f, "%.6f", i.low);
    put(f, "%.6f", i.high);
}

static void put_row(FILE *f, const eval_result *r)
{
    eval_csv_write(f, r->manifest->name);
    fprintf(f, ",%s,%u,%u,%zu,%zu", eval_protocol_name(r->opts.protocol), r->pairs.images,
            r->failures, r->pairs.genuine, r->pairs.impostor);
    put_rate(f, r->rates.eer, r->intervals.eer);
    for (int k = 0; k < EVAL_FMR_LEVELS; k++) {
        put_rate(f, r->rates.fnmr_at[k], r->intervals.fnmr_at[k]);
    }
    put_rate(f, r->rates.zero_fmr, r->intervals.zero_fmr);
    put_rate(f, r->rank1, r->intervals.rank1);
    put(f, "%.2f", r->times.extract_ms_median);
    put(f, "%.1f", r->times.compare_us_mean);
    put(f, "%.0f", r->template_bytes_mean);
    fputc('\n', f);
}

static bf_status close_file(FILE *f, const char *path, eval_error *err)
{
    int bad = ferror(f);
    if (fclose(f) || bad) return eval_fail(err, BF_EIO, "%s: %s", path, strerror(errno));
    return BF_OK;
}

bf_status eval_result_append_csv(const eval_result *r, const char *path, eval_error *err)
{
    FILE *f = fopen(path, "a");
    if (!f) return eval_fail(err, BF_EIO, "%s: %s", path, strerror(errno));
    if (!fseek(f, 0, SEEK_END) && ftell(f) == 0) fputs(heading, f);
    put_row(f, r);
    return close_file(f, path, err);
}

bf_status eval_result_write_scores(const eval_result *r, const char *path, eval_error *err)
{
    FILE *f = fopen(path, "w");
    if (!f) return eval_fail(err, BF_EIO, "%s: %s", path, strerror(errno));
    fputs("path_a,path_b,kind,score,quality_a,quality_b\n", f);
    for (size_t i = 0; i < r->pairs.count; i++) {
        const eval_pair *p = &r->pairs.pair[i];
        const char *kind = p->flags & EVAL_PAIR_GENUINE ? "genuine" : "impostor";
        if (!(p->flags & EVAL_PAIR_COUNTED)) kind = "search";
        eval_csv_write(f, r->manifest->samples[p->a].label);
        fputc(',', f);
        eval_csv_write(f, r->manifest->samples[p->b].label);
        fprintf(f, ",%s,", kind);
        if (p->score >= 0.0f) fprintf(f, "%.2f", (double)p->score);
        fprintf(f, ",%u,%u\n", r->extraction[p->a].quality, r->extraction[p->b].quality);
    }
    return close_file(f, path, err);
}
