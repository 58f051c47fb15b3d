/* SPDX-License-Identifier: Apache-2.0 */
/* Public face of palms: the evidence behind a template. */
#include "bonafide/palm.h"

#include <math.h>
#include <string.h>

#include "engine/session.h"
#include "palm/compare.h"
#include "palm/quality.h"
#include "palm/view.h"

bf_status bf_palm_inspect(bf_session *s, const bf_image *image, const bf_extract_opts *opts,
                          bf_palm_view **out)
{
    if (!s || !image || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_extract_opts o;
    BF_TRY(bf_extract_opts__read(c, opts, &o));
    const bf_modality *m = bf_modality_find(BF_PALM);
    if (!m) BF_FAIL(c, BF_EMODALITY, "palms are not supported");
    bf_palm_view *v = bf_ctx_alloc(c, 1, sizeof *v);
    if (!v) BF_FAIL_NOMEM(c);
    v->alloc = c->alloc;
    bf_bytes bytes = {0};
    bf_status st = m->extract(c, image, &o, v, &bytes);
    if (!st) st = bf_template__take(c, bytes, &v->template);
    if (st) {
        bf_palm_view_free(v);
        return st;
    }
    *out = v;
    return BF_OK;
}

void bf_palm_view_free(bf_palm_view *v)
{
    if (!v) return;
    bf_template_free(v->template);
    bf_palm_view_clear(v);
    bf_allocator a = v->alloc;
    bf_wipe(v, sizeof *v);
    bf_alloc_release(&a, v);
}

uint32_t bf_palm_view_found(const bf_palm_view *v)
{
    return v->found;
}

uint32_t bf_palm_view_side(const bf_palm_view *v)
{
    return v->side;
}

const bf_palm_point *bf_palm_view_outline(const bf_palm_view *v, uint32_t *count)
{
    *count = v->outline_count;
    return v->outline;
}

const bf_palm_point *bf_palm_view_valleys(const bf_palm_view *v, uint32_t *count)
{
    *count = v->valley_count;
    return v->valley;
}

const bf_palm_point *bf_palm_view_landmarks(const bf_palm_view *v, uint32_t *count)
{
    *count = v->landmark_count;
    return v->landmark;
}

const bf_palm_point *bf_palm_view_corners(const bf_palm_view *v)
{
    return v->corner;
}

const uint8_t *bf_palm_view_region(const bf_palm_view *v)
{
    return v->region;
}

const uint8_t *bf_palm_view_lines(const bf_palm_view *v)
{
    return v->lines;
}

const bf_template *bf_palm_view_template(const bf_palm_view *v)
{
    return v->template;
}

#define BLOCKS_A_ROW 4
#define CELL_PX 4.0f

bf_status bf_palm_explain(bf_session *s, const bf_template *a, const bf_template *b,
                          bf_palm_match *out)
{
    if (!s || !a || !b || !out) return BF_EINVAL;
    if (a->modality->id != BF_PALM || b->modality->id != BF_PALM) {
        return bf_ctx_fail(bf_session__enter(s), BF_EMODALITY, "not a palm template");
    }
    float score;
    BF_TRY(bf_compare(s, a, b, &score));
    bf_ctx *c = bf_session__enter(s);
    bf_palm_alignment m;
    bf_pscore features;
    bf_palm_compare_features(c->kern, a->prepared, b->prepared, -INFINITY, &m, &features);
    memset(out, 0, sizeof *out);
    out->score = score;
    out->block_count = BF_PALM_BLOCKS;
    out->block_px = (float)BF_PALM_SIDE / BLOCKS_A_ROW;
    for (uint32_t k = 0; k < BF_PALM_BLOCKS; k++) {
        bf_palm_block *t = &out->block[k];
        t->ax_px = ((float)(k % BLOCKS_A_ROW) + 0.5f) * out->block_px - 0.5f;
        t->ay_px = ((float)(k / BLOCKS_A_ROW) + 0.5f) * out->block_px - 0.5f;
        t->bx_px = t->ax_px + CELL_PX * m.dx[k];
        t->by_px = t->ay_px + CELL_PX * m.dy[k];
        float v = m.valid[k] > 0 ? (float)m.agree[k] / (float)m.valid[k] : 0.0f;
        t->agreement = v < 0 ? 0 : v;
    }
    return BF_OK;
}

const char *bf_palm_reason_text(uint32_t reason)
{
    return bf_palm__reason_text(reason);
}
