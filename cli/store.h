/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands on a store share: its options, opening it, secrets, messages. */
#ifndef BF_CLI_STORE_H
#define BF_CLI_STORE_H
#include "cli.h"

/* Options every such command takes. */
#define CLI_STORE_OPTIONS                                                                          \
    {"db", required_argument, NULL, CLI_DB}, {"keyring", required_argument, NULL, CLI_KEYRING},    \
        {"key-file", required_argument, NULL, CLI_KEY_FILE},                                       \
        {"passphrase", no_argument, NULL, CLI_PASSPHRASE},                                         \
        {"passphrase-fd", required_argument, NULL, CLI_PASSPHRASE_FD},                             \
        {"operator", required_argument, NULL, CLI_OPERATOR},                                       \
    {                                                                                              \
        "busy-ms", required_argument, NULL, CLI_BUSY_MS                                            \
    }

enum {
    CLI_DB = 1000,
    CLI_KEYRING,
    CLI_KEY_FILE,
    CLI_PASSPHRASE,
    CLI_PASSPHRASE_FD,
    CLI_OPERATOR,
    CLI_BUSY_MS
};

#define CLI_STORE_HELP                                                                             \
    "  --db FILE           the database\n"                                                         \
    "  --keyring FILE      its keyring; default: $BONAFIDE_KEYRING, or the database's name + "     \
    ".keys\n"                                                                                      \
    "  --key-file FILE     what opens the keyring; default: the key file it was made with\n"       \
    "  --passphrase        ask for a passphrase on the terminal\n"                                 \
    "  --passphrase-fd N   read a passphrase, one line, from file descriptor N\n"                  \
    "  --operator NAME     who, for the audit log; default: the user's name\n"                     \
    "  --busy-ms N         wait this long for another writer; default 5000\n"

/* A passphrase in memory that is wiped. */
typedef struct cli_passphrase {
    uint8_t text[BF_PASSPHRASE_MAX_BYTES];
    size_t len;
} cli_passphrase;

typedef struct cli_store {
    cli c;
    const char *verb, *db, *key_file, *operator_name, *purpose;
    char keyring_path[4200], default_key_file[4200], who[100];
    int ask, fd; /* fd -1: none */
    unsigned long busy_ms;
    cli_passphrase passphrase;
    bf_keyring *keyring;
    bf_store *store;
} cli_store;

/* Before the options are read. */
void cli_store_init(cli_store *s, const char *verb);

/* Take an option. @return 1 taken, 0 none of ours, -1 bad (a line is printed) */
int cli_store_option(cli_store *s, int option, const char *arg);

/* Open engine, keyring and store. @return CLI_OK, or an exit code after printing why */
int cli_store_open(cli_store *s);
/* Make them. The key file is made when it does not exist. */
int cli_store_create(cli_store *s);
void cli_store_close(cli_store *s);

/* Print the session's message. `what`: used when the message names no file. @return exit code */
int cli_store_fail(const cli_store *s, const char *what, bf_status st);

/* One line from a descriptor. @return CLI_OK, or an exit code after printing why */
int cli_read_passphrase_fd(int fd, cli_passphrase *out);
/* Ask on the terminal; `twice` for a new one. */
int cli_ask_passphrase(const char *prompt, int twice, cli_passphrase *out);

/*
 * A secret for a new slot or an export, from the options that are given.
 * @param secret  out: borrows key_file and *text
 */
int cli_new_secret(const char *key_file, int ask, int fd, cli_passphrase *text, bf_secret *secret);

/* "2024-01-31 12:00:00" in UTC. */
void cli_format_time(int64_t time_s, char out[32]);

/* 64 hexadecimal digits. @return 0 or -1 */
int cli_parse_hex32(const char *text, uint8_t out[32]);
void cli_format_hex32(const uint8_t bytes[32], char out[65]);

#endif
