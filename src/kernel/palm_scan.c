/* SPDX-License-Identifier: Apache-2.0 */
/* One palm against many, the reference. */
#include "kernel/palm_scan_words.h"

void bf_palm_scan_c(const bf_palm_scan_probe *probe, const uint8_t *codes, const uint32_t *at,
                    size_t count, int32_t *out)
{
    palm_scan_words(probe, codes, at, count, out);
}
