/* SPDX-License-Identifier: Apache-2.0 */
/* Engine and session: open, free, defaults. */
#include <stdlib.h>
#include <string.h>

#include "engine/session.h"

static void *default_alloc(void *user, size_t size)
{
    (void)user;
    return malloc(size);
}

static void default_free(void *user, void *ptr)
{
    (void)user;
    free(ptr);
}

const char *bf_version(void)
{
    return BF_VERSION;
}

void bf_engine_opts_init(bf_engine_opts *opts)
{
    memset(opts, 0, sizeof *opts);
    opts->struct_size = sizeof *opts;
    opts->kernel_mask = BF_KERNEL_ALL;
    opts->allocator = (bf_allocator){default_alloc, default_free, NULL};
}

bf_status bf_engine_open(const bf_engine_opts *opts, bf_engine **out)
{
    if (!out) return BF_EINVAL;
    bf_engine_opts o;
    bf_engine_opts_init(&o);
    if (opts) {
        if (opts->struct_size < sizeof(uint32_t) || opts->struct_size > sizeof o) return BF_EINVAL;
        memcpy(&o, opts, opts->struct_size);
    }
    if (!o.allocator.alloc || !o.allocator.free) return BF_EINVAL;
    bf_engine *e = o.allocator.alloc(o.allocator.user, sizeof *e);
    if (!e) return BF_ENOMEM;
    memset(e, 0, sizeof *e);
    e->alloc = o.allocator;
    e->log = o.log;
    e->log_user = o.log_user;
    bf_kernels_init(&e->kern, o.kernel_mask);
    bf_status st = bf_nn__open(&e->alloc, o.models, &e->nn);
    if (st) {
        bf_alloc_release(&o.allocator, e);
        return st;
    }
    *out = e;
    return BF_OK;
}

void bf_engine_free(bf_engine *engine)
{
    if (!engine) return;
    bf_nn__free(engine->nn);
    bf_allocator a = engine->alloc;
    a.free(a.user, engine);
}

const char *bf_engine_kernels(const bf_engine *engine)
{
    return engine->kern.level;
}

bf_status bf_session_open(bf_engine *engine, bf_session **out)
{
    if (!engine || !out) return BF_EINVAL;
    bf_session *s = engine->alloc.alloc(engine->alloc.user, sizeof *s);
    if (!s) return BF_ENOMEM;
    memset(s, 0, sizeof *s);
    s->engine = engine;
    s->ctx.alloc = engine->alloc;
    s->ctx.kern = &engine->kern;
    s->ctx.nn = engine->nn;
    s->ctx.log = engine->log;
    s->ctx.log_user = engine->log_user;
    bf_arena_init(&s->ctx.arena, &s->ctx.alloc);
    *out = s;
    return BF_OK;
}

void bf_session_free(bf_session *session)
{
    if (!session) return;
    bf_arena_done(&session->ctx.arena);
    bf_allocator a = session->ctx.alloc;
    bf_wipe(session, sizeof *session);
    a.free(a.user, session);
}

const char *bf_session_error(const bf_session *session)
{
    return session ? session->ctx.error : "no session";
}

bf_ctx *bf_session__enter(bf_session *s)
{
    s->ctx.error[0] = 0;
    bf_arena_reset(&s->ctx.arena);
    return &s->ctx;
}
