/* SPDX-License-Identifier: Apache-2.0 */
/* What the synth tests share: cmocka, an engine with a session, a hash. */
#ifndef BF_TESTS_SYNTH_SETUP_H
#define BF_TESTS_SYNTH_SETUP_H
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/session.h"
#include "synth/synth.h"
#include "util/fmath.h"

typedef struct rig {
    bf_engine *engine;
    bf_session *session;
    bf_ctx *ctx;
} rig;

static inline rig rig_open(void)
{
    rig g = {0};
    assert_int_equal(bf_engine_open(NULL, &g.engine), BF_OK);
    assert_int_equal(bf_session_open(g.engine, &g.session), BF_OK);
    g.ctx = bf_session__enter(g.session);
    return g;
}

static inline void rig_close(rig *g)
{
    bf_session_free(g->session);
    bf_engine_free(g->engine);
}

static inline bf_synth_finger *rig_finger(rig *g, uint64_t seed, uint32_t pattern)
{
    bf_synth_finger_opts o;
    bf_synth_finger *f = NULL;
    bf_synth_finger_opts_init(&o);
    o.seed = seed;
    o.pattern = pattern;
    assert_int_equal(bf_synth_finger_create(g->session, &o, &f), BF_OK);
    return f;
}

/* FNV-1a */
static inline uint64_t hash_bytes(const void *data, size_t len)
{
    const uint8_t *p = data;
    uint64_t h = 0xcbf29ce484222325u;
    while (len--) h = (h ^ *p++) * 0x100000001b3u;
    return h;
}

static inline double angle_between(double a, double b)
{
    double d = a - b;
    return fabs(bf_atan2(bf_sin(d), bf_cos(d)));
}

#endif
