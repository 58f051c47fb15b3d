/* SPDX-License-Identifier: Apache-2.0 */
/* What the kinds of 'bonafide synth' have in common. */
#ifndef BF_CLI_SYNTH_H
#define BF_CLI_SYNTH_H
#include "cli.h"

/* Making `count` identities, each one job of a worker. What a job draws depends on its number
 * alone, so the files are the same for every number of threads. */
typedef struct synth_jobs {
    const char *dir;  /* made if it is not there */
    const char *what; /* "fingers": for the progress bar */
    unsigned long count, threads;
    int (*make)(cli *c, const void *options, unsigned long index); /* an exit code */
    const void *options;
} synth_jobs;

/* @return exit code of the first failure */
int synth_run(const synth_jobs *jobs);

/* As many as there are processors, 1..256. */
unsigned long synth_threads(void);

/* Say what errno says about path. @return exit code */
int synth_output_failed(const char *path);
int synth_write_image(cli *c, const char *path, const bf_image *image);

/* @return 0, -1 out of range */
int synth_parse_size(const char *text, uint32_t *width_px, uint32_t *height_px);
int synth_parse_u32(const char *text, unsigned long min, unsigned long max, uint32_t *out);

/* 'bonafide synth palm', argv[0] being "palm". */
int synth_palm(int argc, char **argv);
/* 'bonafide synth gallery', likewise. */
int synth_gallery(int argc, char **argv);

#endif
