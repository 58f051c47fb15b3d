/* SPDX-License-Identifier: Apache-2.0 */
/* bonafide init: make a store and its keyring. */
#include "store.h"

const char cmd_init_usage[] =
    "Usage: bonafide init --db FILE [--key-file FILE | --passphrase | --passphrase-fd N]\n"
    "                     [--keyring FILE] [--purpose TEXT]\n"
    "\n"
    "Make an empty encrypted store, and the keyring that opens it. Without the keyring, the\n"
    "database cannot be read by anybody: keep a copy of it, and of the key file, elsewhere.\n"
    "The key file is made if it does not exist; default: ~/.config/bonafide/operator.key\n"
    "\n" CLI_STORE_HELP "  --purpose TEXT      purpose of galleries for which none is stated\n";

int cmd_init(int argc, char **argv)
{
    static const struct option longs[] = {
        CLI_STORE_OPTIONS,
        {"purpose", required_argument, NULL, 'P'},
        {0},
    };
    cli_store s;
    cli_store_init(&s, "init");
    for (int o; (o = cli_option(argc, argv, "", longs)) != -1;) {
        int taken = cli_store_option(&s, o, optarg);
        if (taken < 0) return CLI_USAGE;
        if (taken) continue;
        if (o != 'P') return CLI_USAGE;
        s.purpose = optarg;
    }
    if (optind < argc) return cli_usage("init", "unexpected '%.60s'", argv[optind]);
    int rc = cli_store_create(&s);
    if (!rc) {
        printf("made %s; its keyring is %s%s%s\n", s.db, s.keyring_path,
               s.key_file ? ", opened by key file " : ", opened by your passphrase",
               s.key_file ? s.key_file : "");
    }
    cli_store_close(&s);
    return rc;
}
