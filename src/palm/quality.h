/* SPDX-License-Identifier: Apache-2.0 */
/* Measures of a region, what they mean for comparison, and the reasons in words. */
#ifndef BF_PALM_QUALITY_H
#define BF_PALM_QUALITY_H
#include "bonafide/palm.h"
#include "palm/palm.h"

typedef struct bf_palm_measures {
    float covered;    /* share of the region that is hand */
    float brightness; /* mean grey */
    float glare;      /* share of pixels at the upper end */
    float detail;     /* standard deviation from the local mean, grey levels: lines */
    float sharpness;  /* second differences against detail: 4.5 for white noise */
} bf_palm_measures;

void bf_palm_measure(const bf_palm_region *r, bf_palm_measures *out);

/* Reasons that lie in the region itself. */
uint16_t bf_palm_region_reasons(const bf_palm_region *r, const bf_palm_measures *m);

/* 0..100, after all reasons of `r` are set. */
uint8_t bf_palm_quality(const bf_palm_region *r, const bf_palm_measures *m);

/* As bf_palm_reason_text(). */
const char *bf_palm__reason_text(uint32_t reason);

#endif
