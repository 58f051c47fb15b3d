/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SQLite file under a store: opened with every defence on, statements prepared once, SQLite's
 * errors turned into ours. Nothing here knows what a row means.
 */
#ifndef BF_STORE_SQL_H
#define BF_STORE_SQL_H
#include <sqlite3.h>

#include "util/ctx.h"

#define BF_SQL_APPLICATION_ID 0x42464944 /* "BFID" */
#define BF_SQL_SCHEMA_VERSION 1

/* Every statement of the store: name and text. sql.c has the texts. */
typedef enum bf_sql_id {
    BF_SQL_META_GET,
    BF_SQL_META_PUT,
    BF_SQL_PERSON_INSERT,
    BF_SQL_PERSON_UPDATE,
    BF_SQL_PERSON_BY_ID,
    BF_SQL_PERSON_ALL,
    BF_SQL_PERSON_DELETE_ALL,
    BF_SQL_PERSON_DELETE,
    BF_SQL_GALLERY_INSERT,
    BF_SQL_GALLERY_UPDATE,
    BF_SQL_GALLERY_ALL,
    BF_SQL_AUDIT_INSERT,
    BF_SQL_AUDIT_UPDATE,
    BF_SQL_AUDIT_FROM,
    BF_SQL_IMAGE_HEADS, /* of a person: (id, person, encounter, length of sealed, is it a blob) */
    BF_SQL_DATA_VERSION,
    /* The four tables of rows that belong to a person: five statements each, in this order. */
    BF_SQL_ENCOUNTER,
    BF_SQL_SAMPLE = BF_SQL_ENCOUNTER + 5,
    BF_SQL_IMAGE = BF_SQL_SAMPLE + 5,
    BF_SQL_MEMBER = BF_SQL_IMAGE + 5,
    BF_SQL_MEMBERS_OF = BF_SQL_MEMBER + 5,
    BF_SQL_COUNT
} bf_sql_id;

/* Offsets from BF_SQL_ENCOUNTER and its like. */
#define BF_SQL_INSERT 0
#define BF_SQL_UPDATE 1
#define BF_SQL_DELETE 2
#define BF_SQL_OF_PERSON 3
#define BF_SQL_ALL 4

typedef struct bf_sql {
    sqlite3 *db;
    const char *path; /* borrowed: as the user named it, for messages */
    sqlite3_stmt *stmt[BF_SQL_COUNT];
} bf_sql;

/*
 * Open an existing store file: checks the file's header, then the text of the whole schema.
 * @param real  path without links
 * @param name  for messages; borrowed until closed
 * @return 0, BF_ENOENT, BF_EFORMAT, BF_EVERSION, BF_ETAMPER, BF_EREADONLY, BF_EBUSY
 */
bf_status bf_sql__open(bf_ctx *c, bf_sql *sql, const char *real, const char *name,
                       uint32_t busy_ms);

/* Make a file with the schema in one transaction left open: the caller commits or closes. */
bf_status bf_sql__create(bf_ctx *c, bf_sql *sql, const char *real, const char *name);

void bf_sql__close(bf_sql *sql);

/* How long to wait for other processes from now on. */
void bf_sql__busy(bf_sql *sql, uint32_t busy_ms);

/* Statement `id`, reset and without bindings. @return NULL: see bf_sql__fail() */
sqlite3_stmt *bf_sql__get(bf_sql *sql, int id);

/* Turn the last failure into a status and a one-line message that names the file. */
bf_status bf_sql__fail(bf_ctx *c, const bf_sql *sql);

/* Step a statement that gives no rows. Resets it. */
bf_status bf_sql__run(bf_ctx *c, bf_sql *sql, sqlite3_stmt *q);

/* Step a statement that may give rows. *more is 0 at the end, when the statement is reset. */
bf_status bf_sql__step(bf_ctx *c, bf_sql *sql, sqlite3_stmt *q, int *more);

/* BEGIN, COMMIT and the like. */
bf_status bf_sql__exec(bf_ctx *c, bf_sql *sql, const char *text);

/* Write the log into the file and cut it to nothing. @return 0, BF_EPENDING (readers are in the
 * way) */
bf_status bf_sql__checkpoint(bf_ctx *c, bf_sql *sql);

/* SQLite's count of what other connections committed: the same number means nobody did. */
bf_status bf_sql__data_version(bf_ctx *c, bf_sql *sql, int64_t *out);

/* The first n bytes of an image row's sealed column, without reading the rest from the disk.
 * @param blob  NULL at first, then reused; the caller closes it */
bf_status bf_sql__image_head(bf_ctx *c, bf_sql *sql, sqlite3_blob **blob, uint64_t id, uint8_t *out,
                             size_t n);

/* Ids are stored as SQLite integers. */
static inline void bf_sql_bind_id(sqlite3_stmt *q, int at, uint64_t id)
{
    sqlite3_bind_int64(q, at, (sqlite3_int64)id);
}

static inline uint64_t bf_sql_id_at(sqlite3_stmt *q, int at)
{
    return (uint64_t)sqlite3_column_int64(q, at);
}

/* A blob column of exactly `len` bytes, or NULL. Borrowed until the next step. */
const uint8_t *bf_sql__blob(sqlite3_stmt *q, int at, size_t len);

#endif
