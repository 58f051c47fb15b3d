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

/* How much the typical place of the middle valley counts beside the limits of its place. */
#define PARAM_TYPICAL 0.03f

/* By the outline alone, the side is not told below this; see thumb_side() in valley.c. */
#define PARAM_THUMB_SURE 0.03f

/* How far, in spans, a valley of the outline may lie from where the landmarks put it. */
#define PARAM_NEAR 0.13f

/* Three valleys less like a hand's than this are none (cost of valley.c). */
#define PARAM_COST_MAX 2.95f
/* Below this no further cut is tried. */
#define PARAM_COST_SURE 0.5f

/* The region: its centre below the line of the outer valleys and its side, in spans. */
#define PARAM_REGION_DOWN 0.72f
#define PARAM_REGION_SIDE 1.32f

/* A region may be enlarged from the picture by this many steps of 1/32 octave: to twice its
 * pixels. */
#define PARAM_ENLARGE_STEPS 32

/* Crops for the landmark network. Around the box of palm and first joints: its longer side times
 * this, moved by this share of its height towards the fingers (as the network was trained). */
#define PARAM_CROP_SIDE 2.0f
#define PARAM_CROP_SHIFT 0.1f
#define PARAM_CROP_MIN_PX 40.0f
/* From the contour's valleys, in spans: centre below their line, and side. */
#define PARAM_CROP_DOWN 0.2f
#define PARAM_CROP_SPANS 4.0f

/* A hand is there: presence, 0..1, and how far points may move between the last two crops, in
 * lengths of the palm (wrist to middle knuckle). Steady: no further turn is tried. Hint: worth a
 * second crop. */
#define PARAM_PRESENCE 0.5f
#define PARAM_PRESENCE_HINT 0.02f
#define PARAM_UNSTEADY 0.25f
#define PARAM_STEADY 0.08f

/* Quality of a region: grey levels, shares, and measures of quality.h. */
#define PARAM_GLARE_GREY 250
#define PARAM_GLARE_SHARE 0.03f
#define PARAM_DARK_GREY 40.0f
#define PARAM_BRIGHT_GREY 225.0f
#define PARAM_BLURRED 0.75f
#define PARAM_FLAT 1.2f
#define PARAM_DETAIL_GOOD 2.4f
#define PARAM_COVERED 0.97f
#define PARAM_FAR_STEPS (-8)
#define PARAM_QUALITY_LANDMARKS 0.85f

/* A picture that is the region: longest side, px; detail and sharpness of quality.h; mean of the
 * darker pixels over that of the lighter ones. */
#define PARAM_WHOLE_SIDE_MAX 400u
#define PARAM_WHOLE_DETAIL 0.8f
#define PARAM_WHOLE_ROUGH 4.2f
#define PARAM_WHOLE_EVEN 0.40f

/* A second hand: share of the first's area that another part of the picture must have. */
#define PARAM_SECOND_AREA 0.3f

/* The network takes it for the other hand than its shape says with this certainty, 0..1. */
#define PARAM_BACK_SURE 0.9f
/* Fingers closed: middle joints this much apart, relative to the knuckles. */
#define PARAM_CLOSED 1.1f
/* Fingers bent: at least this many tips nearer to the wrist than their middle joints. */
#define PARAM_BENT_FINGERS 2

#endif
