/* SPDX-License-Identifier: Apache-2.0 */
/* Finding palms with the hand landmark network: needs the models. */
#include "palm/hands.h"
#include "support/models.h"
#include <stdio.h>
#include <unistd.h>

#define MODEL "hand_landmark.onnx"

static void open_with_models(rig *r)
{
    char folder[MODELS_PATH_MAX];
    models_folder(folder);
    rig_open(r, folder);
}

/* @return how many of `count` hands were found within `within` spans of their true valleys */
static int found(rig *r, uint32_t flags, int count, float within, uint32_t by)
{
    int good = 0;
    for (int seed = 1; seed <= count; seed++) {
        bf_synth_shot shot;
        bf_palm_region region;
        bf_palm_view view = {0};
        bf_image *image = hand_picture(r, (uint64_t)seed, flags, &shot);
        bf_status st = locate(r, image, 0, &region, &view);
        good += !st && (region.by & by) == by && valley_error(&view, &shot) <= within &&
                region.side == shot.side;
        bf_palm_view_clear(&view);
        bf_image_free(image);
    }
    return good;
}

static void both_ways_agree(void **state)
{
    rig r;
    (void)state;
    open_with_models(&r);
    assert_int_equal(found(&r, 0, 8, 0.1f, BF_PALM_BY_CONTOUR | BF_PALM_BY_NETWORK), 8);
    assert_int_equal(r.warnings, 0);
    rig_close(&r);
}

static void fingers_closed_and_grounds_cluttered(void **state)
{
    rig r;
    (void)state;
    open_with_models(&r);
    assert_in_range(found(&r, BF_SYNTH_SHOT_CLOSED, 8, 0.15f, BF_PALM_BY_NETWORK), 7, 8);
    assert_in_range(
        found(&r, BF_SYNTH_SHOT_CLUTTER | BF_SYNTH_SHOT_COLOUR, 8, 0.3f, BF_PALM_BY_NETWORK), 7, 8);
    assert_in_range(
        found(&r, BF_SYNTH_SHOT_CLUTTER | BF_SYNTH_SHOT_ROTATE_ANY, 8, 0.3f, BF_PALM_BY_NETWORK), 7,
        8);
    rig_close(&r);
}

static void a_mirror_shows_the_other_hand(void **state)
{
    rig r;
    bf_synth_shot shot;
    bf_palm_region plain, mirrored;
    (void)state;
    open_with_models(&r);
    bf_image *a = hand_picture(&r, 6, 0, NULL),
             *b = hand_picture(&r, 6, BF_SYNTH_SHOT_MIRROR, &shot);
    assert_int_equal(locate(&r, a, 0, &plain, NULL), BF_OK);
    assert_int_equal(locate(&r, b, 0, &mirrored, NULL), BF_OK);
    assert_int_equal(plain.side + mirrored.side, BF_LEFT_PALM + BF_RIGHT_PALM);
    assert_int_equal(mirrored.side, shot.side);
    bf_image_free(a);
    bf_image_free(b);
    rig_close(&r);
}

/* Refused, or found with a reason. */
static void fists_are_refused_or_flagged(void **state)
{
    rig r;
    (void)state;
    open_with_models(&r);
    for (uint64_t seed = 1; seed <= 6; seed++) {
        bf_palm_region region;
        bf_image *image = hand_picture(&r, seed, BF_SYNTH_SHOT_FIST, NULL);
        bf_status st = locate(&r, image, 0, &region, NULL);
        assert_true(st == BF_ENONE || st == BF_ESMALL || (!st && region.reasons));
        bf_image_free(image);
    }
    rig_close(&r);
}

static void an_altered_network_is_not_passed_over(void **state)
{
    char folder[] = "/tmp/bonafide-palm-XXXXXX", path[sizeof folder + sizeof MODEL];
    rig r;
    bf_palm_region region;
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/%s", folder, MODEL);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("not a network", f);
    fclose(f);
    rig_open(&r, folder);
    bf_image *image = hand_picture(&r, 1, 0, NULL);
    assert_int_equal(locate(&r, image, 0, &region, NULL), BF_EMODEL);
    unlink(path);
    assert_int_equal(locate(&r, image, 0, &region, NULL), BF_OK);
    assert_int_equal(region.by, BF_PALM_BY_CONTOUR);
    assert_int_equal(r.warnings, 1);
    rmdir(folder);
    bf_image_free(image);
    rig_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways_agree),
        cmocka_unit_test(fingers_closed_and_grounds_cluttered),
        cmocka_unit_test(a_mirror_shows_the_other_hand),
        cmocka_unit_test(fists_are_refused_or_flagged),
        cmocka_unit_test(an_altered_network_is_not_passed_over),
    };
    return models_run(MODEL, tests);
}
