/* SPDX-License-Identifier: Apache-2.0 */
/* An attacker with the files and without the keys: a small store, changes to it, and what must find
 * them. */
#ifndef TESTS_STORE_ATTACK_H
#define TESTS_STORE_ATTACK_H
#include <sqlite3.h>

#include "store/fixture.h"
#include "store/parcel.h"

static fixture f;
static char saved[120];

static inline void checkpoint(void)
{
    assert_int_equal(bf_sql__checkpoint(&f.c, &f.st->sql), BF_OK);
}

static inline int make(void **state)
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

static inline int drop(void **state)
{
    (void)state;
    fixture_drop(&f);
    return 0;
}

static inline void restore(void)
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
static inline void attack(const char *sql)
{
    sqlite3 *db;
    char *error = NULL;
    assert_int_equal(sqlite3_open(f.db, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &error)) fail_msg("%s: %s", sql, error);
    sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
    sqlite3_close(db);
}

/* Where a change must be found. fsck finds every one. */
#define AT_LOAD 1   /* by whatever loads the person, the gallery, the log; exports among them */
#define AT_EXPORT 2 /* by an export with images: only that reads their bytes */
#define BY_FSCK 4   /* rows of nobody: nothing ever loads them */

static inline bf_status export_one(const char *person)
{
    uint8_t *data = NULL;
    size_t len = 0;
    uint64_t id;
    bf_arena_reset(&f.c.arena);
    bf_status st = bf_store__begin(&f.c, f.st, 0);
    if (!st) st = bf_parcel__write(&f.c, f.st, person, 1, &id, &data, &len);
    bf_store__rollback(&f.c, f.st);
    bf_ctx_release(&f.c, data);
    return st;
}

/* A new process exports. */
static inline bf_status export_both(void)
{
    fixture_close(&f);
    assert_int_equal(fixture_open(&f), BF_OK);
    bf_status st = export_one("P-1");
    return st == BF_ETAMPER ? st : export_one("P-2");
}

/* @param named  what the message must contain */
static inline void expect_found(const char *sql, int where, const char *named)
{
    size_t samples;
    uint32_t findings = 0;
    restore();
    attack(sql);
    bf_status st = fixture_open(&f);
    if (!st) {
        bf_status loaded = load_all(&f, NULL, &samples);
        if ((where & AT_LOAD) && loaded != BF_ETAMPER) fail_msg("%s: loaded (%d)", sql, loaded);
        if (loaded && named && !strstr(f.c.error, named)) {
            fail_msg("%s: load says '%s', not '%s'", sql, f.c.error, named);
        }
        if (!(where & BY_FSCK) && export_both() != BF_ETAMPER) fail_msg("%s: exported", sql);
        st = check_all(&f, &findings);
        if (!findings) fail_msg("%s: fsck finds nothing", sql);
    }
    if (st != BF_ETAMPER) fail_msg("%s: %d %s", sql, st, f.c.error);
    if (!findings && named && !strstr(f.c.error, named)) fail_msg("%s: '%s'", sql, f.c.error);
}

#endif
