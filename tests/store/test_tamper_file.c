/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is not a row: schema, indices, files beside the store, a file written into while it is open
 * or put back as a whole, a long audit log; and bits flipped anywhere in the file, which never
 * change what is read without being found.
 */
#include <fcntl.h>

#include "store/attack.h"

static void schema_altered(void **state)
{
    (void)state;
    static const char *const attacks[] = {
        "CREATE TABLE extra(x)",
        "CREATE INDEX extra ON sample(encounter)",
        "CREATE VIEW extra AS SELECT * FROM sample",
        "CREATE TRIGGER extra AFTER INSERT ON person BEGIN DELETE FROM member; END",
        "DROP INDEX sample_person",
        "ALTER TABLE sample ADD COLUMN x",
        "ALTER TABLE meta RENAME TO atem",
        "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql=sql||' ' WHERE name='person'",
    };
    for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
        restore();
        attack(attacks[i]);
        if (fixture_open(&f) != BF_ETAMPER) fail_msg("%s: opened", attacks[i]);
        assert_non_null(strstr(f.c.error, "people.bf"));
    }
    restore();
    attack("PRAGMA user_version=2");
    assert_int_equal(fixture_open(&f), BF_EVERSION);
    restore();
    attack("PRAGMA application_id=7");
    assert_int_equal(fixture_open(&f), BF_EFORMAT);
    restore();
    attack("PRAGMA journal_mode=DELETE");
    assert_int_equal(fixture_open(&f), BF_ETAMPER);
}

/* Index entries that lead nowhere: the rows are there, but a look-up by person does not meet them.
 */
static void rows_hidden_from_the_index(void **state)
{
    (void)state;
    size_t samples;
    uint32_t findings;
    restore();
    attack("CREATE TABLE kept AS SELECT id,person,(SELECT sql FROM sqlite_schema WHERE "
           "name='sample_person') AS text,(SELECT rootpage FROM sqlite_schema WHERE "
           "name='sample_person') AS page FROM sample;"
           "UPDATE sample SET person=777;"
           "PRAGMA writable_schema=ON; DELETE FROM sqlite_schema WHERE name='sample_person'");
    attack("UPDATE sample SET person=(SELECT person FROM kept WHERE kept.id=sample.id);"
           "PRAGMA writable_schema=ON; INSERT INTO sqlite_schema SELECT 'index','sample_person',"
           "'sample',page,text FROM kept LIMIT 1");
    attack("DROP TABLE kept");
    assert_int_equal(fixture_open(&f), BF_OK);
    assert_int_equal(load_all(&f, NULL, &samples), BF_ETAMPER);
    assert_non_null(strstr(f.c.error, "encounter e1 of P-1: 0 of 2 sample rows are there"));
    assert_int_equal(export_one("P-1"), BF_ETAMPER);
    assert_int_equal(check_all(&f, &findings), BF_ETAMPER);
}

/* The file written into behind SQLite's back, while a process keeps the store open. */
static void person_put_back_while_open(void **state)
{
    (void)state;
    enum { ROW = 32 + 72 + 296 }; /* hash, wrapped, sealed */
    uint8_t before[ROW], after[ROW];
    char path[120];
    size_t len, at = 0;
    bf_person *p = bf_locked_alloc(&f.c, sizeof *p);
    assert_non_null(p);
    restore();
    for (int i = 0; i < 2; i++) {
        sqlite3_stmt *q;
        assert_int_equal(fixture_open(&f), BF_OK);
        assert_int_equal(
            sqlite3_prepare_v2(f.st->sql.db,
                               "SELECT CAST(hash||wrapped||sealed AS BLOB) FROM person "
                               "ORDER BY id DESC LIMIT 1",
                               -1, &q, NULL),
            SQLITE_OK);
        assert_int_equal(sqlite3_step(q), SQLITE_ROW);
        assert_int_equal(sqlite3_column_bytes(q, 0), ROW);
        memcpy(i ? after : before, sqlite3_column_blob(q, 0), ROW);
        sqlite3_finalize(q);
        if (!i) assert_int_equal(fake_enroll(&f, "P-2", "e9", NULL, 9, 1, 0), BF_OK);
        checkpoint();
        if (!i) fixture_close(&f);
    }
    assert_int_equal(bf_store__begin(&f.c, f.st, 0), BF_OK);
    assert_int_equal(bf_person__find(&f.c, f.st, "P-2", p), BF_OK);
    bf_store__rollback(&f.c, f.st);
    uint8_t *data = read_whole(f.db, &len);
    while (at + ROW <= len && memcmp(data + at, after, ROW) != 0) at++;
    free(data);
    assert_true(at + ROW <= len);
    snprintf(path, sizeof path, "%s", f.db);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, before, ROW, (off_t)at), ROW);
    close(fd);
    assert_int_equal(sqlite3_db_release_memory(f.st->sql.db), SQLITE_OK);
    assert_int_equal(bf_store__begin(&f.c, f.st, 0), BF_OK);
    assert_int_equal(bf_person__find(&f.c, f.st, "P-2", p), BF_ETAMPER);
    assert_non_null(strstr(f.c.error, "put back while the store was open"));
    assert_int_equal(bf_person__find(&f.c, f.st, "P-1", p), BF_OK);
    assert_int_equal(bf_person__find(&f.c, f.st, "P-9", p), BF_ENOENT);
    bf_store__rollback(&f.c, f.st);
    bf_locked_free(p);
}

