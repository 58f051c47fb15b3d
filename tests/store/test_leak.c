/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nothing of a template, an image, an id, a gallery's name or purpose, or a key is in clear in any
 * file the store writes: database, log, index, keyring, export, temporary files, nor in what goes
 * to the log hook. Looked at in the middle of work, after a kill, and after everything is closed.
 */
#include "store/fixture.h"

#include <dirent.h>
#include <signal.h>
#include <sys/wait.h>

#include "store/parcel.h"
#include "vault/sealed_file.h"

static fixture f;

#define PERSON "SubjectZebra-4711"
#define ENCOUNTER "Visit-Quagga-0815"
#define GALLERY "GalleryOkapi"
#define PURPOSE "Purpose Dromedary kept secret"

static int make(void **state)
{
    (void)state;
    fixture_make(&f);
    setenv("SQLITE_TMPDIR", f.dir, 1);
    assert_int_equal(bf_store__set_gallery(&f.c, f.st, GALLERY, PURPOSE, 30), BF_OK);
    for (uint32_t i = 0; i < 30; i++) {
        char name[40];
        snprintf(name, sizeof name, "%s-%u", ENCOUNTER, i);
        assert_int_equal(fake_enroll(&f, PERSON, name, GALLERY, i, 2, 1), BF_OK);
    }
    return 0;
}

static int drop(void **state)
{
    (void)state;
    fixture_drop(&f);
    return 0;
}

static int is_in(const uint8_t *data, size_t len, const uint8_t *secret, size_t n, size_t window)
{
    for (size_t at = 0; at + window <= n; at += window) {
        if (contains(data, len, secret + at, window)) return 1;
    }
    return 0;
}

/* What must not be in `data`. @return its name, NULL if it is clean */
static const char *leaked(const uint8_t *data, size_t len)
{
    static const char *const texts[] = {PERSON,  ENCOUNTER, GALLERY, PURPOSE,
                                        "Zebra", "Quagga",  "Okapi", "Dromedary"};
    uint8_t bytes[FAKE_IMAGE_BYTES];
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (contains(data, len, texts[i], strlen(texts[i]))) return texts[i];
    }
    for (uint32_t i = 0; i < 30 * 8; i += 8) {
        fake_bytes(i, bytes, FAKE_BYTES);
        if (is_in(data, len, bytes, FAKE_BYTES, 20)) return "a template";
        fake_bytes(i + 1000000, bytes, 400);
        if (is_in(data, len, bytes, 400, 20)) return "an image";
    }
    const bf_keyset *set = &f.keyring->secrets->sets[0];
    if (contains(data, len, set->ring, 16) || contains(data, len, set->root, 16) ||
        contains(data, len, set->transfer, 16) || contains(data, len, f.st->keys->wrap, 16) ||
        contains(data, len, f.keyring->secrets->used.auth, 16)) {
        return "a key";
    }
    return NULL;
}

static unsigned search_files(void)
{
    unsigned files = 0;
    struct dirent *entry;
    DIR *dir = opendir(f.dir);
    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        char path[400];
        size_t len;
        if (entry->d_name[0] == '.' || !strcmp(entry->d_name, "operator.key")) continue;
        snprintf(path, sizeof path, "%s/%s", f.dir, entry->d_name);
        uint8_t *data = read_whole(path, &len);
        const char *what = leaked(data, len);
        free(data);
        if (what) fail_msg("%s holds %s", entry->d_name, what);
        files++;
    }
    closedir(dir);
    return files;
}

static void the_search_finds(void **state)
{
    (void)state;
    uint8_t bytes[FAKE_BYTES];
    fake_bytes(8, bytes, FAKE_BYTES);
    assert_string_equal(leaked(bytes + 100, 300), "a template");
    assert_string_equal(leaked((const uint8_t *)"xxSubjectZebra-4711", 19), PERSON);
    assert_string_equal(leaked(f.keyring->secrets->sets[0].ring, 32), "a key");
}

