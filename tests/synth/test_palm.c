/* SPDX-License-Identifier: Apache-2.0 */
/* Synthetic palms: the same for the same seeds, others for others, true valleys, bad options. */
#include "setup.h"
#include "support/failing.h"
#include "synth/palm.h"

#define PALM_HASH_REGION 0x1cfea0d07aeea15du
#define PALM_HASH_HAND 0xba9e92e938269949u

static bf_image *picture(rig *g, uint64_t palm_seed, uint64_t seed, uint32_t flags,
                         bf_synth_shot *shot)
{
    bf_synth_palm_opts po;
    bf_synth_shot_opts so;
    bf_synth_palm *palm = NULL;
    bf_image *image = NULL;
    bf_synth_palm_opts_init(&po);
    bf_synth_shot_opts_init(&so, flags);
    po.seed = palm_seed;
    so.seed = seed;
    assert_int_equal(bf_synth_palm_create(g->session, &po, &palm), BF_OK);
    assert_int_equal(bf_synth_palm_image(g->session, palm, &so, shot, &image), BF_OK);
    bf_synth_palm_free(palm);
    return image;
}

static uint64_t hash_of(rig *g, uint64_t palm_seed, uint64_t seed, uint32_t flags)
{
    bf_image *image = picture(g, palm_seed, seed, flags, NULL);
    uint64_t h = hash_bytes(image->px, (size_t)image->w * image->h * image->channels);
    bf_image_free(image);
    return h;
}

static void seeds_decide(void **state)
{
    static const uint32_t flags[] = {BF_SYNTH_SHOT_REGION, 0,
                                     BF_SYNTH_SHOT_CLUTTER | BF_SYNTH_SHOT_COLOUR};
    rig g = rig_open();
    (void)state;
    for (int i = 0; i < 3; i++) {
        uint64_t h = hash_of(&g, 3, 4, flags[i]);
        assert_true(h == hash_of(&g, 3, 4, flags[i]));
        assert_true(h != hash_of(&g, 3, 5, flags[i]));
        assert_true(h != hash_of(&g, 4, 4, flags[i]));
    }
    /* pixels are promised on every machine */
    assert_true(hash_of(&g, 3, 4, BF_SYNTH_SHOT_REGION) == PALM_HASH_REGION);
    assert_true(hash_of(&g, 3, 4, 0) == PALM_HASH_HAND);
    rig_close(&g);
}

/* Around a valley there is ground on one side, towards the fingers, and hand on the other. */
static void valleys_are_where_the_hand_begins(void **state)
{
    rig g = rig_open();
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        bf_synth_shot shot;
        bf_image *image = picture(&g, seed, seed, BF_SYNTH_SHOT_CLEAN, &shot);
        float cs = cosf(shot.rotation_rad), sn = sinf(shot.rotation_rad), d = 0.08f * shot.span_px;
        for (int i = 0; i < 3; i++) {
            float x = shot.valley_px[i][0], y = shot.valley_px[i][1];
            int32_t hx = (int32_t)(x + d * sn), hy = (int32_t)(y + d * cs);
            int32_t gx = (int32_t)(x - 0.5f * d * sn), gy = (int32_t)(y - 0.5f * d * cs);
            int hand = image->px[hy * (int32_t)image->w + hx];
            int ground = image->px[gy * (int32_t)image->w + gx];
            assert_true(hand > ground + 20);
        }
        assert_true(shot.side == BF_LEFT_PALM || shot.side == BF_RIGHT_PALM);
        bf_image_free(image);
    }
    rig_close(&g);
}

static void sizes_and_channels(void **state)
{
    rig g = rig_open();
    (void)state;
    bf_image *region = picture(&g, 1, 1, BF_SYNTH_SHOT_REGION, NULL);
    bf_image *hand = picture(&g, 1, 1, BF_SYNTH_SHOT_COLOUR, NULL);
    assert_int_equal(region->w, 128);
    assert_int_equal(region->h, 128);
    assert_int_equal(region->channels, 1);
    assert_int_equal(hand->w, 640);
    assert_int_equal(hand->h, 480);
    assert_int_equal(hand->channels, 3);
    bf_image_free(region);
    bf_image_free(hand);
    rig_close(&g);
}

static void bad_options_are_refused(void **state)
{
    rig g = rig_open();
    bf_synth_palm_opts po;
    bf_synth_shot_opts so;
    bf_synth_palm *palm = NULL;
    bf_image *image = NULL;
    (void)state;
    bf_synth_palm_opts_init(&po);
    po.side = BF_RIGHT_THUMB;
    assert_int_equal(bf_synth_palm_create(g.session, &po, &palm), BF_EINVAL);
    po.side = BF_LEFT_PALM;
    assert_int_equal(bf_synth_palm_create(g.session, &po, &palm), BF_OK);
    assert_int_equal(bf_synth_palm_side(palm), BF_LEFT_PALM);
    for (int k = 0; k < 5; k++) {
        bf_synth_shot_opts_init(&so, 0);
        if (k == 0) so.flags = 0x8000;
        if (k == 1) so.width_px = BF_SYNTH_SIDE_MIN - 1;
        if (k == 2) so.height_px = BF_SYNTH_SIDE_MAX + 1;
        if (k == 3) so.difficulty_pct = 301;
        if (k == 4) so.struct_size = sizeof so + 4;
        assert_int_equal(bf_synth_palm_image(g.session, palm, &so, NULL, &image), BF_EINVAL);
        assert_null(image);
    }
    bf_synth_palm_free(palm);
    bf_synth_palm_free(NULL);
    rig_close(&g);
}

static bf_status make(bf_session *s, const void *arg, failing_result *out)
{
    bf_synth_palm *palm = NULL;
    bf_image *image = NULL;
    bf_synth_shot_opts so;
    (void)arg;
    bf_synth_shot_opts_init(&so, BF_SYNTH_SHOT_REGION);
    BF_TRY(bf_synth_palm_create(s, NULL, &palm));
    bf_status st = bf_synth_palm_image(s, palm, &so, NULL, &image);
    if (!st) {
        out->len = (size_t)image->w * image->h;
        free(out->data);
        out->data = malloc(out->len);
        assert_non_null(out->data);
        memcpy(out->data, image->px, out->len);
        bf_image_free(image);
    }
    bf_synth_palm_free(palm);
    return st;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    assert_true(failing_loop(make, NULL) >= 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seeds_decide),       cmocka_unit_test(valleys_are_where_the_hand_begins),
        cmocka_unit_test(sizes_and_channels), cmocka_unit_test(bad_options_are_refused),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
