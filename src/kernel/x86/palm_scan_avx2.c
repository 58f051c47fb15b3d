/* SPDX-License-Identifier: Apache-2.0 */
/* One palm against many with the processor's count of bits. */
#include "kernel/palm_scan_words.h"

void bf_palm_scan_avx2(const bf_palm_scan_probe *probe, const uint8_t *codes, const uint32_t *at,
                       size_t count, int32_t *out)
{
    palm_scan_words(probe, codes, at, count, out);
}
