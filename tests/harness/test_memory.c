/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public API with an allocator that fails at call 1, 2, 3...: extraction, reading templates,
 * comparison. Nothing leaks, BF_ENOMEM is said, and the run without a failure gives the same bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bonafide/bonafide.h"
#include "bonafide/synth.h"
#include "support/failing.h"

#define W 300u
#define H 340u

/* Two impressions of one finger, and their templates. */
static uint8_t pixels[2][W * H];
static uint8_t bytes[2][BF_TEMPLATE_MAX_BYTES];
static size_t lens[2];

static int take_impression(bf_session *s, const bf_synth_finger *finger, uint32_t sample)
{
    bf_synth_impression_opts opts;
    bf_synth_impression *touch = NULL;
    bf_template *t = NULL;
    bf_synth_impression_opts_init(&opts);
    opts.seed = sample + 1;
    opts.width_px = W;
    opts.height_px = H;
    if (bf_synth_impression_create(s, finger, &opts, &touch)) return 1;
    const bf_image *image = bf_synth_impression_image(touch);
    memcpy(pixels[sample], bf_image_pixels(image), W * H);
    bf_status st = bf_template_extract(s, image, BF_FINGER, BF_LEFT_THUMB, &t);
    bf_synth_impression_free(touch);
    if (st) return 1;
    const uint8_t *data = bf_template_bytes(t, &lens[sample]);
    memcpy(bytes[sample], data, lens[sample]);
    bf_template_free(t);
    return 0;
}

static int setup(void **state)
{
    (void)state;
    failing_env env;
    bf_synth_finger *finger = NULL;
    if (failing_open(&env, 0) || bf_synth_finger_create(env.session, NULL, &finger)) return 1;
    int bad = take_impression(env.session, finger, 0) || take_impression(env.session, finger, 1);
    bf_synth_finger_free(finger);
    failing_close(&env);
    return bad || env.memory.live;
}

static void keep(failing_result *out, const void *data, size_t len)
{
    free(out->data);
    out->data = malloc(len);
    memcpy(out->data, data, len);
    out->len = len;
}

static bf_status extract_work(bf_session *s, const void *arg, failing_result *out)
{
    (void)arg;
    bf_image *image = NULL;
    bf_template *t = NULL;
    bf_status st = bf_image_create(s, pixels[0], W, H, W, 1, 500, &image);
    if (!st) st = bf_template_extract(s, image, BF_FINGER, BF_LEFT_THUMB, &t);
    bf_image_free(image);
    if (st) return st;
    size_t len;
    const uint8_t *data = bf_template_bytes(t, &len);
    keep(out, data, len);
    bf_template_free(t);
    return BF_OK;
}

static void extraction(void **state)
{
    (void)state;
    assert_true(failing_loop(extract_work, NULL) > 5);
}

static bf_status parse_work(bf_session *s, const void *arg, failing_result *out)
{
    (void)arg;
    bf_template *t = NULL;
    bf_status st = bf_template_parse(s, bytes[0], lens[0], &t);
    if (st) return st;
    size_t len;
    const uint8_t *data = bf_template_bytes(t, &len);
    keep(out, data, len);
    bf_template_free(t);
    return BF_OK;
}

static void reading(void **state)
{
    (void)state;
    assert_true(failing_loop(parse_work, NULL) >= 4);
}

static bf_status compare_work(bf_session *s, const void *arg, failing_result *out)
{
    (void)arg;
    bf_template *a = NULL, *b = NULL;
    float scores[2] = {0};
    bf_status st = bf_template_parse(s, bytes[0], lens[0], &a);
    if (!st) st = bf_template_parse(s, bytes[1], lens[1], &b);
    if (!st) st = bf_compare(s, a, b, &scores[0]);
    if (!st) st = bf_compare_at_least(s, b, a, 10.0f, &scores[1]);
    bf_template_free(a);
    bf_template_free(b);
    if (st) return st;
    keep(out, scores, sizeof scores);
    return BF_OK;
}

static void comparison(void **state)
{
    (void)state;
    assert_true(failing_loop(compare_work, NULL) >= 6);
}

static bf_status inspect_work(bf_session *s, const void *arg, failing_result *out)
{
    (void)arg;
    bf_image *image = NULL;
    bf_finger_view *view = NULL;
    bf_status st = bf_image_create(s, pixels[0], W, H, W, 1, 500, &image);
    if (!st) st = bf_finger_inspect(s, image, &view);
    bf_image_free(image);
    if (st) return st;
    size_t count;
    const bf_minutia *minutiae = bf_finger_view_minutiae(view, &count);
    keep(out, minutiae, count * sizeof *minutiae);
    bf_finger_view_free(view);
    return BF_OK;
}

static void inspection(void **state)
{
    (void)state;
    assert_true(failing_loop(inspect_work, NULL) > 5);
}

/* Every cut and every changed byte of a template: refused, or read as something whole. */
static void damaged_templates(void **state)
{
    (void)state;
    failing_env env;
    assert_true(lens[0] > 50);
    assert_int_equal(failing_open(&env, 0), BF_OK);
    for (size_t n = 0; n < lens[0]; n++) {
        bf_template *t = NULL;
        uint8_t *cut = malloc(n ? n : 1);
        memcpy(cut, bytes[0], n);
        assert_int_equal(bf_template_parse(env.session, cut, n, &t), BF_EFORMAT);
        free(cut);
        bytes[0][n] ^= 0x10;
        bf_status st = bf_template_parse(env.session, bytes[0], lens[0], &t);
        bytes[0][n] ^= 0x10;
        assert_int_not_equal(st, BF_OK); /* one changed bit is within what the checksum sees */
        assert_string_not_equal(bf_session_error(env.session), "");
    }
    failing_close(&env);
    assert_int_equal(env.memory.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(extraction),        cmocka_unit_test(reading),
        cmocka_unit_test(comparison),        cmocka_unit_test(inspection),
        cmocka_unit_test(damaged_templates),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
