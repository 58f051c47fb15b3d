/* SPDX-License-Identifier: Apache-2.0 */
/* bonafide key: the keys of a store. */
#include <string.h>
#include <unistd.h>

#include "store.h"

const char cmd_key_usage[] =
    "Usage: bonafide key check  --db FILE\n"
    "       bonafide key add    --db FILE --new-key-file FILE | --new-passphrase | --new-fd N\n"
    "       bonafide key passwd --db FILE --new-key-file FILE | --new-passphrase | --new-fd N\n"
    "       bonafide key remove --db FILE --slot N\n"
    "       bonafide key rotate --db FILE\n"
    "\n"
    "check   does the key open the store? Shows the slots and the store's public key.\n"
    "add     let one more key file (made if it does not exist) or passphrase open the store.\n"
    "passwd  put another in the place of the one in use.\n"
    "remove  take a slot away, and rotate.\n"
    "rotate  make every key anew and seal every row again: when a key may be known to others.\n"
    "A crash at any point leaves a store that opens.\n"
    "\n" CLI_STORE_HELP "  --slot N            which: 'key check' shows them\n";

typedef struct options {
    const char *key_file;
    int ask, fd;
    unsigned long slot;
} options;

static int show_slots(const cli_store *s)
{
    bf_keyring_slot slots[BF_KEYRING_SLOTS];
    uint8_t public_key[32];
    char hex[65], id[16], cost[64];
    size_t n = bf_keyring_slots(s->keyring, slots, BF_KEYRING_SLOTS);
    cli_table *t = cli_table_new(">slot\0opened by\0detail\0\0");
    for (size_t i = 0; i < n; i++) {
        int file = slots[i].kind == BF_SECRET_KEY_FILE;
        snprintf(id, sizeof id, "%u", slots[i].id);
        snprintf(cost, sizeof cost, "Argon2id, %u passes, %u MiB", slots[i].passes,
                 slots[i].memory_mib);
        cli_table_row(t, id, file ? "key file" : "passphrase", file ? slots[i].path : cost);
    }
    cli_table_print(t, stdout);
    bf_keyring_public_key(s->keyring, public_key);
    cli_format_hex32(public_key, hex);
    printf("good: slot %u opens %s\npublic key %s\n", bf_keyring_slot_used(s->keyring), s->db, hex);
    return CLI_OK;
}

static int change(cli_store *s, const options *x, int replace)
{
    cli_passphrase text = {.len = 0};
    bf_secret secret;
    uint32_t slot = 0;
    bf_status st = BF_OK;
    if (x->key_file && access(x->key_file, F_OK)) {
        st = bf_key_file_create(s->c.session, x->key_file);
        if (st) return cli_store_fail(s, x->key_file, st);
        fprintf(stderr, "made the key file %s: keep a copy in a safe place\n", x->key_file);
    }
    int rc = cli_new_secret(x->key_file, x->ask ? 2 : 0, x->fd, &text, &secret);
    if (rc) return rc;
    if (replace)
        st = bf_store_key_replace(s->c.session, s->store, &secret);
    else
        st = bf_store_key_add(s->c.session, s->store, &secret, &slot);
    explicit_bzero(&text, sizeof text);
    if (st) return cli_store_fail(s, NULL, st);
    if (replace) slot = bf_keyring_slot_used(s->keyring);
    printf("slot %u is %s\n", slot, replace ? "in place of the one used" : "added");
    return CLI_OK;
}

static int run(cli_store *s, const char *action, const options *x)
{
    bf_status st = BF_OK;
    if (!strcmp(action, "check")) return show_slots(s);
    if (!strcmp(action, "add")) return change(s, x, 0);
    if (!strcmp(action, "passwd")) return change(s, x, 1);
    if (!strcmp(action, "remove")) {
        st = bf_store_key_remove(s->c.session, s->store, (uint32_t)x->slot);
    } else {
        st = bf_store_key_rotate(s->c.session, s->store);
    }
    if (st) return cli_store_fail(s, NULL, st);
    printf("all keys are new; other stores need the new public key\n");
    return CLI_OK;
}

static int check_usage(const char *action, const options *x)
{
    static const char *const actions[] = {"check", "add", "passwd", "remove", "rotate"};
    int known = 0, secrets = (x->key_file != NULL) + x->ask + (x->fd >= 0);
    for (size_t i = 0; i < 5; i++) known |= !strcmp(action, actions[i]);
    if (!known)
        return cli_usage("key", "'%.30s' is none of check add passwd remove rotate", action);
    int wants_secret = !strcmp(action, "add") || !strcmp(action, "passwd");
    if (wants_secret && secrets != 1) {
        return cli_usage("key", "give one of --new-key-file, --new-passphrase and --new-fd");
    }
    if (!strcmp(action, "remove") && !x->slot) return cli_usage("key", "--slot N is missing");
    return CLI_OK;
}

int cmd_key(int argc, char **argv)
{
    static const struct option longs[] = {
        CLI_STORE_OPTIONS,
        {"new-key-file", required_argument, NULL, 'k'},
        {"new-passphrase", no_argument, NULL, 'n'},
        {"new-fd", required_argument, NULL, 'd'},
        {"slot", required_argument, NULL, 's'},
        {0},
    };
    cli_store s;
    options x = {.fd = -1};
    unsigned long n;
    cli_store_init(&s, "key");
    for (int o; (o = cli_option(argc, argv, "", longs)) != -1;) {
        int taken = cli_store_option(&s, o, optarg);
        if (taken < 0) return CLI_USAGE;
        if (taken) continue;
        switch (o) {
        case 'k': x.key_file = optarg; break;
        case 'n': x.ask = 1; break;
        case 's':
            if (!cli_parse_uint(optarg, 1, 1ul << 31, &x.slot)) break;
            return cli_usage("key", "--slot takes a slot's number");
        case 'd':
            if (cli_parse_uint(optarg, 0, 1023, &n)) {
                return cli_usage("key", "--new-fd takes the number of an open descriptor");
            }
            x.fd = (int)n;
            break;
        default: return CLI_USAGE;
        }
    }
    if (argc - optind != 1) return cli_usage("key", "needs one of check add passwd remove rotate");
    const char *action = argv[optind];
    int rc = check_usage(action, &x);
    if (rc) return rc;
    rc = cli_store_open(&s);
    if (!rc) rc = run(&s, action, &x);
    cli_store_close(&s);
    return rc;
}
