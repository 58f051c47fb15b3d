/* SPDX-License-Identifier: Apache-2.0 */
/* The face modality: the order of the steps, and the table the engine knows. */
#include "face/module.h"

#include <string.h>

#include "face/calibration.h"
#include "face/code.h"
#include "face/compare.h"
#include "face/encode.h"

/* What is known of the main face of a picture. Arena. */
typedef struct main_face {
    bf_pyramid pyramid;
    bf_found_list list;
    bf_aligned aligned;
    uint32_t why;
    uint8_t crop[BF_FACE_CROP_PX * BF_FACE_CROP_PX * 3]; /* RGB, or grey in its first third */
} main_face;

static bf_status cut_crop(bf_ctx *c, main_face *f)
{
    static const bf_nn_input want = {.w = BF_FACE_CROP_PX,
                                     .h = BF_FACE_CROP_PX,
                                     .border = BF_NN_BORDER_CONSTANT,
                                     .antialias = 1};
    bf_nn_affine m;
    if (bf_face_crop_affine(&f->aligned, &m)) BF_FAIL(c, BF_ENONE, "no face found");
    bf_pyramid_bytes(&f->pyramid, &m, &want, f->crop);
    if (f->pyramid.level[0].channels == 3) return BF_OK;
    for (size_t i = (size_t)BF_FACE_CROP_PX * BF_FACE_CROP_PX; i-- > 0;) {
        memset(f->crop + 3 * i, f->crop[i], 3);
    }
    return BF_OK;
}

static bf_status find_main(bf_ctx *c, const bf_image *image, main_face **out)
{
    main_face *f = bf_ctx_scratch(c, 1, sizeof *f);
    if (!f) BF_FAIL_NOMEM(c);
    BF_TRY(bf_pyramid_make(c, image, &f->pyramid));
    BF_TRY(bf_face_locate(c, &f->pyramid, &f->list));
    f->why = bf_face_choose(&f->pyramid, &f->list);
    if (!f->why) BF_FAIL(c, BF_ENONE, "no face found");
    BF_TRY(bf_face_align(c, &f->pyramid, &f->list.face[0], &f->aligned));
    BF_TRY(cut_crop(c, f));
    *out = f;
    return BF_OK;
}

static void fill_view(const main_face *f, const bf_face_quality *q, bf_face_view *v)
{
    v->why = f->why;
    v->quality = *q;
    memcpy(v->crop, f->crop, sizeof v->crop);
    for (uint32_t i = 0; i < f->list.count && v->count < BF_FACE_MAX; i++) {
        v->face[v->count++] = bf_face_public(&f->list.face[i], i ? NULL : &f->aligned);
    }
    for (uint32_t i = 0; i < BF_FACE_MESH_POINTS; i++) {
        v->mesh[i] = (bf_face_point){f->aligned.mesh[i].x, f->aligned.mesh[i].y};
    }
}

static bf_status judge_attack(bf_ctx *c, const main_face *f, const bf_extract_opts *opts,
                              bf_face_quality *q)
{
    if (opts->pad == BF_PAD_OFF) return BF_OK;
    bf_face_pad_result r = {.struct_size = sizeof r};
    bf_face_pad_measure(&f->aligned, f->crop, &r);
    if (!r.suspected) return BF_OK;
    if (opts->pad == BF_PAD_REFUSE) {
        BF_FAIL(c, BF_EATTACK, "may be a picture of a face: %.0f of 100, at least %.0f is asked",
                (double)r.score, (double)r.threshold);
    }
    q->reasons |= BF_FACE_QUALITY_ATTACK;
    return BF_OK;
}

static bf_status extract(bf_ctx *c, const bf_image *image, const bf_extract_opts *opts, void *view,
                         bf_bytes *out)
{
    main_face *f;
    bf_embedding e;
    bf_face_quality q = {.struct_size = sizeof q};
    if (opts->position) BF_FAIL(c, BF_EINVAL, "a face has no position %u", opts->position);
    if (opts->flags) BF_FAIL(c, BF_EINVAL, "extract: flags %#x are not for faces", opts->flags);
    BF_TRY(find_main(c, image, &f));
    bf_face_quality_measure(&f->pyramid, &f->list, &f->aligned, f->crop, &q);
    BF_TRY(judge_attack(c, f, opts, &q));
    BF_TRY(bf_face_embed(c, &f->pyramid, &f->aligned, opts->recogniser, &e));
    if (view) fill_view(f, &q, view);
    return bf_face_encode(c, &e, q.overall, q.reasons, out);
}

bf_status bf_face__find(bf_ctx *c, const bf_image *image, bf_face *out, uint32_t cap,
                        uint32_t *count)
{
    bf_pyramid p;
    bf_aligned a;
    bf_found_list *list = bf_ctx_scratch(c, 1, sizeof *list);
    if (!list) BF_FAIL_NOMEM(c);
    BF_TRY(bf_pyramid_make(c, image, &p));
    BF_TRY(bf_face_locate_all(c, &p, list));
    bf_face_choose(&p, list);
    if (list->count > BF_FACE_MAX) list->count = BF_FACE_MAX;
    for (uint32_t i = 0; i < list->count && i < cap; i++) {
        bf_status st = bf_face_align(c, &p, &list->face[i], &a);
        if (st && st != BF_ENONE) return st;
        out[i] = bf_face_public(&list->face[i], st ? NULL : &a);
    }
    c->error[0] = 0;
    *count = list->count;
    return BF_OK;
}

bf_status bf_face__pad(bf_ctx *c, const bf_image *image, bf_face_pad_result *out)
{
    main_face *f;
    BF_TRY(find_main(c, image, &f));
    bf_face_pad_measure(&f->aligned, f->crop, out);
    return BF_OK;
}

static int comparable(const void *a, const void *b)
{
    return bf_face_comparable(a, b);
}

const bf_modality bf_face_modality = {
    .id = BF_FACE,
    .name = "face",
    .extract = extract,
    .prepare = bf_face_prepare,
    .compare = bf_face_compare,
    .comparable = comparable,
    .calibration = &bf_face_calibration,
    .fast = &bf_face_fast,
};
