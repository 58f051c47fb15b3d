/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of the synthetic finger generator. Lengths are px at 500 ppi. Two frames: the master's
 * picture (origin top-left, y down) and the model's plane (origin at the master's centre, y up).
 */
#ifndef BF_SYNTH_SYNTH_H
#define BF_SYNTH_SYNTH_H
#include "bonafide/synth.h"
#include "image/image.h"
#include "synth/params.h"
#include "util/ctx.h"

/* ---- rng.c: xoshiro256**, seeded by splitmix64 ----
 * One draw per full expression: C leaves the order of a call's arguments and of operands to the
 * compiler, and the same bytes must come from all of them. */
typedef struct bf_synth_rng {
    uint64_t s[4];
} bf_synth_rng;

uint64_t bf_synth__mix(uint64_t a, uint64_t b); /* a hash of both */
void bf_synth__rng_seed(bf_synth_rng *r, uint64_t seed);
uint64_t bf_synth__rng_next(bf_synth_rng *r);
uint32_t bf_synth__rng_below(bf_synth_rng *r, uint32_t n); /* 0..n-1, n >= 1 */
double bf_synth__rng_unit(bf_synth_rng *r);                /* [0, 1) */
double bf_synth__rng_range(bf_synth_rng *r, double lo, double hi);
double bf_synth__rng_normal(bf_synth_rng *r); /* mean 0, deviation 1, |x| <= 6 (12 uniforms) */

/* ---- field.c: smooth random fields ---- */
typedef struct bf_synth_field {
    int32_t w, h; /* nodes */
    float per_px; /* nodes per px */
    float *v;     /* mean 0, deviation 1; arena */
} bf_synth_field;

/* Covers [0, w_px] x [0, h_px]; correlation length about cell_px. */
bf_status bf_synth__field_make(bf_ctx *c, bf_synth_rng *r, double w_px, double h_px, double cell_px,
                               bf_synth_field *out);
/* Bilinear, clamped at the border. */
float bf_synth__field_at(const bf_synth_field *f, float x_px, float y_px);

/* ---- orient.c: the ridge flow ---- */
typedef struct bf_synth_pole {
    double x, y;             /* model plane */
    double amp[2], phase[2]; /* correction amp[k] * sin((k + 1) * argument + phase[k]) */
} bf_synth_pole;

typedef struct bf_synth_model {
    uint32_t pattern; /* BF_SYNTH_* */
    uint32_t core_count, delta_count;
    bf_synth_pole core[2], delta[2];
    double arch_rad, arch_x, arch_half_px, arch_y, arch_soft_px; /* flank slope term */
    double bump_rad, bump_y, bump_sy, bump_sx;                   /* plain arch's hill */
    double spiral_rad, spiral_px, spiral_x, spiral_y;            /* rotation about the centre */
    double mean_period_px, period_centre_y;
    bf_synth_field wave, period; /* arena */
} bf_synth_model;

bf_status bf_synth__model_draw(bf_ctx *c, bf_synth_rng *r, uint32_t pattern, bf_synth_model *out);
double bf_synth__model_angle(const bf_synth_model *m, double x, double y);  /* rad, any branch */
double bf_synth__model_period(const bf_synth_model *m, double x, double y); /* px */
/* Direction in which the loop of core `i` opens; rad in [0, 2 pi). */
double bf_synth__model_opening(const bf_synth_model *m, uint32_t i);

/* ---- grow.c ---- */
#define SYNTH_MASTER_PX (SYNTH_MASTER_W_PX * SYNTH_MASTER_H_PX)

/* 1 inside the master's silhouette (picture frame), shrunk by margin_px. */
int bf_synth__skin(double x_px, double y_px, double margin_px);

/* Ridge relief, -1 (valley) .. 1 (ridge), SYNTH_MASTER_PX values; 0 outside the silhouette. */
bf_status bf_synth__grow(bf_ctx *c, bf_synth_rng *r, const bf_synth_model *m, float *out_relief);

/* ---- skeleton.c ---- */
/* Thin relief > 0 to lines one pixel wide; out: 0 or 1, SYNTH_MASTER_PX. */
bf_status bf_synth__thin(bf_ctx *c, const float *relief, uint8_t *out);
/* Minutiae of the skeleton; at most SYNTH_MINUTIAE_MAX. */
bf_status bf_synth__minutiae(bf_ctx *c, const uint8_t *skeleton, const bf_synth_model *m,
                             bf_minutia *out, size_t *out_count);

