/* SPDX-License-Identifier: Apache-2.0 */
/* bonafide verify: is this the person? (1:1) */
#include <string.h>

#include "search.h"

const char cmd_verify_usage[] =
    "Usage: bonafide verify --db FILE --person ID [--finger NAME=IMAGE]...\n"
    "                       [--palm NAME=IMAGE]... [--face IMAGE]... [--gallery NAME]\n"
    "                       [--fmr P] [--purpose TEXT] [--json]\n"
    "\n"
    "Compare fingerprints, palms and faces with those of one enrolled person. Written to the audit "
    "log.\n"
    "Exit code 0 for a match, 1 for none.\n"
    "\n" CLI_STORE_HELP CLI_SEARCH_HELP "  --person ID         who it is said to be\n"
    "  --fmr P             chance that somebody else would match; default 1e-4 (score 40)\n";

int cmd_verify(int argc, char **argv)
{
    static const struct option longs[] = {
        CLI_SEARCH_OPTIONS,
        {"person", required_argument, NULL, 'p'},
        {"fmr", required_argument, NULL, 'r'},
        {0},
    };
    cli_search q;
    cli_search_init(&q, "verify");
    q.rate = 1e-4;
    for (int o; (o = cli_option(argc, argv, "", longs)) != -1;) {
        int taken = cli_search_option(&q, o);
        if (taken < 0) return CLI_USAGE;
        if (taken) continue;
        if (o == 'p') {
            q.person = optarg;
        } else if (o == 'r') {
            if (cli_parse_double(optarg, 1e-12, 0.999, &q.rate)) {
                return cli_usage("verify", "--fmr takes 1e-12..0.999");
            }
        } else {
            return CLI_USAGE;
        }
    }
    if (optind < argc) return cli_usage("verify", "unexpected '%.60s'", argv[optind]);
    if (!q.person) return cli_usage("verify", "--person ID is missing");
    return cli_search_run(&q);
}
