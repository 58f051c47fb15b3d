/* SPDX-License-Identifier: Apache-2.0 */
/* An index of a store: the same candidates as without, and what is written is seen by the next
 * search, also what another handle writes. Public interface only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* after the above */
#include <cmocka.h>

#include "bonafide/bonafide.h"
#include "engine/session.h"
#include "finger/made_print.h"

typedef struct env {
    char dir[64], db[96], keys[96];
    bf_engine *engine;
    bf_session *s;
    bf_keyring *keyring;
    bf_store *store;
} env;

static env e;

/* A template of a person's finger; impression 0 is the enrolled one. */
static bf_template *finger(uint32_t person, uint32_t impression)
{
    made_print m = {.seed = 500 + person, .count = 40, .keep_percent = 100};
    bf_template *t = NULL;
    if (impression) {
        m.noise_seed = impression;
        m.jitter_px = 2;
        m.keep_percent = 85;
        m.turn = 20;
    }
    bf_bytes b = made_template(&e.s->ctx, &m);
    assert_int_equal(bf_template_parse(e.s, b.data, b.len, &t), BF_OK);
    bf_ctx_release(&e.s->ctx, b.data);
    return t;
}

static void enroll(bf_store *store, uint32_t person, const char *gallery)
{
    char name[16];
    bf_sample sample;
    const bf_sample *samples = &sample;
    bf_enrollment n;
    bf_sample_init(&sample);
    sample.tmpl = finger(person, 0);
    bf_enrollment_init(&n);
    snprintf(name, sizeof name, "P-%u", person);
    n.person = name;
    n.samples = &samples;
    n.sample_count = 1;
    n.galleries = &gallery;
    n.gallery_count = 1;
    assert_int_equal(bf_store_enroll(e.s, store, &n, NULL), BF_OK);
    bf_template_free((bf_template *)(uintptr_t)sample.tmpl);
}

/* Number of the first candidate, or -1. */
static int search(bf_index *index, uint32_t person, const char *gallery)
{
    bf_template *probe = finger(person, 3);
    const bf_template *probes = probe;
    bf_search q;
    bf_result *r = NULL;
    int found = -1;
    bf_search_init(&q);
    q.probes = &probes;
    q.probe_count = 1;
    q.gallery = gallery;
    q.index = index;
    assert_int_equal(bf_store_identify(e.s, e.store, &q, &r), BF_OK);
    if (bf_result_count(r)) found = atoi(bf_result_candidate(r, 0)->person + 2);
    bf_result_free(r);
    bf_template_free(probe);
    return found;
}

static void same_as_without(void **state)
{
    (void)state;
    bf_index *index = NULL;
    bf_index_info info = {.struct_size = sizeof info};
    assert_int_equal(bf_index_open(e.s, e.store, NULL, &index), BF_OK);
    assert_int_equal(bf_index_get_info(e.s, index, &info), BF_OK);
    assert_int_equal(info.persons, 8);
    assert_true(info.samples == 8 && info.bytes > 8 * 400);
    for (uint32_t i = 0; i < 10; i++) {
        int want = search(NULL, i, NULL);
        assert_int_equal(want, i < 8 ? (int)i : -1);
        assert_int_equal(search(index, i, NULL), want);
        assert_int_equal(search(index, i, "even"), search(NULL, i, "even"));
    }
    assert_int_equal(search(index, 3, "even"), -1);
    assert_int_equal(search(index, 4, "even"), 4);
    bf_index_close(index);
}

static void writing_is_seen(void **state)
{
    (void)state;
    bf_index *index = NULL;
    bf_store *other = NULL;
    assert_int_equal(bf_index_open(e.s, e.store, NULL, &index), BF_OK);
    assert_int_equal(search(index, 20, NULL), -1);
    enroll(e.store, 20, "even");
    assert_int_equal(search(index, 20, NULL), 20);
    assert_int_equal(bf_store_open(e.s, e.db, e.keyring, NULL, &other), BF_OK);
    enroll(other, 21, "odd");
    assert_int_equal(search(index, 21, NULL), 21);
    assert_int_equal(search(index, 21, "even"), -1);
    assert_int_equal(bf_store_delete(e.s, other, "P-20", NULL), BF_OK);
    assert_int_equal(search(index, 20, NULL), -1);
    assert_int_equal(bf_store_delete(e.s, e.store, "P-21", NULL), BF_OK);
    assert_int_equal(search(index, 21, NULL), -1);
    bf_store_close(other);
    bf_index_close(index);
}

