/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the commands share: engine and session, options, one-line errors, exit codes, output.
 *
 * A command is  int cmd_<verb>(int argc, char **argv): argv[0] is the verb; the result is the exit
 * code. `--help` never reaches it. Results go to stdout, everything else to stderr.
 */
#ifndef BF_CLI_CLI_H
#define BF_CLI_CLI_H
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <time.h>

#include "bonafide/bonafide.h"
#include "commands.h"

/* Exit codes. */
#define CLI_OK 0       /* done, or a match */
#define CLI_NO_MATCH 1 /* no match, or no candidate above the threshold */
#define CLI_USAGE 2
#define CLI_INPUT 3 /* an input file is missing, unreadable, damaged or holds no biometric */
#define CLI_STORE 4 /* database, keys or output: damaged, locked, full, wrong key */

typedef struct cli {
    bf_engine *engine;
    bf_session *session;
    char models[4096];        /* folder of neural models; "" if the path is too long */
    char warning[200];        /* the last image warning shown */
    unsigned warning_repeats; /* how often it came again */
} cli;

/*
 * Open engine and session; the library's warnings go to stderr. The mask of allowed kernels may be
 * set by the environment variable BONAFIDE_KERNELS (c, avx2, avx512, neon), the folder of models by
 * BF_MODELS (which the option --models of every command sets).
 * @return CLI_OK, or an exit code after printing why
 */
int cli_open(cli *c);

/* Close both; says how many warnings were left out. Fine on a zeroed cli. */
void cli_close(cli *c);

/*
 * One line on stderr. `what`: the file or thing it is about, NULL if none.
 *     bonafide: <what>: <cause>
 * Control characters are shown as '?'.
 */
void cli_error(const char *what, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Likewise "bonafide: warning: <what>: <cause>". */
void cli_warn(const char *what, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* "bonafide: <cause> (see 'bonafide help <verb>')". @return CLI_USAGE */
int cli_usage(const char *verb, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Print the session's message for a failed call on an input (image, template, manifest).
 * The name is not said twice when the message starts with it.
 * @return cli_exit_code(st)
 */
int cli_fail(const cli *c, const char *what, bf_status st);

/* The same for a failed call on the store, keys or an output file. @return CLI_STORE */
int cli_fail_store(const cli *c, const char *what, bf_status st);

/* CLI_OK, CLI_USAGE (BF_EINVAL), CLI_INPUT or CLI_STORE (BF_EKEY, BF_ETAMPER, BF_EFULL, ...). */
int cli_exit_code(bf_status st);

/*
 * getopt_long with our messages. `shorts` as getopt, may be "". Options come before or between
 * operands, `--` ends them. Returns -1 at the end, and '?' after printing one line:
 *     while ((o = cli_option(argc, argv, "o:", longs)) != -1) switch (o) { ... case '?': return
 * CLI_USAGE; }
 */
int cli_option(int argc, char **argv, const char *shorts, const struct option *longs);

/* Parse a whole decimal number in [min, max]. @return 0, or -1 (nothing is printed) */
int cli_parse_uint(const char *text, unsigned long min, unsigned long max, unsigned long *out);
int cli_parse_double(const char *text, double min, double max, double *out);

/* Options of every command that reads images. */
#define CLI_IMAGE_OPTIONS                                                                          \
    {"ppi", required_argument, NULL, CLI_PPI},                                                     \
    {                                                                                              \
        "negative", no_argument, NULL, CLI_NEGATIVE                                                \
    }

enum { CLI_PPI = 900, CLI_NEGATIVE };

#define CLI_IMAGE_HELP                                                                             \
    "  --ppi N             resolution of the images, 100..2400 pixels per inch, whatever they "    \
    "say\n"                                                                                        \
    "  --negative          ridges are light in the images: said where the ground does not tell\n"

/* Take an option of CLI_IMAGE_OPTIONS. @return 1 taken, 0 not one, -1 bad (a line is printed) */
int cli_image_option(bf_image_opts *opts, const char *verb, int o, const char *arg);

/*
 * Load an image and show its warning (the same warning once per run).
 * @param opts  as bf_image_opts_init() or cli_image_option() left them
 * @param out  caller owns: bf_image_free()
 * @return CLI_OK, or an exit code after printing why
 */
int cli_load_image(cli *c, const char *path, const bf_image_opts *opts, bf_image **out);

/* The same from a file's bytes. `name`: for messages. */
int cli_decode_image(cli *c, const uint8_t *data, size_t len, const char *name,
                     const bf_image_opts *opts, bf_image **out);

/*
 * What a sample is of, as shown: "right-index", "left-palm", "face"; "unknown" for a finger that is
 * not known. "?" for a code that is none; static.
 */
const char *cli_position_name(unsigned modality, unsigned position);

/*
 * Read the argument of --finger or --palm: NAME=FILE, or FILE alone (unknown); of --face: FILE.
 * @return 0; -1 if the part before '=' is no name, or the file is empty
 */
int cli_parse_position(unsigned modality, const char *arg, unsigned *position, const char **path);

/* One JSON value and a newline on stdout; takes over `root`. @return CLI_OK or CLI_STORE */
int cli_print_json(json_t *root);

/* For messages: "%u person%s", n, cli_plural(n). */
static inline const char *cli_plural(unsigned long long n)
{
    return n == 1 ? "" : "s";
}

/* ---- models.c ---- */

/*
 * Take `--models DIR` or `--models=DIR` out of the arguments, wherever it stands before `--`, and
 * put it into BF_MODELS, so that every command knows it.
 * @return the new argc; -1 after printing what is wrong
 */
int cli_take_models_option(int argc, char **argv);

/*
 * The folder of models: BF_MODELS; else models/installed of the source tree the program was built
 * in, if it is there; else share/bonafide/models beside the folder the program is installed in.
 * @param out  [cap]; "" if there is no room
 */
void cli_models_folder(char *out, size_t cap);

/* ---- term.c ---- */

/*
 * A progress bar on stderr, only when that is a terminal and the work takes over two seconds.
 * One thread at a time calls it.
 */
typedef struct cli_progress {
    const char *label;
    unsigned long total;
    struct timespec start, shown;
    int enabled, visible;
} cli_progress;

void cli_progress_start(cli_progress *p, const char *label, unsigned long total);
void cli_progress_step(cli_progress *p, unsigned long done);
void cli_progress_end(cli_progress *p); /* wipes the bar */

/*
 * A table on stdout: collect rows, then print with columns as wide as they need. Cells are copied.
 *     cli_table *t = cli_table_new("person\0>score\0"); a column starting with '>' is right-aligned
 *     cli_table_row(t, id, score_text);                 as many strings as columns
 *     cli_table_print(t, stdout);                       prints and frees
 */
typedef struct cli_table cli_table;
cli_table *cli_table_new(const char *columns); /* names separated and ended by NUL, as above */
void cli_table_row(cli_table *t, ...);
void cli_table_print(cli_table *t, FILE *out);

/* True when `out` is a terminal that may be coloured (NO_COLOR unset, TERM not dumb). */
int cli_is_fancy(FILE *out);

/* True for a character, other than control characters, that may go to a terminal as is. */
char cli_printable(char ch); /* the character, or '?' */

/* " (extrapolated)" for a score beyond what the modality's impostor sample supports, else "". */
const char *cli_beyond(const cli *c, uint32_t modality, float score);

#endif
