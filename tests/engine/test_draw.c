/* SPDX-License-Identifier: Apache-2.0 */
/* The pictures of synthetic prints, through the public API. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bonafide/bonafide.h"
#include "bonafide/synth.h"

typedef struct scene {
    bf_engine *engine;
    bf_session *s;
    bf_synth_impression *impression[2];
    bf_finger_view *view[2];
    bf_match match;
} scene;

static const bf_image *image(const scene *x, int i)
{
    return bf_synth_impression_image(x->impression[i]);
}

static int set_up(void **state)
{
    scene *x = calloc(1, sizeof *x);
    bf_synth_finger *finger = NULL;
    bf_synth_finger_opts master;
    bf_synth_impression_opts opts;
    bf_synth_finger_opts_init(&master);
    master.pattern = BF_SYNTH_RIGHT_LOOP;
    assert_non_null(x);
    assert_int_equal(bf_engine_open(NULL, &x->engine), BF_OK);
    assert_int_equal(bf_session_open(x->engine, &x->s), BF_OK);
    assert_int_equal(bf_synth_finger_create(x->s, &master, &finger), BF_OK);
    for (int i = 0; i < 2; i++) {
        bf_synth_impression_opts_init(&opts);
        opts.flags = BF_SYNTH_CLEAN;
        opts.seed = (uint64_t)i + 1;
        opts.ppi = i ? 600 : 500;
        assert_int_equal(bf_synth_impression_create(x->s, finger, &opts, &x->impression[i]), BF_OK);
        assert_int_equal(bf_finger_inspect(x->s, image(x, i), &x->view[i]), BF_OK);
    }
    bf_synth_finger_free(finger);
    assert_int_equal(bf_finger_explain(x->s, bf_finger_view_template(x->view[0]),
                                       bf_finger_view_template(x->view[1]), &x->match),
                     BF_OK);
    *state = x;
    return 0;
}

static int tear_down(void **state)
{
    scene *x = *state;
    for (int i = 0; i < 2; i++) {
        bf_finger_view_free(x->view[i]);
        bf_synth_impression_free(x->impression[i]);
    }
    bf_session_free(x->s);
    bf_engine_free(x->engine);
    free(x);
    return 0;
}

static bf_image *draw_one(scene *x, uint32_t layers, const char *label)
{
    bf_draw_opts opts;
    bf_image *out = NULL;
    bf_draw_opts_init(&opts);
    opts.layers = layers;
    opts.label_a = label;
    assert_int_equal(bf_draw_finger(x->s, image(x, 0), x->view[0], &opts, &out), BF_OK);
    assert_int_equal(bf_image_channels(out), 3);
    return out;
}

static bf_image *draw_two(scene *x, uint32_t layers, const bf_match *match)
{
    bf_draw_opts opts;
    bf_image *out = NULL;
    bf_draw_opts_init(&opts);
    opts.layers = layers;
    assert_int_equal(
        bf_draw_match(x->s, image(x, 0), x->view[0], image(x, 1), x->view[1], match, &opts, &out),
        BF_OK);
    return out;
}

static size_t bytes(const bf_image *i)
{
    return (size_t)bf_image_width(i) * bf_image_height(i) * 3;
}

static size_t difference(const bf_image *a, const bf_image *b)
{
    assert_int_equal(bytes(a), bytes(b));
    size_t n = 0;
    for (size_t i = 0; i < bytes(a); i++) n += bf_image_pixels(a)[i] != bf_image_pixels(b)[i];
    return n;
}

static void each_layer_shows(void **state)
{
    scene *x = *state;
    bf_image *bare = draw_one(x, 0, NULL);
    /* 400 x 440 px at twice the size, with a margin. */
    assert_int_equal(bf_image_width(bare), 800 + 40);
    assert_int_equal(bf_image_height(bare), 880 + 40);
    assert_int_equal(bf_image_ppi(bare), 1000);
    static const uint32_t layers[] = {BF_DRAW_SEGMENTATION, BF_DRAW_ORIENTATION, BF_DRAW_MINUTIAE,
                                      BF_DRAW_SINGULARS};
    for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++) {
        bf_image *one = draw_one(x, layers[i], NULL);
        assert_true(difference(bare, one) > 100);
        bf_image_free(one);
    }
    bf_image_free(bare);
}

