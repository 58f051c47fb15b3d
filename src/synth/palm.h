/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of the synthetic palm generator. Lengths in spans: the distance of the valley between
 * index and middle finger from that between ring and little finger. Frame of a hand: origin in the
 * middle of those two, x towards the thumb, y towards the wrist.
 */
#ifndef BF_SYNTH_PALM_H
#define BF_SYNTH_PALM_H
#include "synth/synth.h"

#define SYNTH_PALM_SIDE 480        /* px of the skin's maps */
#define SYNTH_PALM_PER_SPAN 200.0f /* their px a span */
#define SYNTH_PALM_LEFT (-1.2f)    /* x of their left edge */
#define SYNTH_PALM_TOP (-0.4f)     /* y of their top edge */
#define SYNTH_PALM_PX (SYNTH_PALM_SIDE * SYNTH_PALM_SIDE)
#define SYNTH_FINGERS 5

/* What is a person's own. */
struct bf_synth_palm {
    bf_allocator alloc;
    uint64_t seed;
    uint32_t side;                                      /* BF_LEFT_PALM, BF_RIGHT_PALM */
    float length[SYNTH_FINGERS], radius[SYNTH_FINGERS]; /* thumb first */
    float width;                                        /* half the palm's */
    float tone;                                         /* of the skin, 0..1 */
    uint8_t line[SYNTH_PALM_PX];                        /* depth of the lasting lines, 0..255 */
    uint8_t fickle[SYNTH_PALM_PX]; /* of creases that come and go with the posture */
    int8_t relief[SYNTH_PALM_PX];  /* mounds and pores; 32 is one standard deviation */
};

/* palm_skin.c. @param out  zeroed heap memory, alloc set */
bf_status bf_synth__palm_skin(bf_ctx *c, const bf_synth_palm_opts *opts, bf_synth_palm *out);
/* Brightness of the skin at (x, y) spans, about 1; lasting and fickle: visibility of the lines. */
float bf_synth__palm_albedo(const bf_synth_palm *p, float x, float y, float lasting, float fickle);

/* palm_shape.c: a hand in some posture. */
typedef struct bf_synth_bone {
    float x0, y0, x1, y1; /* spans */
    float r0, r1;         /* radius at both ends */
} bf_synth_bone;

typedef struct bf_synth_shape {
    bf_synth_bone finger[SYNTH_FINGERS], arm;
    float width;
} bf_synth_shape;

/* spread: 0 closed .. 1 as far as it goes. */
void bf_synth__palm_shape(const bf_synth_palm *p, float spread, bf_synth_rng *r,
                          bf_synth_shape *out);
/* Light that comes back from the shape at (x, y): 0 ground .. 1; the edge is soft by `soft`. */
float bf_synth__palm_light(const bf_synth_shape *s, float x, float y, float soft, float *shade);
/* Where the ground between fingers i and i + 1 (thumb 0) begins, seen from the palm. */
void bf_synth__palm_valley(const bf_synth_shape *s, int32_t i, float *x, float *y);

/* palm_shot.c */
bf_status bf_synth__palm_shot(bf_ctx *c, const bf_synth_palm *p, const bf_synth_shot_opts *opts,
                              bf_synth_shot *shot, bf_image **out);

#endif
