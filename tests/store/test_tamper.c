/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An attacker with the files and without the keys (A2): every kind of change to every table is
 * found when what was changed is loaded, and by fsck, and named. Rows here, files in
 * test_tamper_file.c.
 */
#include "store/attack.h"

static void untouched_is_good(void **state)
{
    (void)state;
    size_t samples;
    uint32_t findings;
    restore();
    assert_int_equal(fixture_open(&f), BF_OK);
    assert_int_equal(load_all(&f, "staff", &samples), BF_OK);
    assert_int_equal(samples, 7);
    assert_int_equal(export_both(), BF_OK);
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
    expect_found("DELETE FROM member; DELETE FROM person", AT_LOAD,
                 "its encounters are still there");
    expect_found("DELETE FROM member WHERE id=(SELECT min(id) FROM member)", AT_LOAD,
                 "gallery staff: 1 member rows where 2 belong");
    expect_found("DELETE FROM gallery WHERE id=(SELECT min(id) FROM gallery)", AT_LOAD,
                 "gallery rows: 1 where 2 belong");
    expect_found("DELETE FROM image WHERE id=(SELECT min(id) FROM image)", AT_LOAD,
                 "images of P-1: 1 rows where 2 belong");
    expect_found("DELETE FROM audit WHERE id=2", AT_LOAD, "audit entry 2 was removed");
    expect_found("DELETE FROM audit WHERE id=(SELECT max(id) FROM audit)", AT_LOAD,
                 "the audit log ends at entry 3 where 4 belong");
    expect_found("DELETE FROM meta", AT_LOAD, "the meta row was removed");
    /* A person with all that belongs to it. */
    expect_found("DELETE FROM sample WHERE person=(SELECT max(id) FROM person);"
                 "DELETE FROM encounter WHERE person=(SELECT max(id) FROM person);"
                 "DELETE FROM image WHERE person=(SELECT max(id) FROM person);"
                 "DELETE FROM member WHERE person=(SELECT max(id) FROM person);"
                 "DELETE FROM person WHERE id=(SELECT max(id) FROM person)",
                 AT_LOAD, "persons were removed: 0 rows where 1 belong");
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
    expect_found("UPDATE image SET person=(SELECT max(id) FROM person)", AT_LOAD, "images of P-1");
    expect_found("UPDATE image SET encounter=(SELECT max(id) FROM encounter)", AT_LOAD, "image");
    expect_found("CREATE TEMP TABLE t AS SELECT id,sealed FROM image WHERE id IN ((SELECT min(id) "
                 "FROM image),(SELECT max(id) FROM image)); UPDATE image SET sealed=(SELECT sealed "
                 "FROM t WHERE t.id<>image.id) WHERE id IN (SELECT id FROM t)",
                 AT_LOAD, "images of P-1: 2 rows where 2 belong, or one was altered");
    /* Two persons' keys, contents, or hashes swapped: who is who. */
    static const char *const columns[] = {"hash", "wrapped", "sealed"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(sql, sizeof sql,
                 "CREATE TEMP TABLE t AS SELECT id,%s AS v FROM person; "
                 "UPDATE person SET %s=(SELECT v FROM t WHERE t.id<>person.id)",
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
        AT_LOAD, "audit entry 2 was altered");
}

static void rows_duplicated(void **state)
{
    (void)state;
    expect_found("INSERT INTO sample SELECT id+500000,person,encounter,sealed FROM sample LIMIT 1",
                 AT_LOAD, "sample row");
    expect_found("INSERT INTO encounter SELECT id+500000,person,sealed FROM encounter LIMIT 1",
                 AT_LOAD, "encounter row");
    expect_found("INSERT INTO image SELECT id+500000,person,encounter,sealed FROM image LIMIT 1",
                 AT_LOAD, "images of P-1: 3 rows where 2 belong");
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
                 AT_LOAD, "audit entry 5 was altered");
    expect_found("INSERT INTO meta SELECT id+1,store,keyring,keyset,checkvalue,sealed FROM meta",
                 AT_LOAD, "meta row");
    /* Rows of nobody, and rows in front of the first. */
    expect_found("INSERT INTO sample SELECT -id,person,encounter,sealed FROM sample LIMIT 1",
                 AT_LOAD, "sample row");
    expect_found("INSERT INTO audit SELECT -id,sealed,chain FROM audit LIMIT 1", AT_LOAD,
                 "audit entry 1");
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
        {"sample", "sealed", AT_LOAD},   {"image", "sealed", AT_EXPORT},
        {"gallery", "hash", AT_LOAD},    {"gallery", "sealed", AT_LOAD},
        {"member", "sealed", AT_LOAD},   {"audit", "sealed", AT_LOAD},
        {"audit", "chain", AT_LOAD},
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
    expect_found(sql, AT_LOAD, "was put back from an earlier time: one of P-2");
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

/* What is written is built on what was read: nothing is enrolled on altered ground. */
static void nothing_is_enrolled_on_altered_rows(void **state)
{
    (void)state;
    static const char *const attacks[] = {
        "DELETE FROM person WHERE id=(SELECT max(id) FROM person)",
        "UPDATE person SET hash=randomblob(32) WHERE id=(SELECT max(id) FROM person)",
        "UPDATE person SET sealed=randomblob(296) WHERE id=(SELECT max(id) FROM person)",
        "DELETE FROM gallery WHERE id=(SELECT max(id) FROM gallery)",
        "DELETE FROM audit WHERE id=3",
        "DELETE FROM meta",
    };
    for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
        const char *none[1] = {NULL};
        restore();
        attack(attacks[i]);
        bf_status st = fixture_open(&f);
        if (!st) st = fake_enroll(&f, "P-9", "e1", "staff", 9, 1, 0);
        if (st != BF_ETAMPER) fail_msg("%s: enrolled (%d)", attacks[i], st);
        if (f.st) st = bf_store__set_galleries(&f.c, f.st, "P-1", "e2", none, 0);
        if (st != BF_ETAMPER) fail_msg("%s: galleries set (%d)", attacks[i], st);
    }
}

/* Whoever rewrites the log keeps nobody from being erased. */
static void altered_log_does_not_stop_an_erasure(void **state)
{
    (void)state;
    size_t samples;
    restore();
    attack("DELETE FROM audit WHERE id=2");
    assert_int_equal(fixture_open(&f), BF_OK);
    assert_int_equal(bf_store__delete(&f.c, f.st, "P-2", NULL), BF_OK);
    assert_int_equal(load_all(&f, NULL, &samples), BF_ETAMPER);
    assert_non_null(strstr(f.c.error, "audit entry 2 was removed"));
    assert_int_equal(bf_store__rotate(&f.c, f.st), BF_ETAMPER);
    fixture_close(&f);
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
        cmocka_unit_test(nothing_is_enrolled_on_altered_rows),
        cmocka_unit_test(altered_log_does_not_stop_an_erasure), /* last: it changes the keys */
    };
    return cmocka_run_group_tests(tests, make, drop);
}
