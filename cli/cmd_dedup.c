/* SPDX-License-Identifier: Apache-2.0 */
/* bonafide dedup: everybody against everybody. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bonafide/dedup.h"
#include "store.h"

const char cmd_dedup_usage[] =
    "Usage: bonafide dedup --db FILE [--gallery NAME] [--fpir P | --score S] [--resume]\n"
    "                      [-o OUT.csv] [--purpose TEXT] [--threads N] [--json]\n"
    "\n"
    "Search everybody against everybody: persons who may be enrolled twice, a finger or palm that "
    "may\n"
    "be filed under two positions, and positions that may be exchanged between two encounters "
    "(left\n"
    "as right). Nothing found is a decision: a human being looks at the samples and decides. The "
    "run\n"
    "is written to the audit log.\n"
    "\n"
    "It may be stopped (Ctrl-C) or killed, and resumed. Then persons added since are taken in, "
    "also\n"
    "after it came to its end. How far it is, is kept sealed in OUT.csv.progress (without -o: the\n"
    "database's name + .dedup); an erasure or a change of keys makes that file useless.\n"
    "Exit code 0 when nothing was found, 1 when something was, 130 or 143 when it was stopped.\n"
    "\n" CLI_STORE_HELP "  --gallery NAME      only those in this gallery\n"
    "  --fpir P            chance that a person who is there once is paired with another; sets "
    "the\n"
    "                      threshold for this gallery's size; default 0.01\n"
    "  --score S           this threshold instead\n"
    "  --resume            go on where an earlier run stopped\n"
    "  -o, --out FILE      write what was found as CSV, whole at the end\n"
    "  --purpose TEXT      why, for the audit log; default: the gallery's purpose\n"
    "  --threads N         default: one for each processor\n"
    "  --json              print one JSON object\n";

typedef struct dedup {
    cli_store s;
    bf_dedup_opts opts;
    const char *out;
    char progress_path[4200], temp[4200];
    int as_json;
    bf_index *index;
    bf_dedup *run;
    cli_progress bar;
    /* where findings go */
    unsigned long found;
    FILE *csv;
    cli_table *table;
    json_t *list;
} dedup;

static const char *kind_name(uint32_t kind)
{
    switch (kind) {
    case BF_DEDUP_PERSONS: return "duplicate";
    case BF_DEDUP_POSITIONS: return "two-positions";
    default: return "exchanged";
    }
}

/* ---- what was found ---- */

/* "right-index 45.2", "right-index (A) as left-index (B) 45.2" */
static void write_part(const bf_dedup_finding *f, const bf_dedup_part *p, char *out, size_t cap)
{
    const char *name = cli_position_name(p->modality, p->position);
    if (f->kind == BF_DEDUP_PERSONS) {
        snprintf(out, cap, "%s %.1f", name, (double)p->score);
    } else {
        snprintf(out, cap, "%s (%s) as %s (%s) %.1f", name, p->encounter,
                 cli_position_name(p->modality, p->other_position), p->other_encounter,
                 (double)p->score);
    }
}

static json_t *finding_json(const bf_dedup_finding *f)
{
    json_t *parts = json_array();
    for (uint32_t i = 0; i < f->part_count; i++) {
        const bf_dedup_part *p = &f->parts[i];
        json_array_append_new(
            parts,
            json_pack("{s:s,s:s,s:s,s:f,s:i,s:s,s:s}", "modality", bf_modality_name(p->modality),
                      "position", cli_position_name(p->modality, p->position), "other_position",
                      cli_position_name(p->modality, p->other_position), "score", (double)p->score,
                      "comparisons", (int)p->comparisons, "encounter", p->encounter,
                      "other_encounter", p->other_encounter));
    }
    return json_pack("{s:s,s:s,s:s,s:f,s:s,s:o}", "kind", kind_name(f->kind), "person", f->person,
                     "other", f->other, "score", (double)f->score, "decision",
                     "needs a human decision", "parts", parts);
}

