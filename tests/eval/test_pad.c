/* SPDX-License-Identifier: Apache-2.0 */
/* Presentation attack detection on made-up scores and made-up detectors. */
#include <math.h>
#include <unistd.h>

#include "made.h"
#include "output.h"

static eval_error err;

static bf_status parse(const char *text, eval_pad_list *out)
{
    memset(&err, 0, sizeof err);
    return eval_pad_list_parse("sets/N.csv", text, strlen(text), out, &err);
}

static void reads_a_list(void **state)
{
    (void)state;
    eval_pad_list l;
    assert_int_equal(parse("path,subject,label,species\na.png,7,bonafide,\nb.png,8,attack,photo\n"
                           "c.png,7,attack,\nd.png,7,attack,photo\n",
                           &l),
                     BF_OK);
    assert_int_equal(l.count, 4);
    assert_int_equal(l.subjects, 2);
    assert_int_equal(l.species, 2);
    assert_string_equal(l.species_name[0], "photo");
    assert_string_equal(l.species_name[1], "attack");
    assert_string_equal(l.item[0].path, "sets/a.png");
    assert_int_equal(l.item[0].species, EVAL_PAD_BONAFIDE);
    assert_int_equal(l.item[3].species, 0);
    assert_int_equal(l.item[0].subject, l.item[2].subject);
    eval_pad_list_free(&l);
    assert_int_equal(parse("label,path,subject\nattack,a,1\nbonafide,b,1\n", &l), BF_OK);
    assert_int_equal(l.species, 1);
    eval_pad_list_free(&l);
}

static void refuses_what_it_cannot_read(void **state)
{
    (void)state;
    eval_pad_list l;
    assert_int_equal(parse("path,subject,label\na,1,live\n", &l), BF_EFORMAT);
    assert_string_equal(err.text, "sets/N.csv:2: label is neither bonafide nor attack");
    assert_int_equal(parse("path,subject,label\na,1,bonafide\n", &l), BF_EFORMAT);
    assert_string_equal(err.text, "sets/N.csv: no attack presentation");
    assert_int_equal(parse("path,subject,label\na,1,attack\n", &l), BF_EFORMAT);
    assert_string_equal(err.text, "sets/N.csv: no bonafide presentation");
    assert_int_equal(parse("path,label\na,attack\n", &l), BF_EFORMAT);
    assert_string_equal(err.text, "sets/N.csv:1: column \"subject\" is missing");
}

/* 20 bona fide presentations scored 81..100 and 20 attacks of each of two species, by 4 subjects.
 */
static void make(eval_pad_list *l, eval_pad_result *r)
{
    char text[8192];
    size_t n = (size_t)snprintf(text, sizeof text, "path,subject,label,species\n");
    for (int i = 0; i < 60; i++) {
        static const char *const kind[] = {"bonafide,", "attack,photo", "attack,screen"};
        n += (size_t)snprintf(text + n, sizeof text - n, "%d.png,s%d,%s\n", i, i % 4, kind[i / 20]);
    }
    assert_int_equal(parse(text, l), BF_OK);
    *r = (eval_pad_result){.list = l};
    r->opts.modality = BF_FINGER;
    r->opts.replicates = 200;
    r->opts.seed = 1;
    r->score = calloc(60, sizeof *r->score);
    assert_non_null(r->score);
    for (int i = 0; i < 60; i++) {
        /* photo: 1..20; screen: 61, 63, ..., 99 */
        r->score[i].score = i < 20   ? (float)(81 + i)
                            : i < 40 ? (float)(i - 19)
                                     : (float)(2 * i - 19);
        r->score[i].threshold = 90.5f;
    }
}

static int near(double a, double b)
{
    return fabs(a - b) < 1e-12;
}

