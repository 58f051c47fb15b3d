/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "charts.h"
#include "extremes.h"
#include "output.h"
#include "style.h"
#include "svg.h"

#define FAILURES_LISTED 200

/* "1.23 %", "0.045 %": three digits that mean something; "-" where not defined. */
static void percent(FILE *f, double v)
{
    double p = v * 100.0;
    if (!isfinite(v)) {
        fputs("&ndash;", f);
    } else if (p > 0 && p < 0.1) {
        fprintf(f, "%.3f&nbsp;%%", p);
    } else {
        fprintf(f, "%.2f&nbsp;%%", p);
    }
}

static void interval(FILE *f, eval_interval v)
{
    if (!isfinite(v.low) || !isfinite(v.high)) return;
    percent(f, v.low);
    fputs(" to ", f);
    percent(f, v.high);
}

static void card(FILE *f, const char *name, double rate, eval_interval v)
{
    fputs("<div class=card><span>", f);
    html_text(f, name);
    fputs("</span><b>", f);
    percent(f, rate);
    fputs("</b><span>", f);
    interval(f, v);
    fputs("&nbsp;</span></div>\n", f);
}

static void plain_card(FILE *f, const char *name, const char *value, const char *below)
{
    fprintf(f, "<div class=card><span>%s</span><b>%s</b><span>%s&nbsp;</span></div>\n", name, value,
            below);
}

static void write_head(FILE *f, const eval_result *r, int images)
{
    fputs("<!doctype html>\n<html lang=en><meta charset=utf-8>"
          "<meta name=viewport content='width=device-width'><title>Evaluation: ",
          f);
    html_text(f, r->manifest->name);
    fprintf(f, "</title><style>%s</style>\n<main>\n<h1>", report_style);
    html_text(f, r->manifest->name);
    fprintf(f,
            "</h1><p class=sub>%s, protocol %s: %u images of %u identities, %zu genuine and %zu "
            "impostor comparisons. Bonafide %s.</p>\n",
            eval_modality_name(r->opts.modality), eval_protocol_name(r->opts.protocol),
            r->pairs.images, r->manifest->identities, r->pairs.genuine, r->pairs.impostor,
            bf_version());
    if (!images) return;
    fputs("<p class=note><b>This report shows biometric samples.</b> They identify people and "
          "cannot be changed like a password. Keep this folder as safe as the samples "
          "themselves, and delete it when it is no longer needed. <code>--no-images</code> writes "
          "it without them.</p>\n",
          f);
}

static void write_cards(FILE *f, const eval_result *r)
{
    char value[64], below[64];
    fputs("<div class=cards>\n", f);
    card(f, "Equal error rate", r->rates.eer, r->intervals.eer);
    card(f, "FNMR at FMR 1 %", r->rates.fnmr_at[0], r->intervals.fnmr_at[0]);
    card(f, "FNMR at FMR 0.1 %", r->rates.fnmr_at[1], r->intervals.fnmr_at[1]);
    card(f, "Rank-1", r->rank1, r->intervals.rank1);
    if (r->pairs.fold) {
        double e = r->accuracy.standard_error;
        card(f, "Accuracy, standard error", r->accuracy.mean,
             (eval_interval){r->accuracy.mean - e, r->accuracy.mean + e});
    }
    snprintf(value, sizeof value, "%u", r->failures);
    snprintf(below, sizeof below, "of %u images", r->pairs.images);
    plain_card(f, "Failures to extract", value, below);
    if (isfinite(r->times.compare_us_mean)) {
        snprintf(value, sizeof value, "%.1f ms", r->times.extract_ms_median);
        snprintf(below, sizeof below, "comparison %.1f &micro;s", r->times.compare_us_mean);
        plain_card(f, "Extraction, median", value, below);
    }
    fputs("</div>\n", f);
}

static void chart_panel(FILE *f, const char *title, const char *text)
{
    fprintf(f, "<div class=panel><h3>%s</h3><p>%s</p>\n", title, text);
}

static bf_status write_charts(FILE *f, const eval_result *r)
{
    double threshold;
    char text[256];
    fputs("<h2>Curves</h2><div class=grid>\n", f);
    chart_panel(f, "DET curve",
                "Every threshold's two errors, both logarithmic; the band is the 95 % interval of "
                "FNMR, the dot the EER.");
    EVAL_TRY(chart_det(f, r));
    fputs("</div>\n", f);
    chart_panel(f, "Scores",
                "<i class=key style='background:var(--impostor)'></i>impostor "
                "<i class='key gap' style='background:var(--genuine)'></i>genuine; the vertical "
                "axis is logarithmic.");
    EVAL_TRY(chart_scores(f, r));
    fputs("</div>\n", f);
    chart_panel(f, "Calibration",
                "FMR measured on this set against the score; dashed: the promise of the scale, "
                "10<sup>-t/10</sup>.");
    EVAL_TRY(chart_calibration(f, r));
    fputs("</div>\n", f);
    const char *name = chart_rejection_threshold(r, &threshold);
    snprintf(text, sizeof text,
             "FNMR at the threshold of %s when genuine comparisons are left out by the lower "
             "quality of their two samples; dashed: if quality foresaw every miss.",
             name);
    chart_panel(f, "Error against rejection by quality", text);
    EVAL_TRY(chart_rejection(f, r));
    fputs("</div>\n</div>\n", f);
    return BF_OK;
}