static void take(void *user, const bf_dedup_finding *f)
{
    dedup *d = user;
    char parts[BF_PROBES_MAX * 48] = "", score[16], part[256];
    for (uint32_t i = 0; i < f->part_count; i++) {
        size_t n = strlen(parts);
        write_part(f, &f->parts[i], part, sizeof part);
        snprintf(parts + n, sizeof parts - n, "%s%s", i ? "; " : "", part);
    }
    snprintf(score, sizeof score, "%.2f", (double)f->score);
    d->found++;
    if (d->csv) {
        fprintf(d->csv, "%s,%s,%s,%s,%s\n", kind_name(f->kind), f->person, f->other, score, parts);
    }
    if (d->list) json_array_append_new(d->list, finding_json(f));
    if (d->table) cli_table_row(d->table, kind_name(f->kind), f->person, f->other, score, parts);
}

static int open_csv(dedup *d)
{
    if (!d->out) return CLI_OK;
    snprintf(d->temp, sizeof d->temp, "%.4000s.new", d->out);
    d->csv = fopen(d->temp, "w");
    if (!d->csv) return cli_error(d->temp, "cannot be written"), CLI_STORE;
    fputs("kind,person,other,score,parts\n", d->csv);
    return CLI_OK;
}

static int close_csv(dedup *d, int rc)
{
    if (!d->csv) return rc;
    int bad = fflush(d->csv) || ferror(d->csv) || fsync(fileno(d->csv));
    bad |= fclose(d->csv) != 0;
    d->csv = NULL;
    if (!rc && (bad || rename(d->temp, d->out))) {
        cli_error(d->out, "cannot be written");
        rc = CLI_STORE;
    }
    if (rc) unlink(d->temp);
    return rc;
}

static int print_result(dedup *d)
{
    bf_dedup_info info = {.struct_size = sizeof info};
    bf_dedup_get_info(d->s.c.session, d->run, &info);
    if (d->as_json) {
        json_t *findings = d->list;
        d->list = NULL;
        return cli_print_json(
            json_pack("{s:f,s:I,s:I,s:I,s:f,s:s,s:s,s:o}", "threshold", (double)info.threshold,
                      "persons", (json_int_t)info.persons, "searched_for", (json_int_t)info.total,
                      "comparisons", (json_int_t)info.comparisons, "chance_pairs",
                      info.chance_pairs, "purpose", info.purpose, "note",
                      "nothing found is a decision: a human being decides", "findings", findings));
    }
    if (d->table && d->found) {
        cli_table_print(d->table, stdout);
        d->table = NULL;
    }
    printf("%lu finding%s%s among %llu person%s (%llu searched for), threshold %.2f; chance alone "
           "gives %.2g such pairs; purpose: %s\n",
           d->found, cli_plural(d->found), d->found ? ", each needs a human decision," : "",
           (unsigned long long)info.persons, cli_plural(info.persons),
           (unsigned long long)info.total, (double)info.threshold, info.chance_pairs, info.purpose);
    return CLI_OK;
}

static int report(dedup *d)
{
    int rc = open_csv(d);
    if (rc) return rc;
    if (d->as_json) d->list = json_array();
    if (!d->as_json && !d->out) d->table = cli_table_new("kind\0person\0other\0>score\0parts\0");
    bf_status st = bf_dedup_report(d->s.c.session, d->run, take, d);
    rc = st ? cli_store_fail(&d->s, NULL, st) : CLI_OK;
    rc = close_csv(d, rc);
    if (!rc) rc = print_result(d);
    return rc ? rc : d->found ? CLI_NO_MATCH : CLI_OK;
}

/* ---- run ---- */

/* SIGINT, SIGTERM or SIGHUP if it came; they are blocked while persons are searched for. */
static int stopped_by(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    sigset_t pending;
    sigpending(&pending);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        if (sigismember(&pending, signals[i])) return signals[i];
    }
    return 0;
}

static void block_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

static int search_all(dedup *d)
{
    uint64_t done = 0, total = 1;
    bf_session *session = d->s.c.session;
    block_signals();
    for (int first = 1; done < total; first = 0) {
        bf_status st = bf_dedup_step(session, d->run, &done, &total);
        int signal_number = stopped_by();
        if (st) return cli_store_fail(&d->s, NULL, st);
        if (first) cli_progress_start(&d->bar, "searching", (unsigned long)total);
        cli_progress_step(&d->bar, (unsigned long)done);
        if (!signal_number || done == total) continue;
        cli_progress_end(&d->bar);
        st = bf_dedup_save(session, d->run);
        if (st) return cli_store_fail(&d->s, NULL, st);
        fprintf(stderr, "stopped after %llu of %llu persons; --resume goes on\n",
                (unsigned long long)done, (unsigned long long)total);
        return 128 + signal_number;
    }
    cli_progress_end(&d->bar);
    return CLI_OK;
}

