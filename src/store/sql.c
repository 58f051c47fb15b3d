/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQLite, distrusted. The file may have been made by an attacker, so: its header is read before
 * SQLite sees it; a rollback journal beside it is refused, since SQLite would replay it and might
 * remove a file it names; triggers, views, and functions in the schema are off; and the schema must
 * be the expected text to the byte. What remains is b-tree pages, whose rows carry seals.
 */
#include "store/sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vault/file.h"

#define BLOB_MAX_BYTES (40 << 20)

/* As sqlite_schema holds them, ordered by name. */
static const struct {
    const char *type, *name, *table, *text;
} schema[] = {
    {"table", "audit", "audit",
     "CREATE TABLE audit(id INTEGER PRIMARY KEY, sealed BLOB NOT NULL, chain BLOB NOT NULL)"},
    {"table", "encounter", "encounter",
     "CREATE TABLE encounter(id INTEGER PRIMARY KEY, person INTEGER NOT NULL, "
     "sealed BLOB NOT NULL)"},
    {"index", "encounter_person", "encounter",
     "CREATE INDEX encounter_person ON encounter(person)"},
    {"table", "gallery", "gallery",
     "CREATE TABLE gallery(id INTEGER PRIMARY KEY, hash BLOB NOT NULL, sealed BLOB NOT NULL)"},
    {"table", "image", "image",
     "CREATE TABLE image(id INTEGER PRIMARY KEY, person INTEGER NOT NULL, "
     "encounter INTEGER NOT NULL, sealed BLOB NOT NULL)"},
    {"index", "image_person", "image", "CREATE INDEX image_person ON image(person)"},
    {"table", "member", "member",
     "CREATE TABLE member(id INTEGER PRIMARY KEY, person INTEGER NOT NULL, "
     "encounter INTEGER NOT NULL, gallery INTEGER NOT NULL, sealed BLOB NOT NULL)"},
    {"index", "member_gallery", "member", "CREATE INDEX member_gallery ON member(gallery)"},
    {"index", "member_person", "member", "CREATE INDEX member_person ON member(person)"},
    {"table", "meta", "meta",
     "CREATE TABLE meta(id INTEGER PRIMARY KEY, store BLOB NOT NULL, keyring BLOB NOT NULL, "
     "keyset INTEGER NOT NULL, checkvalue BLOB NOT NULL, sealed BLOB NOT NULL)"},
    {"table", "person", "person",
     "CREATE TABLE person(id INTEGER PRIMARY KEY, hash BLOB NOT NULL, wrapped BLOB NOT NULL, "
     "sealed BLOB NOT NULL)"},
    {"table", "sample", "sample",
     "CREATE TABLE sample(id INTEGER PRIMARY KEY, person INTEGER NOT NULL, "
     "encounter INTEGER NOT NULL, sealed BLOB NOT NULL)"},
    {"index", "sample_person", "sample", "CREATE INDEX sample_person ON sample(person)"},
};
#define SCHEMA_ROWS (sizeof schema / sizeof schema[0])

/* A row that was put in under a negative number is not to be overlooked. */
#define SMALLEST_ID "-9223372036854775808"

/* Insert, update, delete, of one person, all: every row as (id, person, encounter, gallery, sealed)
 */
#define PERSON_ROWS(at, table, columns, values, selected)                                          \
    [(at) + BF_SQL_INSERT] =                                                                       \
        "INSERT INTO " table "(id,person," columns "sealed) VALUES(?1,?2," values "?5)",           \
            [(at) + BF_SQL_UPDATE] = "UPDATE " table " SET sealed=?5 WHERE id=?1",                 \
            [(at) + BF_SQL_DELETE] = "DELETE FROM " table " WHERE id=?1",                          \
            [(at) + BF_SQL_OF_PERSON] =                                                            \
                "SELECT id,person," selected "sealed FROM " table                                  \
                " WHERE person=?1 AND id>=coalesce(?2+1," SMALLEST_ID ") ORDER BY id",             \
            [(at) + BF_SQL_ALL] = "SELECT id,person," selected "sealed FROM " table " ORDER BY id"