static void rate_row(FILE *f, const char *name, double rate, eval_interval v, double score)
{
    fprintf(f, "<tr><td>%s<td class=n>", name);
    percent(f, rate);
    fputs("<td class=n>", f);
    interval(f, v);
    fputs("<td class=n>", f);
    if (isfinite(score)) fprintf(f, "%.2f", score);
    fputs("\n", f);
}

static void write_rates(FILE *f, const eval_result *r)
{
    fputs("<h2>Error rates</h2><div class='panel scroll'><table><tr><th>rate<th class=n>measured"
          "<th class=n>95 % interval<th class=n>at score\n",
          f);
    rate_row(f, "EER", r->rates.eer, r->intervals.eer, r->rates.eer_score);
    for (int k = 0; k < EVAL_FMR_LEVELS; k++) {
        char name[64];
        snprintf(name, sizeof name, "FNMR at FMR %s", eval_fmr_level_name[k]);
        rate_row(f, name, r->rates.fnmr_at[k], r->intervals.fnmr_at[k], r->rates.score_at[k]);
    }
    rate_row(f, "FNMR at zero FMR", r->rates.zero_fmr, r->intervals.zero_fmr,
             r->rates.zero_fmr_score);
    rate_row(f, "rank-1", r->rank1, r->intervals.rank1, NAN);
    fputs("</table></div>\n<h2>Does the scale keep its word?</h2><div class='panel scroll'><table>"
          "<tr><th class=n>score<th class=n>promised FMR<th class=n>measured FMR<th class=n>FNMR\n",
          f);
    for (int i = 0; i < EVAL_SCORE_LEVELS; i++) {
        fprintf(f, "<tr><td class=n>%.0f<td class=n>", eval_score_level[i]);
        percent(f, pow(10.0, -eval_score_level[i] / 10.0));
        fputs("<td class=n>", f);
        percent(f, r->fmr_at_score[i]);
        fputs("<td class=n>", f);
        percent(f, r->fnmr_at_score[i]);
        fputs("\n", f);
    }
    fputs("</table></div>\n", f);
}

static void write_rejection(FILE *f, const eval_result *r)
{
    const eval_reject *q = &r->reject;
    if (!q->rejected) return;
    fprintf(
        f,
        "<h2>Without the worst samples</h2><p>FNMR when the %u samples of the lowest quality (at "
        "most %.0f %%) are turned away, at unchanged thresholds. Rank correlation of quality "
        "and mean genuine score: %.2f.</p><div class='panel scroll'><table><tr><th>threshold"
        "<th class=n>misses<th class=n>FNMR<th class=n>misses left<th class=n>FNMR left<th "
        "class=n>of it<th class=n>95 %% interval\n",
        q->rejected, EVAL_REJECT_SHARE * 100.0, q->rank_correlation);
    for (int k = 0; k < EVAL_REJECT_POINTS; k++) {
        const eval_reject_point *p = &q->point[k];
        if (isnan(p->threshold)) continue;
        fprintf(f, "<tr><td>%s<td class=n>%llu of %llu<td class=n>", p->name,
                (unsigned long long)p->missed, (unsigned long long)q->pairs);
        percent(f, p->fnmr);
        fprintf(f, "<td class=n>%llu of %llu<td class=n>", (unsigned long long)p->missed_after,
                (unsigned long long)q->pairs_after);
        percent(f, p->fnmr_after);
        fputs("<td class=n>", f);
        if (isfinite(p->left)) fprintf(f, "&times; %.2f", p->left);
        fputs("<td class=n>", f);
        if (isfinite(p->left_range.low)) {
            fprintf(f, "%.2f to %.2f", p->left_range.low, p->left_range.high);
        }
        fputs("\n", f);
    }
    fputs("</table></div>\n", f);
}

static void write_failures(FILE *f, const eval_result *r)
{
    unsigned listed = 0;
    if (!r->failures) return;
    fputs("<h2>Failures to extract</h2><div class='panel scroll'><table><tr><th>sample<th>cause\n",
          f);
    for (uint32_t i = 0; i < r->manifest->count && listed < FAILURES_LISTED; i++) {
        const eval_extraction *e = &r->extraction[i];
        if (!e->status) continue;
        fputs("<tr><td>", f);
        html_text(f, r->manifest->samples[i].label);
        fputs("<td>", f);
        html_text(f, e->cause);
        fputs("\n", f);
        listed++;
    }
    fputs("</table></div>\n", f);
    if (r->failures > listed) fprintf(f, "<p>and %u more.</p>\n", r->failures - listed);
}