static void rates_by_species(void **state)
{
    (void)state;
    eval_pad_list l;
    eval_pad_result r;
    make(&l, &r);
    assert_int_equal(eval_pad_count(&r, &err), BF_OK);
    assert_int_equal(r.bonafide, 20);
    assert_int_equal(r.attacks[1], 20);
    /* Photographs are told apart without an error. */
    assert_true(near(r.species[0].bpcer_at[0], 0) && near(r.species[0].apcer_at[1], 0));
    assert_true(near(r.species[0].eer, 0));
    /* Screens: at most 2 of 20 may pass (97, 99), so t is above 95: 96..100 of 20 are left. */
    assert_true(near(r.species[1].bpcer_at[0], 15.0 / 20));
    assert_true(near(r.species[1].score_at_apcer[0], 96));
    assert_true(near(r.species[1].bpcer_at[1], 17.0 / 20));
    /* 2 of 20 bona fide may be lost, so t <= 83: 83, 85, ..., 99 pass. */
    assert_true(near(r.species[1].apcer_at[0], 9.0 / 20));
    assert_true(near(r.species[1].apcer_at[1], 9.0 / 20)); /* t = 82: the same */
    /* The whole is as bad as its worst species. */
    assert_true(near(r.worst.bpcer_at[0], r.species[1].bpcer_at[0]));
    assert_true(near(r.worst.apcer_at[0], r.species[1].apcer_at[0]));
    /* 90.5: 91..100 are left of 81..100, and 91, 93, ..., 99 of the screens. */
    assert_true(near(r.worst.own_bpcer, 0.5) && near(r.worst.own_apcer, 5.0 / 20));
    assert_true(near(r.species[0].own_apcer, 0));
    const eval_interval *i = &r.worst_interval.bpcer_at[0];
    assert_true(i->low <= r.worst.bpcer_at[0] && i->high >= r.worst.bpcer_at[0]);
    assert_true(i->high > i->low);
    eval_pad_result_free(&r);
    eval_pad_list_free(&l);
}

static void a_failure_does_not_pass(void **state)
{
    (void)state;
    eval_pad_list l;
    eval_pad_result r;
    make(&l, &r);
    for (int i = 16; i < 20; i++) r.score[i].score = EVAL_SCORE_FAILED; /* the best bona fide */
    for (int i = 40; i < 60; i++) r.score[i].score = EVAL_SCORE_FAILED; /* all screens */
    assert_int_equal(eval_pad_count(&r, &err), BF_OK);
    assert_true(near(r.species[1].bpcer_at[0], 4.0 / 20)); /* every threshold loses those */
    assert_true(near(r.worst.bpcer_at[1], 4.0 / 20));
    assert_true(near(r.worst.apcer_at[0], 1)); /* no threshold has a BPCER of 0.10 */
    eval_pad_result_free(&r);
    eval_pad_list_free(&l);
}

static void too_few_say_nothing(void **state)
{
    (void)state;
    eval_pad_list l;
    assert_int_equal(parse("path,subject,label\na,1,bonafide\nb,1,attack\nc,2,attack\n", &l),
                     BF_OK);
    eval_pad_result r = {.list = &l, .score = calloc(3, sizeof *r.score)};
    assert_int_equal(eval_pad_count(&r, &err), BF_OK);
    assert_true(isnan(r.worst.bpcer_at[0]) && isnan(r.worst.apcer_at[0]));
    eval_pad_result_free(&r);
    eval_pad_list_free(&l);
}

static void json_has_the_agreed_keys(void **state)
{
    (void)state;
    eval_pad_list l;
    eval_pad_result r;
    make(&l, &r);
    assert_int_equal(eval_pad_count(&r, &err), BF_OK);
    json_t *o = eval_pad_json(&r);
    assert_non_null(o);
    static const char *const keys[] = {"bpcer_at_apcer", "apcer_at_bpcer"};
    for (int k = 0; k < 2; k++) {
        const json_t *rate = json_object_get(o, keys[k]);
        assert_int_equal(json_object_size(rate), 2);
        assert_true(json_is_real(json_object_get(rate, "0.10")));
        assert_true(json_is_real(json_object_get(rate, "0.05")));
    }
    const json_t *species = json_object_get(o, "species");
    assert_int_equal(json_object_size(species), 2);
    const json_t *screen = json_object_get(species, "screen");
    assert_int_equal(json_integer_value(json_object_get(screen, "attacks")), 20);
    const json_t *interval = json_object_get(
        json_object_get(json_object_get(screen, "intervals"), "bpcer_at_apcer"), "0.10");
    assert_int_equal(json_array_size(interval), 2);
    assert_string_equal(json_string_value(json_object_get(o, "protocol")), "pad");
    json_decref(o);
    eval_pad_result_free(&r);
    eval_pad_list_free(&l);
}

