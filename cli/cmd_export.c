/* SPDX-License-Identifier: Apache-2.0 */
/* bonafide export: a person, sealed to a recipient. */
#include <string.h>

#include "store.h"

const char cmd_export_usage[] =
    "Usage: bonafide export --db FILE --person ID --to KEY|passphrase -o FILE [--images]\n"
    "\n"
    "Write a person to a new file that only the recipient can open. KEY is the recipient's public\n"
    "key, 64 hexadecimal digits: 'bonafide key check' prints it there. The export is written to "
    "the\n"
    "audit log.\n"
    "\n" CLI_STORE_HELP "  --person ID         whom\n"
    "  --to KEY            to this public key\n"
    "  --to passphrase     under a passphrase: asked for, or from --to-fd\n"
    "  --to-fd N           read that passphrase, one line, from file descriptor N\n"
    "  -o, --out FILE      where; must not exist\n"
    "  --images            take kept images along\n"
    "  --purpose TEXT      why, for the audit log\n";

typedef struct options {
    const char *person, *to, *out, *purpose;
    unsigned long to_fd;
    int has_fd, images;
} options;

static int run(cli_store *s, const options *x)
{
    bf_parcel_opts opts;
    uint8_t key[32];
    cli_passphrase text = {.len = 0};
    bf_secret secret;
    bf_parcel_opts_init(&opts);
    opts.with_images = (uint32_t)x->images;
    opts.purpose = x->purpose;
    if (strcmp(x->to, "passphrase") != 0) {
        if (cli_parse_hex32(x->to, key)) {
            return cli_usage("export", "--to takes 64 hexadecimal digits, or 'passphrase'");
        }
        opts.public_key = key;
    }
    int rc = cli_store_open(s);
    if (!rc && !opts.public_key) {
        rc = cli_new_secret(NULL, 2, x->has_fd ? (int)x->to_fd : -1, &text, &secret);
        opts.passphrase = &secret;
    }
    if (!rc) {
        bf_status st = bf_store_export(s->c.session, s->store, x->person, &opts, x->out);
        if (st)
            rc = cli_store_fail(s, x->out, st);
        else
            printf("exported %s to %s\n", x->person, x->out);
    }
    explicit_bzero(&text, sizeof text);
    return rc;
}

int cmd_export(int argc, char **argv)
{
    static const struct option longs[] = {
        CLI_STORE_OPTIONS,
        {"person", required_argument, NULL, 'p'},
        {"to", required_argument, NULL, 't'},
        {"to-fd", required_argument, NULL, 'd'},
        {"out", required_argument, NULL, 'o'},
        {"images", no_argument, NULL, 'i'},
        {"purpose", required_argument, NULL, 'P'},
        {0},
    };
    cli_store s;
    options x = {0};
    cli_store_init(&s, "export");
    for (int o; (o = cli_option(argc, argv, "o:", longs)) != -1;) {
        int taken = cli_store_option(&s, o, optarg);
        if (taken < 0) return CLI_USAGE;
        if (taken) continue;
        switch (o) {
        case 'p': x.person = optarg; break;
        case 't': x.to = optarg; break;
        case 'o': x.out = optarg; break;
        case 'P': x.purpose = optarg; break;
        case 'i': x.images = 1; break;
        case 'd':
            x.has_fd = 1;
            if (!cli_parse_uint(optarg, 0, 1023, &x.to_fd)) break;
            return cli_usage("export", "--to-fd takes the number of an open descriptor");
        default: return CLI_USAGE;
        }
    }
    if (optind < argc) return cli_usage("export", "unexpected '%.60s'", argv[optind]);
    if (!x.person || !x.to || !x.out) return cli_usage("export", "needs --person, --to and -o");
    int rc = run(&s, &x);
    cli_store_close(&s);
    return rc;
}