static void sample_cell(FILE *f, const eval_result *r, uint32_t i)
{
    html_text(f, r->manifest->samples[i].label);
    fprintf(f, " <span class=sub>(quality %u)</span>", r->extraction[i].quality);
}

static void write_pairs(FILE *f, const eval_result *r, const eval_pair *const *pair, size_t count,
                        int genuine, int images)
{
    fputs(genuine ? "<h2>Genuine pairs that scored lowest</h2>\n"
                  : "<h2>Impostor pairs that scored highest</h2>\n",
          f);
    if (!images) {
        fputs("<div class='panel scroll'><table><tr><th class=n>score<th>A<th>B\n", f);
    }
    for (size_t i = 0; i < count; i++) {
        char file[32];
        eval_extremes_file(genuine, i, file, sizeof file);
        fprintf(f, images ? "<figure><figcaption><b>%.2f</b>" : "<tr><td class=n>%.2f<td>",
                (double)pair[i]->score);
        sample_cell(f, r, pair[i]->a);
        fputs(images ? " &nbsp;with&nbsp; " : "<td>", f);
        sample_cell(f, r, pair[i]->b);
        if (images) {
            fprintf(f,
                    "</figcaption><a href='%s'><img loading=lazy src='%s' alt='The two samples "
                    "side by side with what was found'></a></figure>",
                    file, file);
        }
        fputs("\n", f);
    }
    if (!images) fputs("</table></div>\n", f);
}

static void write_foot(FILE *f, const eval_result *r)
{
    fputs(
        "<h2>How this was measured</h2><p>Accepted when score &ge; t. FNMR at FMR x is the lowest "
        "FNMR over thresholds whose measured FMR is at most x, and is left open where x times "
        "the impostor comparisons is below 1. The EER is the midpoint of the interval in which "
        "FMR and FNMR cross. A failed extraction scores below every threshold and is never left "
        "out. ",
        f);
    fprintf(f,
            "Intervals: bootstrap over identities, %u replicates, seed %llu. Times: thread CPU "
            "time. Definitions: docs/EVALUATION.md, after ISO/IEC 19795-1.</p>\n",
            r->opts.replicates, (unsigned long long)r->opts.seed);
    fprintf(f, "<p>Again: <code>bonafide evaluate --modality %s --protocol %s --report DIR ",
            eval_modality_name(r->opts.modality), eval_protocol_name(r->opts.protocol));
    html_text(f, r->manifest->name);
    fputs(".csv</code></p>\n</main></html>\n", f);
}

static bf_status write_page(FILE *f, const eval_result *r, const eval_extremes *x, int images)
{
    write_head(f, r, images);
    write_cards(f, r);
    EVAL_TRY(write_charts(f, r));
    write_rates(f, r);
    write_rejection(f, r);
    write_failures(f, r);
    write_pairs(f, r, x->genuine, x->genuine_count, 1, images);
    write_pairs(f, r, x->impostor, x->impostor_count, 0, images);
    write_foot(f, r);
    return BF_OK;
}

/* Those of an earlier report, so that none is left which this one does not show. */
static void remove_pictures(const char *dir)
{
    for (size_t i = 0; i < 2 * EVAL_REPORT_PAIRS; i++) {
        char file[32], path[4200];
        eval_extremes_file(i % 2 == 0, i / 2, file, sizeof file);
        snprintf(path, sizeof path, "%s/%s", dir, file);
        unlink(path);
    }
}

bf_status eval_report_write(bf_engine *engine, const eval_result *r, const char *dir,
                            const eval_report_opts *opts, eval_error *err)
{
    char path[4200];
    eval_extremes x;
    if (strlen(dir) > 4000) return eval_fail(err, BF_EIO, "%.80s...: path too long", dir);
    if (mkdir(dir, 0700) && errno != EEXIST) {
        return eval_fail(err, BF_EIO, "%s: %s", dir, strerror(errno));
    }
    remove_pictures(dir);
    eval_extremes_find(r, opts->pairs, &x);
    int images = opts->images && eval_extremes_can_draw(r->opts.modality);
    if (images) {
        EVAL_TRY(eval_extremes_draw(engine, r, &x, dir, &opts->progress, err));
    }
    snprintf(path, sizeof path, "%s/index.html", dir);
    FILE *f = fopen(path, "w");
    if (!f) return eval_fail(err, BF_EIO, "%s: %s", path, strerror(errno));
    bf_status st = write_page(f, r, &x, images);
    int bad = ferror(f);
    if (fclose(f) || bad) return eval_fail(err, BF_EIO, "%s: %s", path, strerror(errno));
    return st ? eval_fail(err, st, "out of memory") : BF_OK;
}
