/* SPDX-License-Identifier: Apache-2.0 */
/* The results of bonafide evaluate for people. */
#include "evaluate_text.h"

#include <math.h>
#include <string.h>

#include "cli.h"
#include "output.h"

/* "1.23 %", or "-" where not defined. */
static const char *percent(char *buf, size_t size, double rate)
{
    if (!isfinite(rate)) return "-";
    snprintf(buf, size, "%.2f %%", rate * 100.0);
    return buf;
}

static void rate_row(cli_table *t, const char *name, double rate, eval_interval i, double score)
{
    char value[32], range[64] = "", at[32] = "";
    if (isfinite(i.low) && isfinite(i.high)) {
        snprintf(range, sizeof range, "%.2f .. %.2f %%", i.low * 100.0, i.high * 100.0);
    }
    if (isfinite(score)) snprintf(at, sizeof at, "%.2f", score);
    cli_table_row(t, name, percent(value, sizeof value, rate), range, at);
}

static void print_rates(const eval_result *r)
{
    cli_table *t = cli_table_new("rate\0>measured\0>95 % interval\0>at score\0");
    rate_row(t, "EER", r->rates.eer, r->intervals.eer, r->rates.eer_score);
    for (int k = 0; k < EVAL_FMR_LEVELS; k++) {
        char name[32];
        snprintf(name, sizeof name, "FNMR at FMR %s", eval_fmr_level_name[k]);
        rate_row(t, name, r->rates.fnmr_at[k], r->intervals.fnmr_at[k], r->rates.score_at[k]);
    }
    rate_row(t, "FNMR at zero FMR", r->rates.zero_fmr, r->intervals.zero_fmr,
             r->rates.zero_fmr_score);
    if (isfinite(r->rank1)) rate_row(t, "rank-1", r->rank1, r->intervals.rank1, NAN);
    cli_table_print(t, stdout);
}

static void print_scores(const eval_result *r)
{
    cli_table *t = cli_table_new(">score\0>promised FMR\0>measured FMR\0>FNMR\0");
    for (int i = 0; i < EVAL_SCORE_LEVELS; i++) {
        char score[32], promise[32], fmr[32], fnmr[32];
        snprintf(score, sizeof score, "%.0f", eval_score_level[i]);
        snprintf(promise, sizeof promise, "%.2f %%",
                 100.0 * pow(10.0, -eval_score_level[i] / 10.0));
        snprintf(fmr, sizeof fmr, "%.4f %%", r->fmr_at_score[i] * 100.0);
        snprintf(fnmr, sizeof fnmr, "%.2f %%", r->fnmr_at_score[i] * 100.0);
        cli_table_row(t, score, promise, fmr, fnmr);
    }
    cli_table_print(t, stdout);
}

static void print_accuracy(const eval_accuracy *a)
{
    char mean[32], std[32], error[32];
    printf("\nAccuracy: %s (standard deviation between %u folds %s, of the mean %s)\n",
           percent(mean, sizeof mean, a->mean), a->folds, percent(std, sizeof std, a->std),
           percent(error, sizeof error, a->standard_error));
}

static void spread_text(char *buf, size_t size, eval_spread s)
{
    char gini[16] = "-", ratio[16] = "-";
    if (isfinite(s.gini)) snprintf(gini, sizeof gini, "%.3f", s.gini);
    if (isfinite(s.max_over_geomean)) snprintf(ratio, sizeof ratio, "%.2f", s.max_over_geomean);
    snprintf(buf, size, "Gini %s, max/geomean %s", gini, ratio);
}

