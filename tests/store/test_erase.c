/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Erasure: after a deletion, a full copy of database, log and index taken before it does not open
 * the person with the present key files, and no byte of a wrapped key that was is left in any file.
 */
#include "store/fixture.h"

#include <dirent.h>

#define PERSONS 400u

static fixture f;

static int make(void **state)
{
    (void)state;
    char person[32];
    fixture_make(&f);
    for (uint32_t i = 0; i < PERSONS; i++) {
        snprintf(person, sizeof person, "P-%u", (i * 7919) % PERSONS);
        assert_int_equal(fake_enroll(&f, person, "e1", "staff", i, 1, 0), BF_OK);
    }
    return 0;
}

static int drop(void **state)
{
    (void)state;
    fixture_drop(&f);
    return 0;
}

/* Every wrapped key as it stands in the table. */
typedef struct wrapped {
    uint64_t id;
    uint8_t bytes[BF_WRAPPED_KEY_BYTES];
} wrapped;

static size_t all_wrapped(bf_store *st, wrapped *out, size_t cap)
{
    size_t n = 0;
    sqlite3_stmt *q = bf_sql__get(&st->sql, BF_SQL_PERSON_ALL);
    while (n < cap && sqlite3_step(q) == SQLITE_ROW) {
        out[n].id = bf_sql_id_at(q, 0);
        memcpy(out[n++].bytes, bf_sql__blob(q, 2, BF_WRAPPED_KEY_BYTES), BF_WRAPPED_KEY_BYTES);
    }
    sqlite3_reset(q);
    return n;
}

/* How many of the wrapped keys have 16 bytes of theirs in some file of the directory. */
static size_t found_in_files(const wrapped *keys, size_t n)
{
    size_t found = 0, len;
    DIR *dir = opendir(f.dir);
    struct dirent *entry;
    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        char path[400];
        if (entry->d_name[0] == '.' || !strncmp(entry->d_name, "copy", 4)) continue;
        snprintf(path, sizeof path, "%s/%s", f.dir, entry->d_name);
        uint8_t *data = read_whole(path, &len);
        for (size_t i = 0; i < n; i++) {
            for (size_t at = 0; at + 16 <= BF_WRAPPED_KEY_BYTES; at += 8) {
                if (!contains(data, len, keys[i].bytes + at, 16)) continue;
                found++;
                break;
            }
        }
        free(data);
    }
    closedir(dir);
    return found;
}

static void copy_store(const char *prefix)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    char from[160], to[160];
    for (int i = 0; i < 3; i++) {
        snprintf(from, sizeof from, "%s%s", f.db, suffixes[i]);
        snprintf(to, sizeof to, "%s/%s.bf%s", f.dir, prefix, suffixes[i]);
        copy_file(from, to);
    }
}

static void old_copy_does_not_open(void **state)
{
    (void)state;
    static wrapped keys[PERSONS];
    fixture old = f;
    size_t n = all_wrapped(f.st, keys, PERSONS);
    assert_int_equal(n, PERSONS);
    assert_true(found_in_files(keys, n) >= n); /* the search does find them */
    copy_store("copy");
    assert_int_equal(bf_store__delete(&f.c, f.st, "P-17", NULL), BF_OK);
    assert_int_equal(found_in_files(keys, n), 0);
    assert_int_equal(count_samples(&f, "P-17"), -1);
    assert_int_equal(check_all(&f, NULL), BF_OK);
    for (uint32_t i = 0; i < PERSONS; i++) {
        char person[32];
        snprintf(person, sizeof person, "P-%u", i);
        if (i != 17) assert_int_equal(count_samples(&f, person), 1);
    }
    /* The copy, with the keyring and the key file as they are now. */
    snprintf(old.db, sizeof old.db, "%s/copy.bf", f.dir);
    old.st = NULL;
    old.keyring = NULL;
    fixture_ctx(&old.c);
    assert_int_equal(fixture_open(&old), BF_EKEY);
    assert_non_null(strstr(old.c.error, "older copy"));
    /* Nor does any key in the keyring open any wrapped key of the copy. */
    assert_int_equal(f.keyring->secrets->set_count, 1);
    bf_keyring_free(old.keyring);
    bf_arena_done(&old.c.arena);
}

