/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file engine.h
 * Engine and session: the two handles everything else hangs on.
 *
 * A bf_engine is immutable once open and shared by all threads (parameters, kernel table,
 * allocator). A bf_session belongs to one thread at a time (scratch memory, last error).
 * There are no mutable globals and no thread-locals.
 */
#ifndef BONAFIDE_ENGINE_H
#define BONAFIDE_ENGINE_H
#include <stddef.h>
#include "bonafide/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bf_engine bf_engine;
typedef struct bf_session bf_session;

/* Kernel levels, as a mask for bf_engine_opts.kernel_mask. The scalar reference is always there. */
#define BF_KERNEL_AVX2 0x1u
#define BF_KERNEL_AVX512 0x2u
#define BF_KERNEL_NEON 0x4u
#define BF_KERNEL_ALL 0xffffffffu

/** Allocator. All three or none. `user` is passed back as is. Must be thread-safe. */
typedef struct bf_allocator {
    void *(*alloc)(void *user, size_t size);
    void (*free)(void *user, void *ptr);
    void *user;
} bf_allocator;

typedef struct bf_engine_opts {
    uint32_t struct_size;
    uint32_t kernel_mask; /* BF_KERNEL_*; default BF_KERNEL_ALL: whatever this CPU has */
    bf_allocator allocator; /* default: malloc and free */
    /* Called with one line of text without newline; level 0 error, 1 warning, 2 information.
     * Never receives templates, images, keys or person ids. NULL: silence. */
    void (*log)(void *user, int32_t level, const char *line);
    void *log_user;
    /* Folder with the runtime library and the neural models (`make models`); copied, read at the
     * first use only. NULL, the default: none, and what needs a model says so. */
    const char *models;
} bf_engine_opts;

/** Fill in the defaults. Call it before changing fields. */
BF_API void bf_engine_opts_init(bf_engine_opts *opts);

/**
 * Open an engine.
 * @param opts  NULL for defaults; borrowed for the call
 * @param out   caller owns: bf_engine_free()
 * @return 0, BF_EINVAL, BF_ENOMEM
 */
BF_API bf_status bf_engine_open(const bf_engine_opts *opts, bf_engine **out);

/** Free an engine after all its sessions, images and templates. NULL is fine. */
BF_API void bf_engine_free(bf_engine *engine);

/** @return the kernel level in use: "c", "avx2", "avx512" or "neon"; static */
BF_API const char *bf_engine_kernels(const bf_engine *engine);

/** @return the library version, e.g. "0.1.0"; static */
BF_API const char *bf_version(void);

/**
 * Open a session on an engine, for one thread at a time.
 * @param out  caller owns: bf_session_free()
 * @return 0, BF_ENOMEM
 */
BF_API bf_status bf_session_open(bf_engine *engine, bf_session **out);

/** Free a session; its scratch memory is wiped. NULL is fine. */
BF_API void bf_session_free(bf_session *session);

/**
 * @return the one-line message of the last failure on this session, "" if none; borrowed, valid
 *         until the next call on the session
 */
BF_API const char *bf_session_error(const bf_session *session);

#ifdef __cplusplus
}
#endif
#endif
