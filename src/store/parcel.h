/* SPDX-License-Identifier: Apache-2.0 */
/* A person as bytes, for export: what is inside a sealed file. */
#ifndef BF_STORE_PARCEL_H
#define BF_STORE_PARCEL_H
#include "store/core.h"

/* One encounter of a parcel. Spans point into the parsed bytes. */
typedef struct bf_parcel_encounter {
    char name[BF_NAME_BYTES];
    int64_t time_s;
    uint32_t gallery_count, sample_count;
    char (*galleries)[BF_NAME_BYTES];
    bf_new_sample *samples;
} bf_parcel_encounter;

typedef struct bf_parcel {
    char person[BF_NAME_BYTES];
    uint32_t encounter_count;
    bf_parcel_encounter *encounters;
} bf_parcel;

/*
 * Read a parcel into scratch memory; every count and length is checked against what is there.
 * @param data  borrowed by *out
 * @return 0, BF_EFORMAT, BF_ENOMEM
 */
bf_status bf_parcel__parse(bf_ctx *c, const char *name, const uint8_t *data, size_t len,
                           bf_parcel *out);

/*
 * Write a person of the store, within a transaction.
 * @param out  heap; the caller wipes and releases
 * @return 0, BF_ENOENT, BF_ELIMIT, BF_ETAMPER
 */
bf_status bf_parcel__write(bf_ctx *c, bf_store *st, const char *person, int with_images,
                           uint64_t *out_person_id, uint8_t **out, size_t *out_len);

/*
 * Enrol what a parcel holds, in one transaction with its record in the audit log.
 * @param person   NULL: as in the parcel
 * @param gallery  NULL: as in the parcel
 */
bf_status bf_parcel__enroll(bf_ctx *c, bf_store *st, const bf_parcel *parcel, const char *person,
                            const char *gallery, const char *purpose);

#endif
