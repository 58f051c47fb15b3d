/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The three valleys between the four fingers: minima of the outline's distance from the palm's
 * centre with fingers between and beside them.
 *
 * Which three of the minima: every choice in order is judged by how far the figure they make with
 * the palm's circle lies from that of a hand. All lengths are relative to the circle's radius or to
 * the line between the outer two, so any size and any turn are the same.
 */
#include <math.h>
#include <string.h>

#include "palm/locate.h"
#include "palm/params.h"

#define MINIMA_MAX 16
#define COST_NONE 1e8f

typedef struct minimum {
    int32_t at;       /* index on the outline */
    float prominence; /* px: how far the outline rises on both sides */
} minimum;

/* Highest point before the outline falls below d[from], in one direction. */
static float rise(const bf_hand_contour *k, int32_t from, int32_t step)
{
    float top = k->d[from];
    for (int32_t n = 0, i = from; n < k->count; n++) {
        i += step;
        if (i < 0) i = k->count - 1;
        if (i == k->count) i = 0;
        if (k->d[i] < k->d[from]) break;
        if (k->d[i] > top) top = k->d[i];
    }
    return top;
}

/* The most prominent minima, in the order of the outline. */
static int32_t find_minima(const bf_hand_contour *k, minimum *out)
{
    int32_t n = 0;
    float least = PARAM_VALLEY_RISE * k->radius;
    for (int32_t i = 0; i < k->count; i++) {
        float d = k->d[i];
        if (d > k->d[i ? i - 1 : k->count - 1] || d >= k->d[i + 1 < k->count ? i + 1 : 0]) continue;
        float up = rise(k, i, 1), back = rise(k, i, -1);
        minimum m = {i, (up < back ? up : back) - d};
        if (m.prominence < least) continue;
        if (n < MINIMA_MAX) {
            out[n++] = m;
            continue;
        }
        int32_t low = 0;
        for (int32_t j = 1; j < n; j++) {
            if (out[j].prominence < out[low].prominence) low = j;
        }
        if (out[low].prominence >= m.prominence) continue;
        memmove(out + low, out + low + 1, (size_t)(n - 1 - low) * sizeof *out);
        out[n - 1] = m;
    }
    return n;
}

static float square(float x)
{
    return x * x;
}

/* Distance of x from the interval, in units of `soft`, squared. */
static float outside(float x, float low, float high, float soft)
{
    return x < low ? square((low - x) / soft) : x > high ? square((x - high) / soft) : 0.0f;
}

/* Greatest height of the outline between two of its points above the line through o along the unit
 * vector (nx, ny). */
static float height(const bf_hand_contour *k, int32_t from, int32_t to, bf_hand_point o, float nx,
                    float ny)
{
    float best = -1e9f;
    for (int32_t i = from; i != to; i = i + 1 < k->count ? i + 1 : 0) {
        float v = (k->at[i].x - o.x) * nx + (k->at[i].y - o.y) * ny;
        if (v > best) best = v;
    }
    return best;
}

/* The outline from an outer valley on, away from the middle one, for at most `reach`: how high it
 * rises above the line (a finger), in px. */
static float beyond(const bf_hand_contour *k, int32_t from, int32_t step, float reach,
                    bf_hand_point o, float nx, float ny)
{
    float best = 0;
    bf_hand_point p = k->at[from];
    int32_t i = from;
    for (int32_t n = 0; n < k->count; n++) {
        i += step;
        if (i < 0) i = k->count - 1;
        if (i == k->count) i = 0;
        float dx = k->at[i].x - p.x, dy = k->at[i].y - p.y;
        if (dx * dx + dy * dy > reach * reach) break;
        float v = (k->at[i].x - o.x) * nx + (k->at[i].y - o.y) * ny;
        if (v > best) best = v;
    }
    return best;
}

/* How little like the valleys of a hand three minima are; lower is better. */
static float judge(const bf_hand_contour *k, const minimum *a, const minimum *b, const minimum *e)
{
    bf_hand_point pa = k->at[a->at], pb = k->at[b->at], pe = k->at[e->at];
    float r = k->radius;
    float tx = pe.x - pa.x, ty = pe.y - pa.y;
    float span = sqrtf(tx * tx + ty * ty);
    if (span < 0.5f * r || span > 2.2f * r) return 1e9f;
    tx /= span;
    ty /= span;
    /* The outline runs clockwise on the screen (y down): fingers lie to the left of a -> e. */
    float nx = ty, ny = -tx;
    float along = ((pb.x - pa.x) * tx + (pb.y - pa.y) * ty) / span;
    float above = ((pb.x - pa.x) * nx + (pb.y - pa.y) * ny) / span;
    float cx = k->centre.x - pa.x, cy = k->centre.y - pa.y;
    float centre_along = (cx * tx + cy * ty) / span;
    float depth = -(cx * nx + cy * ny) / span;
    float cost = 0;
    cost += outside(span / r, 0.75f, 1.5f, 0.12f);
    cost += outside(along, 0.42f, 0.58f, 0.06f);
    cost += outside(above, -0.02f, 0.17f, 0.05f);
    cost +=
        PARAM_TYPICAL * (outside(along, 0.5f, 0.5f, 0.05f) + outside(above, 0.10f, 0.10f, 0.05f));
    cost += outside(centre_along, 0.20f, 0.80f, 0.15f);
    cost += outside(depth, 0.60f, 1.5f, 0.15f);
    float first = height(k, a->at, b->at, pa, nx, ny) / span;
    float second = height(k, b->at, e->at, pa, nx, ny) / span;
    cost += outside(first, 0.55f, 2.4f, 0.15f) + outside(second, 0.55f, 2.4f, 0.15f);
    float before = beyond(k, a->at, -1, span, pa, nx, ny) / span;
    float after = beyond(k, e->at, 1, span, pa, nx, ny) / span;
    cost += outside(before, 0.35f, 2.4f, 0.15f) + outside(after, 0.35f, 2.4f, 0.15f);
    return cost;
}

