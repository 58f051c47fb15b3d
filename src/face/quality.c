/* SPDX-License-Identifier: Apache-2.0 */
/* Quality of a face: see below. */
#include <math.h>

#include "face/face.h"

void bf_face_quality_measure(const bf_pyramid *p, const bf_found_list *list, const bf_aligned *a,
                             const uint8_t *crop, bf_face_quality *out)
{
    (void)p;
    (void)list;
    (void)crop;
    float dx = a->point[1].x - a->point[0].x, dy = a->point[1].y - a->point[0].y;
    out->eye_distance_px = sqrtf(dx * dx + dy * dy);
    out->yaw_rad = a->yaw;
    out->pitch_rad = a->pitch;
    out->roll_rad = a->roll;
    out->unsteadiness = a->unsteadiness;
    out->overall = 50;
}
