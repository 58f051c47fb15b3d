/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fingers, palms and faces of the same persons in one store: enrolled together, searched by each
 * and by all, listed, exported and imported. Prints and palms are synthetic, the embeddings of
 * faces made up, so that no model is needed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "bonafide/bonafide.h"
#include "bonafide/synth.h"
#include "engine/session.h"
#include "face/encode.h"
#include "nn/pins.h"

#define PERSONS 3u /* the last has a face alone */
#define DIMENSION 192u

typedef struct fixture {
    char dir[64], key[96], ring[2][96], db[2][96], parcel[96];
    bf_engine *engine;
    bf_session *s;
    bf_secret secret;
    bf_keyring *keyring[2];
    bf_store *store[2];
    bf_template *finger[PERSONS - 1][2], *palm[PERSONS][2], *face[PERSONS][3];
    bf_template *unknown_palm; /* of the first person, its side not said */
} fixture;

static fixture f;

/* ---- samples ---- */

static double draw(uint64_t *x) /* -1..1 */
{
    *x ^= *x << 13;
    *x ^= *x >> 7;
    *x ^= *x << 17;
    return (double)(*x >> 11) / 4503599627370496.0 - 1.0;
}

/* Pictures of one face are alike, those of two are not. */
static bf_template *made_face(uint32_t person, uint32_t picture)
{
    uint64_t who = 0x9e3779b97f4a7c15ull * (person + 1), how = 77 + 1000 * person + picture;
    float value[DIMENSION];
    bf_embedding e = {.dimension = DIMENSION, .value = value};
    const char *hex = bf_nn_pin_find("mobilefacenet")->sha256;
    for (int i = 0; i < BF_FACE_MODEL_ID_BYTES; i++) {
        const char byte[3] = {hex[2 * i], hex[2 * i + 1], 0};
        e.model[i] = (uint8_t)strtoul(byte, NULL, 16);
    }
    for (uint32_t i = 0; i < 20; i++) draw(&how);
    for (uint32_t i = 0; i < DIMENSION; i++) value[i] = (float)(draw(&who) + 0.4 * draw(&how));
    bf_ctx *c = bf_session__enter(f.s);
    bf_bytes bytes;
    bf_template *t = NULL;
    assert_int_equal(bf_face_encode(c, &e, 80, 0, &bytes), BF_OK);
    assert_int_equal(bf_template_parse(f.s, bytes.data, bytes.len, &t), BF_OK);
    bf_ctx_release(c, bytes.data);
    return t;
}

static void make_fingers(uint32_t person)
{
    bf_synth_finger_opts o;
    bf_synth_finger *finger = NULL;
    bf_synth_finger_opts_init(&o);
    o.seed = 40 + person;
    assert_int_equal(bf_synth_finger_create(f.s, &o, &finger), BF_OK);
    for (uint32_t i = 0; i < 2; i++) {
        bf_synth_impression_opts touch_opts;
        bf_synth_impression *touch = NULL;
        bf_synth_impression_opts_init(&touch_opts);
        touch_opts.seed = i + 1;
        assert_int_equal(bf_synth_impression_create(f.s, finger, &touch_opts, &touch), BF_OK);
        assert_int_equal(bf_template_extract(f.s, bf_synth_impression_image(touch), BF_FINGER,
                                             BF_RIGHT_INDEX, &f.finger[person][i]),
                         BF_OK);
        bf_synth_impression_free(touch);
    }
    bf_synth_finger_free(finger);
}

static bf_template *made_palm(const bf_synth_palm *palm, uint64_t seed, uint32_t position)
{
    bf_synth_shot_opts o;
    bf_extract_opts x;
    bf_image *image = NULL;
    bf_template *t = NULL;
    bf_synth_shot_opts_init(&o, BF_SYNTH_SHOT_REGION);
    o.seed = seed;
    assert_int_equal(bf_synth_palm_image(f.s, palm, &o, NULL, &image), BF_OK);
    bf_extract_opts_init(&x);
    x.modality = BF_PALM;
    x.position = position;
    x.flags = BF_EXTRACT_REGION;
    bf_status st = bf_template_extract_with(f.s, image, &x, &t);
    if (st) fail_msg("%s", bf_session_error(f.s));
    bf_image_free(image);
    return t;
}

static void make_palms(uint32_t person)
{
    bf_synth_palm_opts o;
    bf_synth_palm *palm = NULL;
    bf_synth_palm_opts_init(&o);
    o.seed = 7 + person;
    o.side = BF_LEFT_PALM;
    assert_int_equal(bf_synth_palm_create(f.s, &o, &palm), BF_OK);
    for (uint32_t i = 0; i < 2; i++) f.palm[person][i] = made_palm(palm, i + 1, BF_LEFT_PALM);
    if (!person) f.unknown_palm = made_palm(palm, 9, BF_POSITION_UNKNOWN);
    bf_synth_palm_free(palm);
}

