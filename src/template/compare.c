/* SPDX-License-Identifier: Apache-2.0 */
/* Raw similarity, then the calibrated score. */
#include "template/compare.h"

#include <math.h>

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

bf_status bf_modality__compare(bf_ctx *c, const bf_modality *m, const void *a, const void *b,
                               float threshold, bf_match *match, float *out_score)
{
    float raw = m->compare(c, a, b, raw_from_score(m->calibration, threshold), match);
    if (isnan(raw)) BF_FAIL_NOMEM(c);
    *out_score = score_from_raw(m->calibration, raw);
    return BF_OK;
}
