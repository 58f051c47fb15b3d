/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faces in a picture: BlazeFace, the "back" model of 256 x 256 px ([Bazarevsky2019]).
 *
 * The detector sees a square of the picture, scaled to 256 px, and answers for 896 anchors (2 for
 * each of 16 x 16 cells, 6 for each of 8 x 8) with a confidence, a box and six key points. Doubles
 * are averaged, weighted by confidence, rather than dropped: the box is steadier.
 *
 * It was trained on upright faces that leave some room around them and are not tiny. So, only where
 * the first look finds nothing sure: the picture is looked at with a margin, turned by quarters,
 * and in overlapping parts. One look costs one run of the network.
 */
#include <math.h>
#include <string.h>

#include "face/face.h"
#include "face/params.h"
#include "nn/nn.h"
#include "util/fmath.h"

#define ANCHORS_FINE 512   /* 16 x 16 cells, 2 each */
#define ANCHORS_COARSE 384 /* 8 x 8 cells, 6 each */
#define ANCHOR_VALUES 16   /* x, y, w, h, and 6 points */

bf_look bf_face_look_whole(const bf_pyramid *p, float pad, float roll)
{
    const bf_nn_pixels *px = &p->level[0];
    float side = (float)(px->w > px->h ? px->w : px->h);
    return (bf_look){0.5f * (float)(px->w - 1), 0.5f * (float)(px->h - 1),
                     side * (1.0f + 2.0f * pad), roll};
}

typedef struct answers {
    const float *confidence[2], *box[2]; /* fine, coarse */
} answers;

/* The outputs by their shape: the file's order is a matter of the converter. */
static bf_status sort_outputs(bf_ctx *c, const bf_nn_output *out, uint32_t n, answers *a)
{
    memset(a, 0, sizeof *a);
    for (uint32_t i = 0; i < n; i++) {
        if (out[i].count == ANCHORS_FINE) a->confidence[0] = out[i].data;
        if (out[i].count == ANCHORS_COARSE) a->confidence[1] = out[i].data;
        if (out[i].count == ANCHORS_FINE * ANCHOR_VALUES) a->box[0] = out[i].data;
        if (out[i].count == ANCHORS_COARSE * ANCHOR_VALUES) a->box[1] = out[i].data;
    }
    if (a->confidence[0] && a->confidence[1] && a->box[0] && a->box[1]) return BF_OK;
    BF_FAIL(c, BF_EMODEL, "model blazeface_back: not the outputs of that model");
}

/* Box and points of one anchor, in the image's frame. (ax, ay): the anchor in the look, 0..256. */
static bf_found decode(const float *v, float ax, float ay, float confidence, const bf_nn_affine *m)
{
    bf_found f = {.confidence = confidence};
    float step = sqrtf(fabsf(m->m[0] * m->m[4] - m->m[1] * m->m[3]));
    bf_nn_point centre = bf_nn_affine_apply(m, ax + v[0], ay + v[1]);
    f.x = centre.x;
    f.y = centre.y;
    f.w = fabsf(v[2]) * step;
    f.h = fabsf(v[3]) * step;
    for (int k = 0; k < BF_FACE_KEYS; k++) {
        f.key[k] = bf_nn_affine_apply(m, ax + v[4 + 2 * k], ay + v[5 + 2 * k]);
    }
    return f;
}

static float roll_of(const bf_found *f)
{
    return (float)bf_atan2(f->key[0].y - f->key[1].y, f->key[1].x - f->key[0].x);
}

static int is_sane(const bf_found *f)
{
    float all = f->x + f->y + f->w + f->h;
    for (int k = 0; k < BF_FACE_KEYS; k++) all += f->key[k].x + f->key[k].y;
    return isfinite(all) && f->w >= 1.0f && f->h >= 1.0f;
}

