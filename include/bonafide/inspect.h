/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file inspect.h
 * The evidence behind a fingerprint template and a score: what was found, and what was matched.
 * Frame: pixels of the image that was given (its own resolution), origin top-left, y down.
 * Angles: rad in [0, 2 pi), counter-clockwise from +x as seen on the screen.
 */
#ifndef BONAFIDE_INSPECT_H
#define BONAFIDE_INSPECT_H
#include "bonafide/compare.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BF_MINUTIA_ENDING 1u
#define BF_MINUTIA_BIFURCATION 2u

typedef struct bf_minutia {
    float x_px, y_px;
    float angle_rad; /* ending: along the ridge, away from its end (ISO/IEC 19794-2); bifurcation:
                        along the valley between the two branches, pointing into the fork */
    uint32_t type;   /* BF_MINUTIA_* */
    uint32_t quality; /* 0..100 */
} bf_minutia;

#define BF_SINGULAR_CORE 1u
#define BF_SINGULAR_DELTA 2u

typedef struct bf_singular {
    float x_px, y_px;
    float angle_rad; /* core: the direction in which its loop opens; delta: 0 */
    uint32_t type;   /* BF_SINGULAR_* */
} bf_singular;

typedef struct bf_finger_view bf_finger_view;

/**
 * Run the extraction and keep what it saw.
 * @param out  caller owns: bf_finger_view_free()
 * @return as bf_template_extract()
 */
BF_API bf_status bf_finger_inspect(bf_session *s, const bf_image *image, bf_finger_view **out);
BF_API void bf_finger_view_free(bf_finger_view *v);

/** Minutiae and singular points; borrowed, *count of them. */
BF_API const bf_minutia *bf_finger_view_minutiae(const bf_finger_view *v, size_t *count);
BF_API const bf_singular *bf_finger_view_singulars(const bf_finger_view *v, size_t *count);

/**
 * Block maps, row-major, `cols` x `rows` cells; cell (0,0) starts at the image's top-left corner,
 * and each is cell_px image pixels a side. All borrowed.
 *   mask         1 where the cell is part of the print, else 0
 *   orientation  ridge direction, 1/256 of pi (0..255), counter-clockwise from +x
 *   quality      0..100
 */
typedef struct bf_finger_maps {
    uint32_t cols, rows;
    float cell_px;
    const uint8_t *mask, *orientation, *quality;
} bf_finger_maps;
BF_API void bf_finger_view_maps(const bf_finger_view *v, bf_finger_maps *out);

/**
 * The enhanced picture: 8-bit grey at 500 ppi, row-major, stride = *w; ridges dark; borrowed.
 */
BF_API const uint8_t *bf_finger_view_enhanced(const bf_finger_view *v, uint32_t *w, uint32_t *h);

/** The template of this view; borrowed. */
BF_API const bf_template *bf_finger_view_template(const bf_finger_view *v);

typedef struct bf_match_pair {
    uint32_t a, b; /* indices as in bf_template_minutiae() of each template */
    float weight;  /* 0..1: how much the pair contributed */
} bf_match_pair;

typedef struct bf_match {
    float score;
    /* b's 500-ppi frame to a's, y down: xa = cos * xb + sin * yb + dx_px,
     * ya = -sin * xb + cos * yb + dy_px; the rotation is counter-clockwise on the screen. */
    float rotation_rad, dx_px, dy_px;
    uint32_t pair_count;
    bf_match_pair pairs[255];
} bf_match;

/**
 * Compare and explain. Same score as bf_compare().
 * @param out  caller-provided
 * @return 0, BF_EMODALITY (fingerprints only)
 */
BF_API bf_status bf_finger_explain(bf_session *s, const bf_template *a, const bf_template *b,
                                   bf_match *out);

/**
 * Minutiae stored in a fingerprint template, in template order.
 * Frame: 500-ppi pixels of the canonical image.
 * @param out    caller-provided, at least `cap` elements
 * @return how many the template holds (at most 255); at most cap are written
 */
BF_API size_t bf_template_minutiae(const bf_template *t, bf_minutia *out, size_t cap);

#ifdef __cplusplus
}
#endif
#endif
