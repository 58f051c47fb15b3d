/* SPDX-License-Identifier: Apache-2.0 */
/* What `bonafide show` was asked for, and the modalities it can draw besides fingerprints. */
#ifndef BF_CLI_SHOW_H
#define BF_CLI_SHOW_H
#include "cli.h"

typedef struct show_request {
    bf_image_opts image;
    const char *out;        /* PNG to write */
    const char *recogniser; /* face: NULL, the default one */
    uint32_t modality;      /* BF_FINGER, ... */
    int plain, no_names;
    int region; /* palm: the images are regions */
} show_request;

/* What to call an image in the picture: its file name, or NULL. */
const char *show_label(const char *path, const show_request *q);

/* Write the picture and free it. @return an exit code, after printing why */
int show_write(cli *c, const show_request *q, bf_image *picture);

/* One or two portraits. @return an exit code */
int show_face(char **paths, int count, const show_request *q);
/* One or two palms. @return an exit code */
int show_palm(char **paths, int count, const show_request *q);

#endif
