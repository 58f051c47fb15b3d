/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An attacker with the files and without the keys (A2): every kind of change to every table is
 * found when the store is loaded or by fsck, and named; and bits flipped anywhere in the file never
 * change what is read without being found.
 */
#include "store/fixture.h"

#include <sqlite3.h>

static fixture f;
static char saved[120];

static void checkpoint(void)
{
    assert_int_equal(bf_sql__checkpoint(&f.c, &f.st->sql), BF_OK);
}

static int make(void **state)
{
    (void)state;
    fixture_make(&f);
    snprintf(saved, sizeof saved, "%s/saved.bf", f.dir);
    assert_int_equal(fake_enroll(&f, "P-1", "e1", "staff", 1, 2, 1), BF_OK);
    assert_int_equal(fake_enroll(&f, "P-2", "e1", "staff", 2, 2, 1), BF_OK);
    assert_int_equal(fake_enroll(&f, "P-1", "e2", "guests", 3, 3, 0), BF_OK);
    checkpoint();
    fixture_close(&f);
    copy_file(f.db, saved);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    fixture_drop(&f);
    return 0;
}

static void restore(void)
{
    char side[120];
    fixture_close(&f);
    snprintf(side, sizeof side, "%s-wal", f.db);
    unlink(side);
    snprintf(side, sizeof side, "%s-shm", f.db);
    unlink(side);
    copy_file(saved, f.db);
}

/* Run SQL on the file as the attacker would. */
static void attack(const char *sql)
{
    sqlite3 *db;
    char *error = NULL;
    assert_int_equal(sqlite3_open(f.db, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &error)) fail_msg("%s: %s", sql, error);
    sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
    sqlite3_close(db);
}

/* Where a change must be found. */
#define AT_LOAD 1
#define BY_FSCK 2

/* @param named  what the message must contain */
static void expect_found(const char *sql, int where, const char *named)
{
    size_t samples;
    uint32_t findings = 0;
    restore();
    attack(sql);
    bf_status st = fixture_open(&f);
    if (!st) {
        bf_status loaded = load_all(&f, NULL, &samples);
        if (where & AT_LOAD) {
            if (loaded != BF_ETAMPER) fail_msg("%s: loaded (%d)", sql, loaded);
        }
        if (loaded && named && !strstr(f.c.error, named)) {
            fail_msg("%s: load says '%s', not '%s'", sql, f.c.error, named);
        }
        st = check_all(&f, &findings);
        if (!findings) fail_msg("%s: fsck finds nothing", sql);
    }
    if (st != BF_ETAMPER) fail_msg("%s: %d %s", sql, st, f.c.error);
    if (!findings && named && !strstr(f.c.error, named)) fail_msg("%s: '%s'", sql, f.c.error);
}

static void untouched_is_good(void **state)
{
    (void)state;
    size_t samples;
    uint32_t findings;
    restore();
    assert_int_equal(fixture_open(&f), BF_OK);
    assert_int_equal(load_all(&f, "staff", &samples), BF_OK);
    assert_int_equal(samples, 7);
    assert_int_equal(check_all(&f, &findings), BF_OK);
    assert_int_equal(findings, 0);
}

static void rows_removed(void **state)
{
    (void)state;
    expect_found("DELETE FROM sample WHERE id=(SELECT min(id) FROM sample)", AT_LOAD,
                 "encounter e1 of P-1: 1 of 2 sample rows are there");
    expect_found("DELETE FROM encounter WHERE id=(SELECT max(id) FROM encounter)", AT_LOAD,
                 "its encounter row");
    expect_found("DELETE FROM encounter", AT_LOAD, "its encounter row");
    expect_found("DELETE FROM person WHERE id=(SELECT max(id) FROM person)", AT_LOAD,
                 "was removed: its encounters are still there");
    expect_found("DELETE FROM member; DELETE FROM person", AT_LOAD, "gallery staff: 0 member rows");
    expect_found("DELETE FROM member WHERE id=(SELECT min(id) FROM member)", AT_LOAD,
                 "gallery staff: 1 member rows where 2 belong");
    expect_found("DELETE FROM gallery WHERE id=(SELECT min(id) FROM gallery)", AT_LOAD,
                 "gallery rows: 1 where 2 belong");
    expect_found("DELETE FROM image WHERE id=(SELECT min(id) FROM image)", BY_FSCK, NULL);
    expect_found("DELETE FROM audit WHERE id=2", BY_FSCK, NULL);
    expect_found("DELETE FROM audit WHERE id=(SELECT max(id) FROM audit)", BY_FSCK, NULL);
    expect_found("DELETE FROM meta", AT_LOAD, "the meta row was removed");
    /* A person with all that belongs to it. */
    expect_found("DELETE FROM sample WHERE person=(SELECT max(id) FROM person);"
                 "DELETE FROM encounter WHERE person=(SELECT max(id) FROM person);"
                 "DELETE FROM image WHERE person=(SELECT max(id) FROM person);"
                 "DELETE FROM member WHERE person=(SELECT max(id) FROM person);"
                 "DELETE FROM person WHERE id=(SELECT max(id) FROM person)",
                 AT_LOAD, "gallery staff: 1 member rows");
}