/* ---- skin.c ---- */
/* Pores and creases, 0..255 deep, SYNTH_MASTER_PX each. */
bf_status bf_synth__pores(bf_ctx *c, bf_synth_rng *r, const uint8_t *skeleton, uint8_t *out);
void bf_synth__creases(bf_synth_rng *r, uint8_t *out);

/* ---- master.c ---- */
struct bf_synth_finger {
    bf_allocator alloc;
    uint64_t seed;
    uint32_t pattern;
    double dryness; /* the person's skin, -1 wet .. 1 dry */
    double girth;   /* size of the contact area, about 1 */
    size_t minutia_count, singular_count;
    bf_minutia minutiae[SYNTH_MINUTIAE_MAX]; /* master's picture */
    bf_singular singulars[4];
    float relief[SYNTH_MASTER_PX];
    uint8_t pores[SYNTH_MASTER_PX], creases[SYNTH_MASTER_PX];
    int8_t texture[SYNTH_MASTER_PX]; /* 32 is one standard deviation */
};

/* out: zeroed heap memory of the caller's, alloc already set. */
bf_status bf_synth__master(bf_ctx *c, const bf_synth_finger_opts *opts, bf_synth_finger *out);

/* ---- warp.c: impression plane -> master picture ---- */
/* Impression plane: px at 500 ppi, y down, origin at the centre of contact, finger upright. */
typedef struct bf_synth_warp {
    double scale;                    /* 500 / ppi */
    double canvas_x, canvas_y;       /* centre of contact, px of the picture */
    double rot_cos, rot_sin;         /* finger turned counter-clockwise */
    double master_x, master_y;       /* what touches there, master's picture */
    double inner_x, inner_y, reach;  /* ellipse that sticks to the glass; width of the transition */
    double torsion_cos, torsion_sin; /* of the skin outside it */
    double pull_x, pull_y;           /* likewise, px */
} bf_synth_warp;

void bf_synth__warp_plane(const bf_synth_warp *w, double x, double y, double *u, double *v);
void bf_synth__warp_skin(const bf_synth_warp *w, double u, double v, double *mx, double *my);
/* Master's picture -> picture of the impression. */
void bf_synth__warp_forward(const bf_synth_warp *w, double mx, double my, double *x, double *y);

/* ---- impression.c, render.c ---- */
/* Everything drawn for one impression before a pixel is made. */
typedef struct bf_synth_style {
    double half_w, half_top, half_bottom; /* contact area, px */
    double wet;                           /* offset of the ridge threshold, -1 dry .. 1 wet */
    double wet_spread;                    /* its variation over the print */
    double grain;                         /* amplitude of the contact noise */
    double sharp;                         /* slope of the threshold */
    double pore, crease, texture;         /* visibility 0..1 */
    double ink, ink_spread;               /* darkness of ridges 0..1 and its variation */
    double valley;                        /* darkness of valleys 0..1 */
    double edge_px;                       /* width of the fading rim */
    double edge_wobble_px;
    double smudge;            /* 0..1: part of the print that is smeared */
    double residue;           /* 0..1: traces of earlier prints and dirt */
    double blur;              /* optical, 0..1 */
    double noise;             /* sensor, grey levels, one deviation */
    double background, shade; /* grey level and its slow variation */
} bf_synth_style;

struct bf_synth_impression {
    bf_allocator alloc;
    bf_synth_transform transform;
    bf_synth_warp warp;
    bf_image *image;
    size_t minutia_count, singular_count;
    bf_minutia minutiae[SYNTH_MINUTIAE_MAX];
    bf_singular singulars[4];
};

void bf_synth__impression_draw(bf_synth_rng *r, const bf_synth_finger *f,
                               const bf_synth_impression_opts *o, bf_synth_warp *warp,
                               bf_synth_style *style, bf_synth_transform *transform);
/* Distance inside the edge of contact, px; negative outside. */
double bf_synth__contact_px(const bf_synth_style *s, double u, double v);
bf_status bf_synth__render(bf_ctx *c, bf_synth_rng *r, const bf_synth_finger *f,
                           const bf_synth_warp *warp, const bf_synth_style *style, uint32_t w,
                           uint32_t h, uint8_t *out_px);
void bf_synth__truth(const bf_synth_finger *f, const bf_synth_style *style, uint32_t w, uint32_t h,
                     bf_synth_impression *out);

#endif
