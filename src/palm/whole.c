/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is a picture the region already? It is small and about square, and it has no ground: its lighter
 * and its darker half are not far apart, and its values change smoothly but are not flat.
 */
#include "palm/locate.h"
#include "palm/params.h"
#include "palm/quality.h"

/* Mean of the pixels above and of those not above Otsu's threshold: their ratio, 0..1. */
static float evenness(const uint8_t *px, int32_t n)
{
    uint32_t count[256] = {0}, below = 0;
    double sum = 0, below_sum = 0, best = -1, ratio = 1;
    for (int32_t i = 0; i < n; i++) {
        count[px[i]]++;
        sum += px[i];
    }
    for (int32_t v = 0; v < 255; v++) {
        below += count[v];
        below_sum += (double)count[v] * v;
        double above = (double)n - below;
        if (!below || above < 1) continue;
        double low = below_sum / below, high = (sum - below_sum) / above;
        double apart = below * above * (high - low) * (high - low);
        if (apart <= best) continue;
        best = apart;
        ratio = low / high;
    }
    return (float)ratio;
}

int bf_hand_is_region(const bf_palm_region *r, uint32_t side_px)
{
    bf_palm_measures m;
    if (side_px > PARAM_WHOLE_SIDE_MAX) return 0;
    bf_palm_measure(r, &m);
    return m.detail >= PARAM_WHOLE_DETAIL && m.sharpness <= PARAM_WHOLE_ROUGH &&
           evenness(r->px, BF_PALM_SIDE * BF_PALM_SIDE) >= PARAM_WHOLE_EVEN;
}
