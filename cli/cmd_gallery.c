/* SPDX-License-Identifier: Apache-2.0 */
/* bonafide gallery: make a gallery, state its purpose, limit how long it keeps what is in it. */
#include <string.h>

#include "store.h"

const char cmd_gallery_usage[] =
    "Usage: bonafide gallery --db FILE --gallery NAME [--purpose TEXT] [--retention-days N]\n"
    "\n"
    "Make a gallery, or change what it is for and how long it may keep an encounter.\n"
    "'bonafide list --galleries' shows them, and how many encounters are overdue.\n"
    "\n" CLI_STORE_HELP "  --gallery NAME      which\n"
    "  --purpose TEXT      what it is for: recorded with every search in it\n"
    "  --retention-days N  0: without limit; default: as it was, without limit if new\n";

/* How long an existing gallery keeps what is in it; 0 for a new one. */
static bf_status retention_of(cli_store *s, const char *gallery, unsigned long *days)
{
    bf_list *list = NULL;
    bf_status st = bf_store_list(s->c.session, s->store, BF_LIST_GALLERIES, NULL, NULL, &list);
    for (size_t i = 0; !st && i < bf_list_count(list); i++) {
        const bf_list_item *g = bf_list_get(list, i);
        if (!strcmp(g->gallery, gallery)) *days = g->retention_days;
    }
    bf_list_free(list);
    return st;
}

int cmd_gallery(int argc, char **argv)
{
    static const struct option longs[] = {
        CLI_STORE_OPTIONS,
        {"gallery", required_argument, NULL, 'g'},
        {"purpose", required_argument, NULL, 'P'},
        {"retention-days", required_argument, NULL, 'r'},
        {0},
    };
    cli_store s;
    const char *gallery = NULL, *purpose = NULL;
    unsigned long days = 0;
    int has_days = 0;
    cli_store_init(&s, "gallery");
    for (int o; (o = cli_option(argc, argv, "", longs)) != -1;) {
        int taken = cli_store_option(&s, o, optarg);
        if (taken < 0) return CLI_USAGE;
        if (taken) continue;
        if (o == 'g')
            gallery = optarg;
        else if (o == 'P')
            purpose = optarg;
        else if (o != 'r')
            return CLI_USAGE;
        else if (cli_parse_uint(optarg, 0, 36500, &days))
            return cli_usage("gallery", "--retention-days takes 0..36500");
        else
            has_days = 1;
    }
    if (optind < argc) return cli_usage("gallery", "unexpected '%.60s'", argv[optind]);
    if (!gallery) return cli_usage("gallery", "--gallery NAME is missing");
    int rc = cli_store_open(&s);
    if (!rc) {
        bf_status st = has_days ? BF_OK : retention_of(&s, gallery, &days);
        if (!st) {
            st = bf_store_set_gallery(s.c.session, s.store, gallery, purpose, (uint32_t)days);
        }
        if (st)
            rc = cli_store_fail(&s, NULL, st);
        else
            printf("gallery %s is set\n", gallery);
    }
    cli_store_close(&s);
    return rc;
}
