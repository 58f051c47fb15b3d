/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pad-features MANIFEST.csv [EVERY] > FILE: the features of the attack detector for every picture
 * (or every EVERY-th), for tools/fit-pad. Columns of the manifest: path,subject and, unless all are
 * bona fide, label. A line of the output: label, subject, features. BF_MODELS names the models.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bonafide/bonafide.h"
#include "face/pad.h"

static int print_features(bf_session *s, const char *path, const char *subject, const char *label)
{
    bf_image *image = NULL;
    bf_face_view *view = NULL;
    bf_extract_opts o;
    uint32_t side;
    float f[BF_PAD_FEATURES];
    bf_extract_opts_init(&o);
    o.modality = BF_FACE;
    o.pad = BF_PAD_OFF;
    int bad = bf_image_load(s, path, NULL, &image) || bf_face_inspect(s, image, &o, &view);
    if (bad) fprintf(stderr, "pad-features: %s: %s\n", path, bf_session_error(s));
    if (!bad && !bf_face_pad_features(bf_face_view_crop(view, &side), f)) {
        printf("%s,%s", label, subject);
        for (int i = 0; i < BF_PAD_FEATURES; i++) printf(",%.6g", (double)f[i]);
        printf("\n");
    }
    bf_face_view_free(view);
    bf_image_free(image);
    return bad;
}

static int run(bf_session *s, const char *manifest, unsigned long every)
{
    char line[4096], path[8192];
    const char *slash = strrchr(manifest, '/');
    int folder = slash ? (int)(slash - manifest + 1) : 0;
    FILE *f = fopen(manifest, "r");
    if (!f || !fgets(line, sizeof line, f)) return 1;
    int labelled = strstr(line, ",label") != NULL;
    for (unsigned long i = 0; fgets(line, sizeof line, f); i++) {
        if (i % every) continue;
        char *name = strtok(line, ",\r\n"), *subject = strtok(NULL, ",\r\n");
        char *label = labelled ? strtok(NULL, ",\r\n") : NULL;
        if (!name || !subject || (labelled && !label)) continue;
        snprintf(path, sizeof path, "%.*s%s", folder, manifest, name);
        print_features(s, path, subject, labelled ? label : "other");
    }
    fclose(f);
    return 0;
}

int main(int argc, char **argv)
{
    bf_engine_opts opts;
    bf_engine *engine = NULL;
    bf_session *session = NULL;
    bf_engine_opts_init(&opts);
    opts.models = getenv("BF_MODELS");
    unsigned long every = argc == 3 ? strtoul(argv[2], NULL, 10) : 1;
    if (argc < 2 || argc > 3 || !every) return 2;
    if (bf_engine_open(&opts, &engine) || bf_session_open(engine, &session)) return 1;
    int rc = run(session, argv[1], every);
    bf_session_free(session);
    bf_engine_free(engine);
    return rc;
}