static void not_another_stores(void **state)
{
    (void)state;
    bf_index *index = NULL;
    bf_store *other = NULL;
    bf_template *probe = finger(1, 0);
    const bf_template *probes = probe;
    bf_search q;
    bf_result *r = NULL;
    assert_int_equal(bf_store_open(e.s, e.db, e.keyring, NULL, &other), BF_OK);
    assert_int_equal(bf_index_open(e.s, other, NULL, &index), BF_OK);
    bf_search_init(&q);
    q.probes = &probes;
    q.probe_count = 1;
    q.index = index;
    assert_int_equal(bf_store_identify(e.s, e.store, &q, &r), BF_EINVAL);
    bf_index_close(index);
    bf_store_close(other);
    bf_template_free(probe);
}

static int open_env(void **state)
{
    (void)state;
    bf_secret secret;
    bf_secret_init(&secret);
    strcpy(e.dir, "/tmp/bf-index-XXXXXX");
    if (!mkdtemp(e.dir)) return -1;
    snprintf(e.db, sizeof e.db, "%s/people.bf", e.dir);
    snprintf(e.keys, sizeof e.keys, "%s/people.keys", e.dir);
    secret.kind = BF_SECRET_PASSPHRASE;
    secret.passphrase = (const uint8_t *)"only for this test";
    secret.passphrase_len = 18;
    secret.passes = BF_ARGON2_PASSES_MIN;
    secret.memory_mib = BF_ARGON2_MEMORY_MIN_MIB;
    if (bf_engine_open(NULL, &e.engine) || bf_session_open(e.engine, &e.s) ||
        bf_keyring_create(e.s, e.keys, &secret, &e.keyring) ||
        bf_store_create(e.s, e.db, e.keyring, NULL, &e.store)) {
        fprintf(stderr, "%s\n", e.s ? bf_session_error(e.s) : "no session");
        return -1;
    }
    for (uint32_t i = 0; i < 8; i++) enroll(e.store, i, i % 2 ? "odd" : "even");
    return 0;
}

/* Many at once: all of them, or, where one is refused, none. */
static void many_at_once(void **state)
{
    (void)state;
    bf_sample sample;
    const bf_sample *samples = &sample;
    static const char *const names[] = {"M-1", "M-2", "M-3", "M-1"};
    bf_enrollment n[4];
    const bf_enrollment *list[4];
    bf_store_info before = {.struct_size = sizeof before}, after = {.struct_size = sizeof after};
    bf_sample_init(&sample);
    sample.tmpl = finger(40, 0);
    for (uint32_t i = 0; i < 4; i++) {
        bf_enrollment_init(&n[i]);
        n[i].person = names[i];
        n[i].encounter = "first";
        n[i].samples = &samples;
        n[i].sample_count = 1;
        list[i] = &n[i];
    }
    assert_int_equal(bf_store_get_info(e.s, e.store, &before), BF_OK);
    assert_int_equal(bf_store_enroll_many(e.s, e.store, list, 4), BF_EEXIST);
    assert_int_equal(bf_store_get_info(e.s, e.store, &after), BF_OK);
    assert_memory_equal(before.witness, after.witness, sizeof before.witness);
    assert_int_equal(bf_store_enroll_many(e.s, e.store, list, 3), BF_OK);
    assert_int_equal(bf_store_get_info(e.s, e.store, &after), BF_OK);
    assert_int_equal(after.persons, before.persons + 3);
    assert_int_equal(after.audit_entries, before.audit_entries + 3);
    assert_int_equal(bf_store_check(e.s, e.store, NULL), BF_OK);
    bf_template_free((bf_template *)(uintptr_t)sample.tmpl);
}

static int close_env(void **state)
{
    (void)state;
    static const char *const names[] = {"people.bf", "people.bf-wal", "people.bf-shm",
                                        "people.keys"};
    char path[128];
    bf_store_close(e.store);
    bf_keyring_free(e.keyring);
    bf_session_free(e.s);
    bf_engine_free(e.engine);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", e.dir, names[i]);
        unlink(path);
    }
    return rmdir(e.dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_without),
        cmocka_unit_test(writing_is_seen),
        cmocka_unit_test(not_another_stores),
        cmocka_unit_test(many_at_once),
    };
    return cmocka_run_group_tests(tests, open_env, close_env);
}
