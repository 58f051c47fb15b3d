/* SPDX-License-Identifier: Apache-2.0 */
/* Public face of comparison: raw similarity, then the calibrated score. */
#include <math.h>

#include "engine/session.h"

/* Linear between the calibration's points, clamped outside them, rounded to 0.01. */
static float score_from_raw(const bf_calibration *cal, float raw)
{
    const float(*p)[2] = cal->points;
    uint32_t i = 1;
    if (raw <= p[0][0]) return p[0][1];
    while (i + 1 < cal->count && raw > p[i][0]) i++;
    float t = (raw - p[i - 1][0]) / (p[i][0] - p[i - 1][0]);
    if (t > 1.0f) t = 1.0f;
    float score = p[i - 1][1] + t * (p[i][1] - p[i - 1][1]);
    return floorf(score * 100.0f + 0.5f) / 100.0f;
}

/* The smallest raw similarity whose score can reach `score`, a little below to be safe. */
static float raw_from_score(const bf_calibration *cal, float score)
{
    const float(*p)[2] = cal->points;
    score -= 0.02f;
    if (score <= p[0][1]) return -INFINITY;
    for (uint32_t i = 1; i < cal->count; i++) {
        if (score > p[i][1]) continue;
        float t = (score - p[i - 1][1]) / (p[i][1] - p[i - 1][1]);
        return p[i - 1][0] + t * (p[i][0] - p[i - 1][0]);
    }
    return INFINITY;
}

static bf_status compare(bf_session *s, const bf_template *a, const bf_template *b,
                         float threshold, bf_match *match, float *out_score)
{
    bf_ctx *c = bf_session__enter(s);
    const bf_modality *m = a->modality;
    if (m != b->modality) {
        BF_FAIL(c, BF_EMODALITY, "a %s template cannot be compared with a %s template", m->name,
                b->modality->name);
    }
    float least = raw_from_score(m->calibration, threshold);
    float raw = m->compare(c, a->prepared, b->prepared, least, match);
    if (isnan(raw)) BF_FAIL_NOMEM(c);
    *out_score = score_from_raw(m->calibration, raw);
    return BF_OK;
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