/* Detectors: brightness of the first pixel; one that fails on dark pictures; one without a model.
 */
static bf_status by_brightness(bf_session *s, const bf_image *image, float *out, float *threshold)
{
    (void)s;
    *out = (float)bf_image_pixels(image)[0] / 2.55f;
    *threshold = 50;
    return *out < 10 ? BF_ENONE : BF_OK;
}

static bf_status without_model(bf_session *s, const bf_image *image, float *out, float *threshold)
{
    (void)s;
    (void)image;
    (void)out;
    (void)threshold;
    return BF_EMODEL;
}

static void scores_files(void **state)
{
    (void)state;
    char folder[] = "/tmp/bonafide-pad-XXXXXX", path[64], text[512] = "path,subject,label\n";
    static const uint8_t grey[] = {250, 200, 0, 100};
    bf_engine *engine = NULL;
    bf_session *s = NULL;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(bf_engine_open(NULL, &engine), BF_OK);
    assert_int_equal(bf_session_open(engine, &s), BF_OK);
    for (int i = 0; i < 4; i++) {
        uint8_t px[16 * 16];
        bf_image *image = NULL;
        memset(px, grey[i], sizeof px);
        assert_int_equal(bf_image_create(s, px, 16, 16, 16, 1, 500, &image), BF_OK);
        snprintf(path, sizeof path, "%s/%d.png", folder, i);
        assert_int_equal(bf_image_write_png(s, image, path), BF_OK);
        bf_image_free(image);
        size_t n = strlen(text);
        snprintf(text + n, sizeof text - n, "%s,%d,%s\n", path, i % 2,
                 i < 3 ? "bonafide" : "attack");
    }
    eval_pad_list l;
    eval_pad_result r = {0};
    assert_int_equal(parse(text, &l), BF_OK);
    eval_pad_opts opts = {
        .modality = BF_FINGER, .scorer = by_brightness, .threads = 3, .replicates = 10, .seed = 1};
    assert_int_equal(eval_pad_run(engine, &l, &opts, &r, &err), BF_OK);
    assert_int_equal(r.failures, 1);
    assert_int_equal(r.score[2].status, BF_ENONE);
    assert_true(r.score[2].score == EVAL_SCORE_FAILED);
    assert_true(fabsf(r.score[0].score - 250 / 2.55f) < 1e-3f);
    assert_true(near(r.worst.own_bpcer, 1.0 / 3) && near(r.worst.own_apcer, 0));
    eval_pad_result_free(&r);
    opts.scorer = without_model;
    assert_int_equal(eval_pad_run(engine, &l, &opts, &r, &err), BF_EMODEL);
    assert_string_equal(err.text, "sets/N.csv:2: BF_EMODEL");
    for (int i = 0; i < 4; i++) unlink(l.item[i].path);
    opts.scorer = by_brightness;
    assert_int_equal(eval_pad_run(engine, &l, &opts, &r, &err), BF_ENOENT);
    rmdir(folder);
    eval_pad_list_free(&l);
    bf_session_free(s);
    bf_engine_free(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_list),        cmocka_unit_test(refuses_what_it_cannot_read),
        cmocka_unit_test(rates_by_species),    cmocka_unit_test(a_failure_does_not_pass),
        cmocka_unit_test(too_few_say_nothing), cmocka_unit_test(json_has_the_agreed_keys),
        cmocka_unit_test(scores_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