/*
 * The little finger's valley lies nearer to the wrist than the index finger's, so the line of the
 * valleys is turned, and the palm's middle lies off its perpendicular, away from the thumb: by how
 * much, in spans; > 0 with the thumb on the side of the first valley.
 */
static float thumb_side(const bf_hand_contour *k, bf_hand_point a, bf_hand_point e)
{
    float tx = e.x - a.x, ty = e.y - a.y, span2 = tx * tx + ty * ty;
    if (span2 < 1.0f) return 0;
    return ((k->centre.x - a.x) * tx + (k->centre.y - a.y) * ty) / span2 - 0.5f;
}

static void fill(const bf_hand_contour *contour, const bf_hand_point v[BF_HAND_VALLEYS], float cost,
                 bf_hand *out)
{
    for (int32_t i = 0; i < BF_HAND_VALLEYS; i++) {
        out->valley[i] = (bf_hand_point){2 * v[i].x + 0.5f, 2 * v[i].y + 0.5f};
    }
    out->cost = cost;
    out->thumb = thumb_side(contour, v[0], v[2]);
    out->contour = *contour;
    out->centre = (bf_hand_point){2 * contour->centre.x + 0.5f, 2 * contour->centre.y + 0.5f};
    out->radius = 2 * contour->radius;
}

bf_status bf_hand_valleys(const bf_hand_contour *contour, bf_hand *out)
{
    minimum m[MINIMA_MAX];
    int32_t n = find_minima(contour, m);
    bf_hand_point best[BF_HAND_VALLEYS];
    float best_cost = COST_NONE;
    for (int32_t i = 0; i < n; i++) {
        for (int32_t j = 1; j < n; j++) {
            for (int32_t l = j + 1; l < n; l++) {
                const minimum *b = &m[(i + j) % n], *e = &m[(i + l) % n];
                float cost = judge(contour, &m[i], b, e);
                if (cost >= best_cost) continue;
                best_cost = cost;
                best[0] = contour->at[m[i].at];
                best[1] = contour->at[b->at];
                best[2] = contour->at[e->at];
            }
        }
    }
    if (best_cost >= COST_NONE) return BF_ENONE;
    fill(contour, best, best_cost, out);
    return BF_OK;
}

bf_status bf_hand_valleys_near(const bf_hand_contour *contour,
                               const bf_hand_point expected[BF_HAND_VALLEYS], bf_hand *out)
{
    minimum m[MINIMA_MAX];
    int32_t n = find_minima(contour, m);
    bf_hand_point best[BF_HAND_VALLEYS];
    float sx = expected[2].x - expected[0].x, sy = expected[2].y - expected[0].y;
    float span2 = 0.25f * (sx * sx + sy * sy), cost = 0; /* coarse px */
    if (span2 < 1.0f) return BF_ENONE;
    for (int32_t i = 0; i < BF_HAND_VALLEYS; i++) {
        float nearest = square(PARAM_NEAR) * span2;
        int32_t found = 0;
        for (int32_t j = 0; j < n; j++) {
            bf_hand_point p = contour->at[m[j].at];
            float d = square(p.x - 0.5f * (expected[i].x - 0.5f)) +
                      square(p.y - 0.5f * (expected[i].y - 0.5f));
            if (d >= nearest) continue;
            nearest = d;
            best[i] = p;
            found = 1;
        }
        if (!found) return BF_ENONE;
        cost += nearest / span2;
    }
    fill(contour, best, cost, out);
    return BF_OK;
}

bf_hand_line bf_hand_line_of(const bf_hand_point v[BF_HAND_VALLEYS])
{
    float tx = v[2].x - v[0].x, ty = v[2].y - v[0].y;
    bf_hand_line line = {{0.5f * (v[0].x + v[2].x), 0.5f * (v[0].y + v[2].y)}, 0, -1, 1};
    line.span = sqrtf(tx * tx + ty * ty);
    if (line.span > 0) {
        line.nx = ty / line.span;
        line.ny = -tx / line.span;
    }
    return line;
}

int bf_hand_agree(const bf_hand_point found[BF_HAND_VALLEYS],
                  const bf_hand_point expected[BF_HAND_VALLEYS])
{
    float near = PARAM_NEAR * bf_hand_line_of(expected).span, worst = 0;
    for (int32_t i = 0; i < BF_HAND_VALLEYS; i++) {
        float d = square(found[i].x - expected[i].x) + square(found[i].y - expected[i].y);
        if (d > worst) worst = d;
    }
    return worst <= near * near;
}
