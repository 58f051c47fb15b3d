/* SPDX-License-Identifier: Apache-2.0 */
/* bonafide list: what is in a store. */
#include <string.h>

#include "store.h"

const char cmd_list_usage[] =
    "Usage: bonafide list --db FILE [--persons | --encounters | --galleries | --audit]\n"
    "                     [--gallery NAME] [--person ID] [--json]\n"
    "\n"
    "Show persons (the default), encounters, galleries, or who did what and why. Times are UTC.\n"
    "\n" CLI_STORE_HELP "  --gallery NAME      persons and encounters of this gallery only\n"
    "  --person ID         encounters of this person only\n"
    "  --json              print one JSON array\n";

/* "right-index left-palm face" */
static void positions_text(const bf_list_item *x, char *out, size_t cap)
{
    out[0] = 0;
    for (unsigned m = 0; m < BF_LIST_MODALITIES; m++) {
        for (unsigned i = 0; i < 64; i++) {
            size_t n = strlen(out);
            if (!(x->positions[m] >> i & 1)) continue;
            snprintf(out + n, cap - n, "%s%s", n ? " " : "", cli_position_name(m, i));
        }
    }
}

static json_t *item_json(const bf_list_item *x, uint32_t kind)
{
    char when[32], parts[400];
    cli_format_time(x->time_s, when);
    positions_text(x, parts, sizeof parts);
    switch (kind) {
    case BF_LIST_PERSONS:
        return json_pack("{s:s,s:i,s:i,s:i,s:s}", "person", x->person, "encounters",
                         (int)x->encounters, "samples", (int)x->samples, "images", (int)x->images,
                         "since", when);
    case BF_LIST_ENCOUNTERS:
        return json_pack("{s:s,s:s,s:s,s:s,s:s,s:i,s:i,s:b}", "person", x->person, "encounter",
                         x->encounter, "time", when, "galleries", x->gallery, "parts", parts,
                         "samples", (int)x->samples, "images", (int)x->images, "overdue",
                         (int)x->overdue);
    case BF_LIST_GALLERIES:
        return json_pack("{s:s,s:s,s:i,s:i,s:i,s:s}", "gallery", x->gallery, "purpose", x->purpose,
                         "encounters", (int)x->encounters, "retention_days", (int)x->retention_days,
                         "overdue", (int)x->overdue, "since", when);
    default:
        return json_pack("{s:I,s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "sequence", (json_int_t)x->sequence,
                         "time", when, "operation", x->operation, "who", x->who, "person",
                         x->person, "gallery", x->gallery, "purpose", x->purpose, "detail",
                         x->detail);
    }
}

static const char *const columns[] = {
    [BF_LIST_PERSONS] = "person\0>encounters\0>samples\0>images\0since\0",
    [BF_LIST_ENCOUNTERS] = "person\0encounter\0time\0parts\0>samples\0>images\0galleries\0",
    [BF_LIST_GALLERIES] = "gallery\0purpose\0>encounters\0kept for\0>overdue\0",
    [BF_LIST_AUDIT] = ">no.\0time\0operation\0who\0person\0gallery\0purpose\0detail\0",
};

static void item_row(cli_table *t, const bf_list_item *x, uint32_t kind)
{
    char when[32], parts[400], a[24], b[24], c[24];
    cli_format_time(x->time_s, when);
    positions_text(x, parts, sizeof parts);
    snprintf(a, sizeof a, "%u", x->encounters);
    snprintf(b, sizeof b, "%u", x->samples);
    snprintf(c, sizeof c, "%u", x->images);
    switch (kind) {
    case BF_LIST_PERSONS: cli_table_row(t, x->person, a, b, c, when); break;
    case BF_LIST_ENCOUNTERS:
        cli_table_row(t, x->person, x->encounter, when, parts, b, c, x->gallery);
        break;
    case BF_LIST_GALLERIES:
        snprintf(b, sizeof b, "%u days", x->retention_days);
        snprintf(c, sizeof c, "%u", x->overdue);
        cli_table_row(t, x->gallery, x->purpose, a, x->retention_days ? b : "no limit", c);
        break;
    default:
        snprintf(a, sizeof a, "%llu", (unsigned long long)x->sequence);
        cli_table_row(t, a, when, x->operation, x->who, x->person, x->gallery, x->purpose,
                      x->detail);
    }
}

static int show(const bf_list *list, uint32_t kind, int as_json)
{
    json_t *array = as_json ? json_array() : NULL;
    cli_table *t = as_json ? NULL : cli_table_new(columns[kind]);
    for (size_t i = 0; i < bf_list_count(list); i++) {
        if (as_json)
            json_array_append_new(array, item_json(bf_list_get(list, i), kind));
        else
            item_row(t, bf_list_get(list, i), kind);
    }
    if (as_json) return cli_print_json(array);
    cli_table_print(t, stdout);
    return CLI_OK;
}

int cmd_list(int argc, char **argv)
{
    static const struct option longs[] = {
        CLI_STORE_OPTIONS,
        {"persons", no_argument, NULL, BF_LIST_PERSONS},
        {"encounters", no_argument, NULL, BF_LIST_ENCOUNTERS},
        {"galleries", no_argument, NULL, BF_LIST_GALLERIES},
        {"audit", no_argument, NULL, BF_LIST_AUDIT},
        {"gallery", required_argument, NULL, 'g'},
        {"person", required_argument, NULL, 'p'},
        {"json", no_argument, NULL, 'j'},
        {0},
    };
    cli_store s;
    uint32_t kind = BF_LIST_PERSONS;
    const char *gallery = NULL, *person = NULL;
    int as_json = 0, chosen = 0;
    cli_store_init(&s, "list");
    for (int o; (o = cli_option(argc, argv, "", longs)) != -1;) {
        int taken = cli_store_option(&s, o, optarg);
        if (taken < 0) return CLI_USAGE;
        if (taken) continue;
        switch (o) {
        case BF_LIST_PERSONS:
        case BF_LIST_ENCOUNTERS:
        case BF_LIST_GALLERIES:
        case BF_LIST_AUDIT:
            kind = (uint32_t)o;
            chosen = 1;
            break;
        case 'g': gallery = optarg; break;
        case 'p': person = optarg; break;
        case 'j': as_json = 1; break;
        default: return CLI_USAGE;
        }
    }
    if (optind < argc) return cli_usage("list", "unexpected '%.60s'", argv[optind]);
    if (person && !chosen) kind = BF_LIST_ENCOUNTERS;
    bf_list *list = NULL;
    int rc = cli_store_open(&s);
    if (!rc) {
        bf_status st = bf_store_list(s.c.session, s.store, kind, gallery, person, &list);
        rc = st ? cli_store_fail(&s, NULL, st) : show(list, kind, as_json);
    }
    bf_list_free(list);
    cli_store_close(&s);
    return rc;
}
