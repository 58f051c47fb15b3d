/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the parts of a face are: FaceMesh ([Kartynnik2019]), 468 points in three dimensions from a
 * square of 192 x 192 px around a box; from them the five points that place the aligned crop.
 *
 * The mesh is as good as the box it is given. So the box is judged: where detector and mesh agree
 * on eyes, nose and mouth, one run is enough. Where they do not, the mesh is run again on the box
 * and the turn of its own result: a face that was found properly stays where it is. Where it moves,
 * the picture is looked at again with room around it and, if the mesh says that this is no face,
 * turned; the candidate that moves least wins. Profiles live on this: README.md has the numbers.
 */
#include <math.h>
#include <string.h>

#include "face/face.h"
#include "face/params.h"
#include "nn/nn.h"
#include "util/fmath.h"

#define EYE_POINTS 16
static const uint16_t eye_left[EYE_POINTS] = {33,  7,   163, 144, 145, 153, 154, 155,
                                              133, 173, 157, 158, 159, 160, 161, 246};
static const uint16_t eye_right[EYE_POINTS] = {263, 249, 390, 373, 374, 380, 381, 382,
                                               362, 398, 384, 385, 386, 387, 388, 466};
enum { NOSE_TIP = 1, MOUTH_LEFT = 61, MOUTH_RIGHT = 291, CHEEK_LEFT = 234, CHEEK_RIGHT = 454 };
enum { FOREHEAD = 10, CHIN = 152, CORNER_LEFT = 33, CORNER_RIGHT = 263 };

static bf_nn_point mean_of(const bf_nn_point *mesh, const uint16_t *index, int n)
{
    bf_nn_point sum = {0, 0};
    for (int i = 0; i < n; i++) {
        sum.x += mesh[index[i]].x;
        sum.y += mesh[index[i]].y;
    }
    return (bf_nn_point){sum.x / (float)n, sum.y / (float)n};
}

/* Turn of the head out of the plane, from the chords across and along the face. */
static void measure_pose(bf_aligned *a)
{
    double s = bf_sin(a->roll), k = bf_cos(a->roll);
    double dx = a->mesh[CHEEK_RIGHT].x - a->mesh[CHEEK_LEFT].x;
    double dy = a->mesh[CHEEK_RIGHT].y - a->mesh[CHEEK_LEFT].y;
    double across = dx * k - dy * s, dz = a->depth[CHEEK_RIGHT] - a->depth[CHEEK_LEFT];
    a->yaw = (float)bf_atan2(dz, across);
    dx = a->mesh[CHIN].x - a->mesh[FOREHEAD].x;
    dy = a->mesh[CHIN].y - a->mesh[FOREHEAD].y;
    a->pitch = (float)bf_atan2(a->depth[CHIN] - a->depth[FOREHEAD], dx * s + dy * k);
}

/* The square around the mesh, in the frame of its own turn. */
static void measure_box(bf_aligned *a)
{
    float s = (float)bf_sin(a->roll), k = (float)bf_cos(a->roll);
    float low_u = INFINITY, low_v = INFINITY, high_u = -INFINITY, high_v = -INFINITY;
    for (int i = 0; i < BF_FACE_MESH_POINTS; i++) {
        float u = a->mesh[i].x * k - a->mesh[i].y * s, v = a->mesh[i].x * s + a->mesh[i].y * k;
        low_u = fminf(low_u, u);
        high_u = fmaxf(high_u, u);
        low_v = fminf(low_v, v);
        high_v = fmaxf(high_v, v);
    }
    float u = 0.5f * (low_u + high_u), v = 0.5f * (low_v + high_v);
    a->x = u * k + v * s;
    a->y = -u * s + v * k;
    a->side = fmaxf(high_u - low_u, high_v - low_v);
}

