/* SPDX-License-Identifier: Apache-2.0 */
/* bonafide evaluate: error rates over a list of samples. The work is done in eval/. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "commands.h"
#include "output.h"
#include "report.h"
#include "run.h"

const char cmd_evaluate_usage[] =
    "Usage: bonafide evaluate [OPTION]... MANIFEST.csv\n"
    "\n"
    "Measure error rates after ISO/IEC 19795-1. MANIFEST.csv has the columns\n"
    "    path,subject,position,session,sample,ppi\n"
    "Subject and position together are the identity; paths are relative to the manifest; ppi 0\n"
    "means unknown. docs/EVALUATION.md defines every number.\n"
    "\n"
    "  --modality finger   what the samples are (the default)\n"
    "  --protocol P        all-pairs (the default): every pair of samples\n"
    "                      fvc: genuine, each sample with the later ones of its identity;\n"
    "                           impostor, the first samples of all identities\n"
    "                      cross-session: session 1 with session 2\n"
    "  --threads N         1..256; all processors by default; never changes a result\n"
    "  --bootstrap N       replicates for the 95 % intervals, 0..100000, 1000 by default\n"
    "  --json              print one JSON object\n"
    "  --out-scores CSV    write every pair with its score\n"
    "  --append-csv CSV    append the result as one row of a table\n"
    "  --report DIR        write DIR/index.html: curves, tables, and pictures of the worst pairs.\n"
    "                      The pictures are biometric samples: protect them as such\n"
    "  --no-images         write the report without pictures\n";

typedef struct request {
    eval_run_opts run;
    int json, no_images;
    const char *manifest, *scores, *csv, *report;
} request;

typedef struct bar {
    cli_progress progress;
    const char *label;
} bar;

static void show_progress(void *user, const char *what, uint64_t done, uint64_t total)
{
    bar *b = user;
    if (b->label != what) {
        b->label = what;
        cli_progress_start(&b->progress, what, (unsigned long)total);
    }
    if (done == total) {
        cli_progress_end(&b->progress);
        b->label = NULL;
    } else {
        cli_progress_step(&b->progress, (unsigned long)done);
    }
}

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
    rate_row(t, "rank-1", r->rank1, r->intervals.rank1, NAN);
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

static void print_text(const eval_result *r)
{
    const eval_times *t = &r->times;
    printf("%s: %s, %s: %u images of %u identities, %zu genuine and %zu impostor pairs\n\n",
           r->manifest->name, eval_modality_name(r->opts.modality),
           eval_protocol_name(r->opts.protocol), r->pairs.images, r->manifest->identities,
           r->pairs.genuine, r->pairs.impostor);
    print_rates(r);
    putchar('\n');
    print_scores(r);
    printf("\nFailures to extract: %u\n", r->failures);
    if (!isfinite(t->compare_us_mean)) return;
    printf("Extraction: %.1f ms (median); comparison: %.1f us (mean); template: %.0f bytes "
           "(mean), prepared in %.0f us\n",
           t->extract_ms_median, t->compare_us_mean, r->template_bytes_mean, t->prepare_us_mean);
}

static void warn_failures(const eval_result *r)
{
    unsigned shown = 0;
    for (uint32_t i = 0; i < r->manifest->count && shown < 5; i++) {
        const eval_extraction *e = &r->extraction[i];
        if (!e->status) continue;
        const char *path = r->manifest->samples[i].path;
        int named = !strncmp(e->cause, path, strlen(path));
        cli_warn(named ? NULL : path, "%s", e->cause);
        shown++;
    }
    if (r->failures > shown) {
        cli_warn(NULL, "%u more failures to extract", r->failures - shown);
    }
}

static int write_results(const request *q, bf_engine *engine, const eval_result *r)
{
    eval_error err;
    eval_report_opts report = {!q->no_images, EVAL_REPORT_PAIRS, q->run.progress};
    if (q->report && eval_report_write(engine, r, q->report, &report, &err)) {
        cli_error(NULL, "%s", err.text);
        return CLI_STORE;
    }
    if (q->scores && eval_result_write_scores(r, q->scores, &err)) {
        cli_error(NULL, "%s", err.text);
        return CLI_STORE;
    }
    if (q->csv && eval_result_append_csv(r, q->csv, &err)) {
        cli_error(NULL, "%s", err.text);
        return CLI_STORE;
    }
    if (q->json) return cli_print_json(eval_result_json(r));
    print_text(r);
    return CLI_OK;
}

/* A run may take long: find out before it, not after, that a result cannot be written. */
static int check_outputs(const request *q)
{
    const char *const files[] = {q->scores, q->csv};
    umask(077); /* what is written here tells about people */
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        FILE *f = files[i] ? fopen(files[i], "a") : NULL;
        if (files[i] && !f) {
            cli_error(files[i], "%s", strerror(errno));
            return CLI_STORE;
        }
        if (f) fclose(f);
    }
    if (!q->report || (!mkdir(q->report, 0700) || errno == EEXIST)) return CLI_OK;
    cli_error(q->report, "%s", strerror(errno));
    return CLI_STORE;
}

