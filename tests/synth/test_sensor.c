/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scores across sensors: the same second touch is seen at another resolution, on another size of
 * picture, and turned by any angle. What is drawn does not depend on these, so the scores against
 * the first touch may differ by what resampling costs and by what the picture's edge cuts off, and
 * by nothing else.
 */
#include "setup.h"

enum { FINGERS = 8, VIEWS = 4 };

static const struct {
    const char *name;
    uint32_t w, h, ppi, flags;
} views[VIEWS] = {{"400 x 440, 500 ppi", 400, 440, 500, 0},
                  {"640 x 480, 569 ppi", 640, 480, 569, 0},
                  {"500 x 500, 500 ppi, turned", 500, 500, 500, BF_SYNTH_ROTATE_ANY},
                  {"256 x 364, 500 ppi", 256, 364, 500, 0}};

static bf_template *template_of(rig *g, const bf_synth_finger *f, uint64_t seed, int view)
{
    bf_synth_impression_opts o;
    bf_synth_impression_opts_init(&o);
    o.seed = seed;
    o.width_px = views[view].w;
    o.height_px = views[view].h;
    o.ppi = views[view].ppi;
    o.flags = views[view].flags;
    o.difficulty_pct = 100;
    bf_synth_impression *i = NULL;
    bf_template *t = NULL;
    assert_int_equal(bf_synth_impression_create(g->session, f, &o, &i), BF_OK);
    assert_int_equal(
        bf_template_extract(g->session, bf_synth_impression_image(i), BF_FINGER, 0, &t), BF_OK);
    bf_synth_impression_free(i);
    return t;
}

static void other_sensors(void **state)
{
    (void)state;
    rig g = rig_open();
    bf_template *gallery[FINGERS];
    double genuine[VIEWS] = {0}, lowest[VIEWS] = {1e9, 1e9, 1e9, 1e9}, impostor = 0;
    for (int k = 0; k < FINGERS; k++) {
        bf_synth_finger *f = rig_finger(&g, bf_synth_seed(31, (uint32_t)k, 0), BF_SYNTH_NATURAL);
        float score;
        gallery[k] = template_of(&g, f, 1, 0);
        for (int v = 0; v < VIEWS; v++) {
            bf_template *probe = template_of(&g, f, 2, v);
            assert_int_equal(bf_compare(g.session, gallery[k], probe, &score), BF_OK);
            genuine[v] += score / FINGERS;
            if (score < lowest[v]) lowest[v] = score;
            bf_template_free(probe);
        }
        for (int j = 0; j < k; j++) {
            assert_int_equal(bf_compare(g.session, gallery[k], gallery[j], &score), BF_OK);
            impostor += 2.0 * score / (FINGERS * (FINGERS - 1));
        }
        bf_synth_finger_free(f);
    }
    for (int v = 0; v < VIEWS; v++) {
        print_message("# %s: mean genuine score %.1f, lowest %.1f (impostors %.1f)\n",
                      views[v].name, genuine[v], lowest[v], impostor);
    }
    assert_true(genuine[0] > impostor + 40);
    assert_true(genuine[1] > genuine[0] - 8); /* resampled */
    assert_true(genuine[2] > genuine[0] - 8); /* turned; shows a little more */
    assert_true(genuine[3] > impostor + 20);  /* 60 % of the area, and flaws */
    for (int k = 0; k < FINGERS; k++) bf_template_free(gallery[k]);
    rig_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(other_sensors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
