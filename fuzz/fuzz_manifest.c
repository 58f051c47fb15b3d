/* SPDX-License-Identifier: Apache-2.0 */
/* The list of samples of `bonafide evaluate`. */
#include <string.h>

#include "fuzz.h"
#include "manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    eval_manifest m;
    eval_error err;
    memset(&err, 0, sizeof err);
    if (eval_manifest_parse("/data/fuzz.csv", (const char *)data, len, &m, &err)) return 0;
    size_t total = 0;
    for (uint32_t i = 0; i < m.count; i++) {
        const eval_sample *e = &m.samples[i];
        FUZZ_REQUIRE(e->identity < m.identities && *e->subject && e->position_code <= 255);
        FUZZ_REQUIRE(!e->ppi || (e->ppi >= 100 && e->ppi <= 2400));
        total += strlen(e->path) + strlen(e->label) + strlen(e->position);
    }
    FUZZ_REQUIRE(total <= (size_t)m.count * 3 * (EVAL_MANIFEST_MAX_PATH_BYTES + 1));
    eval_manifest_free(&m);
    return 0;
}
