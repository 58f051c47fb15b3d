/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file draw.h
 * Pictures of the evidence, for people: what was found in a print, and what was matched in two.
 * They show the biometric itself: keep them as safe as the images.
 */
#ifndef BONAFIDE_DRAW_H
#define BONAFIDE_DRAW_H
#include "bonafide/face.h"
#include "bonafide/inspect.h"
#include "bonafide/palm.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What to draw, as bits. */
#define BF_DRAW_SEGMENTATION 0x01u /* outline of the print; the rest is dimmed */
#define BF_DRAW_ORIENTATION 0x02u  /* ridge direction per cell, fine strokes */
#define BF_DRAW_MINUTIAE 0x04u     /* marks with tails, coloured by quality */
#define BF_DRAW_SINGULARS 0x08u    /* cores and deltas */
#define BF_DRAW_ENHANCED 0x10u     /* a second panel: the enhanced print */
#define BF_DRAW_OVERLAY 0x20u      /* bf_draw_match: a third panel, both enhanced prints aligned */
#define BF_DRAW_LEGEND 0x40u       /* heading, captions and what the marks mean */
#define BF_DRAW_ALL 0xffu

typedef struct bf_draw_opts {
    uint32_t struct_size;
    uint32_t layers;     /* BF_DRAW_*; default BF_DRAW_ALL */
    const char *label_a; /* name to show, ASCII, borrowed for the call; default NULL: none */
    const char *label_b; /* of the second print; bf_draw_match */
} bf_draw_opts;

BF_API void bf_draw_opts_init(bf_draw_opts *opts);

/**
 * Draw what was found in one print. Small prints are shown at twice their size.
 * @param image  the image `view` was made of; borrowed
 * @param opts   NULL for defaults
 * @param out    RGB; caller owns: bf_image_free()
 * @return 0, BF_EINVAL, BF_ENOMEM
 */
BF_API bf_status bf_draw_finger(bf_session *s, const bf_image *image, const bf_finger_view *view,
                                const bf_draw_opts *opts, bf_image **out);

/**
 * Draw two prints side by side with the matched minutiae joined.
 * @param match  from bf_finger_explain() on the templates of the two views; borrowed
 * @param opts   NULL for defaults
 * @param out    RGB; caller owns: bf_image_free()
 * @return 0, BF_EINVAL, BF_ENOMEM
 */
BF_API bf_status bf_draw_match(bf_session *s, const bf_image *image_a, const bf_finger_view *view_a,
                               const bf_image *image_b, const bf_finger_view *view_b,
                               const bf_match *match, const bf_draw_opts *opts, bf_image **out);

/**
 * Draw the faces of a picture: boxes, points of the main one, its aligned crop and the parts of its
 * quality. Of the layers only BF_DRAW_LEGEND counts.
 * @param image  the image `view` was made of; borrowed
 * @param opts   NULL for defaults
 * @param out    RGB; caller owns: bf_image_free()
 * @return 0, BF_EINVAL, BF_ENOMEM
 */
BF_API bf_status bf_draw_face(bf_session *s, const bf_image *image, const bf_face_view *view,
                              const bf_draw_opts *opts, bf_image **out);

/** The same for two, side by side, with the score of their comparison. */
BF_API bf_status bf_draw_faces(bf_session *s, const bf_image *image_a, const bf_face_view *view_a,
                               const bf_image *image_b, const bf_face_view *view_b, float score,
                               const bf_draw_opts *opts, bf_image **out);

/**
 * Draw what was found in the picture of a palm: outline, valleys, landmarks, the region and its
 * lines. Of the layers only BF_DRAW_LEGEND counts.
 * @param image  the image `view` was made of; borrowed
 * @param opts   NULL for defaults
 * @param out    RGB; caller owns: bf_image_free()
 * @return 0, BF_EINVAL, BF_ENOMEM
 */
BF_API bf_status bf_draw_palm(bf_session *s, const bf_image *image, const bf_palm_view *view,
                              const bf_draw_opts *opts, bf_image **out);

/**
 * The same for two, side by side, with the parts of their regions that agree.
 * @param match  from bf_palm_explain() on the templates of the two views; borrowed
 */
BF_API bf_status bf_draw_palms(bf_session *s, const bf_image *image_a, const bf_palm_view *view_a,
                               const bf_image *image_b, const bf_palm_view *view_b,
                               const bf_palm_match *match, const bf_draw_opts *opts,
                               bf_image **out);

#ifdef __cplusplus
}
#endif
#endif