static int read_mesh(const float *value, float face, const bf_nn_affine *m, bf_aligned *a)
{
    float step = sqrtf(fabsf(m->m[0] * m->m[4] - m->m[1] * m->m[3])), all = face;
    for (int i = 0; i < BF_FACE_MESH_POINTS; i++) {
        /* The mesh counts pixel edges; our frame counts pixel centres. */
        a->mesh[i] = bf_nn_affine_apply(m, value[3 * i] - 0.5f, value[3 * i + 1] - 0.5f);
        a->depth[i] = value[3 * i + 2] * step;
        all += a->mesh[i].x + a->mesh[i].y + a->depth[i];
    }
    if (!isfinite(all)) return -1;
    a->face = face;
    a->point[0] = mean_of(a->mesh, eye_left, EYE_POINTS);
    a->point[1] = mean_of(a->mesh, eye_right, EYE_POINTS);
    a->point[2] = a->mesh[NOSE_TIP];
    a->point[3] = a->mesh[MOUTH_LEFT];
    a->point[4] = a->mesh[MOUTH_RIGHT];
    const bf_nn_point *l = &a->mesh[CORNER_LEFT], *r = &a->mesh[CORNER_RIGHT];
    a->roll = (float)bf_atan2(l->y - r->y, r->x - l->x);
    measure_box(a);
    measure_pose(a);
    return a->side >= 1.0f ? 0 : -1;
}

static bf_status run(bf_ctx *c, const bf_pyramid *p, const bf_nn_affine *m, bf_aligned *out)
{
    static const bf_nn_input want = {
        .w = PARAM_MESH_SIDE,
        .h = PARAM_MESH_SIDE,
        .channels = 3,
        .layout = BF_NN_NCHW,
        .order = BF_NN_RGB,
        .border = BF_NN_BORDER_CONSTANT,
        .antialias = 1,
        .scale = {1.0f / 255.0f, 1.0f / 255.0f, 1.0f / 255.0f},
    };
    const bf_nn_shape shape = {4, {1, 3, PARAM_MESH_SIDE, PARAM_MESH_SIDE}};
    const bf_nn_model *model;
    bf_nn_output y[2];
    BF_TRY(bf_nn__model(c, "facemesh", &model));
    float *x = bf_ctx_scratch(c, (size_t)PARAM_MESH_SIDE * PARAM_MESH_SIDE * 3, sizeof *x);
    if (!x) BF_FAIL_NOMEM(c);
    if (bf_nn__outputs(model) < 2) BF_FAIL(c, BF_EMODEL, "model facemesh: not its outputs");
    bf_pyramid_tensor(p, m, &want, x);
    BF_TRY(bf_nn__run(c, model, x, &shape, y, 2));
    if (y[0].count != (size_t)BF_FACE_MESH_POINTS * 3 || y[1].count != 1) {
        BF_FAIL(c, BF_EMODEL, "model facemesh: not its outputs");
    }
    if (read_mesh(y[0].data, y[1].data[0], m, out)) out->face = 0.0f;
    return BF_OK;
}

/* Mesh of a square of `side` px around (x, y), turned by `roll`. */
static bf_status mesh_at(bf_ctx *c, const bf_pyramid *p, float x, float y, float side, float roll,
                         bf_aligned *out)
{
    side *= PARAM_MESH_MARGIN;
    bf_nn_affine m = bf_nn_affine_rect(x, y, side, side, roll, PARAM_MESH_SIDE, PARAM_MESH_SIDE);
    bf_arena_mark mark = bf_arena_save(&c->arena);
    bf_status st = run(c, p, &m, out);
    bf_arena_restore(&c->arena, mark);
    return st;
}

static float distance(bf_nn_point a, bf_nn_point b)
{
    return sqrtf((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y));
}

/* How far detector and mesh are apart on eyes, nose and mouth, as a share of the face's side. */
static float disagreement(const bf_found *f, const bf_aligned *a)
{
    bf_nn_point mouth = {0.5f * (a->point[3].x + a->point[4].x),
                         0.5f * (a->point[3].y + a->point[4].y)};
    float sum = distance(f->key[0], a->point[0]) + distance(f->key[1], a->point[1]) +
                distance(f->key[2], a->point[2]) + distance(f->key[3], mouth);
    return sum / (4.0f * a->side);
}

static float movement(const bf_aligned *a, const bf_aligned *b)
{
    float sum = 0.0f;
    for (int i = 0; i < BF_FACE_MESH_POINTS; i++) sum += distance(a->mesh[i], b->mesh[i]);
    return sum / ((float)BF_FACE_MESH_POINTS * b->side);
}

/* Is `a` the better candidate? One that is a face, then the steadier. */
static int better(const bf_aligned *a, const bf_aligned *b)
{
    int fa = a->face >= PARAM_MESH_FACE, fb = b->face >= PARAM_MESH_FACE;
    if (fa != fb) return fa;
    return fa ? a->unsteadiness < b->unsteadiness : a->face > b->face;
}

