/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the extractor may be set to; the comparator's half is match_params.h. Lengths are canonical
 * pixels (500 ppi) or cells of 8 px. Where no source is named, the number was chosen by measuring
 * error rates on all six development sets (README.md tells what else was tried).
 */
#ifndef BF_FINGER_PARAMS_H
#define BF_FINGER_PARAMS_H

/* ---- locate.c: flatten ---- */
#define PARAM_MEAN_RADIUS 5 /* px: box of the local mean, half a ridge period; 4..10. 10 doubles
                               the errors */
#define PARAM_CONTRAST_SMOOTH 1.5f /* cells: Gaussian over the local variance; 1..2 */
#define PARAM_CLIP 2.0f /* local standard deviations: limit of the flattened picture; 2..3 */
#define PARAM_STRONG_SHARE 0.8f /* of all cells: where the strong contrast of a picture is read
                                   off */
#define PARAM_FLOOR_SHARE 0.15f /* of the strong contrast: added to the divisor, so that
                                   background stays quiet */
#define PARAM_FLOOR_MIN 2.0f /* grey values: least such floor */
#define PARAM_MASK_SHARE 0.25f /* of the strong contrast: less is background */
#define PARAM_MASK_MIN 3.0f /* grey values: less is background */

/* ---- field.c: orientation and frequency ---- */
#define PARAM_ORIENT_SMOOTH1 2.0f /* cells: Gaussian over the structure tensor of the flattened
                                     picture; 1.5..2.7 */
#define PARAM_ORIENT_SMOOTH2 1.0f /* cells: the same for the enhanced picture; 0.7..1.5 */
#define PARAM_PERIOD 9.0f /* px: ridge period before it is measured ([Maltoni2009]) */
#define PARAM_PERIOD_MIN 5.0f /* px: shortest ridge period of adults and children at 500 ppi */
#define PARAM_PERIOD_MAX 16.0f /* px: longest */
#define PARAM_FREQ_SMOOTH 2.0f /* cells: Gaussian over the two energies whose ratio is the
                                  frequency */

/* ---- enhance.c ---- */
#define PARAM_ALONG1 6.0f /* px: sigma along the ridge, first pass; 4.5..7.5 */
#define PARAM_ALONG2 5.0f /* px: sigma along the ridge, second pass; 4..6.5 */
#define PARAM_ACROSS_PERIODS 0.45f /* ridge periods: sigma of the Gabor pair across; 0.38..0.55 */
#define PARAM_REACH_SIGMAS 2.2f /* sigmas: where the filters are cut off */
#define PARAM_PERIOD_LEVELS 24 /* filters between PERIOD_MIN and PERIOD_MAX */

/* ---- features.c and mask.c ---- */
#define PARAM_CLARITY_SMOOTH 1.0f /* cells: over both energies of the clarity */
#define PARAM_ENERGY_SMOOTH 0.6f /* cells: over the energy that decides the mask */
#define PARAM_MASK_CLARITY 0.1f /* share of energy explained: less is no ridge; 0..0.2, more
                                   loses poor prints */
#define PARAM_MASK_ENERGY 0.15f /* of a full-contrast ridge: less is no ridge; 0.05..0.25 */
#define PARAM_MASK_ISLAND 40 /* cells (6.6 mm2): smaller islands are dropped */
#define PARAM_MASK_HOLE 30 /* cells: smaller holes are filled */

/* ---- extract.c ---- */
#define PARAM_ANNUL_ALONG 10.0f /* px: opposite singularities nearer than this along the ridge
                                   annul */
#define PARAM_ANNUL_ACROSS 6.0f /* px: and across it: less than one ridge period */
#define PARAM_BORDER 12.0f /* px: minutiae nearer to the edge of the mask are dropped; 8..18 */
#define PARAM_CLARITY_MIN 0.2f /* minutiae in less clear cells are dropped */

/* ---- singular.c ---- */
#define PARAM_SINGULAR_SMOOTH 1.2f /* cells: over the orientation field */
#define PARAM_SINGULAR_RING 2.5f /* cells: radius of the ring that must turn once */
#define PARAM_SINGULAR_FIT 0.7f /* how well it must, 0..1 */
#define PARAM_SINGULAR_APART 20.0f /* px: of two of a kind nearer than this the worse is dropped */

/* ---- quality.c ---- */
#define PARAM_CLEAR 0.3f /* clarity of a clear cell */
#define PARAM_PRINT_CELLS 120 /* clear cells (20 mm2): fewer is no print; 215 is the least among
                                 1,000 real prints */
#define PARAM_PRINT_SHARE 0.28f /* of the mask that must be clear; 0.36 is the least among them,
                                   0.16 coloured noise */
#define PARAM_PRINT_STRAIGHT 0.99f /* length of the mean double-angle vector; 0.91 is the most
                                      among them, 0.9995 bars. From there on they are ridges */
#define PARAM_STRAIGHT_SHARE 0.7f /* where so much of the mask is clear: bars 0.46, even ridges 1 */
#define PARAM_PRINT_DENSITY 0.8f /* minutiae per clear mm2; 0.53 is the most among them, 1.6 a
                                    chessboard */
#define PARAM_PRINT_MINUTIAE 3 /* fewer cannot be compared */
#define PARAM_QUALITY_SCALE 26.0f /* median of 1,000 prints 62, least 15, best
                                     twentieth 100 */
#define PARAM_QUALITY_DARK 0.47f /* share of dark pixels that neither helps nor harms: the median of
                                    1,000 prints */
#define PARAM_QUALITY_THICK 1.25f /* how much more of them harms; 1..4: the rank correlation is flat
                                     there, and larger values overlook what is dry */
#define PARAM_SMALL_CELLS 600 /* cells (1 cm2) */
#define PARAM_DRY_DARK 0.38f /* share of dark pixels in the mask: thin, broken ridges */
#define PARAM_WET_DARK 0.56f /* thick ridges that run together */
#define PARAM_FAINT_GREY 10.0f /* grey values: mean local standard deviation */
#define PARAM_UNCLEAR 0.35f /* mean clarity */
#define PARAM_FEW_MINUTIAE 12 /* the 12-point rule of thumb of forensic practice */
#define PARAM_CUT_SHARE 0.35f /* of the picture's edge covered by print */
#define PARAM_CELL_MM2 0.165f /* (8 px / 500 ppi)^2 */

#endif
