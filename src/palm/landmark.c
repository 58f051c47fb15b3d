/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hand landmarks by the network of [Zhang2020] (docs/MODELS.md), without its palm detector:
 * the first crop is where the contour says the hand is, or the whole picture at four turns; the
 * next crops come from the landmarks of the one before. A hand is believed when it is present and
 * its landmarks stay where they were. Cost: 7 ms a crop, one crop behind a good contour, three to
 * sixteen without one.
 */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "nn/nn.h"
#include "nn/tensor.h"
#include "palm/locate.h"
#include "palm/params.h"
#include "util/fmath.h"

#define MODEL "hand_landmark"
#define SIDE 224 /* px of the network's input */

/* A square of the work picture: content turned counter-clockwise by `turn_rad` comes out upright,
 * fingers up. */
typedef struct crop {
    float x, y, side, turn_rad;
} crop;

typedef struct net {
    const bf_nn_model *model;
    int32_t landmarks, presence, handedness; /* outputs */
    float *input;
} net;

static bf_status net_open(bf_ctx *c, net *n)
{
    BF_TRY(bf_nn__model(c, MODEL, &n->model));
    const bf_nn_shape *in = bf_nn__input(n->model);
    n->landmarks = bf_nn__find_output(n->model, "landmarks");
    n->presence = bf_nn__find_output(n->model, "presence");
    n->handedness = bf_nn__find_output(n->model, "handedness");
    if (in->rank != 4 || in->dim[1] != 3 || in->dim[2] != SIDE || in->dim[3] != SIDE ||
        n->landmarks < 0 || n->presence < 0 || n->handedness < 0) {
        BF_FAIL(c, BF_EFORMAT, "%s: not a hand landmark network", MODEL);
    }
    n->input = bf_ctx_scratch(c, 3 * SIDE * SIDE, sizeof *n->input);
    if (!n->input) BF_FAIL_NOMEM(c);
    return BF_OK;
}

/* The pixels to crop from: the coarse picture unless the crop would be enlarged from it.
 * @return work px per px of it */
static float pixels_for(const bf_hand_picture *p, const crop *k, bf_nn_pixels *out)
{
    int coarse = k->side >= 2.0f * SIDE * 0.8f, colour = p->colour != NULL;
    const bf_hand_plane *grey = coarse ? &p->coarse : &p->grey;
    out->px = !colour ? grey->px : coarse ? p->coarse_colour : p->colour;
    out->w = grey->w;
    out->h = grey->h;
    out->channels = colour ? 3 : 1;
    out->stride = (size_t)out->w * (size_t)out->channels;
    return coarse ? 2.0f : 1.0f;
}

static bf_status run(bf_ctx *c, const net *n, const bf_hand_picture *p, const crop *k,
                     bf_hand_marks *out)
{
    static const bf_nn_input want = {.w = SIDE,
                                     .h = SIDE,
                                     .channels = 3,
                                     .layout = BF_NN_NCHW,
                                     .order = BF_NN_RGB,
                                     .border = BF_NN_BORDER_CONSTANT,
                                     .scale = {1 / 255.0f, 1 / 255.0f, 1 / 255.0f}};
    bf_nn_pixels px;
    float f = pixels_for(p, k, &px), shift = 0.5f * (f - 1.0f);
    bf_nn_affine map = bf_nn_affine_rect((k->x - shift) / f, (k->y - shift) / f, k->side / f,
                                         k->side / f, k->turn_rad, SIDE, SIDE);
    bf_nn_output outs[BF_NN_OUTPUTS_MAX];
    bf_nn_warp_tensor(&px, &map, &want, n->input);
    bf_arena_mark before = bf_arena_save(&c->arena);
    BF_TRY(
        bf_nn__run(c, n->model, n->input, bf_nn__input(n->model), outs, bf_nn__outputs(n->model)));
    const bf_nn_output *marks = &outs[n->landmarks];
    if (marks->count < 3 * BF_HAND_LANDMARKS || !outs[n->presence].count ||
        !outs[n->handedness].count) {
        BF_FAIL(c, BF_EFORMAT, "%s: outputs of an unknown shape", MODEL);
    }
    for (int32_t i = 0; i < BF_HAND_LANDMARKS; i++) {
        bf_nn_point q = bf_nn_affine_apply(&map, marks->data[3 * i], marks->data[3 * i + 1]);
        out->at[i] = (bf_hand_point){q.x * f + shift, q.y * f + shift};
        if (!isfinite(q.x) || !isfinite(q.y)) BF_FAIL(c, BF_EFORMAT, "%s: not a number", MODEL);
    }
    out->presence = outs[n->presence].data[0];
    out->right = outs[n->handedness].data[0];
    bf_arena_restore(&c->arena, before);
    return BF_OK;
}

