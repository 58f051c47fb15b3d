/* SPDX-License-Identifier: Apache-2.0 */
/* Samples on the command line: --finger, --palm and --face, and how they are read. */
#ifndef BF_CLI_SAMPLE_H
#define BF_CLI_SAMPLE_H
#include "cli.h"

/* One image given to --finger, --palm or --face. */
typedef struct cli_sample {
    unsigned modality, position;
    const char *path;
    bf_template *tmpl;
    uint8_t *image; /* NULL unless kept */
    size_t image_len;
} cli_sample;

typedef struct cli_samples {
    cli_sample item[BF_SAMPLES_MAX];
    unsigned count, max; /* max: at most BF_SAMPLES_MAX */
    bf_image_opts image;
    bf_extract_opts extract; /* but for modality and position */
} cli_samples;

enum { CLI_FINGER = 800, CLI_PALM, CLI_FACE, CLI_PAD, CLI_RECOGNISER, CLI_ROI };

#define CLI_SAMPLE_OPTIONS                                                                         \
    {"finger", required_argument, NULL, CLI_FINGER}, {"palm", required_argument, NULL, CLI_PALM},  \
        {"face", required_argument, NULL, CLI_FACE}, {"pad", required_argument, NULL, CLI_PAD},    \
        {"recogniser", required_argument, NULL, CLI_RECOGNISER},                                   \
        {"roi", no_argument, NULL, CLI_ROI}, CLI_IMAGE_OPTIONS

#define CLI_SAMPLE_HELP                                                                            \
    "  --finger NAME=FILE  a fingerprint: right-thumb right-index right-middle right-ring\n"       \
    "                      right-little, left-..., unknown\n"                                      \
    "  --palm NAME=FILE    a palm: right, left, unknown\n"                                         \
    "  --face FILE         a face\n" CLI_IMAGE_HELP                                                \
    "  --roi               the palm images are regions of interest already\n"                      \
    "  --pad POLICY        a face that may be a picture of a face: warn (the default), refuse, "   \
    "or "                                                                                          \
    "off\n"                                                                                        \
    "  --recogniser NAME   face: a registered model instead of the default one\n"

/* Before the options are read. */
void cli_samples_init(cli_samples *s, unsigned max);

/* Take an option of CLI_SAMPLE_OPTIONS. @return 1 taken, 0 not one, -1 bad (a line is printed) */
int cli_sample_option(cli_samples *s, const char *verb, int o, const char *arg);

/* Extract all templates; read the files' bytes as well if `keep`. @return exit code */
int cli_samples_load(cli *c, cli_samples *s, int keep);
void cli_samples_free(cli_samples *s);

#endif