static void rows_moved_and_swapped(void **state)
{
    (void)state;
    static const char *const tables[] = {"encounter", "sample", "member"};
    char sql[700], named[64];
    for (size_t i = 0; i < 3; i++) {
        const char *t = tables[i];
        snprintf(named, sizeof named, "%s row", t);
        /* To the other person. */
        snprintf(
            sql, sizeof sql,
            "UPDATE %s SET person=(SELECT max(id) FROM person) WHERE id=(SELECT min(id) FROM %s)",
            t, t);
        expect_found(sql, AT_LOAD, named);
        /* Contents of two rows swapped. */
        snprintf(
            sql, sizeof sql,
            "CREATE TEMP TABLE t AS SELECT id,sealed FROM %s WHERE id IN ((SELECT min(id) FROM "
            "%s),(SELECT max(id) FROM %s)); UPDATE %s SET sealed=(SELECT sealed FROM t WHERE "
            "t.id<>%s.id) WHERE id IN (SELECT id FROM t)",
            t, t, t, t, t);
        expect_found(sql, AT_LOAD, named);
        /* Another number. */
        snprintf(sql, sizeof sql, "UPDATE %s SET id=id+1000000 WHERE id=(SELECT min(id) FROM %s)",
                 t, t);
        expect_found(sql, AT_LOAD, named);
    }
    expect_found("UPDATE sample SET encounter=(SELECT max(id) FROM encounter) WHERE id=(SELECT "
                 "min(id) FROM sample)",
                 AT_LOAD, "sample row");
    expect_found("UPDATE member SET encounter=(SELECT max(id) FROM encounter) WHERE id=(SELECT "
                 "min(id) FROM member)",
                 AT_LOAD, "member row");
    expect_found("UPDATE member SET gallery=(SELECT max(id) FROM gallery) WHERE id=(SELECT "
                 "min(id) FROM member)",
                 AT_LOAD, "member row");
    expect_found("UPDATE image SET person=(SELECT max(id) FROM person)", BY_FSCK, NULL);
    expect_found("UPDATE image SET encounter=(SELECT max(id) FROM encounter)", BY_FSCK, NULL);
    /* Two persons' keys, contents, or hashes swapped: who is who. */
    static const char *const columns[] = {"hash", "wrapped", "sealed"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(sql, sizeof sql,
                 "DROP INDEX person_hash; CREATE TEMP TABLE t AS SELECT id,%s AS v FROM person; "
                 "UPDATE person SET %s=(SELECT v FROM t WHERE t.id<>person.id); "
                 "CREATE UNIQUE INDEX person_hash ON person(hash)",
                 columns[i], columns[i]);
        expect_found(sql, AT_LOAD, "person row");
    }
    expect_found("UPDATE person SET id=id+64", AT_LOAD, NULL);
    expect_found("CREATE TEMP TABLE t AS SELECT id,sealed,hash FROM gallery; UPDATE gallery SET "
                 "sealed=(SELECT sealed FROM t WHERE t.id<>gallery.id),hash=(SELECT hash FROM t "
                 "WHERE t.id<>gallery.id)",
                 AT_LOAD, "gallery row");
    expect_found(
        "CREATE TEMP TABLE t AS SELECT * FROM audit; UPDATE audit SET sealed=(SELECT sealed "
        "FROM t WHERE t.id=5-audit.id) WHERE id IN (2,3)",
        BY_FSCK, NULL);
}

static void rows_duplicated(void **state)
{
    (void)state;
    expect_found("INSERT INTO sample SELECT id+500000,person,encounter,sealed FROM sample LIMIT 1",
                 AT_LOAD, "sample row");
    expect_found("INSERT INTO encounter SELECT id+500000,person,sealed FROM encounter LIMIT 1",
                 AT_LOAD, "encounter row");
    expect_found("INSERT INTO image SELECT id+500000,person,encounter,sealed FROM image LIMIT 1",
                 BY_FSCK, NULL);
    expect_found("INSERT INTO member SELECT id+500000,person,encounter,gallery,sealed FROM member "
                 "LIMIT 1",
                 AT_LOAD, "member row");
    /* Somebody put into a gallery by copying his membership of another. */
    expect_found("INSERT INTO member SELECT id+1,person,encounter,(SELECT max(id) FROM gallery),"
                 "sealed FROM member ORDER BY id DESC LIMIT 1",
                 AT_LOAD, "member row");
    expect_found("INSERT INTO gallery SELECT id+500000,hash,sealed FROM gallery LIMIT 1", AT_LOAD,
                 "gallery row");
    expect_found("INSERT INTO person SELECT id+500000,randomblob(32),wrapped,sealed FROM person "
                 "LIMIT 1",
                 AT_LOAD, "person row");
    expect_found("INSERT INTO audit SELECT id+1,sealed,chain FROM audit ORDER BY id DESC LIMIT 1",
                 BY_FSCK, NULL);
    expect_found("INSERT INTO meta SELECT id+1,store,keyring,keyset,checkvalue,sealed FROM meta",
                 AT_LOAD, "meta row");
    /* Rows of nobody, and rows in front of the first. */
    expect_found("INSERT INTO sample SELECT -id,person,encounter,sealed FROM sample LIMIT 1",
                 BY_FSCK, NULL);
    expect_found("INSERT INTO encounter SELECT id+500000,777,sealed FROM encounter LIMIT 1",
                 BY_FSCK, NULL);
}