static const char *const texts[BF_SQL_COUNT] = {
    [BF_SQL_META_GET] = "SELECT store,keyring,keyset,checkvalue,sealed,"
                        "(SELECT count(*) FROM meta) FROM meta WHERE id=1",
    [BF_SQL_META_PUT] = "INSERT OR REPLACE INTO meta(id,store,keyring,keyset,checkvalue,sealed) "
                        "VALUES(1,?1,?2,?3,?4,?5)",
    [BF_SQL_PERSON_INSERT] = "INSERT INTO person(id,hash,wrapped,sealed) VALUES(?1,?2,?3,?4)",
    [BF_SQL_PERSON_UPDATE] = "UPDATE person SET hash=?2,wrapped=?3,sealed=?4 WHERE id=?1",
    [BF_SQL_PERSON_BY_ID] = "SELECT id,hash,wrapped,sealed FROM person WHERE id=?1",
    [BF_SQL_PERSON_ALL] = "SELECT id,hash,wrapped,sealed FROM person ORDER BY id",
    [BF_SQL_PERSON_DELETE_ALL] = "DELETE FROM person",
    [BF_SQL_PERSON_DELETE] = "DELETE FROM person WHERE id=?1",
    [BF_SQL_GALLERY_INSERT] = "INSERT INTO gallery(id,hash,sealed) VALUES(?1,?2,?3)",
    [BF_SQL_GALLERY_UPDATE] = "UPDATE gallery SET hash=?2,sealed=?3 WHERE id=?1",
    [BF_SQL_GALLERY_ALL] = "SELECT id,hash,sealed FROM gallery ORDER BY id",
    [BF_SQL_AUDIT_INSERT] = "INSERT INTO audit(id,sealed,chain) VALUES(?1,?2,?3)",
    [BF_SQL_AUDIT_UPDATE] = "UPDATE audit SET sealed=?2,chain=?3 WHERE id=?1",
    [BF_SQL_AUDIT_FROM] = "SELECT id,sealed,chain FROM audit WHERE id>=?1 ORDER BY id",
    [BF_SQL_IMAGE_HEADS] = "SELECT id,person,encounter,length(sealed),typeof(sealed)='blob' "
                           "FROM image WHERE person=?1 ORDER BY id",
    [BF_SQL_DATA_VERSION] = "PRAGMA data_version",
    PERSON_ROWS(BF_SQL_ENCOUNTER, "encounter", "", "", "id,0,"),
    PERSON_ROWS(BF_SQL_SAMPLE, "sample", "encounter,", "?3,", "encounter,0,"),
    PERSON_ROWS(BF_SQL_IMAGE, "image", "encounter,", "?3,", "encounter,0,"),
    PERSON_ROWS(BF_SQL_MEMBER, "member", "encounter,gallery,", "?3,?4,", "encounter,gallery,"),
    [BF_SQL_MEMBERS_OF] =
        "SELECT id,person,encounter,gallery,sealed FROM member WHERE gallery=?1 ORDER BY id",
};

static bf_status no_space(bf_ctx *c, const bf_sql *sql)
{
    return bf_ctx_fail(c, BF_EFULL, "%s: no space left for it", sql->path);
}

/* errno behind a failure to read or write; SQLite forgets it when a statement is reset. */
static int system_error(const bf_sql *sql)
{
    int err = sqlite3_system_errno(sql->db);
    sqlite3_file *log = NULL;
    if (!err) sqlite3_file_control(sql->db, "main", SQLITE_FCNTL_LAST_ERRNO, &err);
    if (!err) sqlite3_file_control(sql->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    if (log && log->pMethods) log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &err);
    return err;
}

