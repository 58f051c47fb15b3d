/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this folder hand to one another.
 *
 * Frame of a region: 128 x 128 px, origin top-left, y down, pixel centres on integers. Fingers
 * point up (-y), whichever the hand; the gap between index and middle finger and the gap between
 * ring and little finger lie on a row. A left palm has its thumb on the left and a right palm on
 * the right: they are mirror images, and are never compared across by mirroring.
 */
#ifndef BF_PALM_PALM_H
#define BF_PALM_PALM_H
#include "image/image.h"
#include "template/modality.h"

#define BF_PALM_SIDE 128 /* px of a region */

/*
 * Where a region lies in its picture, in whole steps, so that what is found twice almost alike is
 * found alike. Region pixel (u, v) lies at
 *   x = x_px + scale * ( cos * (u - 63.5) + sin * (v - 63.5))
 *   y = y_px + scale * (-sin * (u - 63.5) + cos * (v - 63.5))
 * with the angle turn / 256 of a full turn, counter-clockwise on the screen, and scale =
 * 2^(scale_step / 32) picture px per region px, |scale_step| <= BF_PALM_SCALE_MAX.
 */
typedef struct bf_palm_frame {
    int32_t x_px, y_px; /* centre of the region */
    uint8_t turn;       /* 1/256 turn */
    int8_t scale_step;  /* 1/32 octave: 2.2 % */
} bf_palm_frame;

#define BF_PALM_SCALE_MAX 127

/* How a region was found, as bits. */
#define BF_PALM_BY_CALLER 1u  /* the picture was the region: frame does not apply */
#define BF_PALM_BY_CONTOUR 2u /* valleys of the hand's contour */
#define BF_PALM_BY_NETWORK 4u /* hand landmarks */

/* A region of interest. */
typedef struct bf_palm_region {
    uint8_t px[BF_PALM_SIDE * BF_PALM_SIDE];    /* grey, row-major */
    uint8_t valid[BF_PALM_SIDE * BF_PALM_SIDE]; /* 1: hand; 0: beyond the picture or the hand */
    bf_palm_frame frame;
    uint8_t by;       /* BF_PALM_BY_* */
    uint8_t side;     /* BF_LEFT_PALM, BF_RIGHT_PALM or BF_POSITION_UNKNOWN */
    uint8_t quality;  /* 0..100 */
    uint16_t reasons; /* BF_QUALITY_* */
} bf_palm_region;

struct bf_palm_view; /* inspection data: view.h */

/*
 * Find the palm in a picture, or take the picture as the region (BF_EXTRACT_REGION).
 * @param view  NULL, or filled with what was seen
 * @return 0, BF_ENONE (no palm there), BF_ESMALL
 */
bf_status bf_palm_locate(bf_ctx *c, const bf_image *image, const bf_extract_opts *opts,
                         bf_palm_region *out, struct bf_palm_view *view);

#endif
