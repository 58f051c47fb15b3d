/* SPDX-License-Identifier: Apache-2.0 */
/* What verify and identify share. */
#ifndef BF_CLI_SEARCH_H
#define BF_CLI_SEARCH_H
#include "sample.h"
#include "store.h"

typedef struct cli_search {
    cli_store s;
    const char *person, *gallery, *purpose; /* person: verify only */
    cli_samples samples;
    unsigned long max, threads;
    double rate; /* fpir, or fmr for verify */
    int as_json, all;
} cli_search;

#define CLI_SEARCH_OPTIONS                                                                         \
    CLI_STORE_OPTIONS, CLI_SAMPLE_OPTIONS, {"gallery", required_argument, NULL, 'g'},              \
        {"purpose", required_argument, NULL, 'P'}, {"threads", required_argument, NULL, 't'},      \
    {                                                                                              \
        "json", no_argument, NULL, 'j'                                                             \
    }

#define CLI_SEARCH_HELP                                                                            \
    CLI_SAMPLE_HELP                                                                                \
    "  --gallery NAME      only those in this gallery\n"                                           \
    "  --purpose TEXT      why, for the audit log; default: the gallery's purpose\n"               \
    "  --threads N         default: one for each processor\n"                                      \
    "  --json              print one JSON object\n"

/* Before the options are read. */
void cli_search_init(cli_search *q, const char *verb);
/* Take an option of CLI_SEARCH_OPTIONS. @return 1 taken, 0 not one, -1 bad (a line is printed) */
int cli_search_option(cli_search *q, int o);
/* Open, extract, search, show. @return exit code */
int cli_search_run(cli_search *q);

#endif