/* The keys the process holds while it has a deletion behind it. */
static void old_ring_key_is_nowhere(void **state)
{
    (void)state;
    uint8_t ring[BF_KEY_BYTES];
    size_t len;
    memcpy(ring, f.keyring->secrets->sets[0].ring, sizeof ring);
    assert_int_equal(bf_store__delete(&f.c, f.st, "P-18", NULL), BF_OK);
    assert_memory_not_equal(ring, f.keyring->secrets->sets[0].ring, sizeof ring);
    assert_false(
        contains((const uint8_t *)f.keyring->secrets, sizeof *f.keyring->secrets, ring, 32));
    assert_int_equal(bf_keyring__reload(&f.c, f.keyring), BF_OK);
    assert_false(
        contains((const uint8_t *)f.keyring->secrets, sizeof *f.keyring->secrets, ring, 32));
    uint8_t *data = read_whole(f.keys, &len);
    assert_false(contains(data, len, ring, 32));
    free(data);
}

static void one_encounter(void **state)
{
    (void)state;
    static wrapped keys[PERSONS];
    uint8_t sample[4096];
    size_t len = 0, n;
    assert_int_equal(fake_enroll(&f, "P-20", "e2", "guests", 9001, 3, 1), BF_OK);
    n = all_wrapped(f.st, keys, PERSONS);
    /* A sealed sample of what goes, and one of what stays: both are gone as they were, since the
     * person's key is new. */
    sqlite3_stmt *q = bf_sql__get(&f.st->sql, BF_SQL_SAMPLE + BF_SQL_ALL);
    while (sqlite3_step(q) == SQLITE_ROW) {
        len = (size_t)sqlite3_column_bytes(q, 4);
        memcpy(sample, sqlite3_column_blob(q, 4), len < sizeof sample ? len : sizeof sample);
    }
    sqlite3_reset(q);
    assert_int_equal(bf_store__delete(&f.c, f.st, "P-20", "e2"), BF_OK);
    assert_int_equal(count_samples(&f, "P-20"), 1);
    assert_int_equal(found_in_files(keys, n), 0);
    uint8_t *data = read_whole(f.db, &len);
    assert_false(contains(data, len, sample + 8, 64));
    free(data);
    assert_int_equal(check_all(&f, NULL), BF_OK);
    assert_int_equal(bf_store__delete(&f.c, f.st, "P-20", "e2"), BF_ENOENT);
    /* The last encounter takes the person along. */
    assert_int_equal(bf_store__delete(&f.c, f.st, "P-20", "e1"), BF_OK);
    assert_int_equal(count_samples(&f, "P-20"), -1);
    assert_int_equal(bf_store__delete(&f.c, f.st, "P-20", NULL), BF_ENOENT);
}

static void pending_while_somebody_reads(void **state)
{
    (void)state;
    static wrapped keys[PERSONS];
    fixture reader = f;
    reader.st = NULL;
    reader.keyring = NULL;
    fixture_ctx(&reader.c);
    assert_int_equal(fixture_open(&reader), BF_OK);
    assert_int_equal(bf_store__begin(&reader.c, reader.st, 0), BF_OK);
    size_t n = all_wrapped(f.st, keys, PERSONS);
    assert_int_equal(bf_store__delete(&f.c, f.st, "P-30", NULL), BF_EPENDING);
    assert_non_null(strstr(f.c.error, "pending"));
    assert_int_equal(count_samples(&f, "P-30"), -1); /* gone for all who look now */
    assert_int_equal(f.st->meta.pending, 1);
    assert_true(found_in_files(keys, n) > 0);
    assert_int_equal(bf_store__finish(&f.c, f.st), BF_EPENDING);
    /* The reader sees what it saw. */
    bf_person *p = bf_locked_alloc(&reader.c, sizeof *p);
    assert_int_equal(bf_person__find(&reader.c, reader.st, "P-30", p), BF_OK);
    bf_locked_free(p);
    bf_store__rollback(&reader.c, reader.st);
    assert_int_equal(bf_store__finish(&f.c, f.st), BF_OK);
    assert_int_equal(f.st->meta.pending, 0);
    assert_int_equal(found_in_files(keys, n), 0);
    /* The reader, whose keys are gone, takes the new ones. */
    assert_int_equal(count_samples(&reader, "P-30"), -1);
    assert_int_equal(count_samples(&reader, "P-31"), 1);
    assert_int_equal(reader.keyring->secrets->set_count, 1);
    fixture_close(&reader);
    bf_arena_done(&reader.c.arena);
}

