/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this folder hand to one another. Frame: pixels of the image given, origin
 * top-left, y down. Left and right: of an upright face as the viewer sees it.
 */
#ifndef BF_FACE_FACE_H
#define BF_FACE_FACE_H
#include "bonafide/face.h"
#include "nn/tensor.h"
#include "template/modality.h"

#define BF_FACE_LEVELS 12     /* of the pyramid: 30,000 px to under 16 */
#define BF_FACE_KEYS 6        /* the detector's: eyes left, right, nose, mouth, ears left, right */
#define BF_FACE_MESH_POINTS 468
#define BF_FACE_DETECT_MAX 256 /* boxes that go into the suppression of doubles */

/* The image, and halved, and halved again: level k has 1 px for 2^k x 2^k. Level 0 is borrowed,
 * the others are in the arena. */
typedef struct bf_pyramid {
    bf_nn_pixels level[BF_FACE_LEVELS];
    int32_t levels;
} bf_pyramid;

bf_status bf_pyramid_make(bf_ctx *c, const bf_image *image, bf_pyramid *out);

/*
 * Resample: from the level whose pixels are nearest to, and not larger than, those of the output.
 * @param to_source  from the output to the image's frame
 * @param input      as bf_nn_warp_tensor()
 */
void bf_pyramid_tensor(const bf_pyramid *p, const bf_nn_affine *to_source,
                       const bf_nn_input *input, float *out);
void bf_pyramid_bytes(const bf_pyramid *p, const bf_nn_affine *to_source, const bf_nn_input *input,
                      uint8_t *out);

/* What the detector says of a face. */
typedef struct bf_found {
    float x, y, w, h; /* centre and sides of the box, turned by roll */
    float roll;       /* rad, counter-clockwise as seen */
    float confidence; /* 0..1 */
    bf_nn_point key[BF_FACE_KEYS];
} bf_found;

typedef struct bf_found_list {
    bf_found face[BF_FACE_DETECT_MAX];
    uint32_t count;
} bf_found_list;

/* One look at a part of the image: a square of `side` px around (x, y), turned by `roll` rad. */
typedef struct bf_look {
    float x, y, side, roll;
} bf_look;

/* The whole image with `pad` of its longer side around it. */
bf_look bf_face_look_whole(const bf_pyramid *p, float pad, float roll);

/* locate.c: add the faces of one look to the list; doubles are merged. */
bf_status bf_face_look(bf_ctx *c, const bf_pyramid *p, const bf_look *look, bf_found_list *list);

/* All faces: whole image, padded, turned, and in parts. */
bf_status bf_face_locate_all(bf_ctx *c, const bf_pyramid *p, bf_found_list *out);

/* Only as many looks as it takes to be sure of one; may be empty. */
bf_status bf_face_locate(bf_ctx *c, const bf_pyramid *p, bf_found_list *out);

/* The main face goes first, then by size. @return BF_FACE_MAIN_*; 0 when there is none */
uint32_t bf_face_choose(const bf_pyramid *p, bf_found_list *list);

/* align.c: where the parts of a face are. */
typedef struct bf_aligned {
    bf_nn_point mesh[BF_FACE_MESH_POINTS];
    float depth[BF_FACE_MESH_POINTS]; /* px, away from the viewer */
    bf_nn_point point[BF_FACE_POINTS];
    float face;         /* 0..1: the mesh's word that this is one */
    float x, y, side;   /* square around the mesh, turned by roll */
    float roll, yaw, pitch; /* rad */
    float unsteadiness; /* mean movement when found again, as a share of `side` */
    uint32_t runs;      /* of the mesh, all candidates */
} bf_aligned;

/*
 * Find the points of a face, with as many runs as it takes to be steady.
 * @return 0, BF_ENONE (the mesh does not take it for a face), BF_EMODEL
 */
bf_status bf_face_align(bf_ctx *c, const bf_pyramid *p, const bf_found *f, bf_aligned *out);

/* Where the five points lie in the aligned crop of 112 x 112 px ([Deng2019]). */
extern const bf_nn_point bf_face_reference[BF_FACE_POINTS];

/* The similarity from the aligned crop to the image. @return 0; -1: no area */
int bf_face_crop_affine(const bf_aligned *a, bf_nn_affine *out);

/* quality.c: components, overall and reasons; `crop` is the aligned one, RGB. */
void bf_face_quality_measure(const bf_pyramid *p, const bf_found_list *list, const bf_aligned *a,
                             const uint8_t *crop, bf_face_quality *out);

/* extract.c: from the crop to an embedding. */
#define BF_FACE_MODEL_ID_BYTES 8

typedef struct bf_embedding {
    uint8_t model[BF_FACE_MODEL_ID_BYTES]; /* first bytes of the SHA-256 of the model's file */
    uint32_t dimension;
    float *value; /* of length 1; arena */
} bf_embedding;

/*
 * @param name  of the recogniser; NULL: the default one
 * @return 0, BF_EMODEL
 */
bf_status bf_face_embed(bf_ctx *c, const bf_pyramid *p, const bf_aligned *a, const char *name,
                        bf_embedding *out);

/* pad.c: out->score, threshold and suspected; `crop` is the aligned one, RGB. */
void bf_face_pad_measure(const bf_aligned *a, const uint8_t *crop, bf_face_pad_result *out);

#endif
