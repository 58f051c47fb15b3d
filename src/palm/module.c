/* SPDX-License-Identifier: Apache-2.0 */
/* The palm modality: the order of the steps, and the table the engine knows. */
#include "palm/module.h"

#include "palm/calibration.h"
#include "palm/code.h"
#include "palm/compare.h"
#include "palm/scan.h"

static bf_status extract(bf_ctx *c, const bf_image *image, const bf_extract_opts *opts, void *view,
                         bf_bytes *out)
{
    uint32_t position = opts->position;
    if (position != BF_POSITION_UNKNOWN && position != BF_LEFT_PALM && position != BF_RIGHT_PALM) {
        BF_FAIL(c, BF_EINVAL, "no such palm: position %u", position);
    }
    bf_palm_region *r = bf_ctx_scratch(c, 1, sizeof *r);
    bf_palm_code *code = bf_ctx_scratch(c, 1, sizeof *code);
    if (!r || !code) BF_FAIL_NOMEM(c);
    BF_TRY(bf_palm_locate(c, image, opts, r, view));
    BF_TRY(bf_palm_extract_code(c, r, code));
    bf_template_info info = {BF_PALM, BF_PALM_VERSION, (uint8_t)(position ? position : r->side),
                             r->quality, r->reasons};
    return bf_palm_encode(c, code, &info, r->by, out);
}

const bf_modality bf_palm = {
    .id = BF_PALM,
    .name = "palm",
    .extract = extract,
    .prepare = bf_palm_prepare,
    .compare = bf_palm_compare,
    .calibration = &bf_palm_calibration,
    .fast = &bf_palm_fast,
};
