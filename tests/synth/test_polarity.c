/* SPDX-License-Identifier: Apache-2.0 */
/* No synthetic print is taken for a negative, and its negative is recognised. */
#include "image/image.h"
#include "setup.h"

#define FINGERS 4u
#define TOUCHES 3u

static int is_turned(rig *g, const bf_image *image)
{
    bf_grey seen, plain;
    bf_image as_it_is = *image;
    as_it_is.polarity = BF_POLARITY_DARK_RIDGES;
    assert_int_equal(bf_image_canonical_grey500(g->ctx, image, &seen), BF_OK);
    assert_int_equal(bf_image_canonical_grey500(g->ctx, &as_it_is, &plain), BF_OK);
    return memcmp(seen.px, plain.px, (size_t)seen.w * (size_t)seen.h) != 0;
}

static void negatives(void **state)
{
    (void)state;
    rig g = rig_open();
    unsigned wrong = 0, recognised = 0;
    for (uint32_t f = 0; f < FINGERS; f++) {
        bf_synth_finger *finger = rig_finger(&g, 100 + f, 0);
        for (uint32_t t = 0; t < TOUCHES; t++) {
            bf_synth_impression_opts o;
            bf_synth_impression *touch = NULL;
            bf_synth_impression_opts_init(&o);
            o.seed = t + 1;
            assert_int_equal(bf_synth_impression_create(g.session, finger, &o, &touch), BF_OK);
            bf_image *image = touch->image;
            wrong += (unsigned)is_turned(&g, image);
            for (size_t i = 0; i < (size_t)image->w * image->h; i++) image->px[i] ^= 255;
            recognised += (unsigned)is_turned(&g, image);
            bf_synth_impression_free(touch);
        }
        bf_synth_finger_free(finger);
    }
    rig_close(&g);
    print_message("# %u of %u negatives recognised\n", recognised, FINGERS * TOUCHES);
    assert_int_equal(wrong, 0);
    assert_true(recognised * 10 >= FINGERS * TOUCHES * 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(negatives)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
