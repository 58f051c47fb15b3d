/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Codes for the fast stage: the embedding as the template has it. Its answers rise with the cosine
 * that compare.c computes, so the fast stage loses nobody: it only leaves out what is not needed to
 * rank.
 *
 * A code, 8-byte aligned, numbers in the machine's order; m = n rounded up to a multiple of 8:
 *
 *     0  8  model
 *     8  2  dimension n
 *    10  1  recipe
 *    11  1  0
 *    12  4  sum of squares of the values
 *    16  m  values, then 0
 */
#include "face/code.h"

#include <math.h>
#include <string.h>

#include "face/encode.h"
#include "kernel/kernel.h"

#define HEAD_BYTES 16u
#define CODE_BYTES(n) (HEAD_BYTES + ((n) + 7u) / 8u * 8u)
/* dot / norm is at most 127 * 64: this keeps it within 30 bits. */
#define ANSWER_SCALE 65536.0
#define INCOMPARABLE (-INT32_MAX) /* another model's: behind everybody */

typedef struct face_probe {
    uint8_t model[BF_FACE_MODEL_ID_BYTES];
    uint16_t dimension;
    uint8_t recipe, zero;
    int32_t norm2;
    int8_t value[BF_FACE_DIMENSION_MAX];
} face_probe;

static bf_status encode(bf_ctx *c, const void *prepared, uint8_t *out, size_t *out_len)
{
    const bf_face_prepared *f = prepared;
    uint16_t dimension = (uint16_t)f->dimension;
    (void)c;
    memset(out, 0, CODE_BYTES(f->dimension));
    memcpy(out, f->model, sizeof f->model);
    memcpy(out + 8, &dimension, sizeof dimension);
    out[10] = (uint8_t)f->recipe;
    memcpy(out + 12, &f->norm2, sizeof f->norm2);
    memcpy(out + HEAD_BYTES, f->value, f->dimension);
    *out_len = CODE_BYTES(f->dimension);
    return BF_OK;
}

static int is_code(const uint8_t *code, size_t len)
{
    uint16_t n;
    int32_t norm2;
    if (len < HEAD_BYTES) return 0;
    memcpy(&n, code + 8, sizeof n);
    memcpy(&norm2, code + 12, sizeof norm2);
    return n >= BF_FACE_DIMENSION_MIN && n <= BF_FACE_DIMENSION_MAX && len == CODE_BYTES(n) &&
           norm2 > 0 && !code[11];
}

static void make_probe(const void *prepared, const uint8_t *code, void *out)
{
    (void)prepared;
    face_probe *p = out;
    memset(p, 0, sizeof *p);
    memcpy(p, code, HEAD_BYTES);
    memcpy(p->value, code + HEAD_BYTES, p->dimension);
}

static void scan(const bf_kernels *k, const void *probe, const uint8_t *codes, const uint32_t *at,
                 size_t count, int32_t *out)
{
    const face_probe *p = probe;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *code = codes + 8 * (size_t)at[i];
        int32_t norm2;
        out[i] = INCOMPARABLE;
        if (memcmp(code, p, 12) != 0) continue;
        memcpy(&norm2, code + 12, sizeof norm2);
        int32_t dot = k->dot_i8(p->value, (const int8_t *)code + HEAD_BYTES, p->dimension);
        out[i] = (int32_t)(dot / sqrt((double)norm2) * ANSWER_SCALE);
    }
}

const bf_fast bf_face_fast = {
    .version = 1,
    .max_bytes = CODE_BYTES(BF_FACE_DIMENSION_MAX),
    .probe_bytes = sizeof(face_probe),
    .encode = encode,
    .is_code = is_code,
    .make_probe = make_probe,
    .scan = scan,
};
