/* SPDX-License-Identifier: Apache-2.0 */
/* bonafide evaluate: error rates over a list of samples. The work is done in eval/. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "commands.h"
#include "evaluate_text.h"
#include "output.h"
#include "pairlist.h"
#include "report.h"
#include "run.h"

const char cmd_evaluate_usage[] =
    "Usage: bonafide evaluate [OPTION]... MANIFEST.csv\n"
    "\n"
    "Measure error rates after ISO/IEC 19795-1. MANIFEST.csv has the columns\n"
    "    path,subject,position,session,sample,ppi\n"
    "Subject and position together are the identity; paths are relative to the manifest; ppi 0\n"
    "means unknown. A column \"group\" adds FMR and FNMR per group of people.\n"
    "docs/EVALUATION.md defines every number.\n"
    "\n"
    "  --modality M        what the samples are: finger (the default), palm or face\n"
    "  --protocol P        all-pairs (the default): every pair of samples\n"
    "                      fvc: genuine, each sample with the later ones of its identity;\n"
    "                           impostor, the first samples of all identities\n"
    "                      cross-session: session 1 with session 2\n"
    "                      identification: the first samples are enrolled, a third of the\n"
    "                           identities by turns is not: FPIR, FNIR, ranks\n"
    "                      pairs: the file lists pairs, path_a,path_b,same,fold; also accuracy\n"
    "                           with the threshold from the other folds\n"
    "                      pad: the file lists presentations, path,subject,label[,species];\n"
    "                           label is bonafide or attack: APCER and BPCER\n"
    "  --fpir X            identification: the target that becomes a threshold; 0.01 by default\n"
    "  --roi               palm: the images are regions of interest already\n"
    "  --recogniser NAME   face: a registered model instead of the default one\n"
    "  --threads N         1..256; all processors by default; never changes a result\n"
    "  --seed N            of the bootstrap and of who is left out, 0..4294967295\n"
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

#define FAILURES_SHOWN 5

static void warn_failure(const char *path, const char *cause, unsigned *shown)
{
    int named = !strncmp(cause, path, strlen(path));
    cli_warn(named ? NULL : path, "%s", cause);
    ++*shown;
}

static void warn_more(unsigned failures, unsigned shown)
{
    if (failures > shown) cli_warn(NULL, "%u more failures to extract", failures - shown);
}

static void warn_failures(const eval_result *r)
{
    unsigned shown = 0;
    for (uint32_t i = 0; i < r->manifest->count && shown < FAILURES_SHOWN; i++) {
        const eval_extraction *e = &r->extraction[i];
        if (e->status) warn_failure(r->manifest->samples[i].path, e->cause, &shown);
    }
    warn_more(r->failures, shown);
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
    evaluate_print(r);
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

/* Recognition: pairs of a manifest, or a list of pairs. */
static int evaluate_pairs(const request *q, const cli *c)
{
    eval_error err;
    eval_manifest manifest = {0};
    eval_pairs pairs = {0};
    eval_result result = {0};
    int rc = CLI_OK;
    bf_status st = q->run.protocol == EVAL_PAIRS
                       ? eval_pairlist_load(q->manifest, &manifest, &pairs, &err)
                       : eval_manifest_load(q->manifest, &manifest, &err);
    if (!st) rc = check_outputs(q);
    if (!st && !rc && q->run.protocol != EVAL_PAIRS) {
        st = eval_pairs_make(&manifest, q->run.protocol, &pairs, &err);
    }
    if (!st && !rc) st = eval_run_pairs(c->engine, &manifest, &pairs, &q->run, &result, &err);
    if (st) {
        cli_error(NULL, "%s", err.text);
        rc = CLI_INPUT;
    } else if (!rc) {
        warn_failures(&result);
        rc = write_results(q, c->engine, &result);
    }
    eval_result_free(&result);
    eval_pairs_free(&pairs);
    eval_manifest_free(&manifest);
    return rc;
}

