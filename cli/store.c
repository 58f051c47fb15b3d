/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands on a store share: see store.h. */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

void cli_store_init(cli_store *s, const char *verb)
{
    memset(s, 0, sizeof *s);
    s->verb = verb;
    s->fd = -1;
    s->busy_ms = 5000;
}

int cli_store_option(cli_store *s, int option, const char *arg)
{
    unsigned long n;
    switch (option) {
    case CLI_DB: s->db = arg; return 1;
    case CLI_KEYRING: snprintf(s->keyring_path, sizeof s->keyring_path, "%s", arg); return 1;
    case CLI_KEY_FILE: s->key_file = arg; return 1;
    case CLI_PASSPHRASE: s->ask = 1; return 1;
    case CLI_OPERATOR: s->operator_name = arg; return 1;
    case CLI_PASSPHRASE_FD:
        if (cli_parse_uint(arg, 0, 1023, &n)) {
            cli_usage(s->verb, "--passphrase-fd takes the number of an open descriptor");
            return -1;
        }
        s->fd = (int)n;
        return 1;
    case CLI_BUSY_MS:
        if (cli_parse_uint(arg, 0, 3600000, &s->busy_ms)) {
            cli_usage(s->verb, "--busy-ms takes 0..3600000");
            return -1;
        }
        return 1;
    default: return 0;
    }
}

int cli_store_fail(const cli_store *s, const char *what, bf_status st)
{
    const char *message = bf_session_error(s->c.session);
    const char *names[] = {s->db, s->keyring_path, s->key_file, what, "/"};
    int named = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        named |= names[i] && *names[i] && !strncmp(message, names[i], strlen(names[i]));
    }
    if (!*message) message = bf_status_name(st);
    cli_error(named ? NULL : what ? what : s->db, "%s", message);
    return st == BF_EINVAL ? CLI_USAGE : CLI_STORE;
}

/* Keys will be in memory from here on. */
static void harden(void)
{
    prctl(PR_SET_DUMPABLE, 0);
    umask(077);
    /* A file that may not grow is an error to report, not a signal to die of. */
    signal(SIGXFSZ, SIG_IGN);
}

static const char *user_name(cli_store *s)
{
    if (s->operator_name) return s->operator_name;
    const struct passwd *pw = getpwuid(getuid());
    snprintf(s->who, sizeof s->who, "%.60s (uid %u)", pw ? pw->pw_name : "?", (unsigned)getuid());
    return s->who;
}

static int begin(cli_store *s)
{
    if (!s->db || !*s->db) return cli_usage(s->verb, "--db FILE is missing");
    if ((s->key_file != NULL) + s->ask + (s->fd >= 0) > 1) {
        return cli_usage(s->verb, "give one of --key-file, --passphrase and --passphrase-fd");
    }
    const char *env = getenv("BONAFIDE_KEYRING");
    if (!*s->keyring_path && env && *env) {
        snprintf(s->keyring_path, sizeof s->keyring_path, "%s", env);
    } else if (!*s->keyring_path) {
        snprintf(s->keyring_path, sizeof s->keyring_path, "%.4000s.keys", s->db);
    }
    harden();
    return cli_open(&s->c);
}

static void store_opts(cli_store *s, bf_store_opts *opts)
{
    bf_store_opts_init(opts);
    opts->busy_ms = (uint32_t)s->busy_ms;
    opts->operator_name = user_name(s);
    opts->purpose = s->purpose;
}

/* ---- open ---- */

/* No secret was named: does the keyring have a key file slot, or must somebody be asked? */
static int needs_passphrase(cli_store *s)
{
    bf_keyring_slot slots[BF_KEYRING_SLOTS];
    size_t count = 0;
    if (bf_keyring_peek(s->c.session, s->keyring_path, slots, BF_KEYRING_SLOTS, &count)) return 0;
    for (size_t i = 0; i < count && i < BF_KEYRING_SLOTS; i++) {
        if (slots[i].kind == BF_SECRET_KEY_FILE) return 0;
    }
    return 1;
}

/* A file that is plainly no database: said before its keyring is missed. */
static int is_other_file(const char *path)
{
    char head[16];
    struct stat info;
    if (stat(path, &info) || !S_ISREG(info.st_mode)) return 0;
    FILE *f = fopen(path, "rb");
    if (!f) return 0;
    size_t n = fread(head, 1, sizeof head, f);
    fclose(f);
    return n == sizeof head && memcmp(head, "SQLite format 3", sizeof head) != 0;
}

