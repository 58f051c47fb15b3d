/* SPDX-License-Identifier: Apache-2.0 */
/* Everybody against everybody: duplicates once, samples under the wrong position, runs that are
 * interrupted, resumed, extended, and progress files that are none. */
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

#define PERSONS 24u
#define NEVER_MS 1000000000u

typedef struct env {
    char dir[64], db[96], keys[96], progress[96];
    bf_engine *engine;
    bf_session *s;
    bf_keyring *keyring;
    bf_store *store;
    bf_index *index;
} env;

static env e;

typedef struct print {
    uint32_t finger, position;
} print;

static bf_template *made(print p, uint32_t impression)
{
    made_print m = {.seed = 500 + p.finger, .count = 40, .keep_percent = 100};
    bf_template *t = NULL;
    if (impression) {
        m.noise_seed = impression;
        m.jitter_px = 2;
        m.keep_percent = 85;
        m.turn = 20;
    }
    bf_bytes b = made_template(&e.s->ctx, &m);
    bf_template_info info;
    assert_int_equal(bf_template_read_header(&e.s->ctx, b.data, b.len, &info), BF_OK);
    info.position = (uint8_t)p.position;
    bf_template_seal_header(b.data, b.len, &info);
    assert_int_equal(bf_template_parse(e.s, b.data, b.len, &t), BF_OK);
    bf_ctx_release(&e.s->ctx, b.data);
    return t;
}

static void enroll(const char *person, const char *encounter, uint32_t impression, print a, print b)
{
    bf_sample sample[2];
    const bf_sample *samples[2] = {&sample[0], &sample[1]};
    bf_template *t[2] = {made(a, impression), made(b, impression)};
    const char *gallery = person[0] == 'P' ? "staff" : "guests";
    bf_enrollment n;
    bf_enrollment_init(&n);
    n.person = person;
    n.encounter = encounter;
    n.samples = samples;
    n.sample_count = 2;
    n.galleries = &gallery;
    n.gallery_count = 1;
    for (uint32_t i = 0; i < 2; i++) {
        bf_sample_init(&sample[i]);
        sample[i].tmpl = t[i];
    }
    assert_int_equal(bf_store_enroll(e.s, e.store, &n, NULL), BF_OK);
    for (uint32_t i = 0; i < 2; i++) bf_template_free(t[i]);
}

/* All findings, a line each. */
typedef struct told {
    char text[4096];
    unsigned count;
} told;

static void take(void *user, const bf_dedup_finding *f)
{
    told *t = user;
    size_t n = strlen(t->text);
    t->count++;
    snprintf(t->text + n, sizeof t->text - n, "%u %s %s %u:", f->kind, f->person, f->other,
             f->part_count);
    for (uint32_t i = 0; i < f->part_count; i++) {
        const bf_dedup_part *p = &f->parts[i];
        n = strlen(t->text);
        snprintf(t->text + n, sizeof t->text - n, " %u/%u %s/%s %.1f", p->position,
                 p->other_position, p->encounter, p->other_encounter, (double)p->score);
    }
    strcat(t->text, "\n");
}

static bf_status begin(uint32_t resume, const char *gallery, bf_dedup **out)
{
    bf_dedup_opts o;
    bf_dedup_opts_init(&o);
    o.threads = 1; /* some persons a step, not all */
    o.gallery = gallery;
    o.progress_path = e.progress;
    o.resume = resume;
    o.save_ms = NEVER_MS;
    return bf_dedup_open(e.s, e.index, &o, out);
}

static void finish(bf_dedup *d, told *out)
{
    uint64_t done = 0, total = 1;
    memset(out, 0, sizeof *out);
    while (done < total) assert_int_equal(bf_dedup_step(e.s, d, &done, &total), BF_OK);
    assert_int_equal(bf_dedup_report(e.s, d, take, out), BF_OK);
    bf_dedup_close(d);
}

static void run(uint32_t resume, told *out)
{
    bf_dedup *d = NULL;
    assert_int_equal(begin(resume, NULL, &d), BF_OK);
    finish(d, out);
}

