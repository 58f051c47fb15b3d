/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is it a face or a printed picture of one? Statistics of the aligned crop, logistic regression.
 *
 * Everything is measured on the crop brought down to 56 x 56 px (18 px between the eyes), whatever
 * the size of the picture: neither the size of file or crop nor the artefacts of a compression
 * survive that, and a picture with fewer pixels than that is not judged. No feature is a level of
 * brightness or of colour: light and paper change those. What is left:
 *
 *   0..5    energy of three bands of luma, over its deviation, and how peaked each is: print and a
 *           second capture take fine detail away, paper and ink add their own
 *   6..14   local binary patterns of luma, rotation invariant ([Ojala2002]), shares of 9 codes
 *   15      gradient across over gradient along
 *   16..27  fine energy and local binary patterns of the two colour differences
 *   28..30  correlation of the two colour differences, and of each with luma: ink and paper have a
 *           smaller and turned gamut, and skin is not pigment
 */
#include "face/pad.h"

#include <math.h>
#include <string.h>

#include "face/params.h"
#include "util/fmath.h"

#define GRID 56
#define X0 10
#define X1 46
#define Y0 12
#define Y1 52
#define W (X1 - X0)
#define H (Y1 - Y0)
#define N (W * H)

typedef struct plane {
    float v[N];
} plane;

/* Luma and colour differences of the middle of the face, each the mean of 2 x 2 px. */
static void split(const uint8_t *crop, plane *y, plane *cb, plane *cr)
{
    const int32_t row = 3 * (int32_t)BF_FACE_CROP_PX;
    for (int32_t i = 0; i < N; i++) {
        const uint8_t *p = crop + 2 * (Y0 + i / W) * row + 6 * (X0 + i % W);
        float rgb[3];
        for (int k = 0; k < 3; k++) {
            rgb[k] = 0.25f * (float)(p[k] + p[k + 3] + p[k + row] + p[k + row + 3]);
        }
        y->v[i] = 0.299f * rgb[0] + 0.587f * rgb[1] + 0.114f * rgb[2];
        cb->v[i] = rgb[2] - y->v[i];
        cr->v[i] = rgb[0] - y->v[i];
    }
}

static int32_t clamp(int32_t v, int32_t most)
{
    return v < 0 ? 0 : v > most ? most : v;
}

/* 1 4 6 4 1 both ways, the edge repeated. */
static void blur(const plane *in, plane *out)
{
    static const float tap[5] = {0.0625f, 0.25f, 0.375f, 0.25f, 0.0625f};
    plane t;
    for (int32_t i = 0; i < N; i++) {
        t.v[i] = 0.0f;
        for (int32_t k = -2; k <= 2; k++) {
            t.v[i] += tap[k + 2] * in->v[i - i % W + clamp(i % W + k, W - 1)];
        }
    }
    for (int32_t i = 0; i < N; i++) {
        out->v[i] = 0.0f;
        for (int32_t k = -2; k <= 2; k++) {
            out->v[i] += tap[k + 2] * t.v[clamp(i / W + k, H - 1) * W + i % W];
        }
    }
}

static void blur_times(const plane *in, int times, plane *out)
{
    *out = *in;
    for (int i = 0; i < times; i++) blur(out, out);
}

/* Mean square and mean fourth power of a difference. */
static void powers(const plane *a, const plane *b, float *second, float *fourth)
{
    *second = *fourth = 0.0f;
    for (int32_t i = 0; i < N; i++) {
        float d = (a->v[i] - b->v[i]) * (a->v[i] - b->v[i]);
        *second += d / N;
        *fourth += d * d / N;
    }
}

static float log_of(float v)
{
    return (float)bf_log(v);
}

static float mean_of(const plane *p)
{
    float sum = 0.0f;
    for (int32_t i = 0; i < N; i++) sum += p->v[i];
    return sum / N;
}

static float covariance(const plane *a, const plane *b)
{
    float ma = mean_of(a), mb = mean_of(b), sum = 0.0f;
    for (int32_t i = 0; i < N; i++) sum += (a->v[i] - ma) * (b->v[i] - mb);
    return sum / N;
}

