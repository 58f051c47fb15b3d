/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program of somebody else: the public headers and the shared library, nothing more. Two
 * impressions of a synthetic finger are found the same, another finger is not; TAP.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bonafide/bonafide.h"
#include "bonafide/synth.h"

static int number, failed;

static void check(int good, const char *what, bf_session *s)
{
    printf("%sok %d - %s\n", good ? "" : "not ", ++number, what);
    if (good) return;
    failed = 1;
    printf("# %s\n", bf_session_error(s));
}

/* A template of impression `sample` of a finger. */
static bf_template *take(bf_session *s, const bf_synth_finger *finger, uint64_t sample)
{
    bf_synth_impression_opts opts;
    bf_synth_impression *touch = NULL;
    bf_template *t = NULL;
    bf_synth_impression_opts_init(&opts);
    opts.seed = sample;
    opts.flags = BF_SYNTH_CLEAN;
    bf_status st = bf_synth_impression_create(s, finger, &opts, &touch);
    if (!st) {
        st =
            bf_template_extract(s, bf_synth_impression_image(touch), BF_FINGER, BF_RIGHT_INDEX, &t);
    }
    check(!st, "template of an impression", s);
    bf_synth_impression_free(touch);
    return t;
}

static bf_synth_finger *grow(bf_session *s, uint64_t seed)
{
    bf_synth_finger_opts opts;
    bf_synth_finger *finger = NULL;
    bf_synth_finger_opts_init(&opts);
    opts.seed = seed;
    check(!bf_synth_finger_create(s, &opts, &finger), "synthetic finger", s);
    return finger;
}

static void check_parse(bf_session *s, const bf_template *t)
{
    size_t len, again_len;
    const uint8_t *data = bf_template_bytes(t, &len);
    bf_template *again = NULL;
    check(!bf_template_parse(s, data, len, &again), "template read back", s);
    const uint8_t *again_data = bf_template_bytes(again, &again_len);
    check(len == again_len && !memcmp(data, again_data, len), "the same bytes", s);
    check(bf_template_position(again) == BF_RIGHT_INDEX, "the same position", s);
    bf_template_free(again);
    uint8_t *damaged = malloc(len);
    memcpy(damaged, data, len);
    damaged[len / 2] ^= 1;
    check(bf_template_parse(s, damaged, len, &again) == BF_EFORMAT, "damage is refused", s);
    free(damaged);
}

int main(void)
{
    bf_engine *engine = NULL;
    bf_session *s = NULL;
    float same = -1, other = -1, turned = -1;
    if (bf_engine_open(NULL, &engine) || bf_session_open(engine, &s)) return 1;
    bf_synth_finger *one = grow(s, 1), *two = grow(s, 2);
    bf_template *a = take(s, one, 1), *b = take(s, one, 2), *c = take(s, two, 1);
    if (a && b && c) {
        check(!bf_compare(s, a, b, &same) && same >= 30.0f, "the same finger", s);
        check(!bf_compare(s, b, a, &turned) && turned == same, "symmetric", s);
        check(!bf_compare(s, a, c, &other) && other < 30.0f, "another finger", s);
        printf("# scores: %.2f and %.2f\n", (double)same, (double)other);
        check_parse(s, a);
    }
    bf_template_free(a);
    bf_template_free(b);
    bf_template_free(c);
    bf_synth_finger_free(one);
    bf_synth_finger_free(two);
    bf_session_free(s);
    bf_engine_free(engine);
    printf("1..%d\n", number);
    return failed;
}