/* A long log: its end is looked at when the store is opened, all of it by fsck. */
static void long_log(void **state)
{
    (void)state;
    char sql[200];
    size_t samples;
    uint32_t findings;
    bf_audit_rec rec = {.operation = BF_OP_VERIFY};
    restore();
    assert_int_equal(fixture_open(&f), BF_OK);
    assert_int_equal(bf_store__begin(&f.c, f.st, 1), BF_OK);
    while (f.st->meta.audit_count < BF_LOG_END_ENTRIES + 100) {
        assert_int_equal(bf_log__append(&f.c, f.st, &rec), BF_OK);
    }
    assert_int_equal(bf_store__commit(&f.c, f.st), BF_OK);
    checkpoint();
    fixture_close(&f);
    copy_file(f.db, saved);
    assert_int_equal(fixture_open(&f), BF_OK);
    assert_int_equal(load_all(&f, NULL, &samples), BF_OK);
    static const struct {
        const char *change;
        uint32_t entry;
        int where;
    } attacks[] = {
        {"DELETE FROM audit", 50, BY_FSCK},
        {"UPDATE audit SET sealed=zeroblob(1064)", 99, BY_FSCK},
        {"DELETE FROM audit", 100, AT_LOAD}, /* the link before the end */
        {"UPDATE audit SET chain=zeroblob(32)", 100, AT_LOAD},
        {"DELETE FROM audit", 101, AT_LOAD},
        {"UPDATE audit SET sealed=zeroblob(1064)", 700, AT_LOAD},
        {"UPDATE audit SET chain=zeroblob(32)", 1100, AT_LOAD},
        {"DELETE FROM audit", 1100, AT_LOAD},
    };
    for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
        snprintf(sql, sizeof sql, "%s WHERE id=%u", attacks[i].change, attacks[i].entry);
        restore();
        attack(sql);
        assert_int_equal(fixture_open(&f), BF_OK);
        bf_status expected = attacks[i].where == AT_LOAD ? BF_ETAMPER : BF_OK;
        if (load_all(&f, NULL, &samples) != expected) fail_msg("%s: load says otherwise", sql);
        if (check_all(&f, &findings) != BF_ETAMPER) fail_msg("%s: fsck finds nothing", sql);
        assert_non_null(strstr(f.c.error, "audit"));
    }
    /* Rotation seals the whole of it anew, in pieces. */
    restore();
    assert_int_equal(fixture_open(&f), BF_OK);
    assert_int_equal(bf_store__rotate(&f.c, f.st), BF_OK);
    assert_int_equal(f.st->meta.audit_count, BF_LOG_END_ENTRIES + 101);
    assert_int_equal(check_all(&f, &findings), BF_OK);
}

static void files_beside_refused(void **state)
{
    (void)state;
    char journal[120], victim[120];
    restore();
    snprintf(journal, sizeof journal, "%s-journal", f.db);
    write_whole(journal, (const uint8_t *)"x", 1);
    assert_int_equal(fixture_open(&f), BF_ETAMPER);
    unlink(journal);
    fixture_close(&f);
    /* A log that is a link would have us write into somebody's file. */
    snprintf(victim, sizeof victim, "%s/victim", f.dir);
    write_whole(victim, (const uint8_t *)"mine", 4);
    snprintf(journal, sizeof journal, "%s-wal", f.db);
    assert_int_equal(symlink(victim, journal), 0);
    assert_int_equal(fixture_open(&f), BF_ETAMPER);
    unlink(journal);
    /* So would a second name of it where a new keyring is written. */
    size_t len;
    snprintf(journal, sizeof journal, "%s.new", f.keys);
    assert_int_equal(link(victim, journal), 0);
    bf_file__sweep(&f.c, f.keys);
    assert_int_equal(access(journal, F_OK), -1);
    uint8_t *data = read_whole(victim, &len);
    assert_int_equal(len, 4);
    assert_memory_equal(data, "mine", 4);
    free(data);
}

