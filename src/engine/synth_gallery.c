/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Templates of persons who never were: what src/synth draws, encoded as the modalities do.
 *
 * Palms: a pool of synthetic ones is made as pictures and goes through the real extractor; a
 * person's palm is 16 blocks of as many of them, each moved by up to two cells.
 */
#include <stddef.h>
#include <string.h>

#include "bonafide/synth.h"
#include "engine/session.h"
#include "face/encode.h"
#include "finger/encode.h"
#include "finger/finger.h"
#include "nn/pins.h"
#include "palm/code.h"
#include "synth/face.h"
#include "synth/print.h"

#define POOL 64u
#define MOVED_MAX 2 /* coarse cells */

struct bf_synth_people {
    bf_allocator alloc;
    uint64_t seed;
    uint8_t face_model[BF_FACE_MODEL_ID_BYTES];
    uint32_t palms; /* in the pool */
    bf_palm_code palm[POOL];
};

/* ---- fingers ---- */

static bf_status make_finger(bf_ctx *c, uint64_t seed, uint32_t position, bf_bytes *out)
{
    bf_synth_print *p = bf_ctx_scratch(c, 1, sizeof *p);
    bf_fminutia *m = bf_ctx_scratch(c, BF_SYNTH_PRINT_MINUTIAE, sizeof *m);
    if (!p || !m) BF_FAIL_NOMEM(c);
    BF_TRY(bf_synth__print(c, seed, p));
    for (uint32_t i = 0; i < p->dot_count; i++) {
        const bf_synth_dot *d = &p->dots[i];
        m[i] = (bf_fminutia){d->x, d->y, d->angle, d->type, d->quality};
    }
    bf_features f = {.w = p->w, .h = p->h, .minutiae = m, .minutia_count = p->dot_count};
    f.quality = 60;
    f.field.cols = p->cols;
    f.field.rows = p->rows;
    f.field.cos2 = p->cos2;
    f.field.sin2 = p->sin2;
    f.field.mask = p->mask;
    BF_TRY(bf_finger_singulars(c, &f.field, &f));
    return bf_finger_encode(c, &f, position, out);
}

/* ---- palms ---- */

static bf_status pool_palm(bf_session *s, bf_synth_people *p, uint32_t i)
{
    bf_synth_palm_opts opts;
    bf_synth_shot_opts shot;
    bf_synth_palm *palm = NULL;
    bf_image *image = NULL;
    bf_template *t = NULL;
    bf_extract_opts e;
    bf_synth_palm_opts_init(&opts);
    opts.seed = bf_synth_seed(p->seed, i, 1);
    opts.side = BF_LEFT_PALM;
    bf_synth_shot_opts_init(&shot, BF_SYNTH_SHOT_REGION);
    bf_extract_opts_init(&e);
    e.modality = BF_PALM;
    e.position = BF_LEFT_PALM;
    e.flags = BF_EXTRACT_REGION;
    bf_status st = bf_synth_palm_create(s, &opts, &palm);
    if (!st) st = bf_synth_palm_image(s, palm, &shot, NULL, &image);
    if (!st) st = bf_template_extract_with(s, image, &e, &t);
    if (!st) {
        size_t len;
        const uint8_t *bytes = bf_template_bytes(t, &len);
        st = bf_palm_decode(&s->ctx, bytes, len, &p->palm[i]);
    }
    bf_template_free(t);
    bf_image_free(image);
    bf_synth_palm_free(palm);
    return st;
}

/* Where each of 4 x 4 blocks of a palm comes from. */
typedef struct patch {
    uint32_t palm; /* of the pool */
    int32_t x, y;  /* coarse cells: moved by */
} patch;

/* side x side cells, block by block. at: of the grid in bf_palm_code */
static void join(const bf_synth_people *p, const patch from[16], size_t at, int32_t side,
                 uint8_t *out)
{
    for (int32_t y = 0; y < side; y++) {
        for (int32_t x = 0; x < side; x++) {
            const patch *f = &from[y * 4 / side * 4 + x * 4 / side];
            int32_t u = x + f->x * side / 16, v = y + f->y * side / 16;
            int inside = u >= 0 && v >= 0 && u < side && v < side;
            const uint8_t *grid = (const uint8_t *)&p->palm[f->palm] + at;
            out[y * side + x] = inside ? grid[v * side + u] : 0;
        }
    }
}

