/* SPDX-License-Identifier: Apache-2.0 */
/* From our own structs to those of face.h. */
#include "face/view.h"

bf_face bf_face_public(const bf_found *f, const bf_aligned *a)
{
    bf_face out = {.x_px = f->x,
                   .y_px = f->y,
                   .w_px = f->w,
                   .h_px = f->h,
                   .roll_rad = f->roll,
                   .confidence = f->confidence};
    for (uint32_t i = 0; i < BF_FACE_POINTS; i++) {
        /* The detector has one point for the mouth: its corners are not known. */
        bf_nn_point at = a ? a->point[i] : f->key[i < 3 ? i : 3];
        out.point[i] = (bf_face_point){at.x, at.y};
    }
    if (!a) return out;
    out.has_points = 1;
    out.x_px = a->x;
    out.y_px = a->y;
    out.w_px = out.h_px = a->side;
    out.roll_rad = a->roll;
    return out;
}