/* The least certain makes way for a more certain one. */
static void add(bf_found_list *list, const bf_found *f)
{
    if (list->count < BF_FACE_DETECT_MAX) {
        list->face[list->count++] = *f;
        return;
    }
    uint32_t least = 0;
    for (uint32_t i = 1; i < list->count; i++) {
        if (list->face[i].confidence < list->face[least].confidence) least = i;
    }
    if (f->confidence > list->face[least].confidence) list->face[least] = *f;
}

static void decode_all(const answers *a, const bf_nn_affine *m, bf_found_list *list)
{
    for (int part = 0; part < 2; part++) {
        int cells = part ? 8 : 16, each = part ? 6 : 2, n = cells * cells * each;
        float pitch = (float)PARAM_DETECT_SIDE / (float)cells;
        for (int i = 0; i < n; i++) {
            float confidence = (float)(1.0 / (1.0 + bf_exp(-a->confidence[part][i])));
            if (!(confidence >= PARAM_DETECT_MIN)) continue;
            /* Anchors count pixel edges; our frame counts pixel centres. */
            float ax = ((float)(i / each % cells) + 0.5f) * pitch - 0.5f;
            float ay = ((float)(i / each / cells) + 0.5f) * pitch - 0.5f;
            bf_found f = decode(a->box[part] + i * ANCHOR_VALUES, ax, ay, confidence, m);
            if (!is_sane(&f)) continue;
            f.roll = roll_of(&f);
            add(list, &f);
        }
    }
}

static float span_overlap(float a, float da, float b, float db)
{
    float low = fmaxf(a - 0.5f * da, b - 0.5f * db), high = fminf(a + 0.5f * da, b + 0.5f * db);
    return fmaxf(0.0f, high - low);
}

/* Intersection over union, taking the boxes as upright: they are nearly square. */
static float overlap(const bf_found *a, const bf_found *b)
{
    float common = span_overlap(a->x, a->w, b->x, b->w) * span_overlap(a->y, a->h, b->y, b->h);
    return common / (a->w * a->h + b->w * b->h - common);
}

static void accumulate(bf_found *sum, const bf_found *f, float weight)
{
    sum->x += weight * f->x;
    sum->y += weight * f->y;
    sum->w += weight * f->w;
    sum->h += weight * f->h;
    for (int k = 0; k < BF_FACE_KEYS; k++) {
        sum->key[k].x += weight * f->key[k].x;
        sum->key[k].y += weight * f->key[k].y;
    }
}

/* Of the boxes from `done` on: the most certain, averaged with those that overlap it, goes to
 * `done`; the others follow. */
static void merge_best(bf_found_list *list, uint32_t done)
{
    uint32_t best = done, kept = done + 1;
    for (uint32_t i = done; i < list->count; i++) {
        if (list->face[i].confidence > list->face[best].confidence) best = i;
    }
    bf_found lead = list->face[best], sum = {0}, mean = {.confidence = lead.confidence};
    float weight = 0.0f;
    list->face[best] = list->face[done];
    list->face[done] = lead;
    for (uint32_t i = done; i < list->count; i++) {
        bf_found f = list->face[i];
        if (i != done && overlap(&lead, &f) <= PARAM_DETECT_OVERLAP) {
            list->face[kept++] = f;
            continue;
        }
        accumulate(&sum, &f, f.confidence);
        weight += f.confidence;
    }
    accumulate(&mean, &sum, 1.0f / weight);
    mean.roll = roll_of(&mean);
    list->face[done] = mean;
    list->count = kept;
}

/* Boxes before `first` are of earlier looks: of two of one face the more certain stays. */
static void merge(bf_found_list *list, uint32_t first)
{
    for (uint32_t done = first; done < list->count; done++) merge_best(list, done);
    for (uint32_t i = first; i < list->count;) {
        uint32_t j = 0;
        while (j < first && overlap(&list->face[i], &list->face[j]) <= PARAM_DETECT_OVERLAP) j++;
        if (j == first) {
            i++;
            continue;
        }
        if (list->face[i].confidence > list->face[j].confidence) list->face[j] = list->face[i];
        list->face[i] = list->face[--list->count];
    }
}

