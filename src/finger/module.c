/* SPDX-License-Identifier: Apache-2.0 */
/* The fingerprint modality: the order of the steps, and the table the engine knows. */
#include "finger/module.h"

#include "finger/calibration.h"
#include "finger/code.h"
#include "finger/compare.h"
#include "finger/encode.h"
#include "finger/view.h"

static bf_status extract(bf_ctx *c, const bf_image *image, const bf_extract_opts *opts, void *view,
                         bf_bytes *out)
{
    uint32_t position = opts->position;
    if (position > BF_LEFT_LITTLE) BF_FAIL(c, BF_EINVAL, "no such finger: position %u", position);
    bf_grey grey;
    bf_features r;
    bf_plane even;
    BF_TRY(bf_image_canonical_grey500(c, image, &grey));
    BF_TRY(bf_finger_features(c, &grey, &r, &even));
    if (view) BF_TRY(bf_finger_view_fill(c, &r, &even, grey.scale, view));
    return bf_finger_encode(c, &r, position, out);
}

const bf_modality bf_finger = {
    .id = BF_FINGER,
    .name = "finger",
    .extract = extract,
    .prepare = bf_finger_prepare,
    .compare = bf_finger_compare,
    .calibration = &bf_finger_calibration,
    .fast = &bf_finger_fast,
};
