/* SPDX-License-Identifier: Apache-2.0 */
/* Synthetic hands to be found, and where their valleys are. */
#ifndef BF_TESTS_PALM_HANDS_H
#define BF_TESTS_PALM_HANDS_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bonafide/bonafide.h"
#include "engine/session.h"
#include "palm/palm.h"
#include "palm/view.h"

typedef struct rig {
    bf_engine *engine;
    bf_session *s;
    int32_t warnings;
} rig;

static inline void count_warning(void *user, int32_t level, const char *line)
{
    (void)line;
    ((rig *)user)->warnings += level == 1;
}

/* models: NULL for none */
static inline void rig_open(rig *r, const char *models)
{
    bf_engine_opts o;
    bf_engine_opts_init(&o);
    r->warnings = 0;
    o.models = models;
    o.log = count_warning;
    o.log_user = r;
    assert_int_equal(bf_engine_open(&o, &r->engine), BF_OK);
    assert_int_equal(bf_session_open(r->engine, &r->s), BF_OK);
}

static inline void rig_close(rig *r)
{
    bf_session_free(r->s);
    bf_engine_free(r->engine);
}

static inline bf_image *hand_picture(rig *r, uint64_t seed, uint32_t flags, bf_synth_shot *shot)
{
    bf_synth_palm_opts po;
    bf_synth_shot_opts so;
    bf_synth_palm *palm;
    bf_image *image;
    bf_synth_palm_opts_init(&po);
    bf_synth_shot_opts_init(&so, flags);
    po.seed = so.seed = seed;
    assert_int_equal(bf_synth_palm_create(r->s, &po, &palm), BF_OK);
    assert_int_equal(bf_synth_palm_image(r->s, palm, &so, shot, &image), BF_OK);
    bf_synth_palm_free(palm);
    return image;
}

static inline bf_status locate(rig *r, const bf_image *image, uint32_t flags, bf_palm_region *out,
                               bf_palm_view *view)
{
    bf_extract_opts o;
    bf_extract_opts_init(&o);
    o.modality = BF_PALM;
    o.flags = flags;
    bf_ctx *c = bf_session__enter(r->s);
    if (view) view->alloc = c->alloc;
    return bf_palm_locate(c, image, &o, out, view);
}

/* Farthest valley from its true place, in spans. */
static inline float valley_error(const bf_palm_view *v, const bf_synth_shot *shot)
{
    float worst = 0, back = 0;
    for (int i = 0; i < 3; i++) {
        const bf_palm_point *p = &v->valley[i], *q = &v->valley[2 - i];
        const float *t = shot->valley_px[i];
        float d = hypotf(p->x_px - t[0], p->y_px - t[1]);
        float e = hypotf(q->x_px - t[0], q->y_px - t[1]);
        worst = d > worst ? d : worst;
        back = e > back ? e : back;
    }
    return (worst < back ? worst : back) / shot->span_px;
}

/* A grey picture of the caller's own values. */
static inline bf_image *grey_picture(rig *r, const uint8_t *px, uint32_t w, uint32_t h)
{
    bf_image *image;
    assert_int_equal(bf_image_create(r->s, px, w, h, w, 1, 500, &image), BF_OK);
    return image;
}

static inline uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

#endif
