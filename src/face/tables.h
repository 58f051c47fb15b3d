/* SPDX-License-Identifier: Apache-2.0 */
/* Cosine to score: made with tools/fit_face.c, see docs/SCORES.md. */
#ifndef BF_FACE_TABLES_H
#define BF_FACE_TABLES_H
#include "template/modality.h"

#define BF_FACE_EXTRAPOLATED_FROM 45.0f /* of the default recogniser */

/* mobilefacenet: 2687149 impostor pairs of 2320 pictures of LFW */
static const float table_mobilefacenet[][2] = {
    {-0.0100f, 0.00f}, {0.0824f, 2.50f}, {0.1478f, 5.00f}, {0.2002f, 7.50f}, {0.2443f, 10.00f},
    {0.2831f, 12.50f}, {0.3178f, 15.00f}, {0.3493f, 17.50f}, {0.3784f, 20.00f}, {0.4057f, 22.50f},
    {0.4314f, 25.00f}, {0.4542f, 27.50f}, {0.4756f, 30.00f}, {0.4966f, 32.50f}, {0.5160f, 35.00f},
    {0.5362f, 37.50f}, {0.5533f, 40.00f}, {0.5687f, 42.50f}, {0.5829f, 45.00f}, {1.0000f, 92.98f},
};

/* dlib_resnet: not calibrated, 100 times the cosine */
static const float table_dlib_resnet[][2] = {
    {0.0f, 0.0f}, {1.0f, 100.0f},
};

#define POINTS(table) table, sizeof table / sizeof table[0]

static const struct {
    const char *name;
    bf_calibration cal;
} bf_face_tables[] = {
    {"mobilefacenet", {POINTS(table_mobilefacenet), BF_FACE_EXTRAPOLATED_FROM}},
    {"dlib_resnet", {POINTS(table_dlib_resnet), 0.0f}},
};

#endif