bf_status bf_sql__fail(bf_ctx *c, const bf_sql *sql)
{
    int code = sql->db ? sqlite3_extended_errcode(sql->db) : SQLITE_NOMEM;
    int io = sql->db && ((code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN);
    int err = io ? system_error(sql) : 0;
    switch (code & 0xff) {
    case SQLITE_NOMEM: BF_FAIL_NOMEM(c);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        BF_FAIL(c, BF_EBUSY, "%s: another process is writing to it: try again", sql->path);
    case SQLITE_READONLY: BF_FAIL(c, BF_EREADONLY, "%s: cannot be written to", sql->path);
    case SQLITE_FULL: return no_space(c, sql);
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
        BF_FAIL(c, BF_EREADONLY, "%s: cannot make or open its -wal file: %s", sql->path,
                err ? strerror(err) : "is the directory writable?");
    case SQLITE_NOTADB: BF_FAIL(c, BF_EFORMAT, "%s: not a Bonafide store", sql->path);
    case SQLITE_CORRUPT:
    case SQLITE_TOOBIG:
    case SQLITE_ERROR: /* our own statements have no errors: the schema was altered */
    case SQLITE_SCHEMA:
    case SQLITE_CONSTRAINT:
        BF_FAIL(c, BF_ETAMPER, "%s: damaged: %s", sql->path, sqlite3_errmsg(sql->db));
    default: break;
    }
    if (err && bf_file__status(err, 1) == BF_EFULL) return no_space(c, sql);
    /* The index file could not be made larger: there is no other cause. */
    if (code == SQLITE_IOERR_SHMSIZE) return no_space(c, sql);
    if (code == SQLITE_IOERR_SHORT_READ || code == SQLITE_IOERR_CORRUPTFS) {
        BF_FAIL(c, BF_ETAMPER, "%s: damaged or cut off", sql->path);
    }
    BF_FAIL(c, BF_EIO, "%s: %s%s%s", sql->path, sqlite3_errmsg(sql->db), err ? ": " : "",
            err ? strerror(err) : "");
}

bf_status bf_sql__exec(bf_ctx *c, bf_sql *sql, const char *text)
{
    if (sqlite3_exec(sql->db, text, NULL, NULL, NULL)) return bf_sql__fail(c, sql);
    return BF_OK;
}

sqlite3_stmt *bf_sql__get(bf_sql *sql, int id)
{
    sqlite3_stmt **q = &sql->stmt[id];
    if (!*q) {
        if (sqlite3_prepare_v3(sql->db, texts[id], -1, SQLITE_PREPARE_PERSISTENT, q, NULL)) {
            return NULL;
        }
    }
    sqlite3_reset(*q);
    sqlite3_clear_bindings(*q);
    return *q;
}

bf_status bf_sql__run(bf_ctx *c, bf_sql *sql, sqlite3_stmt *q)
{
    int more;
    BF_TRY(bf_sql__step(c, sql, q, &more));
    sqlite3_reset(q);
    return BF_OK;
}

bf_status bf_sql__step(bf_ctx *c, bf_sql *sql, sqlite3_stmt *q, int *more)
{
    *more = 0;
    if (!q) return bf_sql__fail(c, sql);
    int rc = sqlite3_step(q);
    if (rc == SQLITE_ROW) {
        *more = 1;
        return BF_OK;
    }
    bf_status st = rc == SQLITE_DONE ? BF_OK : bf_sql__fail(c, sql);
    sqlite3_reset(q);
    return st;
}

const uint8_t *bf_sql__blob(sqlite3_stmt *q, int at, size_t len)
{
    if (sqlite3_column_type(q, at) != SQLITE_BLOB) return NULL;
    if ((size_t)sqlite3_column_bytes(q, at) != len) return NULL;
    return sqlite3_column_blob(q, at);
}

void bf_sql__busy(bf_sql *sql, uint32_t busy_ms)
{
    sqlite3_busy_timeout(sql->db, busy_ms > 3600000 ? 3600000 : (int)busy_ms);
}

bf_status bf_sql__checkpoint(bf_ctx *c, bf_sql *sql)
{
    int rc = sqlite3_wal_checkpoint_v2(sql->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED) {
        BF_FAIL(c, BF_EPENDING, "%s: erasure pending: another process is reading the old state",
                sql->path);
    }
    return rc ? bf_sql__fail(c, sql) : BF_OK;
}

bf_status bf_sql__data_version(bf_ctx *c, bf_sql *sql, int64_t *out)
{
    int more;
    sqlite3_stmt *q = bf_sql__get(sql, BF_SQL_DATA_VERSION);
    BF_TRY(bf_sql__step(c, sql, q, &more));
    *out = more ? sqlite3_column_int64(q, 0) : -1;
    sqlite3_reset(q);
    return BF_OK;
}

bf_status bf_sql__image_head(bf_ctx *c, bf_sql *sql, sqlite3_blob **blob, uint64_t id, uint8_t *out,
                             size_t n)
{
    int rc =
        *blob ? sqlite3_blob_reopen(*blob, (sqlite3_int64)id)
              : sqlite3_blob_open(sql->db, "main", "image", "sealed", (sqlite3_int64)id, 0, blob);
    if (!rc) rc = sqlite3_blob_read(*blob, out, (int)n, 0);
    return rc ? bf_sql__fail(c, sql) : BF_OK;
}

/* ---- open ---- */

static bf_status refuse_beside(bf_ctx *c, const char *path, const char *suffix, int links_only)
{
    char name[4200];
    struct stat sb;
    if ((size_t)snprintf(name, sizeof name, "%s%s", path, suffix) >= sizeof name) {
        BF_FAIL(c, BF_EINVAL, "file name too long");
    }
    if (lstat(name, &sb) || (links_only && S_ISREG(sb.st_mode))) return BF_OK;
    BF_FAIL(c, BF_ETAMPER, "%s: does not belong beside a store: refused", name);
}

/* Offsets from SQLite's published file format. */
static bf_status check_header(bf_ctx *c, const char *real, const char *path)
{
    uint8_t h[100];
    struct stat sb;
    int fd = open(real, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
    if (fd < 0) BF_FAIL(c, bf_file__status(errno, 0), "%s: %s", path, strerror(errno));
    int regular = !fstat(fd, &sb) && S_ISREG(sb.st_mode);
    ssize_t n = regular ? pread(fd, h, sizeof h, 0) : 0;
    close(fd);
    if (n != (ssize_t)sizeof h || memcmp(h, "SQLite format 3", 16) != 0) {
        BF_FAIL(c, BF_EFORMAT, "%s: not a Bonafide store", path);
    }
    uint32_t app = (uint32_t)h[68] << 24 | (uint32_t)h[69] << 16 | (uint32_t)h[70] << 8 | h[71];
    uint32_t version = (uint32_t)h[60] << 24 | (uint32_t)h[61] << 16 | (uint32_t)h[62] << 8 | h[63];
    if (app != BF_SQL_APPLICATION_ID) BF_FAIL(c, BF_EFORMAT, "%s: not a Bonafide store", path);
    if (version > BF_SQL_SCHEMA_VERSION) {
        BF_FAIL(c, BF_EVERSION, "%s: store of version %u, made by a later Bonafide", path, version);
    }
    if (version != BF_SQL_SCHEMA_VERSION || h[18] != 2 || h[19] != 2) {
        BF_FAIL(c, BF_ETAMPER, "%s: the file header was altered", path);
    }
    BF_TRY(refuse_beside(c, real, "-journal", 0));
    BF_TRY(refuse_beside(c, real, "-wal", 1));
    return refuse_beside(c, real, "-shm", 1);
}

static bf_status connect(bf_ctx *c, bf_sql *sql, const char *real, const char *name,
                         uint32_t busy_ms)
{
    static const struct {
        int what, on;
    } switches[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
        {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
        {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
        {SQLITE_DBCONFIG_DQS_DDL, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},
    };
    memset(sql, 0, sizeof *sql);
    sql->path = name;
    if (sqlite3_open_v2(real, &sql->db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
                            SQLITE_OPEN_NOFOLLOW,
                        NULL)) {
        return bf_sql__fail(c, sql);
    }
    sqlite3_extended_result_codes(sql->db, 1);
    for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++) {
        sqlite3_db_config(sql->db, switches[i].what, switches[i].on, NULL);
    }
    sqlite3_limit(sql->db, SQLITE_LIMIT_LENGTH, BLOB_MAX_BYTES);
    sqlite3_limit(sql->db, SQLITE_LIMIT_ATTACHED, 0);
    bf_sql__busy(sql, busy_ms);
    if (sqlite3_db_readonly(sql->db, "main") == 1) {
        BF_FAIL(c, BF_EREADONLY, "%s: no permission to write to it", name);
    }
    return bf_sql__exec(c, sql,
                        "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0;"
                        "PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON;"
                        "PRAGMA synchronous=FULL; PRAGMA fullfsync=ON;"
                        "PRAGMA foreign_keys=OFF; PRAGMA recursive_triggers=OFF");
}

static int same_text(sqlite3_stmt *q, int at, const char *expected)
{
    const char *got = (const char *)sqlite3_column_text(q, at);
    return got && !strcmp(got, expected);
}

static bf_status check_schema(bf_ctx *c, bf_sql *sql)
{
    sqlite3_stmt *q = NULL;
    if (sqlite3_prepare_v2(sql->db,
                           "SELECT type,name,tbl_name,sql FROM sqlite_schema ORDER BY name", -1, &q,
                           NULL)) {
        return bf_sql__fail(c, sql);
    }
    size_t rows = 0;
    bf_status st = BF_OK;
    int more = 1, good = 1;
    while (!(st = bf_sql__step(c, sql, q, &more)) && more && good) {
        good = rows < SCHEMA_ROWS && same_text(q, 0, schema[rows].type) &&
               same_text(q, 1, schema[rows].name) && same_text(q, 2, schema[rows].table) &&
               same_text(q, 3, schema[rows].text);
        rows += good ? 1 : 0;
    }
    sqlite3_finalize(q);
    if (st) return st;
    if (good && rows == SCHEMA_ROWS) return BF_OK;
    BF_FAIL(c, BF_ETAMPER, "%s: the schema was altered", sql->path);
}

bf_status bf_sql__open(bf_ctx *c, bf_sql *sql, const char *real, const char *name, uint32_t busy_ms)
{
    memset(sql, 0, sizeof *sql);
    BF_TRY(check_header(c, real, name));
    bf_status st = connect(c, sql, real, name, busy_ms);
    if (!st) st = check_schema(c, sql);
    if (st) bf_sql__close(sql);
    return st;
}

bf_status bf_sql__create(bf_ctx *c, bf_sql *sql, const char *real, const char *name)
{
    char text[160];
    bf_status st = connect(c, sql, real, name, 0);
    snprintf(text, sizeof text, "PRAGMA application_id=%d; PRAGMA user_version=%d;",
             BF_SQL_APPLICATION_ID, BF_SQL_SCHEMA_VERSION);
    if (!st) st = bf_sql__exec(c, sql, "PRAGMA page_size=4096; PRAGMA auto_vacuum=NONE;");
    if (!st) st = bf_sql__exec(c, sql, "PRAGMA journal_mode=WAL");
    if (!st) st = bf_sql__exec(c, sql, "BEGIN IMMEDIATE");
    if (!st) st = bf_sql__exec(c, sql, text);
    for (size_t i = 0; !st && i < SCHEMA_ROWS; i++) {
        /* "encounter" sorts before "encounter_person": a table comes before its index. */
        st = bf_sql__exec(c, sql, schema[i].text);
    }
    if (st) bf_sql__close(sql);
    return st;
}

void bf_sql__close(bf_sql *sql)
{
    for (int i = 0; i < BF_SQL_COUNT; i++) sqlite3_finalize(sql->stmt[i]);
    sqlite3_close(sql->db);
    memset(sql, 0, sizeof *sql);
}