/* Shares of the codes 0..8 (bits set of a pattern with at most two changes) among all patterns. */
static void binary_patterns(const plane *p, float margin, float share[9])
{
    static const int32_t round[8] = {-W - 1, -W, -W + 1, 1, W + 1, W, W - 1, -1};
    memset(share, 0, 9 * sizeof *share);
    for (int32_t y = 1; y < H - 1; y++) {
        for (int32_t x = 1; x < W - 1; x++) {
            const float *at = &p->v[y * W + x];
            int bit[8], set = 0, changes = 0;
            for (int k = 0; k < 8; k++) set += bit[k] = at[round[k]] > *at + margin;
            for (int k = 0; k < 8; k++) changes += bit[k] != bit[(k + 1) & 7];
            if (changes <= 2) share[set] += 1.0f / ((W - 2) * (H - 2));
        }
    }
}

static float lean(const plane *y)
{
    float across = 0.0f, along = 0.0f;
    for (int32_t i = 0; i < N; i++) {
        if (i % W + 1 < W) across += fabsf(y->v[i + 1] - y->v[i]) / ((W - 1) * H);
        if (i + W < N) along += fabsf(y->v[i + W] - y->v[i]) / (W * (H - 1));
    }
    return log_of((across + 0.1f) / (along + 0.1f));
}

static void bands_of_luma(const plane *y, float variance, float out[6])
{
    plane level[4];
    static const int times[3] = {1, 3, 8};
    level[0] = *y;
    for (int k = 0; k < 3; k++) {
        float second, fourth;
        blur_times(&level[k], times[k], &level[k + 1]);
        powers(&level[k], &level[k + 1], &second, &fourth);
        out[2 * k] = log_of(second / variance + 1e-5f);
        out[2 * k + 1] = log_of(fourth / (second * second + 1e-9f) + 1e-9f);
    }
}

/* Fine energy, and every other share of the patterns. */
static void texture_of_colour(const plane *p, float out[6])
{
    plane smooth;
    float second, fourth, share[9];
    blur(p, &smooth);
    powers(p, &smooth, &second, &fourth);
    out[0] = log_of(second + 0.01f);
    binary_patterns(p, 0.25f, share);
    for (int k = 0; k < 5; k++) out[1 + k] = share[2 * k];
}

int bf_face_pad_features(const uint8_t *crop, float out[BF_PAD_FEATURES])
{
    plane y, cb, cr;
    split(crop, &y, &cb, &cr);
    float dy = sqrtf(covariance(&y, &y)) + 1.0f;
    float db = sqrtf(covariance(&cb, &cb)), dr = sqrtf(covariance(&cr, &cr));
    bands_of_luma(&y, dy * dy, out);
    binary_patterns(&y, 0.5f, out + 6);
    out[15] = lean(&y);
    texture_of_colour(&cb, out + 16);
    texture_of_colour(&cr, out + 22);
    out[28] = covariance(&cb, &cr) / (db * dr + 0.5f);
    out[29] = covariance(&y, &cb) / (dy * db + 1.0f);
    out[30] = covariance(&y, &cr) / (dy * dr + 1.0f);
    return db + dr > PARAM_PAD_COLOUR ? 0 : -1;
}

void bf_face_pad_measure(const bf_aligned *a, const uint8_t *crop, bf_face_pad_result *out)
{
    float f[BF_PAD_FEATURES], z = bf_pad_bias;
    float dx = a->point[1].x - a->point[0].x, dy = a->point[1].y - a->point[0].y;
    float size = fmaxf(sqrtf(dx * dx + dy * dy), PARAM_EYES_OF_SIDE * a->side);
    out->threshold = bf_pad_threshold;
    out->score = 0.0f;
    /* Without colour or with too few pixels nothing speaks for a live face. */
    if (!bf_face_pad_features(crop, f) && size >= PARAM_PAD_SIZE) {
        for (int i = 0; i < BF_PAD_FEATURES; i++) z += bf_pad_weight[i] * f[i];
        out->score = (float)(100.0 / (1.0 + bf_exp(-(double)z)));
    }
    out->suspected = out->score < out->threshold;
}