/* A bit, the length and the type of every column of every row. */
static void cells_altered(void **state)
{
    (void)state;
    static const struct {
        const char *table, *column;
        int where;
    } cells[] = {
        {"meta", "store", AT_LOAD},      {"meta", "keyring", AT_LOAD},
        {"meta", "checkvalue", AT_LOAD}, {"meta", "sealed", AT_LOAD},
        {"person", "hash", AT_LOAD},     {"person", "wrapped", AT_LOAD},
        {"person", "sealed", AT_LOAD},   {"encounter", "sealed", AT_LOAD},
        {"sample", "sealed", AT_LOAD},   {"image", "sealed", BY_FSCK},
        {"gallery", "hash", AT_LOAD},    {"gallery", "sealed", AT_LOAD},
        {"member", "sealed", AT_LOAD},   {"audit", "sealed", BY_FSCK},
        {"audit", "chain", BY_FSCK},
    };
    /* A byte becomes 00, or ff where it was 00 already. */
    static const char *const changes[] = {
        "CAST(substr(%s,1,length(%s)-1)||iif(substr(%s,-1)=x'00',x'ff',x'00') AS BLOB)",
        "CAST(iif(substr(%s,1,1)=x'00',x'ff',x'00')||substr(%s,2,length(%s)) AS BLOB)",
        "substr(%s,1,length(%s)/2)",
        "CAST(%s||x'00' AS BLOB)",
        "x''",
        "'text'",
        "17",
        "CAST(%s AS TEXT)",
    };
    char sql[300], value[120];
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        for (size_t j = 0; j < sizeof changes / sizeof changes[0]; j++) {
            const char *col = cells[i].column;
            snprintf(value, sizeof value, changes[j], col, col, col);
            snprintf(sql, sizeof sql, "UPDATE %s SET %s=%s WHERE id=(SELECT max(id) FROM %s)",
                     cells[i].table, col, value, cells[i].table);
            expect_found(sql, cells[i].where, NULL);
        }
    }
}

static void rows_put_back(void **state)
{
    (void)state;
    char old[120], sql[700];
    restore();
    snprintf(old, sizeof old, "%s/old.bf", f.dir);
    copy_file(saved, old);
    assert_int_equal(fixture_open(&f), BF_OK);
    assert_int_equal(fake_enroll(&f, "P-2", "e2", "staff", 9, 1, 0), BF_OK);
    checkpoint();
    fixture_close(&f);
    char now[120];
    snprintf(now, sizeof now, "%s/now.bf", f.dir);
    copy_file(f.db, now);
    copy_file(now, saved);
    static const struct {
        const char *table, *named;
    } tables[] = {{"person", "P-2"}, {"gallery", "gallery rows"}, {"meta", NULL}};
    for (size_t i = 0; i < 3; i++) {
        snprintf(sql, sizeof sql,
                 "ATTACH '%s' AS old; DELETE FROM main.%s; INSERT INTO main.%s SELECT "
                 "* FROM old.%s",
                 old, tables[i].table, tables[i].table, tables[i].table);
        expect_found(sql, AT_LOAD, tables[i].named);
    }
    /* The person and all its rows as they were: a whole that fits together, but of an earlier time.
     */
    snprintf(
        sql, sizeof sql,
        "ATTACH '%s' AS old; DELETE FROM main.person; INSERT INTO main.person SELECT * FROM "
        "old.person; DELETE FROM main.encounter; INSERT INTO main.encounter SELECT * FROM "
        "old.encounter; DELETE FROM main.sample; INSERT INTO main.sample SELECT * FROM old.sample;"
        "DELETE FROM main.member WHERE id NOT IN (SELECT id FROM old.member)",
        old);
    expect_found(sql, AT_LOAD, "gallery staff");
    /* A deleted membership comes back. */
    restore();
    assert_int_equal(fixture_open(&f), BF_OK);
    const char *none[1] = {NULL};
    assert_int_equal(bf_store__set_galleries(&f.c, f.st, "P-1", "e2", none, 0), BF_OK);
    checkpoint();
    fixture_close(&f);
    copy_file(f.db, saved);
    snprintf(sql, sizeof sql,
             "ATTACH '%s' AS old; INSERT INTO main.member SELECT * FROM old.member "
             "WHERE id NOT IN (SELECT id FROM main.member)",
             old);
    expect_found(sql, AT_LOAD, "gallery guests: 1 member rows where 0 belong");
    copy_file(old, saved);
}

