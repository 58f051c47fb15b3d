/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file palm.h
 * Palms: the evidence behind a template and a score.
 * Frame: pixels of the image that was given, origin top-left, y down; of a region, its own pixels.
 */
#ifndef BONAFIDE_PALM_H
#define BONAFIDE_PALM_H
#include "bonafide/compare.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BF_PALM_REGION_PX 128u
#define BF_PALM_VALLEYS 3u
#define BF_PALM_LANDMARKS 21u

/* Reasons for a low quality of a palm, bits of bf_template_quality_reasons(). */
#define BF_PALM_QUALITY_BLURRED 0x001u
#define BF_PALM_QUALITY_DARK 0x002u
#define BF_PALM_QUALITY_BRIGHT 0x004u
#define BF_PALM_QUALITY_GLARE 0x008u        /* shining spots without a line */
#define BF_PALM_QUALITY_LOW_CONTRAST 0x010u /* hardly a line to be seen */
#define BF_PALM_QUALITY_CUT_OFF 0x020u      /* runs over the edge of the picture */
#define BF_PALM_QUALITY_FINGERS_CLOSED                                                             \
    0x040u                             /* no ground between them: placed by landmarks only         \
                                        */
#define BF_PALM_QUALITY_FAR 0x080u     /* fewer pixels than the region has */
#define BF_PALM_QUALITY_BENT 0x100u    /* fingers bent over the palm */
#define BF_PALM_QUALITY_BACK 0x200u    /* may be the back of a hand, or mirrored */
#define BF_PALM_QUALITY_SEVERAL 0x400u /* another hand in the picture */
#define BF_PALM_QUALITY_UNSURE 0x800u  /* the landmark network sees no hand here */

/* How a region was found, as bits. */
#define BF_PALM_FOUND_WHOLE 1u   /* the picture is the region */
#define BF_PALM_FOUND_OUTLINE 2u /* by the valleys of the hand's outline */
#define BF_PALM_FOUND_NETWORK 4u /* by the landmarks of a neural network */

typedef struct bf_palm_point {
    float x_px, y_px;
} bf_palm_point;

typedef struct bf_palm_view bf_palm_view;

/**
 * Run the extraction and keep what it saw.
 * @param opts  NULL for defaults; its modality is ignored
 * @param out   caller owns: bf_palm_view_free()
 * @return as bf_template_extract_with()
 */
BF_API bf_status bf_palm_inspect(bf_session *s, const bf_image *image, const bf_extract_opts *opts,
                                 bf_palm_view **out);
BF_API void bf_palm_view_free(bf_palm_view *v);

/** @return BF_PALM_FOUND_* */
BF_API uint32_t bf_palm_view_found(const bf_palm_view *v);

/** @return BF_LEFT_PALM, BF_RIGHT_PALM or BF_POSITION_UNKNOWN: what the picture shows */
BF_API uint32_t bf_palm_view_side(const bf_palm_view *v);

/** The hand's outline, closed; *count 0 if the landmarks stood in for it; borrowed. */
BF_API const bf_palm_point *bf_palm_view_outline(const bf_palm_view *v, uint32_t *count);

/**
 * Valleys between the fingers, the middle one in the middle; *count is BF_PALM_VALLEYS, or 0 for a
 * picture that is the region; borrowed.
 */
BF_API const bf_palm_point *bf_palm_view_valleys(const bf_palm_view *v, uint32_t *count);

/**
 * Landmarks: wrist, then from the thumb to the little finger four each from the palm outwards;
 * *count is BF_PALM_LANDMARKS, or 0 without the network; borrowed.
 */
BF_API const bf_palm_point *bf_palm_view_landmarks(const bf_palm_view *v, uint32_t *count);

/** The region's corners in the picture: top left, top right, bottom right, bottom left; fingers
 * are at its top. Borrowed, 4 of them. */
BF_API const bf_palm_point *bf_palm_view_corners(const bf_palm_view *v);

/** The region: grey, BF_PALM_REGION_PX a side, row-major; borrowed. */
BF_API const uint8_t *bf_palm_view_region(const bf_palm_view *v);

/** How much of a dark line each pixel of the region is, 0..255; borrowed. */
BF_API const uint8_t *bf_palm_view_lines(const bf_palm_view *v);

/** The template of this view; borrowed. */
BF_API const bf_template *bf_palm_view_template(const bf_palm_view *v);

#define BF_PALM_BLOCKS_MAX 16u

/* A part of one region and where it was found in the other; region px, of its middle. */
typedef struct bf_palm_block {
    float ax_px, ay_px, bx_px, by_px;
    float agreement; /* of its code bits: 0 as chance has it .. 1 all */
} bf_palm_block;

typedef struct bf_palm_match {
    float score;
    uint32_t block_count;
    float block_px; /* side of a block */
    bf_palm_block block[BF_PALM_BLOCKS_MAX];
} bf_palm_match;

/**
 * Compare and explain. Same score as bf_compare().
 * @param out  caller-provided
 * @return 0, BF_EMODALITY (palms only)
 */
BF_API bf_status bf_palm_explain(bf_session *s, const bf_template *a, const bf_template *b,
                                 bf_palm_match *out);

/** @return a word or two for one BF_PALM_QUALITY_* bit, e.g. "fingers closed"; static, "" if none
 */
BF_API const char *bf_palm_reason_text(uint32_t reason);

#ifdef __cplusplus
}
#endif
#endif
