/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Affine resampling, bilinear. Where the source is reduced, plain bilinear sampling would skip
 * pixels and alias; with `antialias` each output pixel is the mean of a k x k grid of samples
 * inside its area, k the reduction rounded up. Cost: w * h * channels * k * k samples of four
 * pixels.
 */
#include "nn/tensor.h"

#include <assert.h>
#include <math.h>

#define SAMPLES_MAX 8

bf_nn_pixels bf_nn_pixels_of(const bf_image *image)
{
    return (bf_nn_pixels){image->px, (int32_t)image->w, (int32_t)image->h,
                          (size_t)image->w * image->channels, (int32_t)image->channels};
}

static int32_t clamp(int32_t v, int32_t most)
{
    return v < 0 ? 0 : v > most ? most : v;
}

/* One tap. NULL: outside, where the border is constant. */
static const uint8_t *tap(const bf_nn_pixels *s, int32_t x, int32_t y, int32_t border)
{
    if (x < 0 || y < 0 || x >= s->w || y >= s->h) {
        if (border == BF_NN_BORDER_CONSTANT) return NULL;
        x = clamp(x, s->w - 1);
        y = clamp(y, s->h - 1);
    }
    return s->px + (size_t)y * s->stride + (size_t)x * (size_t)s->channels;
}

/* A coordinate far outside (or not a number) is as good as one just outside. */
static float bounded(float v, int32_t size)
{
    if (!(v > -2.0f)) return -2.0f;
    return v < (float)size + 1.0f ? v : (float)size + 1.0f;
}

/* floorf() of a bounded coordinate, which without SSE4.1 is a call. */
static int32_t whole(float v)
{
    int32_t i = (int32_t)v;
    return i - ((float)i > v);
}

/* Between four pixels; channels is a constant where this is called. */
static inline __attribute__((always_inline)) void blend(const uint8_t *const p[4], float fx,
                                                        float fy, int32_t channels, float *sum)
{
    for (int32_t k = 0; k < channels; k++) {
        float top = (float)p[0][k] + fx * ((float)p[1][k] - (float)p[0][k]);
        float low = (float)p[2][k] + fx * ((float)p[3][k] - (float)p[2][k]);
        sum[k] += top + fy * (low - top);
    }
}

/* Add the bilinear sample at (x, y) to sum[channels]. */
static void add_sample(const bf_nn_pixels *s, float x, float y, const bf_nn_input *in, float *sum)
{
    x = bounded(x, s->w);
    y = bounded(y, s->h);
    int32_t ix = whole(x), iy = whole(y);
    float fx = x - (float)ix, fy = y - (float)iy;
    const uint8_t fill[3] = {in->fill, in->fill, in->fill};
    const uint8_t *p[4];
    if (ix >= 0 && iy >= 0 && ix + 1 < s->w && iy + 1 < s->h) {
        p[0] = s->px + (size_t)iy * s->stride + (size_t)ix * (size_t)s->channels;
        p[1] = p[0] + s->channels;
        p[2] = p[0] + s->stride;
        p[3] = p[2] + s->channels;
    } else {
        for (int i = 0; i < 4; i++) {
            p[i] = tap(s, ix + (i & 1), iy + (i >> 1), in->border);
            if (!p[i]) p[i] = fill;
        }
    }
    if (s->channels == 3)
        blend(p, fx, fy, 3, sum);
    else
        blend(p, fx, fy, 1, sum);
}

/* Samples a side, from the longer of the two steps of the map. */
static int32_t samples_a_side(const bf_nn_affine *a, const bf_nn_input *in)
{
    if (!in->antialias) return 1;
    float du = a->m[0] * a->m[0] + a->m[3] * a->m[3], dv = a->m[1] * a->m[1] + a->m[4] * a->m[4];
    float step = sqrtf(du > dv ? du : dv);
    /* A reduction by a hair over a whole number is that number. */
    return step < SAMPLES_MAX ? clamp((int32_t)(step + 0.999f), SAMPLES_MAX) : SAMPLES_MAX;
}

/* The mean over an output pixel's area, 0..255 a channel. */
static void sample(const bf_nn_pixels *s, const bf_nn_affine *a, const bf_nn_input *in, int32_t n,
                   int32_t u, int32_t v, float *out)
{
    float sum[3] = {0.0f, 0.0f, 0.0f};
    float weight = 1.0f / (float)(n * n);
    for (int32_t j = 0; j < n; j++) {
        float dv = (float)v + ((float)j + 0.5f) / (float)n - 0.5f;
        for (int32_t i = 0; i < n; i++) {
            float du = (float)u + ((float)i + 0.5f) / (float)n - 0.5f;
            bf_nn_point p = bf_nn_affine_apply(a, du, dv);
            add_sample(s, p.x, p.y, in, sum);
        }
    }
    for (int32_t k = 0; k < s->channels; k++) out[k] = n > 1 ? sum[k] * weight : sum[k];
}

static void check(const bf_nn_pixels *s, const bf_nn_input *in)
{
    assert(s->px && s->w > 0 && s->h > 0 && (s->channels == 1 || s->channels == 3));
    assert(s->stride >= (size_t)s->w * (size_t)s->channels);
    assert(in->w > 0 && in->w <= 4096 && in->h > 0 && in->h <= 4096);
    (void)s;
    (void)in;
}

/* Pixel to the channels and order the network wants. */
static void convert(const float *px, int32_t from, const bf_nn_input *in, float *out)
{
    if (in->channels == 1) {
        out[0] = from == 1 ? px[0] : 0.299f * px[0] + 0.587f * px[1] + 0.114f * px[2];
        return;
    }
    for (int32_t k = 0; k < 3; k++) {
        out[k] = px[from == 1 ? 0 : in->order == BF_NN_BGR ? 2 - k : k];
    }
}

void bf_nn_warp_tensor(const bf_nn_pixels *source, const bf_nn_affine *to_source,
                       const bf_nn_input *input, float *out)
{
    check(source, input);
    assert(input->channels == 1 || input->channels == 3);
    int32_t n = samples_a_side(to_source, input), channels = input->channels;
    size_t plane = (size_t)input->w * (size_t)input->h;
    for (int32_t v = 0; v < input->h; v++) {
        for (int32_t u = 0; u < input->w; u++) {
            float px[3], value[3];
            sample(source, to_source, input, n, u, v, px);
            convert(px, source->channels, input, value);
            size_t at = (size_t)v * (size_t)input->w + (size_t)u;
            for (int32_t k = 0; k < channels; k++) {
                float x = (value[k] - input->mean[k]) * input->scale[k];
                if (input->layout == BF_NN_NHWC)
                    out[at * (size_t)channels + (size_t)k] = x;
                else
                    out[(size_t)k * plane + at] = x;
            }
        }
    }
}

void bf_nn_warp_bytes(const bf_nn_pixels *source, const bf_nn_affine *to_source,
                      const bf_nn_input *input, uint8_t *out)
{
    check(source, input);
    int32_t n = samples_a_side(to_source, input);
    for (int32_t v = 0; v < input->h; v++) {
        for (int32_t u = 0; u < input->w; u++) {
            float px[3];
            sample(source, to_source, input, n, u, v, px);
            for (int32_t k = 0; k < source->channels; k++) *out++ = (uint8_t)(px[k] + 0.5f);
        }
    }
}
