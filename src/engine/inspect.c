/* SPDX-License-Identifier: Apache-2.0 */
/* Public face of the evidence: what extraction saw. */
#include "bonafide/inspect.h"

#include "engine/session.h"
#include "finger/compare.h"
#include "finger/view.h"
#include "util/fmath.h"

bf_status bf_finger_inspect(bf_session *s, const bf_image *image, bf_finger_view **out)
{
    if (!s || !image || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_finger_view *v = bf_ctx_alloc(c, 1, sizeof *v);
    if (!v) BF_FAIL_NOMEM(c);
    v->alloc = c->alloc;
    bf_bytes bytes = {0};
    bf_extract_opts o;
    bf_extract_opts_init(&o);
    bf_status st = bf_modality_find(BF_FINGER)->extract(c, image, &o, v, &bytes);
    if (!st) st = bf_template__take(c, bytes, &v->template);
    if (st) {
        bf_finger_view_free(v);
        return st;
    }
    *out = v;
    return BF_OK;
}

void bf_finger_view_free(bf_finger_view *v)
{
    if (!v) return;
    bf_template_free(v->template);
    bf_finger_view_clear(v);
    bf_allocator a = v->alloc;
    bf_alloc_release(&a, v);
}

const bf_minutia *bf_finger_view_minutiae(const bf_finger_view *v, size_t *count)
{
    *count = v->minutia_count;
    return v->minutiae;
}

const bf_singular *bf_finger_view_singulars(const bf_finger_view *v, size_t *count)
{
    *count = v->singular_count;
    return v->singulars;
}

void bf_finger_view_maps(const bf_finger_view *v, bf_finger_maps *out)
{
    *out = v->maps;
}

const uint8_t *bf_finger_view_enhanced(const bf_finger_view *v, uint32_t *w, uint32_t *h)
{
    *w = v->enhanced_w;
    *h = v->enhanced_h;
    return v->enhanced;
}

const bf_template *bf_finger_view_template(const bf_finger_view *v)
{
    return v->template;
}

size_t bf_template_minutiae(const bf_template *t, bf_minutia *out, size_t cap)
{
    if (t->info.modality != BF_FINGER) return 0;
    const bf_fprepared *p = t->prepared;
    for (uint32_t i = 0; i < p->count && i < cap; i++) {
        out[i] = (bf_minutia){p->x[i], p->y[i], (float)(p->angle[i] * (BF_PI / 128)), p->type[i],
                              (uint32_t)(p->weight[i] * 100.0f + 0.5f)};
    }
    return p->count;
}