static void same_picture_twice(void **state)
{
    scene *x = *state;
    bf_image *a = draw_one(x, BF_DRAW_ALL, "a.png"), *b = draw_one(x, BF_DRAW_ALL, "a.png");
    assert_int_equal(difference(a, b), 0);
    bf_image_free(b);
    b = draw_one(x, BF_DRAW_ALL, "b.png");
    assert_true(difference(a, b) > 0);
    bf_image_free(a);
    bf_image_free(b);
    char name[2000];
    memset(name, 'W', sizeof name);
    name[sizeof name - 1] = 0;
    bf_image_free(draw_one(x, BF_DRAW_ALL, name));
    bf_image_free(draw_one(x, BF_DRAW_ALL, "\xff\x01\n"));
}

static void matched_pairs_show(void **state)
{
    scene *x = *state;
    assert_true(x->match.pair_count > 5);
    bf_match none = x->match;
    none.pair_count = 0;
    uint32_t layers = BF_DRAW_MINUTIAE | BF_DRAW_SEGMENTATION;
    bf_image *a = draw_two(x, layers, &x->match), *b = draw_two(x, layers, &none);
    assert_true(difference(a, b) > 1000);
    bf_image_free(a);
    bf_image_free(b);
    a = draw_two(x, BF_DRAW_ALL, &x->match);
    b = draw_two(x, BF_DRAW_ALL & ~BF_DRAW_OVERLAY, &x->match);
    assert_true(bf_image_width(a) > bf_image_width(b) + 300);
    bf_image_free(a);
    bf_image_free(b);
}

/* The transform lays b's matched minutiae onto a's, whichever of the two comes first. */
static void transform_fits_the_pairs(void **state)
{
    scene *x = *state;
    bf_minutia m[2][255];
    for (int order = 0; order < 2; order++) {
        const bf_template *a = bf_finger_view_template(x->view[order]);
        const bf_template *b = bf_finger_view_template(x->view[1 - order]);
        bf_match match;
        double sum = 0;
        bf_template_minutiae(a, m[0], 255);
        bf_template_minutiae(b, m[1], 255);
        assert_int_equal(bf_finger_explain(x->s, a, b, &match), BF_OK);
        double c = cos((double)match.rotation_rad), s = sin((double)match.rotation_rad);
        for (uint32_t i = 0; i < match.pair_count; i++) {
            const bf_minutia *p = &m[0][match.pairs[i].a], *q = &m[1][match.pairs[i].b];
            double dx = c * (double)q->x_px + s * (double)q->y_px + (double)match.dx_px;
            double dy = c * (double)q->y_px - s * (double)q->x_px + (double)match.dy_px;
            sum += hypot(dx - (double)p->x_px, dy - (double)p->y_px);
        }
        assert_true(sum / match.pair_count < 12.0); /* px; clean impressions */
    }
}

static void survives_a_false_match(void **state)
{
    scene *x = *state;
    bf_match m;
    memset(&m, 0xff, sizeof m); /* NaN transform, 4 billion pairs of minutiae that are not there */
    bf_image_free(draw_two(x, BF_DRAW_ALL, &m));
    m = x->match;
    m.dx_px = 1e20f;
    m.dy_px = -INFINITY;
    m.rotation_rad = 1e5f;
    m.score = 1e9f;
    for (uint32_t i = 0; i < m.pair_count; i += 2) m.pairs[i].a = 255;
    bf_image_free(draw_two(x, BF_DRAW_ALL, &m));
}

static void refuses_bad_arguments(void **state)
{
    scene *x = *state;
    bf_image *out = NULL;
    bf_draw_opts opts;
    bf_draw_opts_init(&opts);
    assert_int_equal(bf_draw_finger(NULL, image(x, 0), x->view[0], NULL, &out), BF_EINVAL);
    assert_int_equal(bf_draw_finger(x->s, NULL, x->view[0], NULL, &out), BF_EINVAL);
    assert_int_equal(bf_draw_finger(x->s, image(x, 0), NULL, NULL, &out), BF_EINVAL);
    opts.struct_size = 9999;
    assert_int_equal(bf_draw_finger(x->s, image(x, 0), x->view[0], &opts, &out), BF_EINVAL);
    assert_int_equal(
        bf_draw_match(x->s, image(x, 0), x->view[0], image(x, 1), x->view[1], NULL, NULL, &out),
        BF_EINVAL);
    assert_null(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_layer_shows),       cmocka_unit_test(same_picture_twice),
        cmocka_unit_test(matched_pairs_show),     cmocka_unit_test(transform_fits_the_pairs),
        cmocka_unit_test(survives_a_false_match), cmocka_unit_test(refuses_bad_arguments),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
