/* SPDX-License-Identifier: Apache-2.0 */
/* bonafide model: the neural models faces and palms need. */
#include <string.h>

#include "model.h"

const char cmd_model_usage[] =
    "Usage: bonafide model list   [--models DIR] [--json]\n"
    "       bonafide model check  [--models DIR] [--json] [NAME]...\n"
    "       bonafide model add    [--models DIR] --card CARD.toml [--calibrate MANIFEST.csv]\n"
    "                             FILE.onnx\n"
    "       bonafide model calibrate [--models DIR] NAME MANIFEST.csv\n"
    "       bonafide model remove [--models DIR] NAME\n"
    "\n"
    "list    the models built in and registered, and whether their files are there.\n"
    "check   read each, compare its SHA-256, load it and run it; all models if none is named.\n"
    "add     register a face recogniser of your own: it is run once and compared with its card.\n"
    "calibrate  compare all pairs of the faces in MANIFEST.csv (columns as for evaluate) with a\n"
    "        registered recogniser, at least 1,000 of them impostors, and put into its card which\n"
    "        score each similarity is. Without that its scores are 100 times the cosine.\n"
    "remove  take a registered one out of the folder again.\n"
    "'make models' fetches the built-in models and the runtime library.\n"
    "\n"
    "  --models DIR   the folder of models; else that of the environment variable BF_MODELS,\n"
    "                 else models/installed of the source tree, else share/bonafide/models\n"
    "  --card FILE    what the network takes and gives: docs/OWN-MODELS.md describes it\n"
    "  --calibrate CSV  add, then calibrate\n"
    "  --json         print one JSON array\n";

typedef struct options {
    const char *card, *manifest;
    int json;
} options;

static const char *kind_name(const bf_model_info *m)
{
    if (m->kind == BF_MODEL_BUILT_IN) return "built in";
    return m->kind == BF_MODEL_FACE_RECOGNISER ? "face recogniser" : "other";
}

/* A row or an element for one model; st: what became of it. */
typedef struct report {
    cli_table *table;
    json_t *json; /* NULL: a table is printed */
    int checked;
} report;

static void add_line(const report *r, const bf_model_info *m, bf_status st)
{
    char bytes[32], time[32] = "-";
    const char *state = st ? "bad" : r->checked ? "good" : m->bytes ? "there" : "missing";
    if (r->json) {
        json_t *x = json_pack("{s:s,s:s,s:I,s:s,s:s,s:s,s:s}", "name", m->name, "kind",
                              kind_name(m), "bytes", (json_int_t)m->bytes, "sha256", m->sha256,
                              "state", state, "licence", m->licence, "origin", m->origin);
        if (r->checked && !st) json_object_set_new(x, "run_ms", json_real((double)m->run_ms));
        json_array_append_new(r->json, x);
        return;
    }
    snprintf(bytes, sizeof bytes, "%llu", (unsigned long long)m->bytes);
    if (r->checked && !st) snprintf(time, sizeof time, "%.2f", (double)m->run_ms);
    if (r->checked)
        cli_table_row(r->table, m->name, kind_name(m), bytes, m->sha256, state, time);
    else
        cli_table_row(r->table, m->name, kind_name(m), bytes, m->sha256, state);
}

static int one(cli *c, const report *r, bf_model_info *m)
{
    bf_status st = BF_OK;
    if (r->checked) {
        bf_model_info info;
        bf_model_info_init(&info);
        st = bf_model_check(c->session, m->name, &info);
        if (!st) *m = info;
    }
    int rc = st ? cli_fail(c, NULL, st) : CLI_OK;
    add_line(r, m, st);
    return rc;
}

/* Those named, or all there are. */
static int each(cli *c, const report *r, int argc, char **argv)
{
    uint32_t count = (uint32_t)argc;
    int worst = CLI_OK;
    bf_status st = argc ? BF_OK : bf_model_count(c->session, &count);
    if (st) return cli_fail(c, NULL, st);
    for (uint32_t i = 0; i < count; i++) {
        bf_model_info m;
        bf_model_info_init(&m);
        if (argc)
            snprintf(m.name, sizeof m.name, "%s", argv[i]);
        else
            st = bf_model_get(c->session, i, &m);
        int rc = st ? cli_fail(c, NULL, st) : one(c, r, &m);
        if (st) add_line(r, &m, st);
        if (rc) worst = rc;
    }
    return worst;
}

static int show(cli *c, int checked, int json, int argc, char **argv)
{
    report r = {.checked = checked};
    if (json)
        r.json = json_array();
    else
        r.table = cli_table_new(checked ? "model\0kind\0>bytes\0SHA-256\0state\0>milliseconds\0"
                                        : "model\0kind\0>bytes\0SHA-256\0state\0");
    int rc = each(c, &r, argc, argv);
    if (!json) {
        cli_table_print(r.table, stdout);
        return rc;
    }
    int printed = cli_print_json(r.json);
    return rc ? rc : printed;
}

static int add(cli *c, const options *x, const char *onnx)
{
    bf_model_info m;
    bf_model_info_init(&m);
    bf_status st = bf_model_add(c->session, onnx, x->card, &m);
    if (st == BF_EREADONLY || st == BF_EFULL) return cli_fail_store(c, NULL, st);
    if (st) return cli_fail(c, NULL, st);
    printf("registered %s (%s, %llu bytes, SHA-256 %s)\n", m.name, kind_name(&m),
           (unsigned long long)m.bytes, m.sha256);
    return x->manifest ? cli_calibrate(c, m.name, x->manifest) : CLI_OK;
}

static int remove_model(cli *c, const char *name)
{
    bf_status st = bf_model_remove(c->session, name);
    if (st) return cli_fail(c, NULL, st);
    printf("removed %s\n", name);
    return CLI_OK;
}

static int run(cli *c, const char *action, const options *x, int argc, char **argv)
{
    if (!strcmp(action, "check")) return show(c, 1, x->json, argc, argv);
    if (!strcmp(action, "list")) {
        if (argc) return cli_usage("model", "list takes no names");
        return show(c, 0, x->json, 0, argv);
    }
    if (!strcmp(action, "add")) {
        if (!x->card || argc != 1) return cli_usage("model", "add takes --card CARD and one file");
        return add(c, x, argv[0]);
    }
    if (!strcmp(action, "calibrate")) {
        if (argc != 2) return cli_usage("model", "calibrate takes a name and a manifest");
        return cli_calibrate(c, argv[0], argv[1]);
    }
    if (strcmp(action, "remove") != 0) return cli_usage("model", "unknown action '%.40s'", action);
    if (argc != 1) return cli_usage("model", "remove takes one name");
    return remove_model(c, argv[0]);
}

int cmd_model(int argc, char **argv)
{
    static const struct option longs[] = {
        {"card", required_argument, NULL, 'c'},
        {"calibrate", required_argument, NULL, 'm'},
        {"json", no_argument, NULL, 'j'},
        {0},
    };
    options x = {0};
    for (int o; (o = cli_option(argc, argv, "", longs)) != -1;) {
        switch (o) {
        case 'c': x.card = optarg; break;
        case 'm': x.manifest = optarg; break;
        case 'j': x.json = 1; break;
        default: return CLI_USAGE;
        }
    }
    if (optind == argc) return cli_usage("model", "say list, check, add, calibrate or remove");
    const char *action = argv[optind++];
    cli c;
    int rc = cli_open(&c);
    if (!rc) rc = run(&c, action, &x, argc - optind, argv + optind);
    cli_close(&c);
    return rc;
}