static int write_pad(const request *q, const eval_pad_result *r)
{
    eval_error err;
    unsigned shown = 0;
    for (uint32_t i = 0; i < r->list->count && shown < FAILURES_SHOWN; i++) {
        if (r->score[i].status) warn_failure(r->list->item[i].path, r->score[i].cause, &shown);
    }
    warn_more(r->failures, shown);
    if (q->scores && eval_pad_write_scores(r, q->scores, &err)) {
        cli_error(NULL, "%s", err.text);
        return CLI_STORE;
    }
    if (q->json) return cli_print_json(eval_pad_json(r));
    evaluate_print_pad(r);
    return CLI_OK;
}

/* Presentation attack detection. */
static int evaluate_pad(const request *q, const cli *c)
{
    eval_error err;
    eval_pad_list list = {0};
    eval_pad_result result = {0};
    eval_pad_opts opts = {.modality = q->run.modality,
                          .scorer = eval_pad_scorer_of(q->run.modality),
                          .threads = q->run.threads,
                          .replicates = q->run.replicates,
                          .seed = q->run.seed,
                          .progress = q->run.progress};
    int rc = CLI_OK;
    if (!opts.scorer) {
        return cli_usage("evaluate", "no presentation attack detection for modality %s",
                         eval_modality_name(q->run.modality));
    }
    bf_status st = eval_pad_list_load(q->manifest, &list, &err);
    if (!st) rc = check_outputs(q);
    if (!st && !rc) st = eval_pad_run(c->engine, &list, &opts, &result, &err);
    if (st) {
        cli_error(NULL, "%s", err.text);
        rc = CLI_INPUT;
    } else if (!rc) {
        rc = write_pad(q, &result);
    }
    eval_pad_result_free(&result);
    eval_pad_list_free(&list);
    return rc;
}

static int evaluate(request *q)
{
    cli c;
    bar progress = {0};
    q->run.progress = (eval_progress){show_progress, &progress};
    int rc = cli_open(&c);
    if (rc) return rc;
    rc = q->run.protocol == EVAL_PAD ? evaluate_pad(q, &c) : evaluate_pairs(q, &c);
    cli_close(&c);
    return rc;
}

/* Options that go together, once all are known. */
static int check_request(const request *q)
{
    if (q->run.extract_flags && q->run.modality != BF_PALM) {
        return cli_usage("evaluate", "--roi goes with --modality palm");
    }
    if (q->run.recogniser && q->run.modality != BF_FACE) {
        return cli_usage("evaluate", "--recogniser goes with --modality face");
    }
    if (q->run.protocol == EVAL_PAD && (q->csv || q->report)) {
        return cli_usage("evaluate", "--append-csv and --report do not go with --protocol pad");
    }
    return CLI_OK;
}

static int read_option(int o, request *q)
{
    unsigned long n;
    switch (o) {
    case 'm':
        q->run.modality = bf_modality_by_name(optarg);
        if (q->run.modality) return CLI_OK;
        return cli_usage("evaluate", "--modality: this program knows no \"%s\"", optarg);
    case 'p':
        if (!eval_protocol_find(optarg, &q->run.protocol)) return CLI_OK;
        return cli_usage("evaluate",
                         "--protocol takes all-pairs, fvc, cross-session, identification, "
                         "pairs or pad");
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
    case 'i': q->run.extract_flags |= BF_EXTRACT_REGION; return CLI_OK;
    case 'f':
        if (!cli_parse_double(optarg, 1e-9, 0.999, &q->run.fpir)) return CLI_OK;
        return cli_usage("evaluate", "--fpir takes 1e-9..0.999");
    case 'e':
        if (cli_parse_uint(optarg, 0, UINT32_MAX, &n)) {
            return cli_usage("evaluate", "--seed takes 0..4294967295");
        }
        q->run.seed = n;
        return CLI_OK;
    case 'g': q->run.recogniser = optarg; return CLI_OK;
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
        {"fpir", required_argument, NULL, 'f'},
        {"seed", required_argument, NULL, 'e'},
        {"roi", no_argument, NULL, 'i'},
        {"recogniser", required_argument, NULL, 'g'},
        {0},
    };
    request q = {.run = {.modality = BF_FINGER,
                         .protocol = EVAL_ALL_PAIRS,
                         .fpir = 0.01,
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
    int rc = check_request(&q);
    return rc ? rc : evaluate(&q);
}