/* An encounter is erased: what remains of the person is sealed anew, but not what was altered. */
static void altered_rows_get_no_new_seal(void **state)
{
    (void)state;
    uint32_t findings = 0;
    restore();
    attack("DELETE FROM image WHERE id=(SELECT min(id) FROM image)");
    assert_int_equal(fixture_open(&f), BF_OK);
    assert_int_equal(bf_store__delete(&f.c, f.st, "P-1", "e2"), BF_ETAMPER);
    assert_non_null(strstr(f.c.error, "images of P-1: 1 rows where 2 belong"));
    assert_int_equal(check_all(&f, &findings), BF_ETAMPER);
    assert_true(findings > 0);
}

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

/* An index entry that leads nowhere: the row is there, but a look-up by id does not meet it. */
static void person_hidden_from_the_index(void **state)
{
    (void)state;
    bf_person *p = bf_locked_alloc(&f.c, sizeof *p);
    assert_non_null(p);
    restore();
    attack("CREATE TABLE kept AS SELECT id,hash,(SELECT sql FROM sqlite_schema WHERE "
           "name='person_hash') AS text,(SELECT rootpage FROM sqlite_schema WHERE "
           "name='person_hash') AS page FROM person;"
           "UPDATE person SET hash=zeroblob(31)||char(id);"
           "PRAGMA writable_schema=ON; DELETE FROM sqlite_schema WHERE name='person_hash'");
    attack("UPDATE person SET hash=(SELECT hash FROM kept WHERE kept.id=person.id);"
           "PRAGMA writable_schema=ON; INSERT INTO sqlite_schema SELECT 'index','person_hash',"
           "'person',page,text FROM kept LIMIT 1");
    attack("DROP TABLE kept");
    assert_int_equal(fixture_open(&f), BF_OK);
    assert_int_equal(bf_store__check_persons(&f.c, f.st), BF_OK);
    assert_int_equal(bf_person__find(&f.c, f.st, "P-1", p), BF_ENOENT);
    assert_int_equal(bf_person__find_surely(&f.c, f.st, "P-1", p), BF_ETAMPER);
    assert_int_equal(bf_store__delete(&f.c, f.st, "P-1", NULL), BF_ETAMPER);
    assert_non_null(strstr(f.c.error, "index of the person rows"));
    assert_int_equal(bf_person__find_surely(&f.c, f.st, "P-9", p), BF_ENOENT);
    bf_locked_free(p);
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
    uint64_t *ids = NULL, h = 1469598103934665603ull;
    size_t count = 0;
    bf_person *p = bf_locked_alloc(&f.c, sizeof *p);
    bf_arena_reset(&f.c.arena);
    assert_int_equal(bf_store__begin(&f.c, f.st, 0), BF_OK);
    assert_int_equal(bf_store__person_ids(&f.c, f.st, &ids, &count), BF_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(bf_person__find_id(&f.c, f.st, ids[i], p), BF_OK);
        assert_int_equal(bf_person__load(&f.c, f.st, p, &loaded), BF_OK);
        for (const char *n = p->rec.name; *n; n++) h = (h ^ (uint8_t)*n) * 1099511628211ull;
        for (uint32_t j = 0; j < loaded.sample_count; j++) {
            for (uint32_t k = 0; k < loaded.samples[j].rec.len; k++) {
                h = (h ^ loaded.samples[j].bytes[k]) * 1099511628211ull;
            }
        }
    }
    bf_store__rollback(&f.c, f.st);
    bf_ctx_release(&f.c, ids);
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
        cmocka_unit_test(untouched_is_good),
        cmocka_unit_test(rows_removed),
        cmocka_unit_test(rows_moved_and_swapped),
        cmocka_unit_test(rows_duplicated),
        cmocka_unit_test(cells_altered),
        cmocka_unit_test(rows_put_back),
        cmocka_unit_test(altered_rows_get_no_new_seal),
        cmocka_unit_test(schema_altered),
        cmocka_unit_test(person_hidden_from_the_index),
        cmocka_unit_test(files_beside_refused),
        cmocka_unit_test(bits_flipped_anywhere),
        cmocka_unit_test(file_cut_off),
        cmocka_unit_test(rollback_needs_a_witness),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
