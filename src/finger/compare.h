/* SPDX-License-Identifier: Apache-2.0 */
/* The form in which two fingerprint templates are compared, and what the steps hand to one another.
 */
#ifndef BF_FINGER_COMPARE_H
#define BF_FINGER_COMPARE_H
#include "finger/encode.h"
#include "finger/match_params.h"
#include "kernel/match.h"

#define BF_MATCH_PAD 16      /* minutia arrays are filled up to a multiple of this */
#define BF_MATCH_MAX 256     /* most minutiae, padded */
#define BF_MATCH_FAR (-1e5f) /* px: where there is no minutia */
#define BF_GRID_BORDER 2     /* cells of nothing around the orientation map */

/* One block; every pointer points into it. Arrays over minutiae are `stride` long: what lies behind
 * `count` is far away and weighs nothing. */
typedef struct bf_fprepared {
    size_t bytes;
    uint64_t order; /* decides which of two templates is called the first */
    uint32_t count, stride;
    float *x, *y;     /* px */
    float *weight;    /* trust 0..1 */
    float *cos, *sin; /* of the direction */
    int32_t *angle;   /* 1/256 turn, 0..255 */
    uint8_t *type;
    uint32_t *desc; /* BF_DESC_ROWS x stride */
    uint32_t singular_count;
    bf_fsingular singulars[8];
    int32_t x0, y0, cols, rows; /* of grid, its border included */
    uint8_t *grid;              /* rows x cols: orientation 0..31, or BF_GRID_NONE */
    uint8_t *depth;             /* rows x cols: cells to the rim of the print, 0 (outside) .. 3 */
    uint32_t cells;
    float *cx, *cy; /* centres of the print's cells */
    uint8_t *cell;  /* their orientation */
} bf_fprepared;

/* Map from b's frame to a's: xa = c xb + s yb + dx, ya = -s xb + c yb + dy (scale included in c,
 * s). */
typedef struct bf_pose {
    float c, s, dx, dy;
} bf_pose;

/* A pair of minutiae. */
typedef struct bf_pair {
    uint16_t i, j;
    float w;  /* in fits */
    float d2; /* squared residual, px^2 */
    float da; /* direction residual, 1/256 turn */
} bf_pair;

/* An alignment and what it pairs. */
typedef struct bf_matching {
    bf_pose t;
    uint32_t n;
    float rough;    /* trust of the pairs after the first assignment */
    bf_pair *p;     /* as many as the print with fewer minutiae has, at least MATCH_SEEDS */
    float *px, *py; /* b's minutiae in a's frame, bent; b->stride */
    int32_t *pa;    /* their directions, 1/256 turn */
} bf_matching;

/* Pairs of similar minutiae that propose alignments, best first. */
typedef struct bf_seeds {
    uint32_t n, row;            /* row: n up to a multiple of 16 */
    uint32_t fewer, more;       /* minutiae of the print that has fewer, and of the other */
    uint32_t pair[MATCH_SEEDS]; /* a's minutia << 16 | b's */
    float sim[MATCH_SEEDS];
    float ax[MATCH_SEEDS], ay[MATCH_SEEDS], bx[MATCH_SEEDS], by[MATCH_SEEDS];
    float cos[MATCH_SEEDS], sin[MATCH_SEEDS]; /* turn from b to a */
    float support[MATCH_SEEDS];               /* similarity of itself and those that agree */
    float *fit;                               /* [n][row]: how well two of them agree, 0..1 */
    float total, best;                        /* sum and largest of the supports */
    uint32_t top;                             /* the seed that has it, the first of equals */
} bf_seeds;

#define BF_SEED_FEATURES 7
#define BF_FEATURES 39
/* What the score is made of; for fitting. */
typedef struct bf_fscore {
    float f[BF_FEATURES];
} bf_fscore;

/* Scratch of one comparison. */
typedef struct bf_match_work {
    bf_seeds seeds;
    bf_matching tries[MATCH_TRIES];
    float *sim; /* similarity of a's i and b's j: sim[i * of_a + j * of_b] */
    uint32_t of_a, of_b;
    uint32_t rows; /* of sim that are there; 0 at first */
} bf_match_work;

/* descriptor.c: descriptors of all minutiae of p. */
bf_status bf_finger_describe(bf_ctx *c, bf_fprepared *p);
/* seeds.c: most seeds of two prints; find them. */
uint32_t bf_finger_seeds_most(const bf_fprepared *a, const bf_fprepared *b);
void bf_finger_seeds(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b, bf_match_work *w);
/* The same from fewer: the more trusted minutiae of one of them, and fewer seeds. */
void bf_finger_first_seeds(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b,
                           bf_match_work *w);
/* align.c */
void bf_finger_align(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b, const bf_seeds *s,
                     uint32_t seed, bf_matching *m);
void bf_finger_refine(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b, bf_matching *m);
int32_t bf_finger_turn(float c, float s);
/* score.c */
void bf_finger_measure(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b,
                       const bf_match_work *w, const bf_matching *m, bf_fscore *out);
extern const float bf_finger_model_weight[BF_FEATURES];
extern const float bf_finger_model_bias;
/* What the next is made of; for fitting. */
void bf_finger_seed_features(const bf_seeds *s, float out[BF_SEED_FEATURES]);
/* Do these seeds (first: 1, of the first ones, or 0) show that nothing above MATCH_CEILING_RAW
 * can come of it? */
int bf_finger_hopeless(const bf_seeds *s, int first);
float bf_finger_model(const bf_fscore *f);

bf_status bf_finger_prepare(bf_ctx *c, const uint8_t *data, size_t len, void **out,
                            size_t *out_len);
float bf_finger_compare(bf_ctx *c, const void *a, const void *b, float at_least, bf_match *match);
/* Seeds of two prints, first ones (1) or all (0), as features. @return 0 or BF_ENOMEM */
bf_status bf_finger_compare_seeds(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b,
                                  int first, float out[BF_SEED_FEATURES]);
float bf_finger_compare_features(bf_ctx *c, const bf_fprepared *a, const bf_fprepared *b,
                                 float at_least, bf_match *match, bf_fscore *features);

#endif