static void show_reading(void *user, uint64_t done, uint64_t total)
{
    cli_progress *bar = user;
    if (!bar->total) cli_progress_start(bar, "reading", (unsigned long)total);
    cli_progress_step(bar, (unsigned long)done);
}

/* The file of progress is named, where it is the matter. */
static int fail(const dedup *d, bf_status st)
{
    const char *path = d->progress_path;
    int named = !strncmp(bf_session_error(d->s.c.session), path, strlen(path));
    return cli_store_fail(&d->s, named ? path : NULL, st);
}

static int run(dedup *d)
{
    bf_index_opts opts;
    bf_index_opts_init(&opts);
    opts.threads = d->opts.threads;
    opts.progress = show_reading;
    opts.user = &d->bar;
    int rc = cli_store_open(&d->s);
    if (rc) return rc;
    bf_status st = bf_index_open(d->s.c.session, d->s.store, &opts, &d->index);
    cli_progress_end(&d->bar);
    if (!st) st = bf_dedup_open(d->s.c.session, d->index, &d->opts, &d->run);
    if (st) return fail(d, st);
    rc = search_all(d);
    return rc ? rc : report(d);
}

static int take_option(dedup *d, int o)
{
    unsigned long n;
    int taken = cli_store_option(&d->s, o, optarg);
    if (taken) return taken < 0 ? CLI_USAGE : CLI_OK;
    switch (o) {
    case 'g': d->opts.gallery = optarg; return CLI_OK;
    case 'P': d->opts.purpose = optarg; return CLI_OK;
    case 'o': d->out = optarg; return CLI_OK;
    case 'R': d->opts.resume = 1; return CLI_OK;
    case 'j': d->as_json = 1; return CLI_OK;
    case 'r':
        if (!cli_parse_double(optarg, 1e-12, 0.999, &d->opts.fpir)) return CLI_OK;
        return cli_usage("dedup", "--fpir takes 1e-12..0.999");
    case 's':
        if (!cli_parse_double(optarg, 1, (double)BF_SCORE_MAX, &d->opts.score)) return CLI_OK;
        return cli_usage("dedup", "--score takes 1..%g", (double)BF_SCORE_MAX);
    case 't':
        if (cli_parse_uint(optarg, 1, 64, &n)) return cli_usage("dedup", "--threads takes 1..64");
        d->opts.threads = (uint32_t)n;
        return CLI_OK;
    default: return CLI_USAGE;
    }
}

int cmd_dedup(int argc, char **argv)
{
    static const struct option longs[] = {
        CLI_STORE_OPTIONS,
        {"gallery", required_argument, NULL, 'g'},
        {"fpir", required_argument, NULL, 'r'},
        {"score", required_argument, NULL, 's'},
        {"resume", no_argument, NULL, 'R'},
        {"out", required_argument, NULL, 'o'},
        {"purpose", required_argument, NULL, 'P'},
        {"threads", required_argument, NULL, 't'},
        {"json", no_argument, NULL, 'j'},
        {0},
    };
    dedup d = {.found = 0};
    cli_store_init(&d.s, "dedup");
    bf_dedup_opts_init(&d.opts);
    for (int o; (o = cli_option(argc, argv, "o:", longs)) != -1;) {
        if (take_option(&d, o)) return CLI_USAGE;
    }
    if (optind < argc) return cli_usage("dedup", "unexpected '%.60s'", argv[optind]);
    if (!d.s.db) return cli_usage("dedup", "--db FILE is missing");
    snprintf(d.progress_path, sizeof d.progress_path, d.out ? "%.4000s.progress" : "%.4000s.dedup",
             d.out ? d.out : d.s.db);
    d.opts.progress_path = d.progress_path;
    int rc = run(&d);
    bf_dedup_close(d.run);
    bf_index_close(d.index);
    json_decref(d.list);
    cli_store_close(&d.s);
    return rc;
}
