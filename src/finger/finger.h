/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this folder hand to one another.
 *
 * Frame: canonical pixels (500 ppi), origin top-left, y down. Angles are counter-clockwise from +x
 * as seen on the screen; a direction is in 1/256 turn, a ridge orientation in 1/128 of pi. Cells
 * are 8 x 8 px; all cell maps are row-major, cols x rows.
 */
#ifndef BF_FINGER_FINGER_H
#define BF_FINGER_FINGER_H
#include "image/image.h"
#include "util/ctx.h"

#define BF_FINGER_CELL 8     /* px */
#define BF_FINGER_PATCH 4    /* px: the filter's orientation changes every patch */
#define BF_FINGER_PAD 24     /* px of zeros around every working picture */
#define BF_FINGER_ANGLES 128 /* orientation steps in pi */
#define BF_FINGER_MAX_MINUTIAE 255

/* Grey picture as floats with BF_FINGER_PAD zeros on every side. px points at (0, 0). */
typedef struct bf_plane {
    int32_t w, h, stride; /* w, h rounded up to whole cells; stride in floats */
    float *px;
} bf_plane;

/* Cell maps: what is known about the ridges, one entry a cell. Arena-owned. */
typedef struct bf_field {
    int32_t cols, rows;
    float *cos2, *sin2; /* double-angle ridge orientation times coherence 0..1 */
    float *freq;        /* ridges per px */
    float *contrast;    /* standard deviation of the grey values, 0..128 */
    float *
        energy; /* of the ridge filter's answer, smoothed over a cell; 1 is a full-contrast ridge */
    float *clarity; /* share of the local energy that is ridge, 0..1 */
    uint8_t
        *angle;    /* orientation 0..127 of each patch: (2 rows) x (2 cols), between cell centres */
    uint8_t *mask; /* 1 where there is print */
} bf_field;

typedef struct bf_fminutia {
    float x, y;      /* px */
    uint8_t angle;   /* direction, 1/256 turn */
    uint8_t type;    /* BF_MINUTIA_* */
    uint8_t quality; /* 0..100 */
} bf_fminutia;

typedef struct bf_fsingular {
    float x, y;
    uint8_t angle; /* 1/256 turn */
    uint8_t type;  /* BF_SINGULAR_* */
} bf_fsingular;

/* Everything extraction finds. Arena-owned arrays. */
typedef struct bf_features {
    int32_t w, h; /* px, canonical */
    bf_field field;
    bf_fminutia *minutiae;
    uint32_t minutia_count;
    bf_fsingular *singulars;
    uint32_t singular_count;
    uint8_t quality;
    uint16_t reasons;
} bf_features;

/* Unit vectors of the 128 orientations: t along the ridge, (cos, -sin) in image coordinates. */
typedef struct bf_angles {
    float cos[BF_FINGER_ANGLES], sin[BF_FINGER_ANGLES];
} bf_angles;
void bf_angles_init(bf_angles *a);

/* locate.c: flatten light and contrast, and tell print from background. */
bf_status bf_finger_locate(bf_ctx *c, const bf_grey *img, bf_plane *out_flat, bf_field *out);

/* mask.c: take out of the mask what the ridge filter does not explain, and make it whole. */
bf_status bf_finger_mask(bf_ctx *c, bf_field *f);

/* field.c: orientation from the structure tensor of a picture; angle map and coherence. */
bf_status bf_finger_orientation(bf_ctx *c, const bf_plane *pic, float smooth_cells, bf_field *f);
/* Angle of a double-angle vector, in `steps` to pi: 0..steps-1, nearest. */
int32_t bf_orientation_steps(float cos2, float sin2, int32_t steps);
/* Local ridge frequency of the enhanced picture. */
bf_status bf_finger_frequency(bf_ctx *c, const bf_plane *even, bf_field *f);
/* Gaussian smoothing of a cell map, in place. */
bf_status bf_cells_smooth(bf_ctx *c, float *map, int32_t cols, int32_t rows, float sigma_cells);

/* enhance.c: contextual filter; the even and odd answers of a ridge-shaped filter. */
bf_status bf_finger_enhance(bf_ctx *c, const bf_plane *pic, const bf_field *f, const bf_angles *ang,
                            float along_px, bf_plane *even, bf_plane *odd);

bf_status bf_plane_new(bf_ctx *c, int32_t w, int32_t h, bf_plane *out);

/* extract.c: minutiae from the phase of the quadrature pair. */
bf_status bf_finger_minutiae(bf_ctx *c, const bf_plane *even, const bf_plane *odd, bf_field *f,
                             const bf_angles *ang, bf_features *out);

/* singular.c: cores and deltas of the orientation field. */
bf_status bf_finger_singulars(bf_ctx *c, const bf_field *f, bf_features *out);

/* quality.c: score and reasons of the whole sample.
 * @return 0, BF_ENONE when there is no print to speak of */
bf_status bf_finger_quality(bf_ctx *c, const bf_plane *flat, bf_features *r);

#endif
