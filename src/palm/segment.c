/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hand and ground: reduced pictures, and the thresholds that may part them. No single threshold
 * does for every camera, so several are offered and the one whose outline is most like a hand is
 * taken (locate.c). Cost: 1 ms for 640 x 480 px, 0.2 ms a mask.
 */
#include <string.h>

#include "palm/locate.h"
#include "palm/params.h"

/* Grey (Rec. 601) and redness of one work pixel: the mean over reduce x reduce image pixels. */
static void reduce_pixel(const bf_hand_picture *p, int32_t x, int32_t y)
{
    const bf_image *m = p->image;
    int32_t k = p->reduce;
    uint32_t grey = 0, red = 0, green = 0, blue = 0, n = (uint32_t)(k * k);
    size_t at = (size_t)y * (size_t)p->grey.w + (size_t)x;
    for (int32_t j = 0; j < k; j++) {
        const uint8_t *s =
            m->px + ((size_t)(y * k + j) * m->w + (size_t)(x * k)) * (size_t)m->channels;
        for (int32_t i = 0; i < k; i++, s += m->channels) {
            if (m->channels == 1) {
                grey += *s;
                continue;
            }
            red += s[0];
            green += s[1];
            blue += s[2];
        }
    }
    if (m->channels == 1) {
        p->grey.px[at] = (uint8_t)((grey + n / 2) / n);
        return;
    }
    p->grey.px[at] = (uint8_t)((77 * red + 150 * green + 29 * blue + 128 * n) / (256 * n));
    uint8_t *rgb = p->colour + 3 * at;
    rgb[0] = (uint8_t)((red + n / 2) / n);
    rgb[1] = (uint8_t)((green + n / 2) / n);
    rgb[2] = (uint8_t)((blue + n / 2) / n);
    int32_t chroma = (int32_t)(2 * red) - (int32_t)(green + blue); /* -510..510 a pixel */
    chroma = 128 + chroma / (2 * (int32_t)n);
    p->chroma.px[at] = (uint8_t)(chroma < 0 ? 0 : chroma > 255 ? 255 : chroma);
}

static bf_status plane_new(bf_ctx *c, int32_t w, int32_t h, bf_hand_plane *out)
{
    *out = (bf_hand_plane){w, h, bf_ctx_scratch(c, (size_t)w * (size_t)h, 1)};
    if (!out->px) BF_FAIL_NOMEM(c);
    return BF_OK;
}

/* channels interleaved */
static void halve_bytes(const uint8_t *from, int32_t from_w, uint8_t *to, int32_t w, int32_t h,
                        int32_t channels)
{
    size_t stride = (size_t)from_w * (size_t)channels, k = (size_t)channels;
    for (int32_t y = 0; y < h; y++) {
        const uint8_t *a = from + (size_t)(2 * y) * stride, *b = a + stride;
        for (int32_t x = 0; x < w; x++, a += 2 * k, b += 2 * k) {
            for (size_t i = 0; i < k; i++) {
                *to++ = (uint8_t)((a[i] + a[i + k] + b[i] + b[i + k] + 2) / 4);
            }
        }
    }
}

static void halve(const bf_hand_plane *from, bf_hand_plane *to)
{
    halve_bytes(from->px, from->w, to->px, to->w, to->h, 1);
}

bf_status bf_hand_picture_make(bf_ctx *c, const bf_image *image, bf_hand_picture *out)
{
    uint32_t longest = image->w > image->h ? image->w : image->h;
    memset(out, 0, sizeof *out);
    out->image = image;
    out->reduce = (int32_t)((longest + BF_HAND_WORK_PX - 1) / BF_HAND_WORK_PX);
    int32_t w = (int32_t)image->w / out->reduce, h = (int32_t)image->h / out->reduce;
    if (w < PARAM_SMALLEST_PX || h < PARAM_SMALLEST_PX) {
        BF_FAIL(c, BF_ESMALL, "%u x %u px: too small or too narrow to find a hand", image->w,
                image->h);
    }
    BF_TRY(plane_new(c, w, h, &out->grey));
    BF_TRY(plane_new(c, w / 2, h / 2, &out->coarse));
    if (image->channels == 3) {
        BF_TRY(plane_new(c, w, h, &out->chroma));
        BF_TRY(plane_new(c, w / 2, h / 2, &out->coarse_chroma));
        out->colour = bf_ctx_scratch(c, 3 * (size_t)w * (size_t)h, 1);
        out->coarse_colour = bf_ctx_scratch(c, 3 * (size_t)(w / 2) * (size_t)(h / 2), 1);
        if (!out->colour || !out->coarse_colour) BF_FAIL_NOMEM(c);
    }
    for (int32_t y = 0; y < h; y++) {
        for (int32_t x = 0; x < w; x++) reduce_pixel(out, x, y);
    }
    halve(&out->grey, &out->coarse);
    if (out->chroma.px) {
        halve(&out->chroma, &out->coarse_chroma);
        halve_bytes(out->colour, w, out->coarse_colour, w / 2, h / 2, 3);
    }
    return BF_OK;
}

