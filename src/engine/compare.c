/* SPDX-License-Identifier: Apache-2.0 */
/* Public face of comparison. */
#include <math.h>

#include "engine/session.h"
#include "template/compare.h"

static bf_status compare(bf_session *s, const bf_template *a, const bf_template *b, float threshold,
                         bf_match *match, float *out_score)
{
    bf_ctx *c = bf_session__enter(s);
    const bf_modality *m = a->modality;
    if (m != b->modality) {
        BF_FAIL(c, BF_EMODALITY, "a %s template cannot be compared with a %s template", m->name,
                b->modality->name);
    }
    if (m->comparable && !m->comparable(a->prepared, b->prepared)) {
        BF_FAIL(c, BF_EMODALITY, "%s templates made by different models cannot be compared",
                m->name);
    }
    return bf_modality__compare(c, m, a->prepared, b->prepared, threshold, match, out_score);
}

bf_status bf_compare(bf_session *s, const bf_template *a, const bf_template *b, float *out_score)
{
    if (!s || !a || !b || !out_score) return BF_EINVAL;
    return compare(s, a, b, -INFINITY, NULL, out_score);
}

bf_status bf_compare_at_least(bf_session *s, const bf_template *a, const bf_template *b,
                              float threshold, float *out_score)
{
    if (!s || !a || !b || !out_score || isnan(threshold)) return BF_EINVAL;
    return compare(s, a, b, threshold, NULL, out_score);
}

bf_status bf_finger_explain(bf_session *s, const bf_template *a, const bf_template *b,
                            bf_match *out)
{
    if (!s || !a || !b || !out) return BF_EINVAL;
    if (a->modality->id != BF_FINGER || b->modality->id != BF_FINGER) {
        return bf_ctx_fail(bf_session__enter(s), BF_EMODALITY, "not a fingerprint template");
    }
    float score = 0.0f;
    BF_TRY(compare(s, a, b, -INFINITY, out, &score));
    out->score = score;
    return BF_OK;
}

float bf_score_extrapolated_from(const bf_engine *e, uint32_t modality)
{
    (void)e;
    const bf_modality *m = bf_modality_find(modality);
    return m ? m->calibration->extrapolated_from : 0.0f;
}
