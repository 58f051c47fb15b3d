/* SPDX-License-Identifier: Apache-2.0 */
/* A model card as text: see card.h. Numbers are written in decimals whatever the locale. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "nn/card.h"

typedef struct text {
    char *at;
    size_t left; /* with the NUL; 0: it did not fit */
} text;

static void add(text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void add(text *t, const char *fmt, ...)
{
    va_list args;
    if (!t->left) return;
    va_start(args, fmt);
    int n = vsnprintf(t->at, t->left, fmt, args);
    va_end(args);
    if (n < 0 || (size_t)n >= t->left) {
        t->left = 0;
        return;
    }
    t->at += n;
    t->left -= (size_t)n;
}

static void add_string(text *t, const char *key, const char *value)
{
    add(t, "%s = \"", key);
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            add(t, "\\%c", *value);
        else if (*value == '\t')
            add(t, "\\t");
        else
            add(t, "%c", *value);
    }
    add(t, "\"\n");
}

/* Nine decimals, |v| <= 1e6, without printf's idea of a decimal point. */
static void add_number(text *t, double v)
{
    uint64_t nano = (uint64_t)(fabs(v) * 1e9 + 0.5);
    add(t, "%s%llu.%09llu", v < 0 ? "-" : "", (unsigned long long)(nano / 1000000000u),
        (unsigned long long)(nano % 1000000000u));
}

static void add_three(text *t, const char *key, const float v[3])
{
    add(t, "%s = [", key);
    for (int i = 0; i < 3; i++) {
        add(t, "%s", i ? ", " : "");
        add_number(t, (double)v[i]);
    }
    add(t, "]\n");
}

static void add_recogniser(text *t, const bf_nn_card *card)
{
    add(t, "width_px = %d\nheight_px = %d\n", card->input.w, card->input.h);
    add_three(t, "mean", card->input.mean);
    add_three(t, "scale", card->input.scale);
    add_string(t, "order", card->input.order == BF_NN_BGR ? "bgr" : "rgb");
    add_string(t, "layout", card->input.layout == BF_NN_NHWC ? "nhwc" : "nchw");
    add(t, "dimension = %u\nnormalised = %s\n", card->dimension,
        card->normalised ? "true" : "false");
    if (!card->points) return;
    add(t, "calibration = [\n");
    for (uint32_t i = 0; i < card->points; i++) {
        add(t, "    [");
        add_number(t, (double)card->calibration[i][0]);
        add(t, ", ");
        add_number(t, (double)card->calibration[i][1]);
        add(t, "],\n");
    }
    add(t, "]\nextrapolated_from = ");
    add_number(t, (double)card->extrapolated_from);
    add(t, "\n");
}

size_t bf_nn__card_write(const bf_nn_card *card, char *out, size_t cap)
{
    text t = {out, cap};
    int recogniser = card->kind == BF_NN_KIND_FACE_RECOGNISER;
    add_string(&t, "name", card->name);
    add_string(&t, "kind", recogniser ? "face-recogniser" : "other");
    add_string(&t, "licence", card->licence);
    add_string(&t, "origin", card->origin);
    if (card->sha256[0]) add_string(&t, "sha256", card->sha256);
    if (recogniser) add_recogniser(&t, card);
    return t.left ? cap - t.left : 0;
}
