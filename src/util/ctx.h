/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every internal function that can fail is handed: allocator, scratch arena, kernel table,
 * the one-line message of the last failure and the log hook. One thread at a time. A session is a
 * bf_ctx with a public face.
 */
#ifndef BF_UTIL_CTX_H
#define BF_UTIL_CTX_H
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "bonafide/engine.h"
#include "util/arena.h"

#define BF_ERROR_MAX 512

struct bf_kernels;
struct bf_nn;

typedef struct bf_ctx {
    bf_allocator alloc;
    bf_arena arena;                /* scratch; reset at the start of every public call */
    const struct bf_kernels *kern; /* never NULL */
    struct bf_nn *nn;              /* the engine's models, see nn/nn.h; thread-safe; may be NULL */
    void (*log)(void *user, int32_t level, const char *line);
    void *log_user;
    int lock_refusal_told; /* that memory cannot be locked is said once */
    char error[BF_ERROR_MAX];
} bf_ctx;

/* Record a one-line message and hand back the code. Control characters become '?'. */
bf_status bf_ctx_fail(bf_ctx *c, bf_status code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* One line to the log hook, if there is one. */
void bf_ctx_log(bf_ctx *c, int32_t level, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Heap memory of the engine's allocator. Zeroed. NULL when refused or when n * size overflows. */
void *bf_ctx_alloc(bf_ctx *c, size_t n, size_t size);
void bf_ctx_release(bf_ctx *c, void *ptr);
void bf_alloc_release(const bf_allocator *a, void *ptr);

/* Scratch from the arena, zeroed, 64-byte aligned; freed by the reset. NULL when refused. */
void *bf_ctx_scratch(bf_ctx *c, size_t n, size_t size);

/* Overwrite memory in a way the compiler may not drop. */
void bf_wipe(void *ptr, size_t len);

#define BF_TRY(expr)                                                                               \
    do {                                                                                           \
        bf_status bf_try_status_ = (expr);                                                         \
        if (bf_try_status_) return bf_try_status_;                                                 \
    } while (0)

#define BF_FAIL(c, code, ...) return bf_ctx_fail((c), (code), __VA_ARGS__)
#define BF_FAIL_NOMEM(c) return bf_ctx_fail((c), BF_ENOMEM, "out of memory")

/* For messages: "%u sample%s", n, bf_plural(n). */
static inline const char *bf_plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

#endif
