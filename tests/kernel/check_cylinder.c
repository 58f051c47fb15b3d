/* SPDX-License-Identifier: Apache-2.0 */
/* The cylinder of a descriptor against its reference. */
#include "kernel/check.h"
#include "kernel/kernels.h"

static float *draw_between(check *c, uint32_t n, float low, float high)
{
    float *v = check_alloc(c, n * sizeof *v, 4);
    for (uint32_t i = 0; i < n; i++) {
        v[i] = low + (high - low) * (float)check_random(c, 0, 10000) * 1e-4f;
    }
    return v;
}

static const bf_cylinder_rule *draw_rule(check *c)
{
    bf_cylinder_rule *r = check_alloc(c, sizeof *r, 4);
    r->pitch = (float)check_random(c, 10, 30);
    r->reach = (float)check_random(c, 5, 60);
    r->level = (float)check_random(c, 1, 50) * 0.01f;
    for (uint32_t k = 0; k < 128; k++) r->gauss[k] = 1.0f / (1.0f + 0.001f * (float)(k * k));
    for (uint32_t k = 0; k < 256 * 8; k++) {
        r->section[k / 8][k % 8] = (float)check_random(c, 0, 100) * 0.01f;
    }
    return r;
}

static bf_neighbours draw_neighbours(check *c, uint32_t n)
{
    float *forward = draw_between(c, n, -130, 130), *left = draw_between(c, n, -130, 130);
    float *weight = draw_between(c, n, 0, 1);
    return (bf_neighbours){forward, left, weight, check_alloc(c, n, 1), n};
}

int check_cylinder(check *c, const bf_kernels *ref, const bf_kernels *k)
{
    const bf_cylinder_rule *rule = draw_rule(c);
    bf_neighbours p = draw_neighbours(c, check_random(c, 0, 60));
    size_t bytes = BF_CYLINDER_SECTIONS * sizeof(uint64_t);
    uint64_t *want = check_alloc(c, bytes, 8), *got = check_alloc(c, bytes, 8);
    ref->cylinder(rule, &p, want);
    k->cylinder(rule, &p, got);
    check_equal(c, "words", want, got, bytes);
    return check_end(c);
}

void time_cylinder(check *c, const bf_kernels *k)
{
    const bf_cylinder_rule *rule = draw_rule(c);
    bf_neighbours p = draw_neighbours(c, 20);
    uint64_t words[BF_CYLINDER_SECTIONS];
    for (int r = 0; r < c->repeats; r++) {
        k->cylinder(rule, &p, words);
    }
}
