/* SPDX-License-Identifier: Apache-2.0 */
/* A picture that is the region of interest already. */
#ifndef BF_PALM_REGION_H
#define BF_PALM_REGION_H
#include "palm/palm.h"

/*
 * Resample a whole picture to a region. The frame stays zero, quality is 50 until it is judged.
 * @param position  BF_LEFT_PALM, BF_RIGHT_PALM or 0: becomes the side
 * @return 0, BF_ESMALL, BF_ENONE (not square)
 */
bf_status bf_palm_region_whole(bf_ctx *c, const bf_image *image, uint32_t position,
                               bf_palm_region *out);

#endif
