/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The extractor against ground truth, on clean impressions. A found minutia is right when a true
 * one that no other has taken lies within 8 px (0.4 mm) and 22.5 degrees; type is not asked, since
 * pressure turns endings into bifurcations. Found minutiae outside the area in which truth is
 * listed (0.5 mm inside the edge, see synth.h) are not judged. SYNTH_FINGERS in the environment
 * sets another number of fingers.
 */
#include <stdio.h>

#include "setup.h"

#define NEAR_PX 8.0
#define NEAR_RAD (BF_PI / 8)
#define CORE_PX 19.7 /* 1 mm */
#define RECALL_MIN 0.85
#define PRECISION_MIN 0.90
#define CORES_MIN 0.90

typedef struct tally {
    size_t truth, found, hits;
    size_t cores, cores_near;
    double error_px, error_rad;
} tally;

/* Greedy, nearest first: clean impressions leave little to argue about. */
static void count_minutiae(const bf_minutia *truth, size_t n, const bf_minutia *found, size_t m,
                           tally *t)
{
    uint8_t taken[256] = {0}, used[512] = {0};
    assert_true(n <= 256 && m <= 512);
    t->truth += n;
    t->found += m;
    for (;;) {
        double best = NEAR_PX;
        size_t bi = 0, bj = m;
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < m && !taken[i]; j++) {
                double dx = truth[i].x_px - found[j].x_px, dy = truth[i].y_px - found[j].y_px;
                double d = sqrt(dx * dx + dy * dy);
                if (used[j] || d >= best ||
                    angle_between(truth[i].angle_rad, found[j].angle_rad) > NEAR_RAD) {
                    continue;
                }
                best = d;
                bi = i;
                bj = j;
            }
        }
        if (bj == m) return;
        taken[bi] = used[bj] = 1;
        t->hits++;
        t->error_px += best;
        t->error_rad += angle_between(truth[bi].angle_rad, found[bj].angle_rad);
    }
}

/* The first (upper) core of the truth against the nearest found one. */
static void count_core(const bf_synth_impression *i, const bf_finger_view *view, tally *t)
{
    size_t n, m;
    const bf_singular *truth = bf_synth_impression_singulars(i, &n);
    const bf_singular *found = bf_finger_view_singulars(view, &m);
    if (!n || truth[0].type != BF_SINGULAR_CORE) return;
    double best = 1e9;
    for (size_t k = 0; k < m; k++) {
        double dx = found[k].x_px - truth[0].x_px, dy = found[k].y_px - truth[0].y_px;
        double d = sqrt(dx * dx + dy * dy);
        if (found[k].type == BF_SINGULAR_CORE && d < best) best = d;
    }
    t->cores++;
    t->cores_near += best <= CORE_PX;
}

/* Found minutiae in the area in which truth is listed. */
static size_t judged(const bf_synth_impression *i, const bf_synth_style *style,
                     const bf_minutia *found, size_t n, bf_minutia *out)
{
    size_t kept = 0;
    uint32_t w = bf_image_width(i->image), h = bf_image_height(i->image);
    double margin = SYNTH_TRUTH_MARGIN_PX / i->warp.scale;
    for (size_t k = 0; k < n; k++) {
        double u, v, x = found[k].x_px, y = found[k].y_px;
        bf_synth__warp_plane(&i->warp, x, y, &u, &v);
        if (bf_synth__contact_px(style, u, v) < SYNTH_TRUTH_MARGIN_PX) continue;
        if (x < margin || y < margin || x > w - 1 - margin || y > h - 1 - margin) continue;
        out[kept++] = found[k];
    }
    return kept;
}

static void one_finger(rig *g, uint64_t seed, tally *t)
{
    bf_synth_finger *f = rig_finger(g, bf_synth_seed(77, (uint32_t)seed, 0), BF_SYNTH_NATURAL);
    bf_synth_impression_opts o;
    bf_synth_impression_opts_init(&o);
    o.flags = BF_SYNTH_CLEAN;
    o.seed = seed;
    bf_synth_impression *i = NULL;
    bf_finger_view *view = NULL;
    assert_int_equal(bf_synth_impression_create(g->session, f, &o, &i), BF_OK);
    assert_int_equal(bf_finger_inspect(g->session, i->image, &view), BF_OK);
    bf_synth_rng r; /* the style once more, for the outline of the contact area */
    bf_synth_warp warp;
    bf_synth_style style;
    bf_synth_transform transform;
    bf_minutia inside[512];
    bf_synth__rng_seed(&r, bf_synth__mix(f->seed, o.seed));
    bf_synth__impression_draw(&r, f, &o, &warp, &style, &transform);
    size_t n, m;
    const bf_minutia *truth = bf_synth_impression_minutiae(i, &n);
    const bf_minutia *found = bf_finger_view_minutiae(view, &m);
    assert_true(m <= 512);
    m = judged(i, &style, found, m, inside);
    count_minutiae(truth, n, inside, m, t);
    count_core(i, view, t);
    bf_finger_view_free(view);
    bf_synth_impression_free(i);
    bf_synth_finger_free(f);
}

static void clean_impressions(void **state)
{
    (void)state;
    const char *env = getenv("SYNTH_FINGERS");
    long fingers = env ? atol(env) : 12;
    rig g = rig_open();
    tally t = {0};
    for (long k = 0; k < fingers; k++) one_finger(&g, (uint64_t)k, &t);
    double recall = (double)t.hits / (double)t.truth, precision = (double)t.hits / (double)t.found;
    print_message("# %ld fingers: minutiae recall %.3f, precision %.3f, off by %.1f px and %.1f "
                  "degrees; core within 1 mm on %zu of %zu\n",
                  fingers, recall, precision, t.error_px / (double)t.hits,
                  t.error_rad / (double)t.hits * 180 / BF_PI, t.cores_near, t.cores);
    assert_true(t.truth > 20 * (size_t)fingers);
    assert_true(recall >= RECALL_MIN);
    assert_true(precision >= PRECISION_MIN);
    assert_true((double)t.cores_near >= CORES_MIN * (double)t.cores);
    rig_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(clean_impressions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
