/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file index.h
 * The persons of a store in memory, kept for many searches: a search then reads no more from the
 * store than the names of its candidates.
 *
 * Before each search the index takes over what was written since, by this process or another: a
 * person who is enrolled is found by the next search, one who is deleted is not. Templates in
 * memory are in clear; they are wiped when a person leaves and when the index is closed.
 *
 * A bf_index belongs to the thread of its store.
 */
#ifndef BONAFIDE_INDEX_H
#define BONAFIDE_INDEX_H
#include "bonafide/store.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bf_index_opts {
    uint32_t struct_size;
    uint32_t threads; /* for reading; 0: one for each processor */
    /* Called from the calling thread now and then while persons are read. NULL: silence. */
    void (*progress)(void *user, uint64_t done, uint64_t total);
    void *user;
} bf_index_opts;

BF_API void bf_index_opts_init(bf_index_opts *opts);

/**
 * Read all persons of a store into memory.
 * @param store  borrowed until bf_index_close()
 * @param opts   NULL for defaults
 * @param out    caller owns: bf_index_close()
 * @return 0, or as the calls of store.h
 */
BF_API bf_status bf_index_open(bf_session *s, bf_store *store, const bf_index_opts *opts,
                               bf_index **out);

/** Wipe and free, before its store is closed. NULL is fine. */
BF_API void bf_index_close(bf_index *index);

typedef struct bf_index_info {
    uint32_t struct_size;
    uint32_t reserved;
    uint64_t persons, samples;
    uint64_t bytes; /* of memory, everything included */
} bf_index_info;

/** @return 0 */
BF_API bf_status bf_index_get_info(bf_session *s, bf_index *index, bf_index_info *out);

#ifdef __cplusplus
}
#endif
#endif
