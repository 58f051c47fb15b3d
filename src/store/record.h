/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is inside the sealed column of each table: plain structs to bytes of a fixed size or size
 * class, and back. Reading checks every field; after the seal it can only fail for a store written
 * by a bug or a later version.
 */
#ifndef BF_STORE_RECORD_H
#define BF_STORE_RECORD_H
#include "audit/entry.h"
#include "bonafide/store.h"
#include "store/sumset.h"
#include "util/ctx.h"

#define BF_NAME_BYTES (BF_ID_MAX + 1)

#define BF_META_PLAIN 4096u
#define BF_PERSON_PLAIN 256u
#define BF_ENCOUNTER_PLAIN 128u
#define BF_GALLERY_PLAIN 512u
#define BF_MEMBER_PLAIN 32u
#define BF_SAMPLE_HEADER 16u /* in front of template or image bytes */

#define BF_BUCKETS 64u

/* The root of everything: one row. */
/* What has been begun and not completed, as bits. */
#define BF_PENDING_ERASURE 1u
#define BF_PENDING_ROTATION 2u /* a slot was, or was about to be, removed */
#define BF_PENDING_SLOTS 4u    /* slots.c was about to change a slot: meta.slot... say which */

typedef struct bf_meta {
    uint64_t counter, next_id;
    uint32_t pending;              /* BF_PENDING_* */
    bf_sumset persons[BF_BUCKETS]; /* by id modulo BF_BUCKETS, to name what is missing */
    bf_sumset galleries;
    uint64_t audit_count;
    uint8_t audit_head[32];
    int64_t made_s;
    char purpose[BF_TEXT_BYTES]; /* of galleries that state none */
    uint8_t slot_operation;      /* BF_OP_KEY_* of BF_PENDING_SLOTS */
    uint32_t slot;               /* to be there afterwards, or no longer */
    uint64_t slot_entry;         /* of the audit log, that says so */
} bf_meta;

typedef struct bf_person_rec {
    char name[BF_NAME_BYTES];
    int64_t made_s;
    uint32_t encounters, samples, images;
    bf_sumset rows;  /* encounters and samples */
    bf_sumset heavy; /* images */
} bf_person_rec;

typedef struct bf_encounter_rec {
    char name[BF_NAME_BYTES];
    int64_t time_s;
    uint32_t samples, images;
} bf_encounter_rec;

typedef struct bf_gallery_rec {
    char name[BF_NAME_BYTES];
    char purpose[BF_TEXT_BYTES];
    int64_t made_s;
    uint32_t retention_days;
    bf_sumset members;
} bf_gallery_rec;

typedef struct bf_sample_rec {
    uint8_t modality, position, quality;
    uint8_t sample; /* index within the encounter: an image has its sample's */
    uint32_t len;   /* of the bytes that follow the header */
    /* A code for the fast stage of searches behind a template; length 0: there is none. */
    uint16_t code_len;
    uint8_t code_version;
} bf_sample_rec;

/* Writers fill the whole size. The texts of a record are terminated and fit. */
void bf_meta_pack(const bf_meta *r, uint8_t out[BF_META_PLAIN]);
void bf_person_pack(const bf_person_rec *r, uint8_t out[BF_PERSON_PLAIN]);
void bf_encounter_pack(const bf_encounter_rec *r, uint8_t out[BF_ENCOUNTER_PLAIN]);
void bf_gallery_pack(const bf_gallery_rec *r, uint8_t out[BF_GALLERY_PLAIN]);
/* Header, then `bytes`, then `code`, then zeros up to `size`. */
void bf_sample_pack(const bf_sample_rec *r, const uint8_t *bytes, const uint8_t *code, uint8_t *out,
                    size_t size);

/* Readers: 0, or -1 when a field is out of its range. */
int bf_meta_unpack(const uint8_t *data, size_t len, bf_meta *out);
int bf_person_unpack(const uint8_t *data, size_t len, bf_person_rec *out);
int bf_encounter_unpack(const uint8_t *data, size_t len, bf_encounter_rec *out);
int bf_gallery_unpack(const uint8_t *data, size_t len, bf_gallery_rec *out);
/* @param bytes, code  out: borrowed from data, out->len and out->code_len of them */
int bf_sample_unpack(const uint8_t *data, size_t len, bf_sample_rec *out, const uint8_t **bytes,
                     const uint8_t **code);

/* 1..64 characters of A-Z a-z 0-9 . _ - */
int bf_id_ok(const char *id);
/* At most BF_TEXT_MAX_BYTES, no control characters, well-formed UTF-8. */
int bf_text_ok(const char *text);

#endif
