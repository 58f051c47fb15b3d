/* SPDX-License-Identifier: Apache-2.0 */
/* What stands behind the opaque handles of engine.h and template.h. */
#ifndef BF_ENGINE_SESSION_H
#define BF_ENGINE_SESSION_H
#include "bonafide/engine.h"
#include "kernel/kernel.h"
#include "nn/nn.h"
#include "template/modality.h"
#include "util/ctx.h"

struct bf_engine {
    bf_allocator alloc;
    bf_kernels kern;
    bf_nn *nn; /* never NULL */
    void (*log)(void *user, int32_t level, const char *line);
    void *log_user;
};

struct bf_session {
    bf_ctx ctx;
    bf_engine *engine;
};

struct bf_template {
    bf_allocator alloc;
    const bf_modality *modality;
    bf_template_info info;
    bf_bytes bytes;
    void *prepared; /* the modality's own form, one block */
    size_t prepared_len;
};

/* Start of every public call that takes a session: forget the last error, reset the scratch. */
bf_ctx *bf_session__enter(bf_session *s);

/* Copy options of any version over the defaults and check them. NULL: the defaults.
 * @return 0, BF_EINVAL */
bf_status bf_extract_opts__read(bf_ctx *c, const bf_extract_opts *opts, bf_extract_opts *out);

/* NULL when there is no such modality. */
const bf_modality *bf_modality_find(uint32_t id);

/* Make a template of bytes, which it takes over; on failure they are wiped and released. */
bf_status bf_template__take(bf_ctx *c, bf_bytes bytes, bf_template **out);

#endif