static void print_groups(const eval_result *r)
{
    const eval_groups *g = &r->groups;
    putchar('\n');
    for (uint32_t k = 0; k < g->points; k++) {
        const eval_group_point *p = &g->point[k];
        cli_table *t = cli_table_new("group\0>images\0>genuine\0>impostor\0>FMR\0>FNMR\0");
        char images[16], genuine[24], impostor[24], fmr[32], fnmr[32], apart[64];
        for (uint32_t i = 0; i < g->count; i++) {
            snprintf(images, sizeof images, "%u", g->images[i]);
            snprintf(genuine, sizeof genuine, "%llu", (unsigned long long)g->genuine[i]);
            snprintf(impostor, sizeof impostor, "%llu", (unsigned long long)g->impostor[i]);
            snprintf(fmr, sizeof fmr, isfinite(p->fmr[i]) ? "%.4f %%" : "-", p->fmr[i] * 100.0);
            cli_table_row(t, r->manifest->group_name[i], images, genuine, impostor, fmr,
                          percent(fnmr, sizeof fnmr, p->fnmr[i]));
        }
        spread_text(apart, sizeof apart, p->fmr_spread);
        printf("Groups at %s: FMR %s", p->name, apart);
        spread_text(apart, sizeof apart, p->fnmr_spread);
        printf("; FNMR %s\n", apart);
        cli_table_print(t, stdout);
    }
}

static void id_row(cli_table *t, const char *name, double rate, eval_interval i, double score,
                   double extrapolated_from)
{
    char at[48] = "", value[32], range[64] = "";
    if (isfinite(i.low) && isfinite(i.high)) {
        snprintf(range, sizeof range, "%.2f .. %.2f %%", i.low * 100.0, i.high * 100.0);
    }
    if (isfinite(score)) {
        snprintf(at, sizeof at, "%.2f%s", score,
                 score > extrapolated_from ? " (extrapolated)" : "");
    }
    cli_table_row(t, name, percent(value, sizeof value, rate), range, at);
}

static void print_identification(const eval_identification *id)
{
    char name[48];
    eval_interval none = {NAN, NAN};
    printf("\nIdentification among %u: %llu mated and %llu non-mated searches\n", id->gallery,
           (unsigned long long)id->mated, (unsigned long long)id->nonmated);
    cli_table *t = cli_table_new("rate\0>measured\0>95 % interval\0>at score\0");
    snprintf(name, sizeof name, "FPIR, target %g", id->target);
    id_row(t, name, id->fpir, id->fpir_range, id->threshold, id->extrapolated_from);
    id_row(t, "FNIR there", id->fnir, id->fnir_range, id->threshold, id->extrapolated_from);
    for (int k = 0; k < EVAL_FPIR_LEVELS; k++) {
        snprintf(name, sizeof name, "FNIR at FPIR %s", eval_fpir_level_name[k]);
        id_row(t, name, id->fnir_at[k], id->fnir_at_range[k], id->score_at[k],
               id->extrapolated_from);
    }
    for (int k = 0; k < EVAL_RANKS; k++) {
        snprintf(name, sizeof name, "hit rate at rank %u", eval_rank_level[k]);
        id_row(t, name, id->hit_rate[k], k ? none : id->rank1_range, NAN, id->extrapolated_from);
    }
    cli_table_print(t, stdout);
}

/* What turning away the worst samples would do. */
static void print_rejection(const eval_reject *r)
{
    printf("\nWithout the %u samples of the lowest quality (at most %.0f %%; rank correlation of "
           "quality and mean genuine score %.2f):\n",
           r->rejected, EVAL_REJECT_SHARE * 100.0, r->rank_correlation);
    cli_table *t = cli_table_new("threshold\0>misses\0>FNMR\0>misses left\0>FNMR left\0"
                                 ">of it\0>95 % interval\0");
    for (int k = 0; k < EVAL_REJECT_POINTS; k++) {
        const eval_reject_point *p = &r->point[k];
        char all[32], rest[32], fnmr[32], after[32], left[32], range[64] = "";
        if (isnan(p->threshold)) continue;
        snprintf(all, sizeof all, "%llu of %llu", (unsigned long long)p->missed,
                 (unsigned long long)r->pairs);
        snprintf(rest, sizeof rest, "%llu of %llu", (unsigned long long)p->missed_after,
                 (unsigned long long)r->pairs_after);
        snprintf(left, sizeof left, isfinite(p->left) ? "x %.2f" : "-", p->left);
        if (isfinite(p->left_range.low)) {
            snprintf(range, sizeof range, "%.2f .. %.2f", p->left_range.low, p->left_range.high);
        }
        cli_table_row(t, p->name, all, percent(fnmr, sizeof fnmr, p->fnmr), rest,
                      percent(after, sizeof after, p->fnmr_after), left, range);
    }
    cli_table_print(t, stdout);
}

