/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What extraction and comparison of palm codes may be set to; params.h is the half that finds the
 * palm. Lengths are px of a region (128 a side), half px (64 a side), or cells: 4 px fine, 8 px
 * coarse. Where no source is named the number was chosen by error rates on the development sets
 * (README.md).
 */
#ifndef BF_PALM_CODE_PARAMS_H
#define BF_PALM_CODE_PARAMS_H

/* ---- enhance.c ---- */
#define PARAM_FLATTEN_RADIUS 15  /* px: box of local mean and contrast; 10..20 */
#define PARAM_FLATTEN_FLOOR 2.0f /* grey levels added to the local contrast; 1..4 */
#define PARAM_FLATTEN_CLIP 3.0f  /* local contrasts: limit of the flattened picture */
#define PARAM_FLAT_MAX 0.6f      /* grey levels: an area with less contrast says nothing */

/* ---- extract.c ---- */
#define PARAM_LINE_ACROSS 2.5f /* px: sigma of a line filter across the line; 2..3 */
#define PARAM_LINE_ALONG 7.0f  /* px: sigma along it; 6..8 */
#define PARAM_CELL_VALID 56    /* valid px of the 8 x 8 about a fine cell's centre, of 64 */
#define PARAM_COARSE_VALID 3   /* valid fine cells of the four in a coarse cell */
#define PARAM_CELLS_MIN 256    /* valid fine cells, of 1024: fewer is no palm */

/* ---- compare.c ---- */
#define MATCH_TRIES                                                                                \
    2 /* alignments refined at full resolution; 3 gains nothing on turned regions, 1 loses a tenth \
       */
/* Of 1536: two palms that agree less at the coarse scale do not score above MATCH_CEILING_RAW. So
 * do 40 % of the impostors, no genuine pair of Tongji and CASIA, and 5 of 12,000 turned and scaled
 * beside. */
#define MATCH_COARSE_LEAST 200
#define MATCH_CEILING_RAW (-3.5f) /* score 28.5: below any threshold that is of use */
#define MATCH_BEND 48 /* a block's shift of one cell costs its valid bits over this; 24..96 */
#define MATCH_BEST_BLOCKS 12 /* of 16: the others may be lost to shadow, hand or picture edge */

#endif
