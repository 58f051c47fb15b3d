/* SPDX-License-Identifier: Apache-2.0 */
/* Affine maps and the resampling from pixels to tensors. */
#include <math.h>

#include "nn/rig.h"
#include "nn/tensor.h"

#define NEAR(a, b, tolerance) assert_true(fabsf((float)(a) - (float)(b)) <= (tolerance))
#define W 40
#define H 30

/* A plane: bilinear sampling gives its value exactly wherever the four taps are inside. */
static float plane(float x, float y, int channel)
{
    return 10.0f + 3.0f * x + 2.0f * y + 5.0f * (float)channel;
}

static bf_nn_pixels picture(uint8_t *px, int32_t channels)
{
    for (int y = 0; y < H; y++) {
        for (int x = 0; x < W; x++) {
            for (int k = 0; k < channels; k++)
                px[(y * W + x) * channels + k] = (uint8_t)plane((float)x, (float)y, k);
        }
    }
    return (bf_nn_pixels){px, W, H, (size_t)W * (size_t)channels, channels};
}

static const bf_nn_affine same = {{1, 0, 0, 0, 1, 0}};

static bf_nn_input input_of(int32_t w, int32_t h, int32_t channels)
{
    return (bf_nn_input){.w = w, .h = h, .channels = channels, .scale = {1, 1, 1}};
}

static void identity_and_orders(void **state)
{
    (void)state;
    uint8_t px[W * H * 3];
    float out[W * H * 3];
    bf_nn_pixels source = picture(px, 3);
    bf_nn_input in = input_of(W, H, 3);
    in.mean[0] = 1.0f;
    in.scale[1] = 0.5f;
    for (int order = 0; order < 2; order++) {
        for (int layout = 0; layout < 2; layout++) {
            in.order = order;
            in.layout = layout;
            bf_nn_warp_tensor(&source, &same, &in, out);
            for (int i = 0; i < W * H; i++) {
                for (int k = 0; k < 3; k++) {
                    float want = (float)px[i * 3 + (order == BF_NN_BGR ? 2 - k : k)];
                    want = (want - (k == 0 ? 1.0f : 0.0f)) * (k == 1 ? 0.5f : 1.0f);
                    assert_true(out[layout == BF_NN_NHWC ? i * 3 + k : k * W * H + i] == want);
                }
            }
        }
    }
    in = input_of(W, H, 1);
    bf_nn_warp_tensor(&source, &same, &in, out);
    NEAR(out[5], 0.299f * px[15] + 0.587f * px[16] + 0.114f * px[17], 1e-4f);
    source = picture(px, 1);
    in = input_of(W, H, 3);
    bf_nn_warp_tensor(&source, &same, &in, out);
    for (int k = 0; k < 3; k++) assert_true(out[k * W * H + 7] == (float)px[7]);
    uint8_t bytes[W * H];
    bf_nn_warp_bytes(&source, &same, &in, bytes);
    assert_memory_equal(bytes, px, sizeof bytes);
}

/* Turned and scaled rectangles inside the picture give the plane's values. */
static void rectangles(void **state)
{
    (void)state;
    uint8_t px[W * H];
    bf_nn_pixels source = picture(px, 1);
    for (int i = 0; i < 24; i++) {
        float turn = (float)i * 0.26f, w = 6.0f + (float)(i % 5) * 2.0f, h = 8.0f;
        bf_nn_affine a = bf_nn_affine_rect(20.0f, 14.5f, w, h, turn, 9, 7);
        float out[9 * 7];
        bf_nn_input in = input_of(9, 7, 1);
        in.antialias = i & 1;
        bf_nn_warp_tensor(&source, &a, &in, out);
        for (int v = 0; v < 7; v++) {
            for (int u = 0; u < 9; u++) {
                /* The rectangle's own axes, counter-clockwise with y down. */
                float p = ((float)u + 0.5f) / 9.0f * w - w / 2.0f;
                float q = ((float)v + 0.5f) / 7.0f * h - h / 2.0f;
                float x = 20.0f + cosf(turn) * p + sinf(turn) * q;
                float y = 14.5f - sinf(turn) * p + cosf(turn) * q;
                NEAR(out[v * 9 + u], plane(x, y, 0), 0.01f);
            }
        }
    }
    /* The whole picture to its own size is the picture. */
    bf_nn_affine a = bf_nn_affine_rect((W - 1) / 2.0f, (H - 1) / 2.0f, W, H, 0.0f, W, H);
    for (int i = 0; i < 6; i++) NEAR(a.m[i], same.m[i], 1e-6f);
}

static void inverse(void **state)
{
    (void)state;
    const bf_nn_affine a = {{0.7f, -1.1f, 12.0f, 2.0f, 0.3f, -40.0f}};
    bf_nn_affine back;
    assert_int_equal(bf_nn_affine_invert(&a, &back), 0);
    bf_nn_point p = bf_nn_affine_apply(&a, 33.0f, -7.0f);
    p = bf_nn_affine_apply(&back, p.x, p.y);
    NEAR(p.x, 33.0f, 1e-3f);
    NEAR(p.y, -7.0f, 1e-3f);
    const bf_nn_affine flat = {{1, 2, 0, 2, 4, 0}}, none = {{NAN, 0, 0, 0, 1, 0}};
    assert_int_equal(bf_nn_affine_invert(&flat, &back), -1);
    assert_int_equal(bf_nn_affine_invert(&none, &back), -1);
}