/* The crop the network was trained on: the palm and the first joints, turned upright, square,
 * twice the longer side, a tenth further to the fingers. */
static crop crop_of_marks(const bf_hand_marks *m)
{
    static const uint8_t palm[] = {0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18};
    const bf_hand_point *a = m->at;
    float mx = 0.25f * (a[5].x + 2 * a[9].x + a[13].x),
          my = 0.25f * (a[5].y + 2 * a[9].y + a[13].y);
    float ux = mx - a[0].x, uy = my - a[0].y, len = sqrtf(ux * ux + uy * uy);
    crop k = {mx, my, 0, 0};
    if (len < 1.0f) return k;
    ux /= len;
    uy /= len;
    float low_u = 1e9f, high_u = -1e9f, low_v = 1e9f, high_v = -1e9f;
    for (size_t i = 0; i < sizeof palm; i++) {
        float dx = a[palm[i]].x - a[0].x, dy = a[palm[i]].y - a[0].y;
        float u = dx * ux + dy * uy, v = -dx * uy + dy * ux;
        low_u = u < low_u ? u : low_u;
        high_u = u > high_u ? u : high_u;
        low_v = v < low_v ? v : low_v;
        high_v = v > high_v ? v : high_v;
    }
    float h = high_u - low_u, w = high_v - low_v;
    float u = 0.5f * (low_u + high_u) + PARAM_CROP_SHIFT * h, v = 0.5f * (low_v + high_v);
    k.x = a[0].x + u * ux - v * uy;
    k.y = a[0].y + u * uy + v * ux;
    k.side = PARAM_CROP_SIDE * (h > w ? h : w);
    k.turn_rad = (float)(bf_atan2(-uy, ux) - BF_PI / 2);
    return k;
}

static crop crop_of_hand(const bf_hand *hand)
{
    const bf_hand_point *v = hand->valley;
    float tx = v[2].x - v[0].x, ty = v[2].y - v[0].y, span = sqrtf(tx * tx + ty * ty);
    float nx = ty / span, ny = -tx / span;
    crop k = {0.5f * (v[0].x + v[2].x) - PARAM_CROP_DOWN * span * nx,
              0.5f * (v[0].y + v[2].y) - PARAM_CROP_DOWN * span * ny, PARAM_CROP_SPANS * span, 0};
    k.turn_rad = (float)(bf_atan2(-ny, nx) - BF_PI / 2);
    return k;
}

/* How far the palm's points moved, in lengths of the palm. */
static float moved(const bf_hand_marks *a, const bf_hand_marks *b)
{
    static const uint8_t palm[] = {0, 5, 9, 13, 17};
    float worst = 0, dx = b->at[9].x - b->at[0].x, dy = b->at[9].y - b->at[0].y;
    float len2 = dx * dx + dy * dy;
    if (len2 < 1.0f) return 1e9f;
    for (size_t i = 0; i < sizeof palm; i++) {
        float ex = a->at[palm[i]].x - b->at[palm[i]].x, ey = a->at[palm[i]].y - b->at[palm[i]].y;
        float d = (ex * ex + ey * ey) / len2;
        if (d > worst) worst = d;
    }
    return sqrtf(worst);
}

/* The middle of the last two crops where they do not quite agree. */
static void settle(const bf_hand_marks *before, bf_hand_marks *m)
{
    for (int32_t i = 0; i < BF_HAND_LANDMARKS; i++) {
        m->at[i].x = 0.5f * (m->at[i].x + before->at[i].x);
        m->at[i].y = 0.5f * (m->at[i].y + before->at[i].y);
    }
}

/* From a first crop: at most `times` more, each from the landmarks before it, until they stay. */
static bf_status follow(bf_ctx *c, const net *n, const bf_hand_picture *p, crop k, int32_t times,
                        bf_hand_marks *out)
{
    BF_TRY(run(c, n, p, &k, out));
    out->unsteady = 1e9f;
    bf_hand_marks before = *out;
    for (int32_t i = 0; i < times; i++) {
        before = *out;
        k = crop_of_marks(out);
        if (before.presence < PARAM_PRESENCE_HINT || k.side < PARAM_CROP_MIN_PX) break;
        BF_TRY(run(c, n, p, &k, out));
        out->unsteady = moved(&before, out);
        if (out->unsteady <= PARAM_STEADY) return BF_OK;
    }
    if (out->unsteady <= PARAM_UNSTEADY) settle(&before, out);
    return BF_OK;
}

