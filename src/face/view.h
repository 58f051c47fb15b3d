/* SPDX-License-Identifier: Apache-2.0 */
/* What an inspection keeps: behind bf_face_view of face.h. */
#ifndef BF_FACE_VIEW_H
#define BF_FACE_VIEW_H
#include "face/face.h"

struct bf_face_view {
    bf_allocator alloc;
    bf_face face[BF_FACE_MAX];
    uint32_t count, why;
    bf_face_quality quality;
    bf_face_point mesh[BF_FACE_MESH_POINTS];
    uint8_t crop[BF_FACE_CROP_PX * BF_FACE_CROP_PX * 3];
    bf_template *template; /* set by the engine */
};

/* A face as the public header has it; `a`: NULL, or its mesh. */
bf_face bf_face_public(const bf_found *f, const bf_aligned *a);

#endif