static void similarity(void **state)
{
    (void)state;
    const bf_nn_point out[5] = {{38, 52}, {74, 52}, {56, 72}, {42, 92}, {71, 92}};
    bf_nn_point source[5];
    bf_nn_affine a;
    for (int i = 0; i < 12; i++) {
        float turn = (float)i * 0.5f, scale = 0.5f + (float)i * 0.3f;
        float c = cosf(turn) * scale, s = sinf(turn) * scale;
        const bf_nn_affine want = {{c, -s, 100.0f, s, c, -30.0f}};
        for (int k = 0; k < 5; k++) source[k] = bf_nn_affine_apply(&want, out[k].x, out[k].y);
        assert_int_equal(bf_nn_affine_similarity(source, out, 5, &a), 0);
        for (int k = 0; k < 6; k++) NEAR(a.m[k], want.m[k], 1e-3f);
    }
    /* Two points are enough; errors are shared out: a mirrored set gives no mirror. */
    assert_int_equal(bf_nn_affine_similarity(source, out, 2, &a), 0);
    for (int k = 0; k < 5; k++) source[k] = (bf_nn_point){-out[k].x, out[k].y};
    assert_int_equal(bf_nn_affine_similarity(source, out, 5, &a), 0);
    NEAR(a.m[0], a.m[4], 1e-6f);
    NEAR(a.m[1], -a.m[3], 1e-6f);
    for (int k = 0; k < 5; k++) source[k] = (bf_nn_point){3, 4};
    assert_int_equal(bf_nn_affine_similarity(source, out, 5, &a), -1);
    assert_int_equal(bf_nn_affine_similarity(out, source, 5, &a), -1);
}

static void borders(void **state)
{
    (void)state;
    uint8_t px[W * H], out[9];
    bf_nn_pixels source = picture(px, 1);
    bf_nn_input in = input_of(3, 3, 1);
    in.fill = 200;
    /* Around the first pixel: replicate repeats it, constant shows the fill. */
    const bf_nn_affine corner = {{1, 0, -1, 0, 1, -1}};
    bf_nn_warp_bytes(&source, &corner, &in, out);
    const uint8_t repeated[9] = {10, 10, 13, 10, 10, 13, 12, 12, 15};
    assert_memory_equal(out, repeated, 9);
    in.border = BF_NN_BORDER_CONSTANT;
    bf_nn_warp_bytes(&source, &corner, &in, out);
    const uint8_t filled[9] = {200, 200, 200, 200, 10, 13, 200, 12, 15};
    assert_memory_equal(out, filled, 9);
    /* Far away, and where there are no numbers. */
    const float far[] = {1e30f, -1e30f, INFINITY, -INFINITY, NAN};
    for (int i = 0; i < 5; i++) {
        const bf_nn_affine away = {{1, 0, far[i], 0, 1, far[i]}};
        in.border = BF_NN_BORDER_CONSTANT;
        bf_nn_warp_bytes(&source, &away, &in, out);
        for (int k = 0; k < 9; k++) assert_int_equal(out[k], 200);
        in.border = BF_NN_BORDER_REPLICATE;
        bf_nn_warp_bytes(&source, &away, &in, out);
        for (int k = 0; k < 9; k++) assert_int_equal(out[k], far[i] > 0 ? px[W * H - 1] : px[0]);
    }
    /* One pixel alone, the same everywhere. */
    source = (bf_nn_pixels){px, 1, 1, 1, 1};
    bf_nn_warp_bytes(&source, &corner, &in, out);
    for (int k = 0; k < 9; k++) assert_int_equal(out[k], px[0]);
}

/* A fine checkerboard reduced four times: plain sampling keeps black or white, the mean is grey. */
static void antialias(void **state)
{
    (void)state;
    uint8_t px[64 * 64], out[16 * 16];
    for (int i = 0; i < 64 * 64; i++) px[i] = (i ^ i / 64) & 1 ? 255 : 0;
    bf_nn_pixels source = {px, 64, 64, 64, 1};
    bf_nn_affine a = bf_nn_affine_rect(31.5f, 31.5f, 64, 64, 0, 16, 16);
    bf_nn_input in = input_of(16, 16, 1);
    in.antialias = 1;
    bf_nn_warp_bytes(&source, &a, &in, out);
    for (int i = 0; i < 256; i++) assert_in_range(out[i], 127, 128);
    in.antialias = 0;
    a.m[2] = a.m[5] = 0.0f;
    bf_nn_warp_bytes(&source, &a, &in, out);
    for (int i = 0; i < 256; i++) assert_int_equal(out[i], 0);
}

/* The same bits on every machine: a fixed picture, a fixed map, a fixed sum. */
static void same_everywhere(void **state)
{
    (void)state;
    uint8_t px[W * H * 3];
    float out[33 * 21 * 3];
    uint32_t seed = 7, sum = 2166136261u, bits;
    for (size_t i = 0; i < sizeof px; i++)
        px[i] = (uint8_t)((seed = seed * 1664525u + 1013904223u) >> 24);
    bf_nn_pixels source = {px, W, H, W * 3, 3};
    bf_nn_affine a = bf_nn_affine_rect(19.3f, 13.1f, 37.0f, 29.0f, 0.7f, 33, 21);
    bf_nn_input in = input_of(33, 21, 3);
    in.antialias = 1;
    in.mean[0] = in.mean[1] = in.mean[2] = 127.5f;
    in.scale[0] = in.scale[1] = in.scale[2] = 0.0078125f;
    bf_nn_warp_tensor(&source, &a, &in, out);
    for (size_t i = 0; i < sizeof out / sizeof *out; i++) {
        memcpy(&bits, &out[i], 4);
        sum = (sum ^ bits) * 16777619u;
    }
    assert_int_equal(sum, 0xc2375eebu);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity_and_orders),
        cmocka_unit_test(rectangles),
        cmocka_unit_test(inverse),
        cmocka_unit_test(similarity),
        cmocka_unit_test(borders),
        cmocka_unit_test(antialias),
        cmocka_unit_test(same_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