static int believed(const bf_hand_marks *m)
{
    return m->presence >= PARAM_PRESENCE && m->unsteady <= PARAM_UNSTEADY;
}

/* The whole picture, upright and at the other quarter turns. */
static bf_status search(bf_ctx *c, const net *n, const bf_hand_picture *p, bf_hand_marks *out)
{
    float w = (float)p->grey.w, h = (float)p->grey.h;
    for (int32_t i = 0; i < 4; i++) {
        bf_hand_marks m;
        crop k = {0.5f * (w - 1), 0.5f * (h - 1), w > h ? w : h, (float)(i * BF_PI / 2)};
        BF_TRY(follow(c, n, p, k, 3, &m));
        if (!i || (believed(&m) && !believed(out)) ||
            (believed(&m) == believed(out) && m.unsteady < out->unsteady)) {
            *out = m;
        }
        if (out->presence >= PARAM_PRESENCE && out->unsteady <= PARAM_STEADY) break;
    }
    return BF_OK;
}

int32_t bf_hand_network_installed(bf_ctx *c)
{
    char path[PATH_MAX];
    const char *folder = c->nn ? bf_nn__folder(c->nn) : NULL;
    int n = folder ? snprintf(path, sizeof path, "%s/%s.onnx", folder, MODEL) : -1;
    return n > 0 && (size_t)n < sizeof path && !access(path, F_OK);
}

bf_status bf_hand_landmarks(bf_ctx *c, const bf_hand_picture *p, const bf_hand *hand,
                            bf_hand_marks *out)
{
    net n;
    BF_TRY(net_open(c, &n));
    memset(out, 0, sizeof *out);
    if (hand) {
        bf_hand_point expected[BF_HAND_VALLEYS];
        BF_TRY(follow(c, &n, p, crop_of_hand(hand), 0, out));
        bf_hand_marks_valleys(out, expected);
        if (out->presence >= PARAM_PRESENCE && bf_hand_agree(hand->valley, expected)) {
            out->unsteady = 0; /* the outline is a second witness */
            return BF_OK;
        }
        BF_TRY(follow(c, &n, p, crop_of_hand(hand), 2, out));
        if (believed(out)) return BF_OK;
    }
    BF_TRY(search(c, &n, p, out));
    return believed(out) ? BF_OK : BF_ENONE;
}

/*
 * Fitted on 490 pictures with clean contours (docs/MODELS.md): each valley is the middle of its two
 * knuckles, moved by these shares of the way from the wrist to the knuckles' mean and of the way
 * from the little finger's knuckle to the index finger's. The span comes out with a standard
 * deviation of 4.8 %, the direction with 1.7 degrees.
 */
void bf_hand_marks_valleys(const bf_hand_marks *m, bf_hand_point out[BF_HAND_VALLEYS])
{
    static const float share[BF_HAND_VALLEYS][2] = {
        {0.1295f, 0.0401f}, {0.1441f, -0.0132f}, {0.1106f, -0.0698f}};
    const bf_hand_point *k = m->at;
    int32_t turned = bf_hand_marks_chirality(m) > 0; /* the outline meets the little finger first */
    float ux = 0.25f * (k[5].x + k[9].x + k[13].x + k[17].x) - k[0].x;
    float uy = 0.25f * (k[5].y + k[9].y + k[13].y + k[17].y) - k[0].y;
    for (int32_t i = 0; i < BF_HAND_VALLEYS; i++) {
        const bf_hand_point *a = &k[5 + 4 * i], *b = a + 4;
        bf_hand_point *v = &out[turned ? 2 - i : i];
        v->x = 0.5f * (a->x + b->x) + share[i][0] * ux + share[i][1] * (k[5].x - k[17].x);
        v->y = 0.5f * (a->y + b->y) + share[i][0] * uy + share[i][1] * (k[5].y - k[17].y);
    }
}

float bf_hand_marks_chirality(const bf_hand_marks *m)
{
    const bf_hand_point *k = m->at;
    float ux = k[9].x - k[0].x, uy = k[9].y - k[0].y;
    float tx = k[5].x - k[17].x, ty = k[5].y - k[17].y;
    float length2 = ux * ux + uy * uy;
    return length2 > 0 ? (ux * ty - uy * tx) / length2 : 0;
}