static int is_good(const bf_aligned *a)
{
    return a->face >= PARAM_MESH_FACE && a->unsteadiness <= PARAM_STEADY;
}

/* Run on a box, and unless `once` is enough again on the result; keep it if it is better. */
static bf_status try_box(bf_ctx *c, const bf_pyramid *p, const bf_found *f, int once,
                         bf_aligned *best)
{
    bf_aligned *two = bf_ctx_scratch(c, 2, sizeof *two);
    if (!two) BF_FAIL_NOMEM(c);
    BF_TRY(mesh_at(c, p, f->x, f->y, fmaxf(f->w, f->h), f->roll, &two[0]));
    best->runs++;
    float apart = two[0].face > 0.0f ? disagreement(f, &two[0]) : 1.0f;
    if (once && two[0].face >= PARAM_MESH_FACE && apart <= PARAM_AGREE) {
        two[0].runs = best->runs;
        two[0].unsteadiness = apart * PARAM_STEADY / PARAM_AGREE;
        *best = two[0];
        return BF_OK;
    }
    if (two[0].face <= 0.0f) return BF_OK;
    BF_TRY(mesh_at(c, p, two[0].x, two[0].y, two[0].side, two[0].roll, &two[1]));
    best->runs++;
    if (two[1].face <= 0.0f) return BF_OK;
    two[1].unsteadiness = movement(&two[0], &two[1]);
    two[1].runs = best->runs;
    if (better(&two[1], best)) *best = two[1];
    return BF_OK;
}

/* The face of the list that lies most upon `f`; NULL if none does. */
static const bf_found *same_face(const bf_found_list *list, const bf_found *f)
{
    const bf_found *best = NULL;
    float least = 0.5f * fmaxf(f->w, f->h);
    for (uint32_t i = 0; i < list->count; i++) {
        const bf_found *g = &list->face[i];
        float d = sqrtf((f->x - g->x) * (f->x - g->x) + (f->y - g->y) * (f->y - g->y));
        if (d > least) continue;
        least = d;
        best = g;
    }
    return best;
}

/* Look at the picture again, and try what is found where `f` is. */
static bf_status try_look(bf_ctx *c, const bf_pyramid *p, const bf_found *f, float pad, float roll,
                          bf_found_list *list, bf_aligned *best)
{
    bf_look look = bf_face_look_whole(p, pad, roll);
    list->count = 0;
    BF_TRY(bf_face_look(c, p, &look, list));
    const bf_found *again = same_face(list, f);
    return again ? try_box(c, p, again, 0, best) : BF_OK;
}

bf_status bf_face_align(bf_ctx *c, const bf_pyramid *p, const bf_found *f, bf_aligned *out)
{
    static const float pads[] = {0.0f, PARAM_PAD_LITTLE, PARAM_PAD_MUCH};
    memset(out, 0, sizeof *out);
    BF_TRY(try_box(c, p, f, 1, out));
    if (is_good(out)) return BF_OK;
    bf_found_list *list = bf_ctx_scratch(c, 1, sizeof *list);
    if (!list) BF_FAIL_NOMEM(c);
    for (int i = 0; i < 3 && !is_good(out); i++) {
        BF_TRY(try_look(c, p, f, pads[i], 0.0f, list, out));
    }
    for (int q = 1; q < 4 && out->face < PARAM_MESH_FACE; q++) {
        BF_TRY(try_look(c, p, f, PARAM_PAD_LITTLE, (float)(q * 0.5 * BF_PI), list, out));
    }
    if (out->face < PARAM_MESH_FACE) BF_FAIL(c, BF_ENONE, "no face found");
    return BF_OK;
}

const bf_nn_point bf_face_reference[BF_FACE_POINTS] = {
    {38.2946f, 51.6963f}, {73.5318f, 51.5014f}, {56.0252f, 71.7366f},
    {41.5493f, 92.3655f}, {70.7299f, 92.2041f}};

int bf_face_crop_affine(const bf_aligned *a, bf_nn_affine *out)
{
    return bf_nn_affine_similarity(a->point, bf_face_reference, BF_FACE_POINTS, out);
}
