/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Range reduction to a small interval, then a Taylor polynomial long enough for the stated error.
 * Cost: some 10 ns each; none of these stands in an inner loop, which use tables.
 */
#include "util/fmath.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* sin on [-pi/4, pi/4] */
static double sin_poly(double x)
{
    double z = x * x;
    return x * (1.0 +
                z * (-1.0 / 6 +
                     z * (1.0 / 120 + z * (-1.0 / 5040 +
                                           z * (1.0 / 362880 + z * (-1.0 / 39916800 +
                                                                    z * (1.0 / 6227020800.0)))))));
}

static double cos_poly(double x)
{
    double z = x * x;
    return 1.0 +
           z * (-0.5 + z * (1.0 / 24 +
                            z * (-1.0 / 720 + z * (1.0 / 40320 + z * (-1.0 / 3628800 +
                                                                      z * (1.0 / 479001600.0))))));
}

static double sin_quadrant(double x, int shift)
{
    if (!(fabs(x) <= 1e9)) x = 0.0; /* NaN and what has no meaningful phase */
    double n = floor(x * (2.0 / BF_PI) + 0.5);
    /* pi/2 in two parts, so that the reduction stays exact for |n| < 2^20 */
    double r = (x - n * 1.57079632673412561417e+00) - n * 6.07710050650619224932e-11;
    switch ((unsigned)((int64_t)n + shift) & 3u) {
    case 0: return sin_poly(r);
    case 1: return cos_poly(r);
    case 2: return -sin_poly(r);
    default: return -cos_poly(r);
    }
}

double bf_sin(double x_rad)
{
    return sin_quadrant(x_rad, 0);
}

double bf_cos(double x_rad)
{
    return sin_quadrant(x_rad, 1);
}

/* atan on [0, 1]: one step of argument reduction by atan(0.5), then a series */
static double atan_unit(double t)
{
    double base = 0.0;
    if (t > 0.6) {
        base = BF_PI / 4;
        t = (t - 1.0) / (1.0 + t);
    } else if (t > 0.25) {
        base = 0.4636476090008061162; /* atan(1/2) */
        t = (t - 0.5) / (1.0 + 0.5 * t);
    }
    double z = t * t, sum = 0.0;
    for (int k = 21; k >= 1; k -= 2) sum = 1.0 / k - z * sum;
    return base + t * sum;
}

double bf_atan2(double y, double x)
{
    double ax = fabs(x), ay = fabs(y);
    if (ax == 0.0 && ay == 0.0) return 0.0;
    double a = ay <= ax ? atan_unit(ay / ax) : BF_PI / 2 - atan_unit(ax / ay);
    if (x < 0) a = BF_PI - a;
    return y < 0 ? -a : a;
}

double bf_exp(double x)
{
    if (!(x >= -700.0)) return 0.0; /* NaN too */
    if (x > 700.0) x = 700.0;
    double n = floor(x * 1.44269504088896340736 + 0.5);
    double r = (x - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10;
    double sum = 1.0;
    for (int k = 14; k >= 1; k--) sum = 1.0 + r * sum / k;
    uint64_t bits = (uint64_t)((int64_t)n + 1023) << 52;
    double scale;
    memcpy(&scale, &bits, sizeof scale);
    return sum * scale;
}

double bf_log(double x)
{
    if (!(x > 0.0)) return -745.0;
    int64_t e = 0;
    uint64_t bits;
    if (x < 2.2250738585072014e-308) {
        x *= 18014398509481984.0; /* 2^54: a subnormal made normal */
        e = -54;
    }
    memcpy(&bits, &x, sizeof bits);
    e += (int64_t)((bits >> 52) & 0x7ff) - 1023;
    bits = (bits & 0xfffffffffffffULL) | 0x3ff0000000000000ULL;
    double m;
    memcpy(&m, &bits, sizeof m);
    if (m > 1.4142135623730951) {
        m *= 0.5;
        e++;
    }
    double s = (m - 1.0) / (m + 1.0), z = s * s, sum = 0.0;
    for (int k = 21; k >= 1; k -= 2) sum = 1.0 / k + z * sum;
    return 2.0 * s * sum + (double)e * 0.69314718055994530942;
}