static bf_status run_look(bf_ctx *c, const bf_pyramid *p, const bf_nn_affine *m,
                          bf_found_list *list)
{
    static const bf_nn_input want = {
        .w = PARAM_DETECT_SIDE,
        .h = PARAM_DETECT_SIDE,
        .channels = 3,
        .layout = BF_NN_NHWC,
        .order = BF_NN_RGB,
        .border = BF_NN_BORDER_CONSTANT,
        .antialias = 1,
        .mean = {127.5f, 127.5f, 127.5f},
        .scale = {1.0f / 127.5f, 1.0f / 127.5f, 1.0f / 127.5f},
    };
    const bf_nn_shape shape = {4, {1, PARAM_DETECT_SIDE, PARAM_DETECT_SIDE, 3}};
    const bf_nn_model *model;
    bf_nn_output out[4];
    answers a;
    BF_TRY(bf_nn__model(c, "blazeface_back", &model));
    if (bf_nn__outputs(model) != 4) BF_FAIL(c, BF_EMODEL, "model blazeface_back: not four outputs");
    float *x = bf_ctx_scratch(c, (size_t)PARAM_DETECT_SIDE * PARAM_DETECT_SIDE * 3, sizeof *x);
    if (!x) BF_FAIL_NOMEM(c);
    bf_pyramid_tensor(p, m, &want, x);
    BF_TRY(bf_nn__run(c, model, x, &shape, out, 4));
    BF_TRY(sort_outputs(c, out, 4, &a));
    decode_all(&a, m, list);
    return BF_OK;
}

bf_status bf_face_look(bf_ctx *c, const bf_pyramid *p, const bf_look *look, bf_found_list *list)
{
    bf_nn_affine m = bf_nn_affine_rect(look->x, look->y, look->side, look->side, look->roll,
                                       PARAM_DETECT_SIDE, PARAM_DETECT_SIDE);
    bf_arena_mark mark = bf_arena_save(&c->arena);
    uint32_t first = list->count;
    bf_status st = run_look(c, p, &m, list);
    bf_arena_restore(&c->arena, mark);
    if (!st) merge(list, first);
    return st;
}

static float surest(const bf_found_list *list)
{
    float best = 0.0f;
    for (uint32_t i = 0; i < list->count; i++) best = fmaxf(best, list->face[i].confidence);
    return best;
}

static bf_status look_whole(bf_ctx *c, const bf_pyramid *p, float pad, float roll,
                            bf_found_list *list)
{
    bf_look look = bf_face_look_whole(p, pad, roll);
    return bf_face_look(c, p, &look, list);
}

/* With more and more room around, then turned, until one face is sure. */
static bf_status look_until_sure(bf_ctx *c, const bf_pyramid *p, bf_found_list *list)
{
    static const float pads[] = {0.0f, PARAM_PAD_LITTLE, PARAM_PAD_MUCH};
    for (int i = 0; i < 3 && surest(list) < PARAM_DETECT_SURE; i++) {
        BF_TRY(look_whole(c, p, pads[i], 0.0f, list));
    }
    for (int q = 1; q < 4 && surest(list) < PARAM_DETECT_SURE; q++) {
        BF_TRY(look_whole(c, p, PARAM_PAD_LITTLE, (float)(q * 0.5 * BF_PI), list));
    }
    return BF_OK;
}

