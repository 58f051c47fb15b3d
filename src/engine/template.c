/* SPDX-License-Identifier: Apache-2.0 */
/* Public face of templates: extract, parse, read. */
#include <string.h>

#include "engine/session.h"
#include "template/template.h"

bf_status bf_template__take(bf_ctx *c, bf_bytes bytes, bf_template **out)
{
    bf_template_info info;
    bf_template *t = NULL;
    bf_status st = bf_template_read_header(c, bytes.data, bytes.len, &info);
    if (st) goto done;
    const bf_modality *m = bf_modality_find(info.modality);
    if (!m) {
        st = bf_ctx_fail(c, BF_EMODALITY, "template of modality %u: not supported", info.modality);
        goto done;
    }
    t = bf_ctx_alloc(c, 1, sizeof *t);
    if (!t) {
        st = bf_ctx_fail(c, BF_ENOMEM, "out of memory");
        goto done;
    }
    t->alloc = c->alloc;
    t->modality = m;
    t->info = info;
    st = m->prepare(c, bytes.data, bytes.len, &t->prepared, &t->prepared_len);
    if (st) goto done;
    t->bytes = bytes;
    *out = t;
    return BF_OK;
done:
    bf_ctx_release(c, t);
    bf_wipe(bytes.data, bytes.len);
    bf_ctx_release(c, bytes.data);
    return st;
}

void bf_extract_opts_init(bf_extract_opts *opts)
{
    memset(opts, 0, sizeof *opts);
    opts->struct_size = sizeof *opts;
    opts->modality = BF_FINGER;
}

bf_status bf_template_extract(bf_session *s, const bf_image *image, uint32_t modality,
                              uint32_t position, bf_template **out)
{
    bf_extract_opts o;
    bf_extract_opts_init(&o);
    o.modality = modality;
    o.position = position;
    return bf_template_extract_with(s, image, &o, out);
}

bf_status bf_extract_opts__read(bf_ctx *c, const bf_extract_opts *opts, bf_extract_opts *out)
{
    bf_extract_opts_init(out);
    if (!opts) return BF_OK;
    if (opts->struct_size < sizeof(uint32_t) || opts->struct_size > sizeof *opts) {
        BF_FAIL(c, BF_EINVAL, "bf_extract_opts of %u bytes", opts->struct_size);
    }
    memcpy(out, opts, opts->struct_size);
    out->struct_size = sizeof *out;
    if (out->flags & ~BF_EXTRACT_REGION) {
        BF_FAIL(c, BF_EINVAL, "extract: unknown flags %#x", out->flags);
    }
    if (out->pad > BF_PAD_REFUSE) BF_FAIL(c, BF_EINVAL, "extract: unknown PAD policy %u", out->pad);
    return BF_OK;
}

bf_status bf_template_extract_with(bf_session *s, const bf_image *image,
                                   const bf_extract_opts *opts, bf_template **out)
{
    if (!s || !image || !opts || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_extract_opts o;
    BF_TRY(bf_extract_opts__read(c, opts, &o));
    const bf_modality *m = bf_modality_find(o.modality);
    if (!m) BF_FAIL(c, BF_EMODALITY, "modality %u: not supported", o.modality);
    bf_bytes bytes = {0};
    BF_TRY(m->extract(c, image, &o, NULL, &bytes));
    return bf_template__take(c, bytes, out);
}

bf_status bf_template_parse(bf_session *s, const uint8_t *data, size_t len, bf_template **out)
{
    if (!s || !data || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    if (len > BF_TEMPLATE_MAX_BYTES) BF_FAIL(c, BF_EFORMAT, "template too long: %zu bytes", len);
    bf_bytes bytes = {bf_ctx_alloc(c, len, 1), len};
    if (!bytes.data) BF_FAIL_NOMEM(c);
    memcpy(bytes.data, data, len);
    return bf_template__take(c, bytes, out);
}

void bf_template_free(bf_template *t)
{
    if (!t) return;
    bf_allocator a = t->alloc;
    bf_wipe(t->bytes.data, t->bytes.len);
    bf_alloc_release(&a, t->bytes.data);
    bf_wipe(t->prepared, t->prepared_len);
    bf_alloc_release(&a, t->prepared);
    bf_wipe(t, sizeof *t);
    bf_alloc_release(&a, t);
}

const uint8_t *bf_template_bytes(const bf_template *t, size_t *len)
{
    *len = t->bytes.len;
    return t->bytes.data;
}

uint32_t bf_template_modality(const bf_template *t)
{
    return t->info.modality;
}

uint32_t bf_template_position(const bf_template *t)
{
    return t->info.position;
}

uint32_t bf_template_quality(const bf_template *t)
{
    return t->info.quality;
}

uint32_t bf_template_quality_reasons(const bf_template *t)
{
    return t->info.reasons;
}
