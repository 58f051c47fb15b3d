/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store behind bonafide/store.h, without templates' meaning: samples are bytes here.
 *
 *   core.c    open, create, transactions, the meta row
 *   rows.c    sealing, opening and digesting rows; persons
 *   persons.c who there is: the directory of all persons, authenticated as a whole
 *   gallery.c galleries
 *   reader.c  a second view of the same state, for another thread
 *   load.c    a person with all encounters and samples; a gallery's members
 *   log.c     the audit log
 *   write.c   enrol; a gallery's settings
 *   rekey.c   erase and rotate
 *   slots.c   keys that open the keyring
 *   check.c   everything, row by row
 *   parcel.c  a person as bytes for export, and back
 */
#ifndef BF_STORE_CORE_H
#define BF_STORE_CORE_H
#include "bonafide/store.h"
#include "store/record.h"
#include "store/sql.h"
#include "vault/vault.h"

/* Tables, as they stand in the associated data of a seal. Never renumbered. */
typedef enum bf_table {
    BF_TABLE_META = 1,
    BF_TABLE_PERSON = 2,
    BF_TABLE_PERSON_KEY = 3, /* column `wrapped` of person */
    BF_TABLE_ENCOUNTER = 4,
    BF_TABLE_SAMPLE = 5,
    BF_TABLE_IMAGE = 6,
    BF_TABLE_MEMBER = 7,
    BF_TABLE_GALLERY = 8,
    BF_TABLE_AUDIT = 9
} bf_table;

#define BF_STORE_ID_BYTES 16u
#define BF_WRAPPED_KEY_BYTES (BF_KEY_BYTES + BF_SEAL_OVERHEAD)
#define BF_GALLERIES_MAX 10000u

/* Subkeys of one key set, in locked memory. */
typedef struct bf_store_keys {
    uint64_t set_id;
    /* of the ring key */
    uint8_t wrap[BF_KEY_BYTES], person_hash[BF_KEY_BYTES], gallery_hash[BF_KEY_BYTES];
    uint8_t gallery[BF_KEY_BYTES], meta[BF_KEY_BYTES];
    /* of the root key */
    uint8_t row[BF_KEY_BYTES], audit[BF_KEY_BYTES], chain[BF_KEY_BYTES], check[BF_KEY_BYTES];
} bf_store_keys;

#define BF_ROW_HEAD_BYTES 24u /* of a sealed value: its nonce */

/* A person row as it was authenticated; digests cut to 16 bytes: nobody without keys can make one.
 */
typedef struct bf_directory_entry {
    uint64_t id;
    uint8_t hash[16], digest[16];
} bf_directory_entry;

typedef struct bf_directory {
    bf_directory_entry *entries; /* by id, ascending */
    uint32_t *slots;             /* see persons.c */
    size_t count, cap, slot_count;
    int64_t version; /* of the file, by SQLite's own count of what others committed */
    int loaded;
    int fresh; /* in this transaction nobody else has written since */
} bf_directory;

struct bf_store {
    bf_allocator alloc;
    char *path;          /* as given, for messages */
    bf_keyring *keyring; /* borrowed */
    bf_sql sql;
    uint8_t id[BF_STORE_ID_BYTES];
    bf_store_keys *keys; /* of the set the rows are under */
    bf_meta meta;        /* valid within a transaction */
    uint64_t counter_seen;
    int in_transaction; /* 0, 1 reading, 2 writing */
    bf_directory directory;
    int log_checked; /* its end, once after opening */
    char who[BF_TEXT_BYTES];
};

/* ---- core.c ---- */

typedef struct bf_store_setup {
    const char *path;
    bf_keyring *keyring;
    uint32_t busy_ms;
    const char *who, *purpose;
} bf_store_setup;

bf_status bf_store__create(bf_ctx *c, const bf_store_setup *setup, bf_store **out);
bf_status bf_store__open(bf_ctx *c, const bf_store_setup *setup, bf_store **out);
void bf_store__close(bf_store *st);