static const char *entry(size_t from_end)
{
    static char line[256];
    bf_list *log = NULL;
    assert_int_equal(bf_store_list(e.s, e.store, BF_LIST_AUDIT, NULL, NULL, &log), BF_OK);
    const bf_list_item *i = bf_list_get(log, bf_list_count(log) - from_end);
    snprintf(line, sizeof line, "%s %.200s", i->operation, i->detail);
    bf_list_free(log);
    return line;
}

static void found_once(void **state)
{
    (void)state;
    told t;
    run(0, &t);
    if (t.count != 4) fail_msg("%s", t.text);
    assert_non_null(strstr(t.text, "1 P-5 D-5 2: 2/2 a/b "));
    assert_non_null(strstr(t.text, "1 P-9 D-9 2: 2/2 a/b "));
    assert_non_null(strstr(t.text, "2 two  1: 2/3 a/a "));
    assert_non_null(strstr(t.text, "3 swap  2: "));
    assert_non_null(strstr(t.text, "2/7 a/b"));
    assert_non_null(strstr(t.text, "7/2 a/b"));
    assert_string_equal(strstr(entry(1), "finding"), "findings");
    assert_memory_equal(entry(1), "dedup ended: 28 of 28", 21);
    assert_memory_equal(entry(2), "dedup started: 0 of 28", 22);
}

static void of_a_gallery(void **state)
{
    (void)state;
    bf_dedup *d = NULL;
    told t;
    unlink(e.progress);
    assert_int_equal(begin(0, "staff", &d), BF_OK);
    finish(d, &t);
    assert_int_equal(t.count, 0);
    assert_int_equal(begin(0, "nobody", &d), BF_ENOENT);
    unlink(e.progress);
}

/* Stopped after each number of steps there is, what is found in the end is the same. */
static void interrupted(void **state)
{
    (void)state;
    told whole, t;
    uint64_t done = 0, total = 1;
    run(0, &whole);
    for (unsigned steps = 0; done < total; steps++) {
        bf_dedup *d = NULL;
        assert_int_equal(begin(0, NULL, &d), BF_OK);
        done = 0;
        for (unsigned i = 0; i < steps; i++) {
            assert_int_equal(bf_dedup_step(e.s, d, &done, &total), BF_OK);
        }
        assert_int_equal(bf_dedup_save(e.s, d), BF_OK);
        bf_dedup_close(d);
        if (done < total) assert_int_equal(begin(0, NULL, &d), BF_EEXIST);
        assert_int_equal(begin(1, NULL, &d), BF_OK);
        bf_dedup_info info = {.struct_size = sizeof info};
        assert_int_equal(bf_dedup_get_info(e.s, d, &info), BF_OK);
        assert_int_equal(info.total, PERSONS + 4 - done);
        finish(d, &t);
        assert_string_equal(t.text, whole.text);
    }
}

/* After the end: who came since is searched for, and who got another encounter. */
static void extended(void **state)
{
    (void)state;
    told before, t, anew;
    bf_dedup *d = NULL;
    run(0, &before);
    enroll("D-11", "b", 4, (print){22, 2}, (print){23, 3});
    enroll("P-3", "late", 4, (print){14, 2}, (print){15, 3}); /* the fingers of P-7 */
    assert_int_equal(begin(1, NULL, &d), BF_OK);
    bf_dedup_info info = {.struct_size = sizeof info};
    assert_int_equal(bf_dedup_get_info(e.s, d, &info), BF_OK);
    assert_int_equal(info.total, 2);
    finish(d, &t);
    assert_int_equal(t.count, before.count + 2);
    assert_non_null(strstr(t.text, "1 P-11 D-11 "));
    assert_non_null(strstr(t.text, "1 P-3 P-7 "));
    run(0, &anew);
    assert_string_equal(anew.text, t.text);
}

static size_t read_all(uint8_t *out, size_t cap)
{
    FILE *f = fopen(e.progress, "rb");
    assert_non_null(f);
    size_t n = fread(out, 1, cap, f);
    fclose(f);
    return n;
}

static void write_all(const uint8_t *data, size_t len)
{
    FILE *f = fopen(e.progress, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, len, f), len);
    fclose(f);
}