/* Two classes of a histogram. */
typedef struct classes {
    int32_t threshold, low, high; /* means of the two */
} classes;

/* Otsu's threshold. */
static classes part(const bf_hand_plane *p)
{
    uint32_t count[256] = {0};
    size_t n = (size_t)p->w * (size_t)p->h;
    double sum = 0, below = 0, below_sum = 0, best = -1;
    classes r = {127, 0, 255};
    for (size_t i = 0; i < n; i++) count[p->px[i]]++;
    for (int32_t v = 0; v < 256; v++) sum += (double)count[v] * v;
    for (int32_t v = 0; v < 255; v++) {
        below += count[v];
        below_sum += (double)count[v] * v;
        double above = (double)n - below;
        if (below < 1 || above < 1) continue;
        double low = below_sum / below, high = (sum - below_sum) / above;
        double between = below * above * (high - low) * (high - low);
        if (between <= best) continue;
        best = between;
        r = (classes){v, (int32_t)(low + 0.5), (int32_t)(high + 0.5)};
    }
    return r;
}

static int32_t between(int32_t low, int32_t high, int32_t percent)
{
    return low + (high - low) * percent / 100;
}

/* Cuts of one plane: at Otsu's threshold and nearer to the ground. */
static int32_t plane_cuts(const bf_hand_plane *plane, const bf_hand_plane *coarse, int32_t dark,
                          bf_hand_cut *out)
{
    classes k = part(coarse);
    int32_t n = 0;
    if (k.high - k.low < PARAM_CONTRAST_MIN) return 0;
    out[n++] = (bf_hand_cut){plane, coarse, between(k.low, k.high, 30), 0, 0};
    out[n++] = (bf_hand_cut){plane, coarse, k.threshold, 0, 0};
    out[n++] = (bf_hand_cut){plane, coarse, between(k.low, k.high, 30), 0, 1};
    if (!dark) return n;
    out[n++] = (bf_hand_cut){plane, coarse, between(k.low, k.high, 70), 1, 0};
    out[n++] = (bf_hand_cut){plane, coarse, k.threshold, 1, 0};
    return n;
}

int32_t bf_hand_cuts(const bf_hand_picture *p, bf_hand_cut *out, int32_t cap)
{
    bf_hand_cut all[8];
    int32_t n = 0;
    n += plane_cuts(&p->grey, &p->coarse, 1, all + n);
    if (p->chroma.px) n += plane_cuts(&p->chroma, &p->coarse_chroma, 0, all + n);
    if (n > cap) n = cap;
    memcpy(out, all, (size_t)n * sizeof *out);
    return n;
}

/* Take dark lines out of a mask: pixels well below the mean of their surroundings. Between closed
 * fingers nothing else is left of the ground. */
static bf_status cut_lines(bf_ctx *c, const bf_hand_plane *p, uint8_t *mask)
{
    int32_t w = p->w, h = p->h, r = PARAM_LINE_PX;
    uint32_t *sum = bf_ctx_scratch(c, (size_t)(w + 1) * (size_t)(h + 1), sizeof *sum);
    if (!sum) BF_FAIL_NOMEM(c);
    for (int32_t y = 0; y < h; y++) {
        uint32_t row = 0;
        for (int32_t x = 0; x < w; x++) {
            row += p->px[y * w + x];
            sum[(y + 1) * (w + 1) + x + 1] = sum[y * (w + 1) + x + 1] + row;
        }
    }
    for (int32_t y = 0; y < h; y++) {
        int32_t y0 = y - r < 0 ? 0 : y - r, y1 = y + r + 1 > h ? h : y + r + 1;
        for (int32_t x = 0; x < w; x++) {
            if (!mask[y * w + x]) continue;
            int32_t x0 = x - r < 0 ? 0 : x - r, x1 = x + r + 1 > w ? w : x + r + 1;
            uint32_t total = sum[y1 * (w + 1) + x1] - sum[y0 * (w + 1) + x1] -
                             sum[y1 * (w + 1) + x0] + sum[y0 * (w + 1) + x0];
            uint32_t n = (uint32_t)((y1 - y0) * (x1 - x0));
            if (p->px[y * w + x] * 100u * n < total * PARAM_LINE_PERCENT) mask[y * w + x] = 0;
        }
    }
    return BF_OK;
}

bf_status bf_hand_mask(bf_ctx *c, const bf_hand_cut *cut, uint8_t *out)
{
    size_t n = (size_t)cut->coarse->w * (size_t)cut->coarse->h;
    for (size_t i = 0; i < n; i++) {
        out[i] = (uint8_t)((cut->coarse->px[i] > cut->threshold) != cut->invert);
    }
    return cut->lines ? cut_lines(c, cut->coarse, out) : BF_OK;
}