void evaluate_print(const eval_result *r)
{
    const eval_times *t = &r->times;
    printf("%s: %s, %s: %u images of %u identities, %zu genuine and %zu impostor pairs\n\n",
           r->manifest->name, eval_modality_name(r->opts.modality),
           eval_protocol_name(r->opts.protocol), r->pairs.images, r->manifest->identities,
           r->pairs.genuine, r->pairs.impostor);
    print_rates(r);
    putchar('\n');
    print_scores(r);
    if (r->pairs.fold) print_accuracy(&r->accuracy);
    if (r->groups.count) print_groups(r);
    if (r->opts.protocol == EVAL_IDENTIFICATION) print_identification(&r->identification);
    if (r->reject.rejected) print_rejection(&r->reject);
    printf("\nFailures to extract: %u\n", r->failures);
    if (!isfinite(t->compare_us_mean)) return;
    printf("Extraction: %.1f ms (median); comparison: %.1f us (mean); template: %.0f bytes "
           "(mean), prepared in %.0f us\n",
           t->extract_ms_median, t->compare_us_mean, r->template_bytes_mean, t->prepare_us_mean);
}

static void pad_row(cli_table *t, const char *name, uint32_t count, const eval_pad_rates *r,
                    const eval_pad_intervals *v)
{
    char attacks[16], value[2 * EVAL_PAD_LEVELS + 1][80];
    snprintf(attacks, sizeof attacks, "%u", count);
    for (int k = 0; k < 2 * EVAL_PAD_LEVELS + 1; k++) {
        int level = k % EVAL_PAD_LEVELS;
        double rate = k < EVAL_PAD_LEVELS ? r->bpcer_at[level] : r->apcer_at[level];
        eval_interval i = k < EVAL_PAD_LEVELS ? v->bpcer_at[level] : v->apcer_at[level];
        if (k == 2 * EVAL_PAD_LEVELS) {
            rate = r->eer;
            i = v->eer;
        }
        char text[32];
        percent(text, sizeof text, rate);
        int n = snprintf(value[k], sizeof value[k], "%s", isfinite(rate) ? text : "-");
        if (isfinite(i.low) && n > 0) {
            snprintf(value[k] + n, sizeof value[k] - (size_t)n, " (%.1f .. %.1f)", i.low * 100.0,
                     i.high * 100.0);
        }
    }
    cli_table_row(t, name, attacks, value[0], value[1], value[2], value[3], value[4]);
}

void evaluate_print_pad(const eval_pad_result *r)
{
    const eval_pad_list *l = r->list;
    printf(
        "%s: %s, presentation attacks: %u bona fide presentations and %u attacks, %u subjects\n\n",
        l->name, eval_modality_name(r->opts.modality), r->bonafide, l->count - r->bonafide,
        l->subjects);
    cli_table *t = cli_table_new("species\0>attacks\0>BPCER at APCER 10 %\0>at 5 %\0"
                                 ">APCER at BPCER 10 %\0>at 5 %\0>EER\0");
    for (uint32_t s = 0; s < l->species; s++) {
        pad_row(t, l->species_name[s], r->attacks[s], &r->species[s], &r->species_interval[s]);
    }
    if (l->species > 1) {
        pad_row(t, "worst of them", l->count - r->bonafide, &r->worst, &r->worst_interval);
    }
    cli_table_print(t, stdout);
    char apcer[32], bpcer[32];
    if (isfinite(r->own_threshold)) {
        printf("\nAt the detector's own threshold, %.1f: APCER %s, BPCER %s\n", r->own_threshold,
               percent(apcer, sizeof apcer, r->worst.own_apcer),
               percent(bpcer, sizeof bpcer, r->worst.own_bpcer));
    }
    printf("\nFailures: %u (they do not pass)\n", r->failures);
    if (isfinite(r->score_ms_median)) printf("Scoring: %.1f ms (median)\n", r->score_ms_median);
}