/* Two pictures of the face, one palm, and one print, but of the last person; the others are to
 * search with. */
static void enroll(uint32_t person)
{
    bf_sample samples[4];
    const bf_sample *pointers[4];
    char id[8];
    bf_enrollment e;
    uint32_t n = 0;
    for (uint32_t i = 0; i < 4; i++) {
        bf_sample_init(&samples[i]);
        pointers[i] = &samples[i];
    }
    samples[n++].tmpl = f.face[person][0];
    samples[n++].tmpl = f.face[person][1];
    samples[n++].tmpl = f.palm[person][0];
    if (person < PERSONS - 1) samples[n++].tmpl = f.finger[person][0];
    snprintf(id, sizeof id, "P-%u", person);
    bf_enrollment_init(&e);
    e.person = id;
    e.encounter = "first";
    e.samples = pointers;
    e.sample_count = n;
    assert_int_equal(bf_store_enroll(f.s, f.store[0], &e, NULL), BF_OK);
}

static int make(void **state)
{
    (void)state;
    snprintf(f.dir, sizeof f.dir, "/tmp/bonafide-modalities-XXXXXX");
    assert_non_null(mkdtemp(f.dir));
    snprintf(f.key, sizeof f.key, "%s/key", f.dir);
    snprintf(f.parcel, sizeof f.parcel, "%s/parcel", f.dir);
    assert_int_equal(bf_engine_open(NULL, &f.engine), BF_OK);
    assert_int_equal(bf_session_open(f.engine, &f.s), BF_OK);
    assert_int_equal(bf_key_file_create(f.s, f.key), BF_OK);
    bf_secret_init(&f.secret);
    f.secret.kind = BF_SECRET_KEY_FILE;
    f.secret.path = f.key;
    for (int i = 0; i < 2; i++) {
        snprintf(f.ring[i], sizeof f.ring[i], "%s/ring%d", f.dir, i);
        snprintf(f.db[i], sizeof f.db[i], "%s/db%d", f.dir, i);
        assert_int_equal(bf_keyring_create(f.s, f.ring[i], &f.secret, &f.keyring[i]), BF_OK);
        assert_int_equal(bf_store_create(f.s, f.db[i], f.keyring[i], NULL, &f.store[i]), BF_OK);
    }
    for (uint32_t p = 0; p < PERSONS; p++) {
        for (uint32_t i = 0; i < 3; i++) f.face[p][i] = made_face(p, i);
        if (p < PERSONS - 1) make_fingers(p);
        make_palms(p);
        enroll(p);
    }
    return 0;
}

static int drop(void **state)
{
    (void)state;
    char command[100];
    for (int i = 0; i < 2; i++) {
        bf_store_close(f.store[i]);
        bf_keyring_free(f.keyring[i]);
    }
    for (uint32_t p = 0; p < PERSONS; p++) {
        for (uint32_t i = 0; i < 3; i++) bf_template_free(f.face[p][i]);
        for (uint32_t i = 0; i < 2 && p < PERSONS - 1; i++) bf_template_free(f.finger[p][i]);
        for (uint32_t i = 0; i < 2; i++) bf_template_free(f.palm[p][i]);
    }
    bf_template_free(f.unknown_palm);
    bf_session_free(f.s);
    bf_engine_free(f.engine);
    snprintf(command, sizeof command, "rm -rf '%s'", f.dir);
    return system(command);
}

/* ---- searches ---- */

/* @param person  NULL: all */
static bf_result *search(const char *person, const bf_template *const *probes, uint32_t count)
{
    bf_search q;
    bf_result *r = NULL;
    bf_search_init(&q);
    q.probes = probes;
    q.probe_count = count;
    q.include_below = 1;
    bf_status st = person ? bf_store_verify(f.s, f.store[0], person, &q, &r)
                          : bf_store_identify(f.s, f.store[0], &q, &r);
    if (st) fail_msg("%s", bf_session_error(f.s));
    return r;
}

static void by_face(void **state)
{
    (void)state;
    for (uint32_t p = 0; p < PERSONS; p++) {
        char id[8];
        const bf_template *probe = f.face[p][2];
        snprintf(id, sizeof id, "P-%u", p);
        bf_result *r = search(NULL, &probe, 1);
        const bf_candidate *k = bf_result_candidate(r, 0);
        assert_string_equal(k->person, id);
        assert_int_equal(bf_result_persons(r), PERSONS);
        assert_int_equal(k->part_count, 1);
        assert_int_equal(k->parts[0].modality, BF_FACE);
        assert_int_equal(k->parts[0].position, 0);
        assert_int_equal(k->parts[0].comparisons, 2);
        assert_true(k->score > bf_result_candidate(r, 1)->score + 20);
        bf_result_free(r);
    }
}