static void pending_is_completed_by_opening(void **state)
{
    (void)state;
    fixture reader = f;
    reader.st = NULL;
    reader.keyring = NULL;
    fixture_ctx(&reader.c);
    assert_int_equal(fixture_open(&reader), BF_OK);
    assert_int_equal(bf_store__begin(&reader.c, reader.st, 0), BF_OK);
    assert_int_equal(bf_store__delete(&f.c, f.st, "P-40", NULL), BF_EPENDING);
    fixture_close(&f);
    assert_int_equal(fixture_open(&f), BF_OK);
    assert_int_equal(bf_store__begin(&f.c, f.st, 0), BF_OK);
    assert_int_equal(f.st->meta.pending, 1);
    bf_store__rollback(&f.c, f.st);
    bf_store__rollback(&reader.c, reader.st);
    fixture_close(&f);
    assert_int_equal(fixture_open(&f), BF_OK);
    assert_int_equal(bf_store__begin(&f.c, f.st, 0), BF_OK);
    assert_int_equal(f.st->meta.pending, 0);
    bf_store__rollback(&f.c, f.st);
    fixture_close(&reader);
    bf_arena_done(&reader.c.arena);
}

/* Between the two transactions with which one process completes its erasure, another erases, and a
 * reader keeps that one from being completed. */
typedef struct meanwhile {
    fixture other;
    sqlite3 *reader;
    wrapped keys[PERSONS];
    size_t key_count;
    int begun;
    bf_status status;
} meanwhile;

static int on_statement(unsigned type, void *user, void *statement, void *text)
{
    (void)type;
    (void)statement;
    meanwhile *m = user;
    if (strcmp(text, "BEGIN IMMEDIATE") != 0 || ++m->begun != 3) return 0;
    m->key_count = all_wrapped(m->other.st, m->keys, PERSONS);
    sqlite3_exec(m->reader, "BEGIN; SELECT count(*) FROM person", NULL, NULL, NULL);
    m->status = bf_store__delete(&m->other.c, m->other.st, "P-51", NULL);
    return 0;
}

static void one_does_not_complete_for_another(void **state)
{
    (void)state;
    static meanwhile m;
    m.other = f;
    m.other.st = NULL;
    m.other.keyring = NULL;
    fixture_ctx(&m.other.c);
    assert_int_equal(fixture_open(&m.other), BF_OK);
    assert_int_equal(sqlite3_open(f.db, &m.reader), SQLITE_OK);
    sqlite3_trace_v2(f.st->sql.db, SQLITE_TRACE_STMT, on_statement, &m);
    assert_int_equal(bf_store__delete(&f.c, f.st, "P-50", NULL), BF_OK);
    sqlite3_trace_v2(f.st->sql.db, 0, NULL, NULL);
    assert_true(m.begun >= 3);
    assert_int_equal(m.status, BF_EPENDING);
    assert_true(found_in_files(m.keys, m.key_count) > 0);
    assert_int_equal(bf_store__begin(&f.c, f.st, 0), BF_OK);
    assert_int_equal(f.st->meta.pending, 1);
    bf_store__rollback(&f.c, f.st);
    sqlite3_close(m.reader);
    assert_int_equal(bf_store__finish(&f.c, f.st), BF_OK);
    assert_int_equal(found_in_files(m.keys, m.key_count), 0);
    fixture_close(&m.other);
    bf_arena_done(&m.other.c.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(old_copy_does_not_open),
        cmocka_unit_test(old_ring_key_is_nowhere),
        cmocka_unit_test(one_encounter),
        cmocka_unit_test(pending_while_somebody_reads),
        cmocka_unit_test(pending_is_completed_by_opening),
        cmocka_unit_test(one_does_not_complete_for_another),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
