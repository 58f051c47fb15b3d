/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands share: see cli.h. */
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static uint32_t kernel_mask_from_env(void)
{
    static const struct {
        const char *name;
        uint32_t mask;
    } levels[] = {
        {"c", 0},
        {"avx2", BF_KERNEL_AVX2},
        {"avx512", BF_KERNEL_AVX2 | BF_KERNEL_AVX512},
        {"neon", BF_KERNEL_NEON},
    };
    const char *env = getenv("BONAFIDE_KERNELS");
    for (size_t i = 0; env && i < sizeof levels / sizeof levels[0]; i++) {
        if (!strcmp(env, levels[i].name)) return levels[i].mask;
    }
    return BF_KERNEL_ALL;
}

static void log_line(void *user, int32_t level, const char *line)
{
    (void)user;
    if (level <= 1) cli_warn(NULL, "%s", line);
}

int cli_open(cli *c)
{
    memset(c, 0, sizeof *c);
    bf_engine_opts opts;
    bf_engine_opts_init(&opts);
    opts.kernel_mask = kernel_mask_from_env();
    opts.log = log_line;
    cli_models_folder(c->models, sizeof c->models);
    opts.models = c->models[0] ? c->models : NULL;
    bf_status st = bf_engine_open(&opts, &c->engine);
    if (!st) st = bf_session_open(c->engine, &c->session);
    if (!st) return CLI_OK;
    cli_error(NULL, "cannot start: %s", bf_status_name(st));
    cli_close(c);
    return CLI_INPUT;
}

void cli_close(cli *c)
{
    if (c->warning_repeats) {
        cli_warn(NULL, "the same for %u more image%s: %s", c->warning_repeats,
                 c->warning_repeats > 1 ? "s" : "", c->warning);
    }
    bf_session_free(c->session);
    bf_engine_free(c->engine);
    memset(c, 0, sizeof *c);
}

char cli_printable(char ch)
{
    return (unsigned char)ch < 0x20 || ch == 0x7f ? '?' : ch;
}

/* One write per line, so that lines of several processes do not mix. */
static void print_line(const char *what, const char *tail, const char *fmt, va_list args)
{
    char line[1600] = "bonafide: ";
    size_t n = strlen(line), cap = sizeof line - 2;
    if (what) n += (size_t)snprintf(line + n, cap - n, "%.900s: ", what);
    vsnprintf(line + n, cap - n, fmt, args);
    n = strlen(line);
    snprintf(line + n, cap - n, "%s", tail);
    n = strlen(line);
    for (size_t i = 0; i < n; i++) line[i] = cli_printable(line[i]);
    line[n] = '\n';
    line[n + 1] = 0;
    fflush(stdout);
    fputs(line, stderr);
}

void cli_error(const char *what, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    print_line(what, "", fmt, args);
    va_end(args);
}

void cli_warn(const char *what, const char *fmt, ...)
{
    char text[1200];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (what) {
        cli_error("warning", "%s: %s", what, text);
    } else {
        cli_error("warning", "%s", text);
    }
}

int cli_usage(const char *verb, const char *fmt, ...)
{
    char tail[100];
    snprintf(tail, sizeof tail, " (see 'bonafide help%s%s')", verb ? " " : "", verb ? verb : "");
    va_list args;
    va_start(args, fmt);
    print_line(NULL, tail, fmt, args);
    va_end(args);
    return CLI_USAGE;
}

int cli_exit_code(bf_status st)
{
    switch (st) {
    case BF_OK: return CLI_OK;
    case BF_EINVAL: return CLI_USAGE;
    case BF_EKEY:
    case BF_ETAMPER:
    case BF_EEXIST:
    case BF_EBUSY:
    case BF_EREADONLY:
    case BF_EFULL:
    case BF_EPENDING: return CLI_STORE;
    default: return CLI_INPUT;
    }
}

/* Does the message start with "<what>: "? The library shows control characters as '?' too, and at
 * most the first 360 bytes of a name. */