static void hostile(void **state)
{
    (void)state;
    static uint8_t good[1 << 16], bad[1 << 16];
    bf_dedup *d = NULL;
    bf_dedup_opts o;
    told t;
    run(0, &t);
    size_t len = read_all(good, sizeof good);
    assert_true(len > 100 && len < sizeof good);
    for (size_t i = 0; i < len; i += i < 40 ? 1 : 97) {
        memcpy(bad, good, len);
        bad[i] ^= 0x10;
        write_all(bad, len);
        bf_status want = i < 24 ? BF_EFORMAT : i < 32 ? BF_EKEY : BF_ETAMPER;
        assert_int_equal(begin(1, NULL, &d), want);
        /* of keys that are gone: nothing is lost by starting anew */
        assert_int_equal(begin(0, NULL, &d), want == BF_EKEY ? BF_OK : want);
        if (want == BF_EKEY) bf_dedup_close(d);
    }
    for (size_t n = 0; n < len; n += n < 140 ? 1 : 97) {
        write_all(good, n);
        assert_true(begin(1, NULL, &d) < 0);
    }
    write_all(good, len);
    assert_int_equal(begin(1, "staff", &d), BF_EINVAL);
    bf_dedup_opts_init(&o);
    o.progress_path = e.progress;
    o.resume = 1;
    o.fpir = 0.02;
    assert_int_equal(bf_dedup_open(e.s, e.index, &o, &d), BF_EINVAL);
    o.fpir = 0;
    assert_int_equal(bf_dedup_open(e.s, e.index, &o, &d), BF_EINVAL);
    /* no id, no template */
    for (size_t i = 0; i + 3 < len; i++) assert_false(!memcmp(good + i, "P-5", 3));
    /* an erasure makes it useless */
    assert_int_equal(bf_store_delete(e.s, e.store, "P-0", NULL), BF_OK);
    assert_int_equal(begin(1, NULL, &d), BF_EKEY);
    assert_non_null(strstr(bf_session_error(e.s), "erasure"));
    unlink(e.progress);
    assert_int_equal(begin(1, NULL, &d), BF_ENOENT);
}

static void enroll_all(void)
{
    for (uint32_t i = 0; i < PERSONS; i++) {
        char name[16];
        snprintf(name, sizeof name, "P-%u", i);
        enroll(name, "a", 0, (print){2 * i, 2}, (print){2 * i + 1, 3});
    }
    enroll("D-5", "b", 3, (print){10, 2}, (print){11, 3});
    enroll("D-9", "b", 4, (print){18, 2}, (print){19, 3});
    enroll("two", "a", 0, (print){200, 2}, (print){200, 3});
    enroll("swap", "a", 0, (print){201, 2}, (print){202, 7});
    enroll("swap", "b", 5, (print){202, 2}, (print){201, 7});
}

static int open_env(void **state)
{
    (void)state;
    bf_secret secret;
    bf_secret_init(&secret);
    strcpy(e.dir, "/tmp/bf-dedup-XXXXXX");
    if (!mkdtemp(e.dir)) return -1;
    snprintf(e.db, sizeof e.db, "%s/people.bf", e.dir);
    snprintf(e.keys, sizeof e.keys, "%s/people.keys", e.dir);
    snprintf(e.progress, sizeof e.progress, "%s/progress", e.dir);
    secret.kind = BF_SECRET_PASSPHRASE;
    secret.passphrase = (const uint8_t *)"only for this test";
    secret.passphrase_len = 18;
    secret.passes = BF_ARGON2_PASSES_MIN;
    secret.memory_mib = BF_ARGON2_MEMORY_MIN_MIB;
    if (bf_engine_open(NULL, &e.engine) || bf_session_open(e.engine, &e.s) ||
        bf_keyring_create(e.s, e.keys, &secret, &e.keyring) ||
        bf_store_create(e.s, e.db, e.keyring, NULL, &e.store)) {
        return -1;
    }
    enroll_all();
    return bf_index_open(e.s, e.store, NULL, &e.index);
}

static int close_env(void **state)
{
    (void)state;
    static const char *const names[] = {"people.bf", "people.bf-wal", "people.bf-shm",
                                        "people.keys", "progress"};
    char path[128];
    bf_index_close(e.index);
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
        cmocka_unit_test(found_once), cmocka_unit_test(of_a_gallery), cmocka_unit_test(interrupted),
        cmocka_unit_test(extended),   cmocka_unit_test(hostile),
    };
    return cmocka_run_group_tests(tests, open_env, close_env);
}
