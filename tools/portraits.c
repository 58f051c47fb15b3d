/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cut portraits out of the photographs that `make models` installs, for the demo and tests:
 *
 *     portraits PHOTOS.csv PHOTOS_DIR OUT_DIR
 *
 * PHOTOS.csv (models/photos.csv) says where the faces are. Face n becomes OUT_DIR/nn_1.png, cut as
 * it is, and nn_2.png: the same photograph turned by 10 degrees to one side or the other, at 3/4 of
 * the size, darker and flatter. OUT_DIR/pairs.csv has every face with its transform (same) and with
 * the other faces of its photograph (not the same; across photographs nobody knows).
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bonafide/bonafide.h"

#define FACES_MAX 99
#define PATH_BYTES 1024
#define MARGIN 2.0          /* side of a portrait, in widths of the face */
#define TURN_COSINE 0.98481 /* of 10 degrees */
#define TURN_SINE 0.17365
#define SHRINK 0.75
#define DARKEN 0.8 /* and the black raised by 10 of 255 */
#define RAISE 10

typedef struct face {
    char photo[64];
    double x_px, y_px, size_px; /* centre and width in the photograph */
} face;

/* Where a portrait's pixels come from: photograph = centre + step * turned offset. */
typedef struct cut {
    double x_px, y_px, cosine, sine, step_px;
    uint32_t side_px;
    double gain, offset;
} cut;

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "portraits: %s: %s\n", what, why);
    return 3;
}

static double clamp(double v, double low, double high)
{
    return v < low ? low : v > high ? high : v;
}

/* One channel of the photograph between its pixels; outside, the nearest pixel. */
static double at(const bf_image *image, double x, double y, uint32_t channel)
{
    uint32_t w = bf_image_width(image), h = bf_image_height(image), n = bf_image_channels(image);
    const uint8_t *px = bf_image_pixels(image);
    x = clamp(x, 0, w - 1.0);
    y = clamp(y, 0, h - 1.0);
    size_t x0 = (size_t)x, y0 = (size_t)y, x1 = x0 + (x0 + 1 < w), y1 = y0 + (y0 + 1 < h);
    double fx = x - (double)x0, fy = y - (double)y0;
    double top = (1 - fx) * px[(y0 * w + x0) * n + channel] + fx * px[(y0 * w + x1) * n + channel];
    double low = (1 - fx) * px[(y1 * w + x0) * n + channel] + fx * px[(y1 * w + x1) * n + channel];
    return (1 - fy) * top + fy * low;
}

static bf_status write_cut(bf_session *s, const bf_image *photo, const cut *c, const char *path)
{
    uint32_t side = c->side_px, n = bf_image_channels(photo);
    uint8_t *px = malloc((size_t)side * side * n);
    if (!px) return BF_ENOMEM;
    for (size_t i = 0; i < (size_t)side * side; i++) {
        double u = ((double)(i % side) - (side - 1) * 0.5) * c->step_px;
        double v = ((double)(i / side) - (side - 1) * 0.5) * c->step_px;
        double x = c->x_px + c->cosine * u + c->sine * v;
        double y = c->y_px + c->cosine * v - c->sine * u;
        for (uint32_t k = 0; k < n; k++) {
            double value = c->gain * at(photo, x, y, k) + c->offset;
            px[i * n + k] = (uint8_t)clamp(value + 0.5, 0, 255);
        }
    }
    bf_image *image = NULL;
    bf_status st = bf_image_create(s, px, side, side, (size_t)side * n, n, 500, &image);
    if (!st) st = bf_image_write_png(s, image, path);
    bf_image_free(image);
    free(px);
    return st;
}

/* Both portraits of face number `index`. */
static int cut_face(bf_session *s, const face *f, int index, const char *photos, const char *out)
{
    char path[PATH_BYTES];
    bf_image *photo = NULL;
    snprintf(path, sizeof path, "%.800s/%.63s.jpg", photos, f->photo);
    bf_status st = bf_image_load(s, path, NULL, &photo);
    double side_px = MARGIN * f->size_px;
    cut plain = {f->x_px, f->y_px, 1, 0, 1, (uint32_t)side_px, 1, 0};
    cut changed = {f->x_px,     f->y_px,
                   TURN_COSINE, index % 2 ? TURN_SINE : -TURN_SINE,
                   1 / SHRINK,  (uint32_t)(SHRINK * side_px),
                   DARKEN,      RAISE};
    for (int k = 1; !st && k <= 2; k++) {
        snprintf(path, sizeof path, "%.800s/%02d_%d.png", out, index + 1, k);
        st = write_cut(s, photo, k == 1 ? &plain : &changed, path);
    }
    bf_image_free(photo);
    if (!st) return 0;
    return fail(path, *bf_session_error(s) ? bf_session_error(s) : bf_status_name(st));
}

static int write_pairs(const face *f, int count, const char *out)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%.800s/pairs.csv", out);
    FILE *file = fopen(path, "w");
    if (!file) return fail(path, "cannot be written");
    fprintf(file, "path_a,path_b,same,fold\n");
    for (int i = 0; i < count; i++) {
        fprintf(file, "%02d_1.png,%02d_2.png,1,%d\n", i + 1, i + 1, i % 2);
        for (int j = i + 1; j < count && !strcmp(f[i].photo, f[j].photo); j++)
            fprintf(file, "%02d_1.png,%02d_1.png,0,%d\n", i + 1, j + 1, (i + j) % 2);
    }
    return fclose(file) ? fail(path, "cannot be written") : 0;
}

/* @return the number of faces, 0 if the list cannot be read */
static int read_faces(const char *path, face *f)
{
    char line[256];
    int count = 0;
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    if (!fgets(line, sizeof line, file)) count = FACES_MAX; /* not even a head */
    while (count < FACES_MAX && fgets(line, sizeof line, file)) {
        face *g = &f[count];
        if (sscanf(line, "%63[a-z0-9],%lf,%lf,%lf", g->photo, &g->x_px, &g->y_px, &g->size_px) != 4)
            break;
        if (!(g->size_px >= 20 && g->size_px <= 2000)) break;
        count++;
    }
    int whole = feof(file) && count < FACES_MAX;
    fclose(file);
    return whole ? count : 0;
}

int main(int argc, char **argv)
{
    static face faces[FACES_MAX];
    if (argc != 4) {
        fprintf(stderr, "usage: portraits PHOTOS.csv PHOTOS_DIR OUT_DIR\n");
        return 2;
    }
    int count = read_faces(argv[1], faces);
    if (!count) return fail(argv[1], "not a list of faces");
    umask(077);
    if (mkdir(argv[3], 0777)) return fail(argv[3], "cannot be made (it may be there already)");
    bf_engine *engine = NULL;
    bf_session *session = NULL;
    int rc = bf_engine_open(NULL, &engine) || bf_session_open(engine, &session)
                 ? fail("engine", "cannot be opened")
                 : 0;
    for (int i = 0; i < count && !rc; i++) rc = cut_face(session, &faces[i], i, argv[2], argv[3]);
    if (!rc) rc = write_pairs(faces, count, argv[3]);
    bf_session_free(session);
    bf_engine_free(engine);
    return rc;
}