static void open_store(void **state)
{
    (void)state;
    /* Database, log, index and keyring at least. */
    assert_true(search_files() >= 4);
    assert_null(leaked((const uint8_t *)f.log, strlen(f.log)));
}

static void within_a_transaction(void **state)
{
    (void)state;
    bf_galleries g = {0};
    bf_person *p = bf_locked_alloc(&f.c, sizeof *p);
    char name[BF_NAME_BYTES];
    uint8_t bytes[FAKE_BYTES];
    fake_bytes(0, bytes, sizeof bytes);
    bf_new_sample s = {
        .rec = {.modality = BF_FINGER, .position = 1, .quality = 1, .len = FAKE_BYTES},
        .bytes = bytes};
    bf_new_encounter e = {.time_s = 1, .samples = &s, .sample_count = 1};
    assert_int_equal(bf_sql__exec(&f.c, &f.st->sql, "PRAGMA cache_size=1"), BF_OK);
    assert_int_equal(bf_store__begin(&f.c, f.st, 1), BF_OK);
    assert_int_equal(bf_galleries__load(&f.c, f.st, &g), BF_OK);
    assert_int_equal(bf_person__find(&f.c, f.st, PERSON, p), BF_OK);
    for (int i = 0; i < 200; i++) {
        assert_int_equal(bf_person__add_encounter(&f.c, f.st, p, &g, &e, name), BF_OK);
    }
    search_files();
    bf_store__rollback(&f.c, f.st);
    bf_galleries__free(&f.c, &g);
    bf_locked_free(p);
}

static void killed_process(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (!child) {
        fixture mine = f;
        mine.st = NULL;
        mine.keyring = NULL;
        fixture_ctx(&mine.c);
        if (fixture_open(&mine)) _exit(1);
        if (fake_enroll(&mine, PERSON, "e-after", GALLERY, 3, 2, 1)) _exit(2);
        bf_store__begin(&mine.c, mine.st, 1);
        kill(getpid(), SIGKILL);
    }
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status));
    search_files();
}

static void exported(void **state)
{
    (void)state;
    char path[120];
    uint8_t *plain, *sealed, to[32], from[32];
    size_t plain_len, sealed_len;
    uint64_t id;
    memset(from, 7, sizeof from);
    memset(to, 9, sizeof to);
    assert_int_equal(bf_store__begin(&f.c, f.st, 0), BF_OK);
    assert_int_equal(bf_parcel__write(&f.c, f.st, PERSON, 1, &id, &plain, &plain_len), BF_OK);
    bf_store__rollback(&f.c, f.st);
    assert_non_null(leaked(plain, plain_len));
    assert_int_equal(bf_sealed__make(&f.c, from, to, NULL, plain, plain_len, &sealed, &sealed_len),
                     BF_OK);
    snprintf(path, sizeof path, "%s/export", f.dir);
    assert_int_equal(bf_file__create(&f.c, path, sealed, sealed_len), BF_OK);
    bf_ctx_release(&f.c, plain);
    bf_ctx_release(&f.c, sealed);
    search_files();
}

static void after_rotation_and_deletion(void **state)
{
    (void)state;
    assert_int_equal(bf_store__rotate(&f.c, f.st), BF_OK);
    search_files();
    assert_int_equal(fake_enroll(&f, "other", "e1", GALLERY, 5, 1, 0), BF_OK);
    assert_int_equal(bf_store__delete(&f.c, f.st, PERSON, NULL), BF_OK);
    search_files();
    assert_null(leaked((const uint8_t *)f.log, strlen(f.log)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_search_finds),
        cmocka_unit_test(open_store),
        cmocka_unit_test(within_a_transaction),
        cmocka_unit_test(killed_process),
        cmocka_unit_test(exported),
        cmocka_unit_test(after_rotation_and_deletion),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
