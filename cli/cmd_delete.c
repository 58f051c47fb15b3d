/* SPDX-License-Identifier: Apache-2.0 */
/* bonafide delete: erase a person or an encounter. */
#include "store.h"

const char cmd_delete_usage[] =
    "Usage: bonafide delete --db FILE --person ID [--encounter ID]\n"
    "\n"
    "Erase a person, or one encounter, for good: all others' keys are wrapped anew, and the key "
    "under\n"
    "which an old copy of the database could be read is destroyed. Exit code 4 and 'erasure "
    "pending'\n"
    "if another process still reads the old state: 'bonafide fsck' completes it later.\n"
    "Copies of the keyring made before are not reached: see docs/SECURITY.md.\n"
    "\n" CLI_STORE_HELP "  --person ID         whom\n"
    "  --encounter ID      only this encounter\n";

int cmd_delete(int argc, char **argv)
{
    static const struct option longs[] = {
        CLI_STORE_OPTIONS,
        {"person", required_argument, NULL, 'p'},
        {"encounter", required_argument, NULL, 'e'},
        {0},
    };
    cli_store s;
    const char *person = NULL, *encounter = NULL;
    cli_store_init(&s, "delete");
    for (int o; (o = cli_option(argc, argv, "", longs)) != -1;) {
        int taken = cli_store_option(&s, o, optarg);
        if (taken < 0) return CLI_USAGE;
        if (taken) continue;
        if (o == 'p')
            person = optarg;
        else if (o == 'e')
            encounter = optarg;
        else
            return CLI_USAGE;
    }
    if (optind < argc) return cli_usage("delete", "unexpected '%.60s'", argv[optind]);
    if (!person) return cli_usage("delete", "--person ID is missing");
    int rc = cli_store_open(&s);
    if (!rc) {
        bf_status st = bf_store_delete(s.c.session, s.store, person, encounter);
        if (st)
            rc = cli_store_fail(&s, NULL, st);
        else
            printf("erased %s%s%s\n", person, encounter ? ", encounter " : "",
                   encounter ? encounter : "");
    }
    cli_store_close(&s);
    return rc;
}