/* Overlapping squares of that side over the whole picture, three quarters of a side apart. */
static bf_status look_parts(bf_ctx *c, const bf_pyramid *p, float side, uint32_t *left,
                            bf_found_list *list)
{
    float w = (float)p->level[0].w, h = (float)p->level[0].h, step = 0.75f * side;
    int32_t cols = w > side ? (int32_t)ceilf((w - side) / step) + 1 : 1;
    int32_t rows = h > side ? (int32_t)ceilf((h - side) / step) + 1 : 1;
    for (int32_t i = 0; i < cols * rows && *left; i++, (*left)--) {
        float fx = cols > 1 ? (float)(i % cols) / (float)(cols - 1) : 0.5f;
        float fy = rows > 1 ? (float)(i / cols) / (float)(rows - 1) : 0.5f;
        bf_look look = {cols > 1 ? fx * (w - side) + 0.5f * (side - 1.0f) : 0.5f * (w - 1.0f),
                        rows > 1 ? fy * (h - side) + 0.5f * (side - 1.0f) : 0.5f * (h - 1.0f),
                        side, 0.0f};
        BF_TRY(bf_face_look(c, p, &look, list));
    }
    return BF_OK;
}

/* Smaller and smaller parts; `all`: also when something has been found. */
static bf_status look_closer(bf_ctx *c, const bf_pyramid *p, int all, bf_found_list *list)
{
    float w = (float)p->level[0].w, h = (float)p->level[0].h;
    float side = fminf(fminf(w, h), 0.5f * fmaxf(w, h));
    uint32_t left = PARAM_TILES_MAX;
    for (int i = 0; i < PARAM_TILE_LEVELS && side >= PARAM_TILE_MIN; i++, side *= 0.5f) {
        if (!all && list->count) break;
        BF_TRY(look_parts(c, p, side, &left, list));
    }
    return BF_OK;
}

bf_status bf_face_locate(bf_ctx *c, const bf_pyramid *p, bf_found_list *out)
{
    out->count = 0;
    BF_TRY(look_until_sure(c, p, out));
    if (!out->count) BF_TRY(look_closer(c, p, 0, out));
    return BF_OK;
}

bf_status bf_face_locate_all(bf_ctx *c, const bf_pyramid *p, bf_found_list *out)
{
    out->count = 0;
    BF_TRY(look_until_sure(c, p, out));
    return look_closer(c, p, 1, out);
}

static float side_of(const bf_found *f)
{
    return fmaxf(f->w, f->h);
}

/* 0 in the middle, 1 in a corner. */
static float off_centre(const bf_pyramid *p, const bf_found *f)
{
    float w = (float)p->level[0].w, h = (float)p->level[0].h;
    float dx = f->x - 0.5f * (w - 1.0f), dy = f->y - 0.5f * (h - 1.0f);
    return fminf(1.0f, sqrtf((dx * dx + dy * dy) / (0.25f * (w * w + h * h))));
}

/* Larger, nearer to the middle, and surely a face. */
static float claim(const bf_pyramid *p, const bf_found *f)
{
    float sure = fminf(1.0f, f->confidence / PARAM_DETECT_SURE);
    return side_of(f) * (1.0f - PARAM_MAIN_MIDDLE * off_centre(p, f)) * sure;
}

static void swap(bf_found_list *list, uint32_t i, uint32_t j)
{
    bf_found f = list->face[i];
    list->face[i] = list->face[j];
    list->face[j] = f;
}

uint32_t bf_face_choose(const bf_pyramid *p, bf_found_list *list)
{
    if (!list->count) return 0;
    uint32_t best = 0;
    for (uint32_t i = 1; i < list->count; i++) {
        if (claim(p, &list->face[i]) > claim(p, &list->face[best])) best = i;
    }
    swap(list, 0, best);
    for (uint32_t i = 1; i < list->count; i++) {
        uint32_t largest = i;
        for (uint32_t j = i + 1; j < list->count; j++) {
            if (side_of(&list->face[j]) > side_of(&list->face[largest])) largest = j;
        }
        swap(list, i, largest);
    }
    if (list->count == 1) return BF_FACE_MAIN_ONLY;
    return side_of(&list->face[0]) >= side_of(&list->face[1]) ? BF_FACE_MAIN_LARGEST
                                                              : BF_FACE_MAIN_CENTRAL;
}
