/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file store.h
 * Persons at rest: one SQLite file whose rows are sealed under keys that live elsewhere.
 *
 *     gallery   a named set of encounters with a purpose and a retention period
 *     person    an opaque id with encounters; no name is ever stored
 *     encounter the samples of one person taken on one occasion; in any number of galleries
 *     sample    a template with its modality and position, and the original image if it is kept
 *
 * Ids and gallery names: 1..64 characters of A-Z a-z 0-9 . _ -
 * Each enrolment, search, deletion, export, import and key operation is written to the store's
 * audit log in the same transaction; a search whose record cannot be written has no result.
 * All that is read is authenticated; BF_ETAMPER names what was altered, moved, replayed or removed.
 *
 * A bf_store belongs to one thread at a time. Several processes may use one file.
 * Common failures of every call, not repeated below: BF_EINVAL, BF_ENOMEM, BF_EIO, BF_EBUSY
 * (another process holds the store for longer than busy_ms), BF_EREADONLY, BF_EFULL, BF_ETAMPER.
 */
#ifndef BONAFIDE_STORE_H
#define BONAFIDE_STORE_H
#include "bonafide/compare.h"
#include "bonafide/keyring.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bf_store bf_store;
typedef struct bf_index bf_index; /* index.h */

#define BF_ID_MAX 64u           /* characters of an id or gallery name */
#define BF_TEXT_MAX_BYTES 240u  /* purpose, operator: UTF-8 without control characters */
#define BF_SAMPLES_MAX 64u      /* samples in one encounter */
#define BF_ENCOUNTERS_MAX 4096u /* encounters of one person */
#define BF_STORE_IMAGE_MAX_BYTES (32u << 20) /* a kept image, encoded */

/* ---- open and close ---- */

typedef struct bf_store_opts {
    uint32_t struct_size;
    uint32_t busy_ms;          /* wait this long for another writer; default 5000 */
    const char *operator_name; /* who, for the audit log; default "uid N" */
    const char *purpose; /* bf_store_create: of galleries that state none; NULL: "not stated" */
} bf_store_opts;

BF_API void bf_store_opts_init(bf_store_opts *opts);

/**
 * Make an empty store. The file appears whole or not at all, mode 0600.
 * @param keyring  fresh, of this store alone; borrowed until bf_store_close()
 * @param opts     NULL for defaults; copied
 * @param out      caller owns: bf_store_close()
 * @return 0, BF_EEXIST
 */
BF_API bf_status bf_store_create(bf_session *s, const char *path, bf_keyring *keyring,
                                 const bf_store_opts *opts, bf_store **out);

/**
 * Open a store and finish what an interrupted key operation left behind.
 * @return 0, BF_ENOENT, BF_EFORMAT (not a store), BF_EVERSION (made by a later version), BF_EKEY
 *         (the keyring is another store's)
 */
BF_API bf_status bf_store_open(bf_session *s, const char *path, bf_keyring *keyring,
                               const bf_store_opts *opts, bf_store **out);

/** NULL is fine. */
BF_API void bf_store_close(bf_store *store);

/** What an operator can write down, to notice later that the whole file was put back in time. */
typedef struct bf_store_info {
    uint32_t struct_size;
    uint32_t erasure_pending; /* 1: the erasure of something deleted is not complete yet */
    uint64_t counter;         /* one more with every change */
    uint64_t persons, galleries;
    uint64_t audit_entries;
    uint8_t witness[32]; /* of counter, all rows and the audit log: equal only if those are */
} bf_store_info;

/** @return 0 */
BF_API bf_status bf_store_get_info(bf_session *s, bf_store *store, bf_store_info *out);

/* ---- enrol and delete ---- */

typedef struct bf_sample {
    uint32_t struct_size;
    uint32_t reserved; /* 0 */
    const bf_template *tmpl;
    const uint8_t *image; /* NULL, or the encoded image file to keep, sealed */
    size_t image_len;     /* bytes, at most BF_STORE_IMAGE_MAX_BYTES */
} bf_sample;

BF_API void bf_sample_init(bf_sample *sample);

