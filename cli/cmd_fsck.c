/* SPDX-License-Identifier: Apache-2.0 */
/* bonafide fsck: check a store, row by row, and complete a pending erasure. */
#include "store.h"

const char cmd_fsck_usage[] =
    "Usage: bonafide fsck --db FILE [--expect-counter N] [--expect-witness HEX]\n"
    "\n"
    "Read and authenticate every row and the audit log; name what was altered, moved, put back or\n"
    "removed. Completes an erasure that is pending. Prints a counter and a witness: written down\n"
    "elsewhere, they show later whether the whole store was put back in time.\n"
    "\n" CLI_STORE_HELP
    "  --expect-counter N    a counter written down before: fail if the store is older\n"
    "  --expect-witness HEX  fail if the store is not exactly as it was then; with "
    "--expect-counter,\n"
    "                        only if the counter is the same\n";

static void found(void *user, const char *line)
{
    unsigned *count = user;
    if (++*count <= 100) cli_error(NULL, "%s", line);
}

static int run(cli_store *s, bf_check_opts *opts)
{
    unsigned shown = 0;
    int rc = cli_store_open(s);
    if (rc) return rc;
    opts->found = found;
    opts->user = &shown;
    bf_status st = bf_store_check(s->c.session, s->store, opts);
    if (st == BF_ETAMPER && opts->finding_count) {
        cli_error(s->db, "%u finding%s", opts->finding_count, opts->finding_count > 1 ? "s" : "");
        return CLI_STORE;
    }
    if (st) return cli_store_fail(s, NULL, st);
    st = bf_store_finish(s->c.session, s->store);
    if (st) return cli_store_fail(s, NULL, st);
    bf_store_info info = {.struct_size = sizeof info};
    char hex[65];
    st = bf_store_get_info(s->c.session, s->store, &info);
    if (st) return cli_store_fail(s, NULL, st);
    cli_format_hex32(info.witness, hex);
    printf("%s: good: %llu person%s, %llu %s, %llu audit %s\n", s->db,
           (unsigned long long)info.persons, cli_plural(info.persons),
           (unsigned long long)info.galleries, info.galleries == 1 ? "gallery" : "galleries",
           (unsigned long long)info.audit_entries, info.audit_entries == 1 ? "entry" : "entries");
    printf("counter %llu\nwitness %s\n", (unsigned long long)info.counter, hex);
    return CLI_OK;
}

int cmd_fsck(int argc, char **argv)
{
    static const struct option longs[] = {
        CLI_STORE_OPTIONS,
        {"expect-counter", required_argument, NULL, 'c'},
        {"expect-witness", required_argument, NULL, 'w'},
        {0},
    };
    cli_store s;
    bf_check_opts opts;
    uint8_t witness[32];
    unsigned long counter = 0;
    cli_store_init(&s, "fsck");
    bf_check_opts_init(&opts);
    for (int o; (o = cli_option(argc, argv, "", longs)) != -1;) {
        int taken = cli_store_option(&s, o, optarg);
        if (taken < 0) return CLI_USAGE;
        if (taken) continue;
        if (o == 'c' && !cli_parse_uint(optarg, 1, ~0ul, &counter)) {
            opts.expect_counter = counter;
        } else if (o == 'w' && !cli_parse_hex32(optarg, witness)) {
            opts.expect_witness = witness;
        } else if (o == 'c' || o == 'w') {
            return cli_usage("fsck", "that is not what fsck prints: '%.70s'", optarg);
        } else {
            return CLI_USAGE;
        }
    }
    if (optind < argc) return cli_usage("fsck", "unexpected '%.60s'", argv[optind]);
    int rc = run(&s, &opts);
    cli_store_close(&s);
    return rc;
}
