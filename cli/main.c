/* SPDX-License-Identifier: Apache-2.0 */
/* The program `bonafide`: find the command and run it. Commands are listed in commands.h. */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "cli.h"
#include "commands.h"

typedef struct command {
    const char *name, *summary, *usage;
    int (*run)(int argc, char **argv);
} command;

#define TABLE_LINE(verb, summary) {#verb, summary, cmd_##verb##_usage, cmd_##verb},
static const command commands[] = {CLI_COMMANDS(TABLE_LINE)};
#define COMMANDS (sizeof commands / sizeof commands[0])

static const command *find(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        if (!strcmp(commands[i].name, name)) return &commands[i];
    }
    return NULL;
}

static void print_help(void)
{
    printf("bonafide %s: recognise people by fingerprint, on your own machine.\n\n"
           "Usage: bonafide COMMAND [OPTION]... [FILE]...\n\nCommands:\n",
           bf_version());
    for (size_t i = 0; i < COMMANDS; i++) {
        printf("  %-10s %s\n", commands[i].name, commands[i].summary);
    }
    printf(
        "\n'bonafide help COMMAND' says how to use one. 'bonafide --version' prints the version.\n"
        "Exit codes: 0 done or match, 1 no match, 2 usage, 3 input, 4 store.\n");
}

/* The known command that starts or is spelled most like `name`; NULL if none is near. */
static const command *nearest(const char *name)
{
    const command *best = NULL;
    size_t best_same = 1;
    for (size_t i = 0; i < COMMANDS; i++) {
        size_t same = 0;
        while (name[same] && name[same] == commands[i].name[same]) same++;
        if (same > best_same) {
            best = &commands[i];
            best_same = same;
        }
    }
    return best;
}

static int unknown_command(const char *name)
{
    const command *near = nearest(name);
    if (near)
        return cli_usage(NULL, "unknown command '%.60s': did you mean '%s'?", name, near->name);
    return cli_usage(NULL, "unknown command '%.60s'", name);
}

static int cmd_help(const char *name)
{
    if (!name) {
        print_help();
        return CLI_OK;
    }
    const command *c = find(name);
    if (!c) return unknown_command(name);
    fputs(c->usage, stdout);
    return CLI_OK;
}

static int cmd_version(void)
{
    cli c;
    int rc = cli_open(&c);
    if (rc) return rc;
    printf("bonafide %s (kernels: %s)\n", bf_version(), bf_engine_kernels(c.engine));
    cli_close(&c);
    return CLI_OK;
}

static int wants_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) return 1;
    }
    return 0;
}

static int run(int argc, char **argv)
{
    argc = cli_take_models_option(argc, argv);
    if (argc < 0) return CLI_USAGE;
    if (argc < 2) {
        print_help();
        return CLI_USAGE;
    }
    const char *name = argv[1];
    if (!strcmp(name, "--help") || !strcmp(name, "-h")) return cmd_help(NULL);
    if (!strcmp(name, "--version")) return cmd_version();
    if (!strcmp(name, "help")) return cmd_help(argc > 2 ? argv[2] : NULL);
    const command *c = find(name);
    if (!c) return unknown_command(name);
    if (wants_help(argc - 1, argv + 1)) return cmd_help(name);
    return c->run(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    /* A core dump would hold templates and keys. */
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    int rc = run(argc, argv);
    if (fflush(stdout) || ferror(stdout)) {
        cli_error("standard output", "%s", strerror(errno));
        if (rc == CLI_OK || rc == CLI_NO_MATCH) rc = CLI_STORE;
    }
    return rc;
}