static void by_palm(void **state)
{
    (void)state;
    for (uint32_t p = 0; p <= PERSONS; p++) {
        char id[8];
        const bf_template *probe = p < PERSONS ? f.palm[p][1] : f.unknown_palm;
        snprintf(id, sizeof id, "P-%u", p % PERSONS);
        bf_result *r = search(NULL, &probe, 1);
        const bf_candidate *k = bf_result_candidate(r, 0);
        assert_string_equal(k->person, id);
        assert_true(k->above_threshold);
        assert_int_equal(k->part_count, 1);
        assert_int_equal(k->parts[0].modality, BF_PALM);
        assert_int_equal(k->parts[0].position,
                         BF_LEFT_PALM); /* the sample's where it is not said */
        bf_result_free(r);
    }
}

/* Two pictures of a face are no two faces. */
static void faces_are_one(void **state)
{
    (void)state;
    const bf_template *probes[] = {f.face[0][2], f.face[0][2], f.face[0][1]};
    bf_result *one = search(NULL, probes, 1), *three = search(NULL, probes, 3);
    const bf_candidate *k = bf_result_candidate(three, 0);
    assert_string_equal(k->person, "P-0");
    assert_int_equal(k->part_count, 1);
    assert_int_equal(k->parts[0].comparisons, 6);
    bf_result_free(one);
    one = search(NULL, probes + 2, 1); /* enrolled itself: as alike as can be */
    assert_true(k->score <= bf_result_candidate(one, 0)->score);
    bf_result_free(one);
    bf_result_free(three);
}

static void by_all(void **state)
{
    (void)state;
    const bf_template *probes[] = {f.finger[1][1], f.face[1][2], f.palm[1][1]};
    bf_result *r = search(NULL, probes, 3);
    const bf_candidate *k = bf_result_candidate(r, 0);
    assert_string_equal(k->person, "P-1");
    assert_int_equal(k->part_count, 3);
    assert_int_equal(k->parts[0].modality, BF_FINGER);
    assert_int_equal(k->parts[0].position, BF_RIGHT_INDEX);
    assert_int_equal(k->parts[0].probe, 0);
    assert_int_equal(k->parts[1].modality, BF_FACE);
    assert_int_equal(k->parts[1].probe, 1);
    assert_int_equal(k->parts[2].modality, BF_PALM);
    assert_int_equal(k->parts[2].probe, 2);
    for (uint32_t i = 0; i < 3; i++) assert_true(k->score >= k->parts[i].score);
    assert_int_equal(bf_result_persons(r), PERSONS);
    bf_result_free(r);
}

static void one_claimed(void **state)
{
    (void)state;
    const bf_template *probes[] = {f.finger[0][1], f.face[0][2]};
    bf_result *r = search("P-0", probes, 2);
    assert_true(bf_result_candidate(r, 0)->above_threshold);
    assert_int_equal(bf_result_candidate(r, 0)->part_count, 2);
    bf_result_free(r);
    /* Of the last there is a face only: a finger has nothing to be compared with. */
    r = search("P-2", probes, 1);
    assert_int_equal(bf_result_count(r), 0);
    bf_result_free(r);
    r = search("P-2", probes, 2);
    assert_false(bf_result_candidate(r, 0)->above_threshold);
    assert_int_equal(bf_result_candidate(r, 0)->part_count, 1);
    bf_result_free(r);
}

/* ---- lists and exports ---- */

static void check_list(bf_store *store, const char *person, uint64_t fingers)
{
    bf_list *l = NULL;
    assert_int_equal(bf_store_list(f.s, store, BF_LIST_ENCOUNTERS, NULL, person, &l), BF_OK);
    assert_int_equal(bf_list_count(l), 1);
    const bf_list_item *x = bf_list_get(l, 0);
    assert_int_equal(x->samples, fingers ? 4 : 3);
    assert_int_equal(x->positions[BF_FINGER], fingers);
    assert_int_equal(x->positions[BF_PALM], 1u << BF_LEFT_PALM);
    assert_int_equal(x->positions[BF_FACE], 1);
    bf_list_free(l);
}

static void listed(void **state)
{
    (void)state;
    check_list(f.store[0], "P-0", 1u << BF_RIGHT_INDEX);
    check_list(f.store[0], "P-2", 0);
}

static void exported(void **state)
{
    (void)state;
    bf_parcel_opts o;
    uint8_t key[32];
    bf_parcel_opts_init(&o);
    bf_keyring_public_key(f.keyring[1], key);
    o.public_key = key;
    assert_int_equal(bf_store_export(f.s, f.store[0], "P-1", &o, f.parcel), BF_OK);
    if (bf_store_import(f.s, f.store[1], f.parcel, NULL, NULL, NULL)) {
        fail_msg("%s", bf_session_error(f.s));
    }
    check_list(f.store[1], "P-1", 1u << BF_RIGHT_INDEX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_face),  cmocka_unit_test(faces_are_one), cmocka_unit_test(by_palm),
        cmocka_unit_test(by_all),   cmocka_unit_test(one_claimed),   cmocka_unit_test(listed),
        cmocka_unit_test(exported),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
