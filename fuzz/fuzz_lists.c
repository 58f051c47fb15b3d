/* SPDX-License-Identifier: Apache-2.0 */
/* The lists of pairs and of presentations of `bonafide evaluate`: the same bytes as either. */
#include <string.h>

#include "fuzz.h"
#include "pad.h"
#include "pairlist.h"

static void read_pairs(const char *data, size_t len)
{
    eval_manifest m;
    eval_pairs p;
    eval_error err;
    memset(&err, 0, sizeof err);
    if (eval_pairlist_parse("/data/fuzz.csv", data, len, &m, &p, &err)) {
        FUZZ_REQUIRE(*err.text);
        return;
    }
    FUZZ_REQUIRE(p.genuine && p.impostor && p.genuine + p.impostor == p.count);
    FUZZ_REQUIRE(m.count <= 2 * p.count && m.identities <= m.count);
    for (size_t i = 0; i < p.count; i++) {
        FUZZ_REQUIRE(p.pair[i].a < m.count && p.pair[i].b < m.count);
        int joined = m.samples[p.pair[i].a].identity == m.samples[p.pair[i].b].identity;
        FUZZ_REQUIRE(joined || !(p.pair[i].flags & EVAL_PAIR_GENUINE));
    }
    for (uint32_t i = 0; i < m.count; i++) FUZZ_REQUIRE(*m.samples[i].path);
    eval_manifest_free(&m);
    eval_pairs_free(&p);
}

static void read_presentations(const char *data, size_t len)
{
    eval_pad_list l;
    eval_error err;
    memset(&err, 0, sizeof err);
    if (eval_pad_list_parse("/data/fuzz.csv", data, len, &l, &err)) {
        FUZZ_REQUIRE(*err.text);
        return;
    }
    FUZZ_REQUIRE(l.count && l.subjects && l.subjects <= l.count && l.species);
    for (uint32_t i = 0; i < l.count; i++) {
        const eval_presentation *p = &l.item[i];
        FUZZ_REQUIRE(p->subject < l.subjects && *p->path);
        FUZZ_REQUIRE(p->species == EVAL_PAD_BONAFIDE || p->species < l.species);
    }
    eval_pad_list_free(&l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    read_pairs((const char *)data, len);
    read_presentations((const char *)data, len);
    return 0;
}
