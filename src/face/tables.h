/* SPDX-License-Identifier: Apache-2.0 */
/* Cosine to score: made by tools/fit-face, see docs/SCORES.md. */
#ifndef BF_FACE_TABLES_H
#define BF_FACE_TABLES_H
#include "template/modality.h"

#define BF_FACE_EXTRAPOLATED_FROM 40.0f

static const float bf_face_table_0[][2] = {{0.0f, 0.0f}, {1.0f, 100.0f}};
static const float bf_face_table_1[][2] = {{0.0f, 0.0f}, {1.0f, 100.0f}};

static const struct {
    const char *name;
    bf_calibration cal;
} bf_face_tables[] = {
    {"mobilefacenet", {bf_face_table_0, sizeof bf_face_table_0 / sizeof bf_face_table_0[0], 40.0f}},
    {"dlib_resnet", {bf_face_table_1, sizeof bf_face_table_1 / sizeof bf_face_table_1[0], 40.0f}},
};

#endif