/* Begin and read the meta row. Follows a change of keys by another process. */
bf_status bf_store__begin(bf_ctx *c, bf_store *st, int writing);
/* Count up, write the meta row, commit. Rolls back when that fails. */
bf_status bf_store__commit(bf_ctx *c, bf_store *st);
/* Fine outside a transaction; keeps the error message. */
void bf_store__rollback(bf_ctx *c, bf_store *st);

/* Subkeys of a set, into locked memory. */
void bf_store__derive(const bf_keyset *set, bf_store_keys *out);
/* The meta row from st->meta, under st->keys. */
bf_status bf_store__put_meta(bf_ctx *c, bf_store *st);
/* @return seconds since 1970 */
int64_t bf_store__now(void);
/* Stands for all there is: see bf_store_info. Within a transaction. */
void bf_store__witness(const bf_store *st, uint8_t out[32]);

/* ---- rows.c ---- */

/* A row that belongs to a person: encounter, sample, image or member. */
typedef struct bf_row {
    bf_table table;
    uint64_t id, person, encounter, gallery; /* encounter rows: encounter == id */
    const uint8_t *sealed;                   /* borrowed from the statement */
    size_t sealed_len;
} bf_row;

/* A person's row, opened. Holds a key: lives in locked memory. */
typedef struct bf_person {
    uint64_t id;
    uint8_t key[BF_KEY_BYTES];
    uint8_t digest[BF_DIGEST_BYTES]; /* of the row as stored */
    bf_person_rec rec;
} bf_person;

/* A person's row as stored. */
typedef struct bf_person_row {
    uint64_t id;
    uint8_t hash[BF_DIGEST_BYTES];
    uint8_t wrapped[BF_WRAPPED_KEY_BYTES];
    uint8_t sealed[BF_PERSON_PLAIN + BF_SEAL_OVERHEAD];
} bf_person_row;

typedef struct bf_gallery {
    uint64_t id;
    uint8_t digest[BF_DIGEST_BYTES];
    bf_gallery_rec rec;
    int changed;
} bf_gallery;

typedef struct bf_galleries {
    bf_gallery *items; /* heap */
    size_t count;
} bf_galleries;

/* "sample row 12", for messages. Static text for the table. */
const char *bf_table_name(bf_table table);
/* BF_SQL_ENCOUNTER, ... */
int bf_table_sql(bf_table table);

/* Of an image only its nonce and length, so that images can be accounted for without being read.
 * That suffices: under one nonce only one sealed value was ever made, and nobody without the key
 * makes another that opens. */
void bf_row__digest(const bf_store *st, const bf_store_keys *keys, const bf_row *row,
                    uint8_t out[BF_DIGEST_BYTES]);
/* Next row of a statement that selects (id, person, encounter, gallery, sealed). */
bf_status bf_row__next(bf_ctx *c, bf_store *st, sqlite3_stmt *q, bf_table table, bf_row *out,
                       int *more);
/* Next row of BF_SQL_IMAGE_HEADS: `sealed` is `head`, the first bytes of the sealed_len there are.
 * @param blob  NULL at first; the caller closes it */
bf_status bf_row__next_head(bf_ctx *c, bf_store *st, sqlite3_stmt *q, sqlite3_blob **blob,
                            uint8_t head[BF_ROW_HEAD_BYTES], bf_row *out, int *more);
/* Open into scratch. @return 0, BF_ETAMPER naming row and `whose` */
bf_status bf_row__open(bf_ctx *c, bf_store *st, const bf_row *row, const uint8_t *key,
                       const char *whose, uint8_t **out, size_t *out_len);
/* Seal and insert, or update; row->sealed is not read. @param digest  out: of the new row */
bf_status bf_row__put(bf_ctx *c, bf_store *st, const bf_store_keys *keys, bf_row *row, int update,
                      const uint8_t *key, const uint8_t *plain, size_t len,
                      uint8_t digest[BF_DIGEST_BYTES]);
bf_status bf_row__delete(bf_ctx *c, bf_store *st, bf_table table, uint64_t id);

void bf_person__hash(const bf_store *st, const bf_store_keys *keys, const char *name,
                     uint8_t out[BF_DIGEST_BYTES]);