typedef struct bf_enrollment {
    uint32_t struct_size;
    uint32_t sample_count; /* 1..BF_SAMPLES_MAX, of any modalities */
    const char *person;    /* made if new */
    const char *encounter; /* NULL: an id is made; else new for this person */
    const bf_sample *const *samples;
    const char *const *galleries; /* made if new */
    uint32_t gallery_count;       /* 0..64 */
    uint32_t retention_days;      /* of galleries made by this call; 0: without limit */
    const char *purpose;          /* of galleries made by this call; NULL: the store's */
} bf_enrollment;

BF_API void bf_enrollment_init(bf_enrollment *enrollment);

/**
 * Add an encounter with its samples to a person. On success it is on the disk.
 * @param out_encounter  BF_ID_MAX + 1 bytes, or NULL: the encounter's id
 * @return 0, BF_EEXIST (the person has an encounter of this id)
 */
BF_API bf_status bf_store_enroll(bf_session *s, bf_store *store, const bf_enrollment *enrollment,
                                 char *out_encounter);

#define BF_ENROLLMENTS_MAX 10000u

/**
 * Enrol many in one transaction, which is many times faster than one by one: all or none. Several
 * may be of one person. On success all are on the disk; each has its own entry in the audit log.
 * @param count  at most BF_ENROLLMENTS_MAX
 * @return 0, BF_EEXIST, BF_ELIMIT
 */
BF_API bf_status bf_store_enroll_many(bf_session *s, bf_store *store,
                                      const bf_enrollment *const *enrollments, size_t count);

/**
 * Set an encounter's galleries: it leaves all others. New ones are made.
 * @return 0, BF_ENOENT
 */
BF_API bf_status bf_store_set_galleries(bf_session *s, bf_store *store, const char *person,
                                        const char *encounter, const char *const *galleries,
                                        uint32_t gallery_count);

/**
 * Make a gallery, or change its purpose and retention.
 * @param purpose         NULL: as it is, or the store's
 * @param retention_days  0: without limit
 */
BF_API bf_status bf_store_set_gallery(bf_session *s, bf_store *store, const char *gallery,
                                      const char *purpose, uint32_t retention_days);

/**
 * Erase a person, or one encounter. The keys of all others are wrapped anew and the old keyring key
 * is destroyed: neither the new files nor an old copy of the database opens what was erased. The
 * person is removed by the time this returns 0 or BF_EPENDING.
 * @param encounter  NULL: the whole person
 * @return 0, BF_ENOENT, BF_EPENDING (another process still reads the old state: its old bytes
 *         remain on the disk until bf_store_finish() returns 0)
 */
BF_API bf_status bf_store_delete(bf_session *s, bf_store *store, const char *person,
                                 const char *encounter);

/**
 * Complete a pending erasure. bf_store_open() tries it too.
 * @return 0 (nothing is pending any more), BF_EPENDING
 */
BF_API bf_status bf_store_finish(bf_session *s, bf_store *store);

/* ---- verify and identify ---- */

#define BF_PROBES_MAX 32u

typedef struct bf_search {
    uint32_t struct_size;
    uint32_t probe_count; /* 1..BF_PROBES_MAX */
    /* Of any modalities. A probe of known position is compared with samples of its modality of that
     * position and of unknown position; one of unknown position with all of its modality. Probes of
     * one known position are one finger (or palm); each probe of unknown position is taken as a
     * finger of its own, but for those that are nearest to one and the same finger of a person:
     * they are one finger. All faces are one face. */
    const bf_template *const *probes;
    const char *gallery;     /* NULL: every person in the store */
    const char *purpose;     /* NULL: the gallery's */
    double fpir;             /* identify: 0 < fpir < 1, chance that a search for somebody who is not
                                enrolled yields a candidate; default 0.01 */
    double fmr;              /* verify: 0 < fmr < 1, default 1e-4 */
    uint32_t max_candidates; /* 1..1000, default 10 */
    uint32_t include_below;  /* 1: also candidates below the threshold */
    uint32_t threads;        /* 0: one for each processor, at most 64 */
    uint32_t exhaustive;     /* 1: no fast stage, everybody is compared exactly */
    bf_index *index;         /* identify: the store's persons in memory; NULL: they are read for
                                this search alone */
} bf_search;

BF_API void bf_search_init(bf_search *search);

