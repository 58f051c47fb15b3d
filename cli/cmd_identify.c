/* SPDX-License-Identifier: Apache-2.0 */
/* bonafide identify: who is this, among all? (1:N) */
#include <string.h>

#include "search.h"

const char cmd_identify_usage[] =
    "Usage: bonafide identify --db FILE [--finger NAME=IMAGE]... [--palm NAME=IMAGE]...\n"
    "                         [--face IMAGE]... [--gallery NAME] [--max N]\n"
    "                         [--fpir P] [--all] [--purpose TEXT] [--json]\n"
    "\n"
    "Search for a person and print the candidates, best first. A candidate is no decision: a "
    "human\n"
    "being looks at the samples and decides. The search is written to the audit log.\n"
    "Exit code 0 with a candidate above the threshold, 1 without.\n"
    "\n" CLI_STORE_HELP CLI_SEARCH_HELP
    "  --max N             at most so many candidates, 1..1000; default 10\n"
    "  --fpir P            chance that a search for somebody who is not enrolled yields a\n"
    "                      candidate; sets the threshold; default 0.01\n"
    "  --all               show candidates below the threshold too\n";

int cmd_identify(int argc, char **argv)
{
    static const struct option longs[] = {
        CLI_SEARCH_OPTIONS,
        {"max", required_argument, NULL, 'm'},
        {"fpir", required_argument, NULL, 'r'},
        {"all", no_argument, NULL, 'a'},
        {0},
    };
    cli_search q;
    cli_search_init(&q, "identify");
    q.rate = 0.01;
    for (int o; (o = cli_option(argc, argv, "", longs)) != -1;) {
        int taken = cli_search_option(&q, o);
        if (taken < 0) return CLI_USAGE;
        if (taken) continue;
        if (o == 'a') {
            q.all = 1;
        } else if (o == 'm') {
            if (cli_parse_uint(optarg, 1, 1000, &q.max)) {
                return cli_usage("identify", "--max takes 1..1000");
            }
        } else if (o == 'r') {
            if (cli_parse_double(optarg, 1e-12, 0.999, &q.rate)) {
                return cli_usage("identify", "--fpir takes 1e-12..0.999");
            }
        } else {
            return CLI_USAGE;
        }
    }
    if (optind < argc) return cli_usage("identify", "unexpected '%.60s'", argv[optind]);
    return cli_search_run(&q);
}