static int open_keyring(cli_store *s)
{
    bf_secret secret;
    bf_secret_init(&secret);
    int named = s->key_file || s->ask || s->fd >= 0;
    /* The database first: without it, the keyring's absence is no news. */
    if (access(s->db, F_OK)) {
        cli_error(s->db, "%s", strerror(errno));
        return CLI_STORE;
    }
    if (is_other_file(s->db)) {
        cli_error(s->db, "not a Bonafide store");
        return CLI_STORE;
    }
    if (!named && needs_passphrase(s)) s->ask = named = 1;
    if (s->key_file || s->ask || s->fd >= 0) {
        int rc = cli_new_secret(s->key_file, s->ask ? 1 : 0, s->fd, &s->passphrase, &secret);
        if (rc) return rc;
    }
    bf_status st =
        bf_keyring_open(s->c.session, s->keyring_path, named ? &secret : NULL, &s->keyring);
    explicit_bzero(&s->passphrase, sizeof s->passphrase);
    return st ? cli_store_fail(s, s->keyring_path, st) : CLI_OK;
}

int cli_store_open(cli_store *s)
{
    bf_store_opts opts;
    int rc = begin(s);
    if (rc) return rc;
    rc = open_keyring(s);
    if (rc) return rc;
    store_opts(s, &opts);
    bf_status st = bf_store_open(s->c.session, s->db, s->keyring, &opts, &s->store);
    return st ? cli_store_fail(s, s->db, st) : CLI_OK;
}

void cli_store_close(cli_store *s)
{
    bf_store_close(s->store);
    bf_keyring_free(s->keyring);
    explicit_bzero(&s->passphrase, sizeof s->passphrase);
    cli_close(&s->c);
    s->store = NULL;
    s->keyring = NULL;
}

/* ---- create ---- */

/* ~/.config/bonafide/operator.key: not beside what it opens. */
static int default_key_file(cli_store *s)
{
    char *path = s->default_key_file;
    size_t cap = sizeof s->default_key_file;
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (config && *config)
        snprintf(path, cap, "%.3000s", config);
    else if (home && *home)
        snprintf(path, cap, "%.3000s/.config", home);
    else
        return cli_usage(s->verb, "give --key-file, --passphrase or --passphrase-fd");
    mkdir(path, 0700);
    size_t n = strlen(path);
    snprintf(path + n, cap - n, "/bonafide");
    mkdir(path, 0700);
    n = strlen(path);
    snprintf(path + n, cap - n, "/operator.key");
    s->key_file = path;
    return CLI_OK;
}

static int make_key_file(cli_store *s)
{
    if (!access(s->key_file, F_OK)) return CLI_OK;
    bf_status st = bf_key_file_create(s->c.session, s->key_file);
    if (st && st != BF_EEXIST) return cli_store_fail(s, s->key_file, st);
    if (!st) fprintf(stderr, "made the key file %s: keep a copy in a safe place\n", s->key_file);
    return CLI_OK;
}

int cli_store_create(cli_store *s)
{
    bf_store_opts opts;
    bf_secret secret;
    int rc = begin(s);
    if (rc) return rc;
    if (!access(s->db, F_OK)) {
        cli_error(s->db, "exists already");
        return CLI_STORE;
    }
    if (!s->key_file && !s->ask && s->fd < 0) rc = default_key_file(s);
    if (!rc && s->key_file) rc = make_key_file(s);
    if (!rc) rc = cli_new_secret(s->key_file, s->ask ? 2 : 0, s->fd, &s->passphrase, &secret);
    if (rc) return rc;
    bf_status st = bf_keyring_create(s->c.session, s->keyring_path, &secret, &s->keyring);
    explicit_bzero(&s->passphrase, sizeof s->passphrase);
    if (st) return cli_store_fail(s, s->keyring_path, st);
    store_opts(s, &opts);
    st = bf_store_create(s->c.session, s->db, s->keyring, &opts, &s->store);
    if (!st) return CLI_OK;
    rc = cli_store_fail(s, s->db, st);
    unlink(s->keyring_path); /* ours, and of no store */
    return rc;
}

/* ---- text ---- */

void cli_format_time(int64_t time_s, char out[32])
{
    time_t t = (time_t)time_s;
    struct tm tm;
    out[0] = 0;
    if (gmtime_r(&t, &tm)) strftime(out, 32, "%Y-%m-%d %H:%M:%S", &tm);
}

int cli_parse_hex32(const char *text, uint8_t out[32])
{
    if (strlen(text) != 64 || strspn(text, "0123456789abcdefABCDEF") != 64) return -1;
    for (int i = 0; i < 32; i++) {
        char two[3] = {text[2 * i], text[2 * i + 1], 0};
        out[i] = (uint8_t)strtoul(two, NULL, 16);
    }
    return 0;
}

void cli_format_hex32(const uint8_t bytes[32], char out[65])
{
    for (int i = 0; i < 32; i++) snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}