/* The columns of a BF_SQL_PERSON_* statement that stands on a row. @return 0, BF_ETAMPER */
bf_status bf_person__row(bf_ctx *c, bf_store *st, sqlite3_stmt *q, bf_person_row *out);
/* Read and open one row as the file has it now, not asking the directory whether it belongs.
 * @return 0, BF_ENOENT, BF_ETAMPER */
bf_status bf_person__read(bf_ctx *c, bf_store *st, uint64_t id, bf_person *out);
void bf_person__seal(const bf_store *st, const bf_store_keys *keys, const bf_person *p,
                     bf_person_row *out);
void bf_person__row_digest(const bf_store *st, const bf_store_keys *keys, const bf_person_row *row,
                           uint8_t out[BF_DIGEST_BYTES]);
/* Insert a sealed row; count it in st->meta and the directory. @param statement  insert or update
 */
bf_status bf_person__put_row(bf_ctx *c, bf_store *st, const bf_store_keys *keys, int statement,
                             const bf_person_row *row, uint8_t digest[BF_DIGEST_BYTES]);
/* New person in memory, with a fresh key. */
void bf_person__new(bf_store *st, const char *name, bf_person *out);
/* Write back. */
bf_status bf_person__save(bf_ctx *c, bf_store *st, bf_person *p, int is_new);

/* ---- persons.c ---- */

/* Read and authenticate all person rows, unless it was done and nobody else has written since.
 * @return 0, BF_ETAMPER naming what was altered, removed or put back */
bf_status bf_directory__load(bf_ctx *c, bf_store *st);
/* Forget it: keys or rows changed, or what was entered was rolled back. */
void bf_directory__drop(bf_store *st);
/* A row that was just written. */
bf_status bf_directory__note(bf_ctx *c, bf_store *st, const bf_person_row *row,
                             const uint8_t digest[BF_DIGEST_BYTES]);
/* By the directory, which is loaded if need be: that there is no such person is certain.
 * @return 0, BF_ENOENT, BF_ETAMPER */
bf_status bf_person__find(bf_ctx *c, bf_store *st, const char *name, bf_person *out);
bf_status bf_person__find_id(bf_ctx *c, bf_store *st, uint64_t id, bf_person *out);

/* ---- gallery.c ---- */

/*
 * What every operation on persons begins with: all person rows, all gallery rows and the end of
 * the audit log, authenticated.
 * @param out  bf_galleries__free()
 * @return 0, BF_ETAMPER
 */
bf_status bf_store__load(bf_ctx *c, bf_store *st, bf_galleries *out);

/* All galleries, checked. @return 0, BF_ETAMPER */
bf_status bf_galleries__load(bf_ctx *c, bf_store *st, bf_galleries *out);
void bf_galleries__free(bf_ctx *c, bf_galleries *g);
bf_gallery *bf_galleries__find(bf_galleries *g, const char *name); /* NULL if none */
bf_gallery *bf_galleries__by_id(bf_galleries *g, uint64_t id);
/* Append one, to be written by bf_galleries__save(). Pointers into items become invalid. */
bf_status bf_galleries__add(bf_ctx *c, bf_store *st, bf_galleries *g, const char *name,
                            const char *purpose, uint32_t retention_days);
/* Write back what changed (or all) under `keys`. */
bf_status bf_galleries__save(bf_ctx *c, bf_store *st, const bf_store_keys *keys, bf_galleries *g,
                             int all);

/* ---- reader.c ---- */

/*
 * For another thread, while `st` is in a read transaction; to be made and closed by st's thread.
 * @return 0, BF_EBUSY (somebody wrote meanwhile: go on without)
 */
bf_status bf_store__reader(bf_ctx *c, bf_store *st, bf_store **out);
void bf_store__reader_close(bf_ctx *c, bf_store *r); /* NULL is fine */

/* ---- load.c ---- */

typedef struct bf_loaded_encounter {
    uint64_t id;
    bf_encounter_rec rec;
    uint32_t seen; /* samples met */
} bf_loaded_encounter;