static int names_it(const char *message, const char *what)
{
    size_t n = 0;
    while (what[n] && n < 360) {
        if (message[n] != cli_printable(what[n])) return 0;
        n++;
    }
    return n && message[n] == ':';
}

static void print_failure(const cli *c, const char *what, bf_status st)
{
    const char *message = bf_session_error(c->session);
    if (!*message) message = bf_status_name(st);
    cli_error(what && names_it(message, what) ? NULL : what, "%s", message);
}

int cli_fail(const cli *c, const char *what, bf_status st)
{
    print_failure(c, what, st);
    return cli_exit_code(st);
}

int cli_fail_store(const cli *c, const char *what, bf_status st)
{
    print_failure(c, what, st);
    return CLI_STORE;
}

int cli_option(int argc, char **argv, const char *shorts, const struct option *longs)
{
    char spec[64];
    snprintf(spec, sizeof spec, ":%s", shorts);
    opterr = 0;
    int at = optind < 1 ? 1 : optind;
    int o = getopt_long(argc, argv, spec, longs, NULL);
    if (o != '?' && o != ':') return o;
    /* optopt is 0 for an unknown long option; the word itself stands before optind. */
    const char *word = optind > at && optind <= argc ? argv[optind - 1] : argv[at];
    if (o == ':') {
        cli_usage(argv[0], "option %s needs an argument", word);
    } else {
        cli_usage(argv[0], "unknown or ambiguous option %s", word);
    }
    return '?';
}

int cli_parse_uint(const char *text, unsigned long min, unsigned long max, unsigned long *out)
{
    char *end;
    if (*text < '0' || *text > '9') return -1;
    errno = 0;
    unsigned long v = strtoul(text, &end, 10);
    if (errno || *end || v < min || v > max) return -1;
    *out = v;
    return 0;
}

int cli_parse_double(const char *text, double min, double max, double *out)
{
    char *end;
    if (!*text || (!strchr("+-.", *text) && (*text < '0' || *text > '9'))) return -1;
    errno = 0;
    double v = strtod(text, &end);
    if (errno || *end || !(v >= min && v <= max)) return -1;
    *out = v;
    return 0;
}

int cli_image_option(bf_image_opts *opts, const char *verb, int o, const char *arg)
{
    unsigned long ppi;
    if (o == CLI_NEGATIVE) {
        opts->polarity = BF_POLARITY_LIGHT_RIDGES;
        return 1;
    }
    if (o != CLI_PPI) return 0;
    if (cli_parse_uint(arg, 100, 2400, &ppi)) {
        cli_usage(verb, "--ppi takes 100..2400");
        return -1;
    }
    opts->ppi = (uint32_t)ppi;
    return 1;
}

/* The same warning once per run. */
static int show_warning(cli *c, const char *path, const bf_image *image)
{
    const char *warning = bf_image_warning(image);
    if (!warning) return CLI_OK;
    if (!strcmp(warning, c->warning)) {
        c->warning_repeats++;
        return CLI_OK;
    }
    snprintf(c->warning, sizeof c->warning, "%s", warning);
    cli_warn(path, "%s", warning);
    return CLI_OK;
}

int cli_load_image(cli *c, const char *path, const bf_image_opts *opts, bf_image **out)
{
    bf_status st = bf_image_load(c->session, path, opts, out);
    return st ? cli_fail(c, path, st) : show_warning(c, path, *out);
}

int cli_decode_image(cli *c, const uint8_t *data, size_t len, const char *name,
                     const bf_image_opts *opts, bf_image **out)
{
    bf_status st = bf_image_decode(c->session, data, len, name, opts, out);
    return st ? cli_fail(c, name, st) : show_warning(c, name, *out);
}

int cli_print_json(json_t *root)
{
    int bad = !root || json_dumpf(root, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
    json_decref(root);
    if (bad || fputc('\n', stdout) == EOF) {
        cli_error("standard output", "cannot write JSON");
        return CLI_STORE;
    }
    return CLI_OK;
}

const char *cli_beyond(const cli *c, uint32_t modality, float score)
{
    return score > bf_score_extrapolated_from(c->engine, modality) ? " (extrapolated)" : "";
}