/* Everything a reader gets, as one number. */
static uint64_t fingerprint(void)
{
    bf_loaded loaded;
    uint64_t h = 1469598103934665603ull;
    const bf_directory *all = &f.st->directory;
    bf_person *p = bf_locked_alloc(&f.c, sizeof *p);
    bf_arena_reset(&f.c.arena);
    assert_int_equal(bf_store__begin(&f.c, f.st, 0), BF_OK);
    assert_int_equal(bf_directory__load(&f.c, f.st), BF_OK);
    for (size_t i = 0; i < all->count; i++) {
        assert_int_equal(bf_person__find_id(&f.c, f.st, all->entries[i].id, p), BF_OK);
        assert_int_equal(bf_person__load(&f.c, f.st, p, &loaded), BF_OK);
        for (const char *n = p->rec.name; *n; n++) h = (h ^ (uint8_t)*n) * 1099511628211ull;
        for (uint32_t j = 0; j < loaded.sample_count; j++) {
            for (uint32_t k = 0; k < loaded.samples[j].rec.len; k++) {
                h = (h ^ loaded.samples[j].bytes[k]) * 1099511628211ull;
            }
        }
    }
    bf_store__rollback(&f.c, f.st);
    bf_locked_free(p);
    return h;
}

static void bits_flipped_anywhere(void **state)
{
    (void)state;
    size_t len, samples;
    uint32_t x = 12345, found = 0, silent = 0;
    uint8_t *data = read_whole(saved, &len);
    restore();
    assert_int_equal(fixture_open(&f), BF_OK);
    uint64_t truth = fingerprint();
    for (int i = 0; i < 400; i++) {
        restore();
        x = x * 1664525u + 1013904223u;
        size_t at = (size_t)(((uint64_t)x * len) >> 32);
        data[at] ^= (uint8_t)(1u << (i % 8));
        write_whole(f.db, data, len);
        data[at] ^= (uint8_t)(1u << (i % 8));
        bf_status st = fixture_open(&f);
        if (!st) st = load_all(&f, NULL, &samples);
        bf_status checked = st ? st : check_all(&f, NULL);
        if (!st && fingerprint() != truth) fail_msg("byte %zu: altered and not found", at);
        if (checked)
            found++;
        else
            silent++; /* a page's unused bytes: nobody reads them */
    }
    free(data);
    print_message("# %u of 400 flipped bits found, %u in unused bytes\n", found, silent);
    assert_true(found > 200);
}

static void file_cut_off(void **state)
{
    (void)state;
    size_t len, samples;
    uint8_t *data = read_whole(saved, &len);
    for (size_t cut = 0; cut < len; cut += cut < 8192 ? 512 : 4096) {
        restore();
        write_whole(f.db, data, cut);
        bf_status st = fixture_open(&f);
        if (!st) st = load_all(&f, NULL, &samples);
        if (!st) st = check_all(&f, NULL);
        if (st != BF_ETAMPER && st != BF_EFORMAT) fail_msg("cut at %zu: %d %s", cut, st, f.c.error);
    }
    free(data);
}

static void rollback_needs_a_witness(void **state)
{
    (void)state;
    uint8_t witness[32], same[32];
    bf_check_opts opts = {.struct_size = sizeof opts};
    restore();
    assert_int_equal(fixture_open(&f), BF_OK);
    assert_int_equal(fake_enroll(&f, "P-3", "e1", "staff", 30, 1, 0), BF_OK);
    assert_int_equal(bf_store__begin(&f.c, f.st, 0), BF_OK);
    uint64_t counter = f.st->meta.counter;
    bf_store__witness(f.st, witness);
    opts.expect_counter = counter;
    opts.expect_witness = witness;
    assert_int_equal(bf_store__check(&f.c, f.st, &opts), BF_OK);
    bf_store__rollback(&f.c, f.st);
    restore(); /* the whole file put back */
    assert_int_equal(fixture_open(&f), BF_OK);
    assert_int_equal(check_all(&f, NULL), BF_OK);
    assert_int_equal(bf_store__begin(&f.c, f.st, 0), BF_OK);
    assert_int_equal(bf_store__check(&f.c, f.st, &opts), BF_ETAMPER);
    assert_non_null(strstr(f.c.error, "put back in time"));
    bf_store__witness(f.st, same);
    assert_memory_not_equal(same, witness, 32);
    bf_store__rollback(&f.c, f.st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schema_altered),
        cmocka_unit_test(rows_hidden_from_the_index),
        cmocka_unit_test(person_put_back_while_open),
        cmocka_unit_test(files_beside_refused),
        cmocka_unit_test(bits_flipped_anywhere),
        cmocka_unit_test(file_cut_off),
        cmocka_unit_test(rollback_needs_a_witness),
        cmocka_unit_test(long_log), /* last: it changes the keys */
    };
    return cmocka_run_group_tests(tests, make, drop);
}