/* One finger of a candidate. */
typedef struct bf_candidate_part {
    uint32_t modality, position; /* of the probe; the sample's if the probe's is unknown */
    uint32_t probe;              /* index into probes of the best */
    uint32_t comparisons;        /* of which this is the best */
    float score;                 /* mapped back to the FMR of best of `comparisons` */
    uint32_t reserved;
    char encounter[BF_ID_MAX + 1]; /* of the best sample */
    char padding[7];
} bf_candidate_part;

/* A person who may be the one. Never a decision: that is for a human being. */
typedef struct bf_candidate {
    uint32_t rank; /* 1.. */
    uint32_t above_threshold;
    float score; /* all fingers fused, on the scale of compare.h; see docs/SCORES.md */
    uint32_t part_count;
    char person[BF_ID_MAX + 1];
    char padding[7];
    bf_candidate_part parts[BF_PROBES_MAX];
} bf_candidate;

typedef struct bf_result bf_result;

/**
 * Search for a person among all (1:N).
 * Score of a person: for each finger, palm or face the best comparison, as FMR of best-of-m; these
 * are fused by their log-likelihood ratios, and the sum mapped back to the FMR of the whole rule
 * (docs/SCORES.md). That FMR times the persons compared is thus how many such candidates chance
 * alone would give, and
 *     threshold = -10 log10(1 - (1 - fpir)^(1/N)),  N = persons compared.
 * @param out  caller owns: bf_result_free(); it may hold no candidate
 * @return 0, BF_ENOENT (no such gallery), BF_EMODALITY
 */
BF_API bf_status bf_store_identify(bf_session *s, bf_store *store, const bf_search *search,
                                   bf_result **out);

/**
 * Compare with one claimed person (1:1); threshold = -10 log10(fmr). One candidate, or none if no
 * sample could be compared.
 * @param search  gallery: if given, only encounters in it
 * @return 0, BF_ENOENT (no such person), BF_EMODALITY
 */
BF_API bf_status bf_store_verify(bf_session *s, bf_store *store, const char *person,
                                 const bf_search *search, bf_result **out);

BF_API size_t bf_result_count(const bf_result *r);
/** @return candidate i, best first; borrowed; NULL beyond the last */
BF_API const bf_candidate *bf_result_candidate(const bf_result *r, size_t i);
BF_API float bf_result_threshold(const bf_result *r);
BF_API uint64_t bf_result_persons(const bf_result *r);     /* compared */
BF_API uint64_t bf_result_comparisons(const bf_result *r); /* of templates */
BF_API const char *bf_result_purpose(const bf_result *r);  /* as recorded; borrowed */
BF_API void bf_result_free(bf_result *r);

/* ---- list ---- */

typedef struct bf_list bf_list;

#define BF_LIST_PERSONS 1u
#define BF_LIST_ENCOUNTERS 2u
#define BF_LIST_GALLERIES 3u
#define BF_LIST_AUDIT 4u

#define BF_LIST_MODALITIES 4u /* 0 is none of them */

/* A line of a list. Fields that do not belong to the kind are 0 or "". Strings are borrowed. */
typedef struct bf_list_item {
    const char *person;    /* persons, encounters; audit: whom it is about, "erased" if no longer */
    const char *encounter; /* encounters */
    const char *gallery;   /* galleries, audit; encounters: all its galleries with blanks between */
    const char *purpose;   /* galleries, audit */
    const char *operation; /* audit: "enroll", "identify", ... */
    const char *who;       /* audit: operator and key slot */
    const char *detail;    /* audit: one line */
    int64_t time_s;        /* made, taken or done at; seconds since 1970, UTC */
    uint64_t sequence;     /* audit */
    uint32_t encounters;   /* persons, galleries */
    uint32_t samples, images; /* persons, encounters */
    uint32_t retention_days;  /* galleries; encounters: shortest of its galleries; 0: no limit */
    uint32_t overdue;         /* galleries: encounters kept too long; encounters: 1 if so */
    /* encounters: bit n of [m]: a sample of modality m (BF_FINGER, ...) and position n is there */
    uint64_t positions[BF_LIST_MODALITIES];
} bf_list_item;