static bf_status make_palm(bf_session *s, bf_synth_people *p, uint64_t seed, uint32_t position,
                           bf_bytes *out)
{
    bf_palm_code code;
    patch from[16];
    bf_synth_rng r;
    for (; p->palms < POOL; p->palms++) BF_TRY(pool_palm(s, p, p->palms));
    bf_synth__rng_seed(&r, seed);
    for (uint32_t i = 0; i < 16; i++) {
        from[i].palm = bf_synth__rng_below(&r, POOL);
        from[i].x = (int32_t)bf_synth__rng_below(&r, 2 * MOVED_MAX + 1) - MOVED_MAX;
        from[i].y = (int32_t)bf_synth__rng_below(&r, 2 * MOVED_MAX + 1) - MOVED_MAX;
    }
    join(p, from, offsetof(bf_palm_code, fine), 32, code.fine);
    join(p, from, offsetof(bf_palm_code, fine_mask), 32, code.fine_mask);
    join(p, from, offsetof(bf_palm_code, coarse), 16, code.coarse);
    join(p, from, offsetof(bf_palm_code, coarse_mask), 16, code.coarse_mask);
    bf_template_info info = {BF_PALM, BF_PALM_VERSION, (uint8_t)position, 70, 0};
    return bf_palm_encode(&s->ctx, &code, &info, BF_PALM_BY_CALLER, out);
}

/* ---- faces ---- */

static bf_status make_face(bf_ctx *c, const bf_synth_people *p, uint64_t seed, bf_bytes *out)
{
    bf_embedding e = {.dimension = BF_SYNTH_FACE_DIMENSION};
    e.value = bf_ctx_scratch(c, BF_SYNTH_FACE_DIMENSION, sizeof *e.value);
    if (!e.value) BF_FAIL_NOMEM(c);
    memcpy(e.model, p->face_model, sizeof e.model);
    bf_synth__face(seed, e.value);
    return bf_face_encode(c, &e, 70, 0, out);
}

/* ---- public ---- */

static uint8_t digit(char hex)
{
    return (uint8_t)(hex <= '9' ? hex - '0' : hex - 'a' + 10);
}

bf_status bf_synth_people_create(bf_session *s, uint64_t seed, bf_synth_people **out)
{
    if (!s || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    const bf_nn_pin *pin = bf_nn_pin_find(BF_SYNTH_FACE_MODEL);
    bf_synth_people *p = bf_ctx_alloc(c, 1, sizeof *p);
    if (!p) BF_FAIL_NOMEM(c);
    p->alloc = c->alloc;
    p->seed = seed;
    for (int i = 0; pin && i < BF_FACE_MODEL_ID_BYTES; i++) {
        p->face_model[i] =
            (uint8_t)(digit(pin->sha256[2 * i]) << 4 | digit(pin->sha256[2 * i + 1]));
    }
    *out = p;
    return BF_OK;
}

void bf_synth_people_free(bf_synth_people *p)
{
    if (!p) return;
    bf_allocator a = p->alloc;
    bf_alloc_release(&a, p);
}

bf_status bf_synth_people_template(bf_session *s, bf_synth_people *p, uint64_t person,
                                   uint32_t modality, uint32_t position, bf_template **out)
{
    if (!s || !p || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_bytes bytes;
    bf_status st;
    uint64_t seed = bf_synth__mix(p->seed, bf_synth__mix(person, modality * 64u + position));
    if (modality == BF_FINGER && position <= BF_LEFT_LITTLE)
        st = make_finger(c, seed, position, &bytes);
    else if (modality == BF_PALM && (position == BF_LEFT_PALM || position == BF_RIGHT_PALM))
        st = make_palm(s, p, seed, position, &bytes);
    else if (modality == BF_FACE && !position)
        st = make_face(c, p, seed, &bytes);
    else
        BF_FAIL(c, BF_EINVAL, "synthetic persons have no modality %u, position %u", modality,
                position);
    return st ? st : bf_template__take(c, bytes, out);
}