static int evaluate(request *q)
{
    cli c;
    eval_error err;
    eval_manifest manifest = {0};
    eval_result result = {0};
    bar progress = {0};
    q->run.progress = (eval_progress){show_progress, &progress};
    int rc = cli_open(&c);
    if (rc) return rc;
    bf_status st = eval_manifest_load(q->manifest, &manifest, &err);
    if (!st) rc = check_outputs(q);
    if (!st && !rc) st = eval_run(c.engine, &manifest, &q->run, &result, &err);
    if (rc) {
        /* said already */
    } else if (st) {
        cli_error(NULL, "%s", err.text);
        rc = CLI_INPUT;
    } else {
        warn_failures(&result);
        rc = write_results(q, c.engine, &result);
    }
    eval_result_free(&result);
    eval_manifest_free(&manifest);
    cli_close(&c);
    return rc;
}

static int read_option(int o, request *q)
{
    unsigned long n;
    switch (o) {
    case 'm':
        if (!strcmp(optarg, "finger")) return CLI_OK;
        return cli_usage("evaluate", "--modality takes finger");
    case 'p':
        if (!eval_protocol_find(optarg, &q->run.protocol)) return CLI_OK;
        return cli_usage("evaluate", "--protocol takes fvc, all-pairs or cross-session");
    case 't':
        if (cli_parse_uint(optarg, 1, EVAL_MAX_THREADS, &n)) {
            return cli_usage("evaluate", "--threads takes 1..256");
        }
        q->run.threads = (unsigned)n;
        return CLI_OK;
    case 'b':
        if (cli_parse_uint(optarg, 0, EVAL_BOOTSTRAP_MAX_REPLICATES, &n)) {
            return cli_usage("evaluate", "--bootstrap takes 0..100000");
        }
        q->run.replicates = (uint32_t)n;
        return CLI_OK;
    case 'j': q->json = 1; return CLI_OK;
    case 's': q->scores = optarg; return CLI_OK;
    case 'c': q->csv = optarg; return CLI_OK;
    case 'r': q->report = optarg; return CLI_OK;
    case 'n': q->no_images = 1; return CLI_OK;
    default: return CLI_USAGE;
    }
}

int cmd_evaluate(int argc, char **argv)
{
    static const struct option longs[] = {
        {"modality", required_argument, NULL, 'm'},
        {"protocol", required_argument, NULL, 'p'},
        {"threads", required_argument, NULL, 't'},
        {"bootstrap", required_argument, NULL, 'b'},
        {"json", no_argument, NULL, 'j'},
        {"out-scores", required_argument, NULL, 's'},
        {"append-csv", required_argument, NULL, 'c'},
        {"report", required_argument, NULL, 'r'},
        {"no-images", no_argument, NULL, 'n'},
        {0},
    };
    request q = {.run = {.modality = BF_FINGER,
                         .protocol = EVAL_ALL_PAIRS,
                         .threads = 1,
                         .replicates = EVAL_BOOTSTRAP_REPLICATES,
                         .seed = EVAL_BOOTSTRAP_SEED}};
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (cores > 1) q.run.threads = cores < 256 ? (unsigned)cores : EVAL_MAX_THREADS;
    for (int o; (o = cli_option(argc, argv, "", longs)) != -1;) {
        int rc = read_option(o, &q);
        if (rc) return rc;
    }
    if (argc - optind != 1) return cli_usage("evaluate", "give one manifest");
    q.manifest = argv[optind];
    return evaluate(&q);
}
