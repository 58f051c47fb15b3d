/* SPDX-License-Identifier: Apache-2.0 */
/* bonafide import: enrol what another store exported. */
#include <string.h>

#include "store.h"

const char cmd_import_usage[] =
    "Usage: bonafide import --db FILE [--from KEY] [--gallery NAME] [--person ID] EXPORT\n"
    "\n"
    "Open an export that is sealed to this store's public key or under a passphrase, check it, "
    "and\n"
    "enrol what it holds. All or nothing.\n"
    "\n" CLI_STORE_HELP "  --from KEY          accept it only from the store with this public key\n"
    "  --from-passphrase   sealed under a passphrase: ask for it\n"
    "  --from-fd N         read that passphrase, one line, from file descriptor N\n"
    "  --gallery NAME      put encounters there; default: galleries as exported\n"
    "  --person ID         under this id; default: as exported\n"
    "  --purpose TEXT      of galleries made by this, and for the audit log\n";

typedef struct options {
    const char *from, *gallery, *person, *purpose, *path;
    unsigned long from_fd;
    int has_fd, ask;
} options;

/* Is it the file to import that is missing, unreadable or no export, not the store? */
static int is_input_fault(const cli_store *s, const options *x, bf_status st)
{
    const char *message = bf_session_error(s->c.session);
    return (st == BF_ENOENT || st == BF_EIO || st == BF_EFORMAT || st == BF_EVERSION) &&
           !strncmp(message, x->path, strlen(x->path));
}

static int run(cli_store *s, const options *x)
{
    bf_parcel_opts opts;
    uint8_t key[32], sender[32];
    char person[BF_ID_MAX + 1], hex[65];
    cli_passphrase text = {.len = 0};
    bf_secret secret;
    bf_parcel_opts_init(&opts);
    opts.gallery = x->gallery;
    opts.person = x->person;
    opts.purpose = x->purpose;
    if (x->from && cli_parse_hex32(x->from, key)) {
        return cli_usage("import", "--from takes 64 hexadecimal digits");
    }
    if (x->from) opts.public_key = key;
    int rc = cli_store_open(s);
    if (!rc && (x->has_fd || x->ask)) {
        rc = cli_new_secret(NULL, 1, x->has_fd ? (int)x->from_fd : -1, &text, &secret);
        opts.passphrase = &secret;
    }
    if (!rc) {
        static const uint8_t nobody[32];
        bf_status st = bf_store_import(s->c.session, s->store, x->path, &opts, person, sender);
        cli_format_hex32(sender, hex);
        if (st)
            rc = is_input_fault(s, x, st) ? cli_fail(&s->c, x->path, st)
                                          : cli_store_fail(s, x->path, st);
        else if (!memcmp(sender, nobody, 32))
            printf("imported %s\n", person);
        else
            printf("imported %s, from the store with key %s\n", person, hex);
    }
    explicit_bzero(&text, sizeof text);
    return rc;
}

int cmd_import(int argc, char **argv)
{
    static const struct option longs[] = {
        CLI_STORE_OPTIONS,
        {"from", required_argument, NULL, 'f'},
        {"from-passphrase", no_argument, NULL, 'a'},
        {"from-fd", required_argument, NULL, 'd'},
        {"gallery", required_argument, NULL, 'g'},
        {"person", required_argument, NULL, 'p'},
        {"purpose", required_argument, NULL, 'P'},
        {0},
    };
    cli_store s;
    options x = {0};
    cli_store_init(&s, "import");
    for (int o; (o = cli_option(argc, argv, "", longs)) != -1;) {
        int taken = cli_store_option(&s, o, optarg);
        if (taken < 0) return CLI_USAGE;
        if (taken) continue;
        switch (o) {
        case 'f': x.from = optarg; break;
        case 'a': x.ask = 1; break;
        case 'g': x.gallery = optarg; break;
        case 'p': x.person = optarg; break;
        case 'P': x.purpose = optarg; break;
        case 'd':
            x.has_fd = 1;
            if (!cli_parse_uint(optarg, 0, 1023, &x.from_fd)) break;
            return cli_usage("import", "--from-fd takes the number of an open descriptor");
        default: return CLI_USAGE;
        }
    }
    if (argc - optind != 1) return cli_usage("import", "needs one export file");
    x.path = argv[optind];
    int rc = run(&s, &x);
    cli_store_close(&s);
    return rc;
}
