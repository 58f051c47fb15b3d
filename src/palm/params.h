/* SPDX-License-Identifier: Apache-2.0 */
/* Every threshold of finding a palm. Lengths in coarse px unless said otherwise. */
#ifndef BF_PALM_PARAMS_H
#define BF_PALM_PARAMS_H

/* Smallest side of a picture in which a hand is looked for, px. */
#define PARAM_SMALLEST_PX 120

/* Grey levels between the two classes of a picture below which there is nothing to part. */
#define PARAM_CONTRAST_MIN 8

/* A dark line between closed fingers: darker than this share of its surroundings' mean. */
#define PARAM_LINE_PX 6
#define PARAM_LINE_PERCENT 88u

/* Share of the picture a hand covers. */
#define PARAM_AREA_MIN 0.05f
#define PARAM_AREA_MAX 0.97f

/* Outline length, px, and as a multiple of the picture's own outline. */
#define PARAM_OUTLINE_SHORTEST 100
#define PARAM_OUTLINE_LONGEST 6

/* How far the outline rises on both sides of a valley, in radii of the palm. */
#define PARAM_VALLEY_RISE 0.12f

/* Valley points: how far the search starts on the palm's side, how wide it is, in spans (distance
 * of the outer two valleys); outline points this deep behind the deepest still count, work px. */
#define PARAM_REFINE_BACK 0.07f
#define PARAM_REFINE_SIDE 0.12f
#define PARAM_REFINE_SOFT 2.0f

/* Three valleys less like a hand's than this are none (cost of valley.c). */
#define PARAM_COST_MAX 2.95f
/* Below this no further cut is tried. */
#define PARAM_COST_SURE 0.5f

/* The region: its centre below the line of the outer valleys and its side, in spans. */
#define PARAM_REGION_DOWN 0.80f
#define PARAM_REGION_SIDE 1.30f

/* A region may be enlarged from the picture by this many steps of 1/32 octave: to twice its
 * pixels. */
#define PARAM_ENLARGE_STEPS 32

#endif
