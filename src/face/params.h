/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the face modality may be set to. Lengths are pixels of the image given, or shares of
 * something named. Where no source is named, the number was chosen by measuring on LFW (README.md
 * tells what else was tried).
 */
#ifndef BF_FACE_PARAMS_H
#define BF_FACE_PARAMS_H

/* ---- locate.c: BlazeFace "back", 256 x 256 ---- */
#define PARAM_DETECT_SIDE 256 /* px: input of the detector */
#define PARAM_DETECT_MIN 0.5f /* confidence: less is no face; [Bazarevsky2019] use 0.5 */
#define PARAM_DETECT_SURE 0.75f /* confidence: from here on the first look is enough */
#define PARAM_DETECT_OVERLAP 0.3f /* intersection over union: more is the same face */
#define PARAM_PAD_LITTLE 0.25f /* of the longer side, on each side: second look */
#define PARAM_PAD_MUCH 0.6f    /* third look: a face that fills the picture */
#define PARAM_TILE_MIN 192     /* px: the smallest part of a picture that is looked at alone */
#define PARAM_TILE_LEVELS 3    /* halvings of the part's side */
#define PARAM_TILES_MAX 96     /* parts looked at in one picture */

/* ---- locate.c: which face is the main one ---- */
#define PARAM_MAIN_MIDDLE 0.6f /* of its size a face in the corner counts that much less; 0..1 */

/* ---- align.c: FaceMesh, 192 x 192 ---- */
#define PARAM_MESH_SIDE 192
#define PARAM_MESH_MARGIN 1.5f /* of the longer side of the box: the mesh's own convention */
#define PARAM_MESH_FACE 0.5f   /* the mesh's own word that there is a face; less is none */
#define PARAM_AGREE 0.12f /* of the face's side: mean distance between the points of detector and
                             mesh up to which one run is enough */
#define PARAM_STEADY 0.03f /* of the face's side: mean movement when the mesh is run again on its
                              own result up to which no other candidate is tried */
#define PARAM_UNSTEADY 0.12f /* of the face's side: BF_FACE_QUALITY_UNSTEADY */

/* ---- extract.c: the two crops ---- */
#define PARAM_CROP_SCALE 0.985f /* of the face in the first crop; 0.94..1 */
#define PARAM_CROP_LOWER 0.75f  /* px of 112: the face lies lower in the mirrored one; 0..2 */

/* ---- pad.c ---- */
#define PARAM_PAD_SIZE 18.0f  /* px between the eyes: what the features are measured at */
#define PARAM_PAD_COLOUR 1.0f /* deviations of both colour differences: less is a grey picture */

/* ---- quality.c: where a part is worth 0 and where 100 ---- */
#define PARAM_REASON 30u          /* of 100: below, the part is named as a reason */
#define PARAM_SIZE_NONE 8.0f      /* px between the eyes */
#define PARAM_SIZE_FULL 36.0f     /* px: as in the aligned crop, finer detail is not used */
#define PARAM_EYES_OF_SIDE 0.33f  /* distance of the eyes of a frontal face over the mesh's side */
#define PARAM_SHARP_NONE 0.10f    /* Laplacian over deviation */
#define PARAM_SHARP_FULL 0.45f
#define PARAM_DARK_NONE 20.0f     /* mean luma of the face */
#define PARAM_DARK_FULL 70.0f
#define PARAM_BRIGHT_NONE 245.0f
#define PARAM_BRIGHT_FULL 200.0f
#define PARAM_CONTRAST_NONE 8.0f  /* deviation of luma */
#define PARAM_CONTRAST_FULL 32.0f
#define PARAM_LEAN_NONE 1.0f      /* difference of the halves over the mean */
#define PARAM_LEAN_FULL 0.3f
#define PARAM_TURN_NONE 1.3f      /* rad out of the picture's plane */
#define PARAM_TURN_FULL 0.35f
#define PARAM_EYES_NONE 0.25f     /* luma of the band of the eyes over that of the cheeks */
#define PARAM_EYES_FULL 0.6f
#define PARAM_CHIN_NONE 60.0f     /* distance of mean chroma between cheeks and chin */
#define PARAM_CHIN_FULL 25.0f
#define PARAM_CUT_OFF 0.4f        /* of the mesh's side: nearer to the edge, and it is cut off */
#define PARAM_SEVERAL 0.6f        /* of the main face's side: such a one counts as another */

#endif
