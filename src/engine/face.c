/* SPDX-License-Identifier: Apache-2.0 */
/* Public face of faces: all of a picture, the evidence behind a template, attacks. */
#include "bonafide/face.h"

#include <string.h>

#include "engine/session.h"
#include "face/encode.h"
#include "face/module.h"

bf_status bf_face_find(bf_session *s, const bf_image *image, bf_face *out, uint32_t cap,
                       uint32_t *count)
{
    if (!s || !image || !count || (cap && !out)) return BF_EINVAL;
    return bf_face__find(bf_session__enter(s), image, out, cap, count);
}

bf_status bf_face_inspect(bf_session *s, const bf_image *image, const bf_extract_opts *opts,
                          bf_face_view **out)
{
    if (!s || !image || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_extract_opts o;
    BF_TRY(bf_extract_opts__read(c, opts, &o));
    bf_face_view *v = bf_ctx_alloc(c, 1, sizeof *v);
    if (!v) BF_FAIL_NOMEM(c);
    v->alloc = c->alloc;
    bf_bytes bytes = {0};
    bf_status st = bf_face_modality.extract(c, image, &o, v, &bytes);
    if (!st) st = bf_template__take(c, bytes, &v->template);
    if (st) {
        bf_face_view_free(v);
        return st;
    }
    *out = v;
    return BF_OK;
}

void bf_face_view_free(bf_face_view *v)
{
    if (!v) return;
    bf_template_free(v->template);
    bf_allocator a = v->alloc;
    bf_wipe(v, sizeof *v);
    bf_alloc_release(&a, v);
}

const bf_face *bf_face_view_faces(const bf_face_view *v, uint32_t *count)
{
    *count = v->count;
    return v->face;
}

uint32_t bf_face_view_why(const bf_face_view *v)
{
    return v->why;
}

const char *bf_face_view_why_text(const bf_face_view *v)
{
    switch (v->why) {
    case BF_FACE_MAIN_LARGEST: return "the largest face";
    case BF_FACE_MAIN_CENTRAL: return "nearest to the middle of those of its size";
    default: return "the only face";
    }
}

/* As much of a public struct as the caller knows; its size stays the caller's. */
static void give(void *out, const void *from, size_t size)
{
    uint32_t known;
    memcpy(&known, out, sizeof known);
    if (known < sizeof known) return;
    if (known < size) size = known;
    memcpy((uint8_t *)out + sizeof known, (const uint8_t *)from + sizeof known,
           size - sizeof known);
}

void bf_face_view_quality(const bf_face_view *v, bf_face_quality *out)
{
    give(out, &v->quality, sizeof v->quality);
}

const bf_face_point *bf_face_view_mesh(const bf_face_view *v, uint32_t *count)
{
    *count = BF_FACE_MESH_POINTS;
    return v->mesh;
}

const uint8_t *bf_face_view_crop(const bf_face_view *v, uint32_t *side)
{
    *side = BF_FACE_CROP_PX;
    return v->crop;
}

const bf_template *bf_face_view_template(const bf_face_view *v)
{
    return v->template;
}

bf_status bf_face_pad(bf_session *s, const bf_image *image, bf_face_pad_result *out)
{
    if (!s || !image || !out || out->struct_size < sizeof(uint32_t)) return BF_EINVAL;
    bf_face_pad_result r = {.struct_size = sizeof r};
    BF_TRY(bf_face__pad(bf_session__enter(s), image, &r));
    give(out, &r, sizeof r);
    return BF_OK;
}

const char *bf_face_template_model(const bf_template *t)
{
    if (t->info.modality != BF_FACE) return "";
    return ((const bf_face_prepared *)t->prepared)->name;
}