typedef struct bf_loaded_sample {
    uint64_t id, encounter;
    bf_sample_rec rec;
    const uint8_t *bytes; /* rec.len of them */
    const uint8_t *code;  /* rec.code_len of them */
} bf_loaded_sample;

/* All in scratch memory. Ascending ids. */
typedef struct bf_loaded {
    bf_loaded_encounter *encounters;
    bf_loaded_sample *samples;
    uint32_t encounter_count, sample_count;
} bf_loaded;

/* A person's encounters and samples, all authenticated, none missing; and its images accounted for,
 * all but their bytes. @return 0, BF_ETAMPER */
bf_status bf_person__load(bf_ctx *c, bf_store *st, const bf_person *p, bf_loaded *out);
const bf_loaded_encounter *bf_loaded__by_name(const bf_loaded *l, const char *name);
const bf_loaded_encounter *bf_loaded__by_id(const bf_loaded *l, uint64_t id);

/* Who is in a gallery. */
typedef struct bf_membership {
    uint64_t id, person, encounter, gallery;
} bf_membership;

/*
 * @param gallery  NULL: of all galleries
 * @param out      heap, by person then encounter; NULL: only check
 * @return 0, BF_ETAMPER
 */
bf_status bf_store__members(bf_ctx *c, bf_store *st, bf_galleries *g, const bf_gallery *gallery,
                            bf_membership **out, size_t *count);

/* ---- write.c ---- */

typedef struct bf_new_sample {
    bf_sample_rec rec;
    const uint8_t *bytes, *code;
    const uint8_t *image;
    size_t image_len;
} bf_new_sample;

typedef struct bf_new_encounter {
    const char *person;
    const char *name; /* NULL: made */
    int64_t time_s;
    const bf_new_sample *samples;
    uint32_t sample_count;
    const char *const *galleries;
    uint32_t gallery_count, retention_days;
    const char *purpose;
} bf_new_encounter;

/* Within a write transaction. @param p  found or new */
bf_status bf_person__add_encounter(bf_ctx *c, bf_store *st, bf_person *p, bf_galleries *g,
                                   const bf_new_encounter *e, char out_name[BF_NAME_BYTES]);
/* Whole transactions. */
/* Several encounters, each of its `person`: all or none. @param out_name  of the last, or NULL */
bf_status bf_store__enroll(bf_ctx *c, bf_store *st, const bf_new_encounter *e, size_t count,
                           char out_name[BF_NAME_BYTES]);
bf_status bf_store__set_galleries(bf_ctx *c, bf_store *st, const char *person,
                                  const char *encounter, const char *const *galleries,
                                  uint32_t count);
bf_status bf_store__set_gallery(bf_ctx *c, bf_store *st, const char *gallery, const char *purpose,
                                uint32_t retention_days);

/* ---- rekey.c ---- */

bf_status bf_store__delete(bf_ctx *c, bf_store *st, const char *person, const char *encounter);
bf_status bf_store__rotate(bf_ctx *c, bf_store *st);
bf_status bf_store__finish(bf_ctx *c, bf_store *st);
/* Within the write lock, for whoever is going to write the keyring file: settle what an interrupted
 * run left. st->meta may have changed. */
bf_status bf_store__drop_stale_sets(bf_ctx *c, bf_store *st);

/* ---- slots.c ---- */

/* If the meta row announces a change of slots: see whether it was done, record it if not, and take
 * the note away. Within a write transaction. @param done  out: nothing was announced, or it is in
 * the file */
bf_status bf_store__settle_slots(bf_ctx *c, bf_store *st, int *done);
bf_status bf_store__key_add(bf_ctx *c, bf_store *st, const bf_secret *secret, uint32_t *out_slot);
bf_status bf_store__key_remove(bf_ctx *c, bf_store *st, uint32_t slot);
bf_status bf_store__key_replace(bf_ctx *c, bf_store *st, const bf_secret *secret);

/* ---- check.c ---- */

/* Within a transaction; takes no part in it. Fills finding_count. */
bf_status bf_store__check(bf_ctx *c, bf_store *st, bf_check_opts *opts);

#endif
