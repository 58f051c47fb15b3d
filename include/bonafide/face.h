/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file face.h
 * Faces: all of a picture, the evidence behind a template, quality, and presentation attacks.
 * Frame: pixels of the image that was given, origin top-left, y down.
 * Everything here needs the face models ("make models"); without them calls fail with BF_EMODEL
 * and a message that says what to install.
 */
#ifndef BONAFIDE_FACE_H
#define BONAFIDE_FACE_H
#include "bonafide/compare.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BF_FACE_POINTS 5u   /* eye on the left of the picture, eye on the right, nose tip, mouth
                               corner left, mouth corner right: left and right of an upright face
                               as the viewer sees it */
#define BF_FACE_MAX 64u     /* faces found in one picture; the most certain are kept */
#define BF_FACE_CROP_PX 112u

/* A square image of this many px a side and more holds all that recognition can use of a portrait:
 * a value for bf_image_opts.useful_side_px. */
#define BF_FACE_USEFUL_SIDE_PX 1200u

typedef struct bf_face_point {
    float x_px, y_px;
} bf_face_point;

typedef struct bf_face {
    float x_px, y_px;    /* centre of the box */
    float w_px, h_px;    /* its sides; it is turned by roll_rad around its centre */
    float roll_rad;      /* how far the face is turned in the plane, (-pi, pi], counter-clockwise as
                            seen; 0: upright */
    float confidence;    /* of the detector, 0..1 */
    uint32_t has_points; /* 1: point[] comes from the face mesh; 0: from the detector, rough */
    bf_face_point point[BF_FACE_POINTS];
} bf_face;

/**
 * Find all faces.
 * @param out    at least `cap` elements, caller-provided; NULL when cap is 0
 * @param count  how many were found (0 is no error); at most cap are written. The first is the main
 *               one (bf_face_view_why says how it is chosen), the others follow by size.
 * @return 0, BF_EMODEL
 */
BF_API bf_status bf_face_find(bf_session *s, const bf_image *image, bf_face *out, uint32_t cap,
                              uint32_t *count);

/* Reasons for a low quality of a face, bits of bf_template_quality_reasons(). */
#define BF_FACE_QUALITY_SMALL 0x001u        /* eyes nearer than recognition wants */
#define BF_FACE_QUALITY_BLURRED 0x002u      /* out of focus, moved, or enlarged */
#define BF_FACE_QUALITY_DARK 0x004u         /* under-exposed */
#define BF_FACE_QUALITY_BRIGHT 0x008u       /* over-exposed, washed out */
#define BF_FACE_QUALITY_LOW_CONTRAST 0x010u /* flat */
#define BF_FACE_QUALITY_UNEVEN 0x020u       /* light from one side */
#define BF_FACE_QUALITY_TURNED 0x040u       /* looks to a side, up or down */
#define BF_FACE_QUALITY_COVERED 0x080u      /* something may cover a part of it */
#define BF_FACE_QUALITY_SEVERAL 0x100u      /* other faces of a similar size */
#define BF_FACE_QUALITY_CUT_OFF 0x200u      /* runs over the edge of the picture */
#define BF_FACE_QUALITY_UNSTEADY 0x400u     /* its points could not be placed with certainty */
#define BF_FACE_QUALITY_ATTACK 0x800u       /* may be a picture of a face: see bf_face_pad() */

/* Components of quality: each 0..100 (100: nothing to improve) with the measure behind it. */
typedef struct bf_face_quality {
    uint32_t struct_size; /* set by the caller to sizeof(bf_face_quality) */
    uint32_t overall;     /* 0..100, as in the template */
    uint32_t reasons;     /* BF_FACE_QUALITY_* */
    uint32_t size, sharpness, exposure, contrast, evenness, pose, uncovered, steadiness;
    float eye_distance_px; /* between eye centres, in the image given */
    float sharpness_raw;   /* energy of fine detail in the aligned crop */
    float brightness;      /* mean luma of the face, 0..255 */
    float contrast_raw;    /* standard deviation of luma, 0..128 */
    float yaw_rad, pitch_rad, roll_rad; /* by the mesh; right, down and counter-clockwise as
                                           seen are positive */
    float unsteadiness; /* how far the points move when they are found again, eye distances */
} bf_face_quality;

/* Why the main face is the main one. */
#define BF_FACE_MAIN_ONLY 1u    /* there is no other */
#define BF_FACE_MAIN_LARGEST 2u /* the others are clearly smaller */
#define BF_FACE_MAIN_CENTRAL 3u /* of the large ones the nearest to the middle */

typedef struct bf_face_view bf_face_view;

/**
 * Run the extraction and keep what it saw.
 * @param opts  NULL for defaults; its modality is ignored
 * @param out   caller owns: bf_face_view_free()
 * @return as bf_template_extract_with()
 */
BF_API bf_status bf_face_inspect(bf_session *s, const bf_image *image, const bf_extract_opts *opts,
                                 bf_face_view **out);
BF_API void bf_face_view_free(bf_face_view *v);

/** All faces, the main one first, the only one with points of the mesh; borrowed. */
BF_API const bf_face *bf_face_view_faces(const bf_face_view *v, uint32_t *count);

/** @return BF_FACE_MAIN_* */
BF_API uint32_t bf_face_view_why(const bf_face_view *v);

/** @return one line for the user, e.g. "the largest of 3 faces"; static */
BF_API const char *bf_face_view_why_text(const bf_face_view *v);

/**
 * Components of the main face's quality.
 * @param out  caller-provided, out->struct_size set
 */
BF_API void bf_face_view_quality(const bf_face_view *v, bf_face_quality *out);

/** The mesh of the main face: x, y of *count points in the image's frame; borrowed. */
BF_API const bf_face_point *bf_face_view_mesh(const bf_face_view *v, uint32_t *count);

/** The aligned crop that was recognised: RGB, row-major, *side px a side; borrowed. */
BF_API const uint8_t *bf_face_view_crop(const bf_face_view *v, uint32_t *side);

/** The template of this view; borrowed. */
BF_API const bf_template *bf_face_view_template(const bf_face_view *v);

/* Presentation attack detection. */
typedef struct bf_face_pad_result {
    uint32_t struct_size; /* set by the caller to sizeof(bf_face_pad_result) */
    uint32_t suspected;   /* 1: score is below threshold */
    float score;          /* 0..100, higher: more like a live face */
    float threshold;      /* 0..100: what warn and refuse go by */
} bf_face_pad_result;

/**
 * Judge whether the main face is a live one or a printed photograph. docs/LIMITS.md says which
 * attacks it has never seen.
 * @param out  caller-provided, out->struct_size set
 * A picture without colour, or with less than 18 px between the eyes, cannot be judged: score 0.
 * @return 0, BF_ENONE (no face), BF_EMODEL
 */
BF_API bf_status bf_face_pad(bf_session *s, const bf_image *image, bf_face_pad_result *out);

/** @return the name of the model that made this template; "" for other modalities; borrowed */
BF_API const char *bf_face_template_model(const bf_template *t);

#ifdef __cplusplus
}
#endif
#endif
