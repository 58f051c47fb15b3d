/* SPDX-License-Identifier: Apache-2.0 */
/* The context every internal function is handed: see ctx.h. */
#include "util/ctx.h"

#include <stdio.h>
#include <string.h>

static void format_line(char *out, size_t cap, const char *fmt, va_list args)
{
    vsnprintf(out, cap, fmt, args);
    for (char *p = out; *p; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f) *p = '?';
    }
}

bf_status bf_ctx_fail(bf_ctx *c, bf_status code, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    format_line(c->error, sizeof c->error, fmt, args);
    va_end(args);
    return code;
}

void bf_ctx_log(bf_ctx *c, int32_t level, const char *fmt, ...)
{
    if (!c->log) return;
    char line[BF_ERROR_MAX];
    va_list args;
    va_start(args, fmt);
    format_line(line, sizeof line, fmt, args);
    va_end(args);
    c->log(c->log_user, level, line);
}

void *bf_ctx_alloc(bf_ctx *c, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / 4 / size) return NULL;
    void *p = c->alloc.alloc(c->alloc.user, n && size ? n * size : 1);
    if (p) memset(p, 0, n * size);
    return p;
}

void bf_alloc_release(const bf_allocator *a, void *ptr)
{
    if (ptr) a->free(a->user, ptr);
}

void bf_ctx_release(bf_ctx *c, void *ptr)
{
    bf_alloc_release(&c->alloc, ptr);
}

void *bf_ctx_scratch(bf_ctx *c, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / 4 / size) return NULL;
    void *p = bf_arena_alloc(&c->arena, n * size);
    if (p) memset(p, 0, n * size);
    return p;
}

void bf_wipe(void *ptr, size_t len)
{
    if (!ptr || !len) return;
    memset(ptr, 0, len);
    __asm__ __volatile__("" : : "r"(ptr) : "memory");
}
