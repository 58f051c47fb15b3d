/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turn the prints of a manifest at random, to measure what rotation costs:
 *
 *     turn-prints MANIFEST.csv OUT_DIR [SEED]
 *
 * The first sample of each identity stays as it is; each other one is turned by 0..360 degrees
 * (bilinear, on a canvas that holds all of it, the ground as light as the brightest tenth of its
 * edge). Writes OUT_DIR/<row>.png and OUT_DIR/manifest.csv.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bonafide/bonafide.h"

#define ROWS_MAX 20000
#define LINE_MAX_BYTES 1024
#define TURN 6.283185307179586

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "turn-prints: %s: %s\n", what, why);
    return 3;
}

/* splitmix64, as a share of one */
static double draw(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

/* The grey value that a tenth of the picture's edge exceeds. */
static uint8_t ground_of(const uint8_t *px, uint32_t w, uint32_t h)
{
    uint32_t bins[256] = {0}, seen = 0, want = (2 * (w + h)) / 10;
    for (uint32_t x = 0; x < w; x++) bins[px[x]]++, bins[px[(size_t)(h - 1) * w + x]]++;
    for (uint32_t y = 0; y < h; y++) bins[px[(size_t)y * w]]++, bins[px[(size_t)y * w + w - 1]]++;
    int v = 255;
    while (v > 0 && (seen += bins[v]) <= want) v--;
    return (uint8_t)v;
}

static double at(const uint8_t *px, uint32_t w, uint32_t h, double x, double y, uint8_t ground)
{
    double fx = floor(x), fy = floor(y), sum = 0;
    for (int k = 0; k < 4; k++) {
        double cx = fx + (k & 1), cy = fy + (k >> 1);
        double weight = (1 - fabs(x - cx)) * (1 - fabs(y - cy));
        int inside = cx >= 0 && cy >= 0 && cx < w && cy < h;
        sum += weight * (inside ? px[(size_t)cy * w + (size_t)cx] : ground);
    }
    return sum;
}

static bf_status turned(bf_session *s, const bf_image *in, double angle, bf_image **out)
{
    uint32_t w = bf_image_width(in), h = bf_image_height(in);
    uint32_t side = (uint32_t)ceil(sqrt((double)w * w + (double)h * h));
    const uint8_t *px = bf_image_pixels(in);
    uint8_t *canvas = malloc((size_t)side * side), ground = ground_of(px, w, h);
    if (!canvas) return BF_ENOMEM;
    double c = cos(angle), n = sin(angle), mid = (side - 1) * 0.5;
    for (size_t i = 0; i < (size_t)side * side; i++) {
        double u = (double)(i % side) - mid, v = (double)(i / side) - mid;
        double x = c * u + n * v + (w - 1) * 0.5, y = c * v - n * u + (h - 1) * 0.5;
        canvas[i] = (uint8_t)(at(px, w, h, x, y, ground) + 0.5);
    }
    bf_status st = bf_image_create(s, canvas, side, side, side, 1, bf_image_ppi(in), out);
    free(canvas);
    return st;
}

/* One row of the manifest: read its picture, turn it, write it. */
static int turn_row(bf_session *s, const char *dir, const char *path, uint32_t ppi, double angle,
                    const char *out_path)
{
    char full[2 * LINE_MAX_BYTES];
    snprintf(full, sizeof full, "%s/%s", dir, path);
    bf_image_opts opts;
    bf_image_opts_init(&opts);
    opts.ppi = ppi;
    bf_image *image = NULL, *result = NULL;
    bf_status st = bf_image_load(s, full, &opts, &image);
    if (!st && bf_image_channels(image) != 1) st = BF_EUNSUPPORTED;
    if (!st && angle != 0) st = turned(s, image, angle, &result);
    if (!st) st = bf_image_write_png(s, result ? result : image, out_path);
    int rc = st ? fail(full, *bf_session_error(s) ? bf_session_error(s) : bf_status_name(st)) : 0;
    bf_image_free(image);
    bf_image_free(result);
    return rc;
}

static int turn_all(bf_session *s, FILE *in, const char *dir, const char *out_dir, uint64_t seed)
{
    char line[LINE_MAX_BYTES], out_path[LINE_MAX_BYTES + 64], last[64] = "";
    snprintf(out_path, sizeof out_path, "%s/manifest.csv", out_dir);
    FILE *out = fopen(out_path, "w");
    if (!out) return fail(out_path, "cannot be written");
    fprintf(out, "path,subject,position,session,sample,ppi\n");
    int rc = fgets(line, sizeof line, in) ? 0 : fail("manifest", "empty");
    for (int row = 1; !rc && row <= ROWS_MAX && fgets(line, sizeof line, in); row++) {
        char path[512], rest[256], who[64];
        unsigned ppi;
        if (sscanf(line, "%511[^,],%255[^\r\n]", path, rest) != 2 ||
            sscanf(rest, "%31[^,],%31[^,],%*[^,],%*[^,],%u", who, who + 32, &ppi) != 3) {
            rc = fail("manifest", "a row has not six fields");
            break;
        }
        char identity[64];
        snprintf(identity, sizeof identity, "%.30s,%.30s", who, who + 32);
        double angle = strcmp(identity, last) ? 0 : draw(&seed) * TURN;
        snprintf(last, sizeof last, "%s", identity);
        snprintf(out_path, sizeof out_path, "%s/%05d.png", out_dir, row);
        rc = turn_row(s, dir, path, ppi, angle, out_path);
        fprintf(out, "%05d.png,%s\n", row, rest);
    }
    if (fclose(out) && !rc) rc = fail(out_dir, "the manifest cannot be written");
    return rc;
}

int main(int argc, char **argv)
{
    if (argc < 3 || argc > 4) {
        fprintf(stderr, "usage: turn-prints MANIFEST.csv OUT_DIR [SEED]\n");
        return 2;
    }
    umask(077);
    if (mkdir(argv[2], 0777)) return fail(argv[2], "cannot be made (it may be there already)");
    char *slash = strrchr(argv[1], '/');
    FILE *in = fopen(argv[1], "r");
    if (!in) return fail(argv[1], "cannot be read");
    if (slash) *slash = 0;
    bf_engine *engine = NULL;
    bf_session *session = NULL;
    int rc = 3;
    if (bf_engine_open(NULL, &engine) || bf_session_open(engine, &session)) {
        fail("engine", "cannot be opened");
    } else {
        uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
        rc = turn_all(session, in, slash ? argv[1] : ".", argv[2], seed);
    }
    bf_session_free(session);
    bf_engine_free(engine);
    fclose(in);
    return rc;
}
