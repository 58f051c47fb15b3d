/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The template reader, and the comparator on whatever it lets through. The checksum is put right in
 * half of the runs: it guards against accidents, and an attacker computes it too.
 */
#include <math.h>
#include <string.h>

#include "fuzz.h"

static void fix_checksum(uint8_t *d, size_t len)
{
    uint16_t crc = 0xffff;
    for (size_t i = 0; i < len; i++) {
        if (i == 8 || i == 9) continue;
        crc ^= (uint16_t)(d[i] << 8);
        for (int k = 0; k < 8; k++) crc = (uint16_t)(crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1);
    }
    d[8] = (uint8_t)(crc >> 8);
    d[9] = (uint8_t)crc;
}

#define MODALITIES 4 /* ids are 1..3 */

/* Both ways round, and with its evidence. */
static void compare_with(bf_session *s, const bf_template *t, const bf_template *other)
{
    float ab = -1, ba = -1;
    bf_status st = bf_compare(s, t, other, &ab);
    FUZZ_REQUIRE(bf_compare(s, other, t, &ba) == st);
    /* embeddings of two networks cannot be compared */
    FUZZ_REQUIRE(!st || (st == BF_EMODALITY && bf_template_modality(t) == BF_FACE));
    if (st) return;
    FUZZ_REQUIRE(ab == ba && ab >= 0 && ab <= BF_SCORE_MAX);
    if (bf_template_modality(t) != BF_FINGER) return;
    bf_match match;
    FUZZ_REQUIRE(!bf_finger_explain(s, t, other, &match) && match.score == ab);
    FUZZ_REQUIRE(match.pair_count <= 255 && isfinite(match.rotation_rad));
}

static void check_template(bf_session *s, const bf_template *t, const uint8_t *data, size_t len)
{
    static bf_template *longest[MODALITIES];
    bf_minutia minutiae[255];
    size_t kept_len;
    const uint8_t *kept = bf_template_bytes(t, &kept_len);
    FUZZ_REQUIRE(kept_len == len && !memcmp(kept, data, len));
    FUZZ_REQUIRE(bf_template_quality(t) <= 100);
    FUZZ_REQUIRE(bf_template_minutiae(t, minutiae, 255) <= 255);
    FUZZ_REQUIRE(bf_template_modality(t) < MODALITIES);
    float self = -1;
    FUZZ_REQUIRE(!bf_compare(s, t, t, &self) && self >= 0 && self <= BF_SCORE_MAX);
    bf_template **earlier = &longest[bf_template_modality(t)];
    size_t earlier_len = 0;
    if (*earlier) {
        compare_with(s, t, *earlier);
        bf_template_bytes(*earlier, &earlier_len);
    }
    if (len < earlier_len) return;
    bf_template_free(*earlier);
    *earlier = NULL;
    FUZZ_REQUIRE(!bf_template_parse(s, data, len, earlier));
}

static void read_once(const uint8_t *data, size_t len)
{
    bf_session *s = fuzz_session();
    bf_template *t = NULL;
    bf_status st = bf_template_parse(s, data, len, &t);
    if (st) {
        FUZZ_REQUIRE(!t && *bf_session_error(s));
        FUZZ_REQUIRE(st == BF_EFORMAT || st == BF_EVERSION || st == BF_EMODALITY);
        return;
    }
    check_template(s, t, data, len);
    bf_template_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    read_once(data, len);
    if (len < 10 || len > BF_TEMPLATE_MAX_BYTES) return 0;
    uint8_t *fixed = malloc(len);
    memcpy(fixed, data, len);
    fix_checksum(fixed, len);
    read_once(fixed, len);
    free(fixed);
    return 0;
}