/**
 * List what there is.
 * @param kind     BF_LIST_*
 * @param gallery  persons, encounters: only those in it; NULL: all
 * @param person   encounters: only this person's; NULL: all
 * @param out      caller owns: bf_list_free()
 * @return 0, BF_ENOENT (no such gallery or person)
 */
BF_API bf_status bf_store_list(bf_session *s, bf_store *store, uint32_t kind, const char *gallery,
                               const char *person, bf_list **out);
BF_API size_t bf_list_count(const bf_list *list);
BF_API const bf_list_item *bf_list_get(const bf_list *list, size_t i); /* borrowed; NULL beyond */
BF_API void bf_list_free(bf_list *list);

/* ---- export and import ---- */

typedef struct bf_parcel_opts {
    uint32_t struct_size;
    uint32_t with_images;        /* export: 1 takes kept images along */
    const uint8_t *public_key;   /* export: 32 bytes, the recipient's bf_keyring_public_key();
                                    import: 32 bytes, this sender only; NULL: passphrase */
    const bf_secret *passphrase; /* export: if public_key is NULL; import: if it was sealed so */
    const char *gallery;         /* import: put encounters there; NULL: galleries as exported */
    const char *person;          /* import: under this id; NULL: as exported */
    const char *purpose;         /* recorded */
} bf_parcel_opts;

BF_API void bf_parcel_opts_init(bf_parcel_opts *opts);

/**
 * Write a person, sealed to a recipient, to a new file (mode 0600, whole or not at all).
 * @return 0, BF_ENOENT (no such person), BF_EEXIST (the file is there)
 */
BF_API bf_status bf_store_export(bf_session *s, bf_store *store, const char *person,
                                 const bf_parcel_opts *opts, const char *path);

/**
 * Read such a file and enrol what it holds. All or nothing.
 * @param out_person  BF_ID_MAX + 1 bytes, or NULL
 * @param out_sender  32 bytes, or NULL: the sender's public key; zeros if sealed by passphrase
 * @return 0, BF_EKEY (sealed to another key, wrong passphrase, other sender), BF_ETAMPER, BF_EEXIST
 *         (an encounter of the same id is there)
 */
BF_API bf_status bf_store_import(bf_session *s, bf_store *store, const char *path,
                                 const bf_parcel_opts *opts, char *out_person, uint8_t *out_sender);

/* ---- check and keys ---- */

typedef struct bf_check_opts {
    uint32_t struct_size;
    uint32_t finding_count;        /* out: problems found */
    uint64_t expect_counter;       /* 0, or a counter written down: a smaller one is a rollback */
    const uint8_t *expect_witness; /* 32 bytes written down with it, or NULL */
    /* Called with one line for each problem. NULL: silence. */
    void (*found)(void *user, const char *line);
    void *user;
} bf_check_opts;

BF_API void bf_check_opts_init(bf_check_opts *opts);

/**
 * Read and authenticate every row, and the audit log.
 * @return 0, BF_ETAMPER (something was found; the session's message is the first)
 */
BF_API bf_status bf_store_check(bf_session *s, bf_store *store, bf_check_opts *opts);

/**
 * Let one more secret open the keyring.
 * @param out_slot  its id, or NULL
 * @return 0, BF_EKEY (unusable secret), BF_ELIMIT (no slot free), BF_EEXIST (opens it already)
 */
BF_API bf_status bf_store_key_add(bf_session *s, bf_store *store, const bf_secret *secret,
                                  uint32_t *out_slot);

/**
 * Take a slot away and rotate, so that an old copy of the keyring opens nothing new.
 * @return 0, BF_ENOENT, BF_EINVAL (the slot in use), BF_EPENDING
 */
BF_API bf_status bf_store_key_remove(bf_session *s, bf_store *store, uint32_t slot);

/** Put another secret in the place of the one in use. @return as bf_store_key_add() */
BF_API bf_status bf_store_key_replace(bf_session *s, bf_store *store, const bf_secret *secret);

/**
 * Make every key anew and seal every row again: keyring key, root key, the persons' keys, and the
 * public key.
 * @return 0, BF_EPENDING
 */
BF_API bf_status bf_store_key_rotate(bf_session *s, bf_store *store);

#ifdef __cplusplus
}
#endif
#endif
