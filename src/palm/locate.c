/* SPDX-License-Identifier: Apache-2.0 */
/* From a picture to the region of interest. Whole hands are not found yet: regions only. */
#include "palm/palm.h"
#include "palm/region.h"

bf_status bf_palm_locate(bf_ctx *c, const bf_image *image, const bf_extract_opts *opts,
                         bf_palm_region *out, struct bf_palm_view *view)
{
    (void)view;
    if (!(opts->flags & BF_EXTRACT_REGION)) {
        BF_FAIL(c, BF_ENONE, "a picture of a whole hand: only palm regions are read so far");
    }
    return bf_palm_region_whole(c, image, opts->position, out);
}
