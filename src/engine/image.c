/* SPDX-License-Identifier: Apache-2.0 */
/* Public face of images: load, decode, create, read, write. */
#include "image/image.h"

#include <string.h>

#include "engine/session.h"
#include "util/file.h"

void bf_image_opts_init(bf_image_opts *opts)
{
    memset(opts, 0, sizeof *opts);
    opts->struct_size = sizeof *opts;
}

static bf_status read_opts(bf_ctx *c, const bf_image_opts *opts, bf_image_opts *out)
{
    bf_image_opts_init(out);
    if (!opts) return BF_OK;
    if (opts->struct_size < sizeof(uint32_t) || opts->struct_size > sizeof *out) {
        BF_FAIL(c, BF_EINVAL, "bf_image_opts of %u bytes", opts->struct_size);
    }
    memcpy(out, opts, opts->struct_size);
    if (out->ppi && (out->ppi < 100 || out->ppi > 2400)) {
        BF_FAIL(c, BF_EINVAL, "%u ppi: not within 100..2400", out->ppi);
    }
    if (out->polarity > BF_POLARITY_LIGHT_RIDGES) {
        BF_FAIL(c, BF_EINVAL, "polarity %u is not known", out->polarity);
    }
    return BF_OK;
}

bf_status bf_image_load(bf_session *s, const char *path, const bf_image_opts *opts, bf_image **out)
{
    if (!s || !path || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_image_opts o;
    uint8_t *data;
    size_t len;
    BF_TRY(read_opts(c, opts, &o));
    BF_TRY(bf_file_read(c, path, BF_IMAGE_MAX_BYTES, &data, &len));
    bf_status st = bf_image__decode(c, data, len, path, &o, out);
    bf_file_release(c, data, len);
    if (!st) (*out)->polarity = o.polarity;
    return st;
}

bf_status bf_image_decode(bf_session *s, const uint8_t *data, size_t len, const char *name,
                          const bf_image_opts *opts, bf_image **out)
{
    if (!s || !data || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    bf_image_opts o;
    BF_TRY(read_opts(c, opts, &o));
    if (len > BF_IMAGE_MAX_BYTES) BF_FAIL(c, BF_ELIMIT, "image of %zu bytes", len);
    BF_TRY(bf_image__decode(c, data, len, name, &o, out));
    (*out)->polarity = o.polarity;
    return BF_OK;
}

bf_status bf_image_create(bf_session *s, const uint8_t *px, uint32_t w, uint32_t h, size_t stride,
                          uint32_t channels, uint32_t ppi, bf_image **out)
{
    if (!s || !px || !out) return BF_EINVAL;
    bf_ctx *c = bf_session__enter(s);
    if (!w || !h || (channels != 1 && channels != 3) || stride < (uint64_t)w * channels) {
        BF_FAIL(c, BF_EINVAL, "image of %u x %u pixels, %u channels, stride %zu", w, h, channels,
                stride);
    }
    if (ppi < 100 || ppi > 2400) BF_FAIL(c, BF_EINVAL, "%u ppi: not within 100..2400", ppi);
    return bf_image__create(c, px, w, h, stride, channels, ppi, out);
}

void bf_image_free(bf_image *image)
{
    bf_image__release(image);
}

uint32_t bf_image_width(const bf_image *image)
{
    return image->w;
}

uint32_t bf_image_height(const bf_image *image)
{
    return image->h;
}

uint32_t bf_image_channels(const bf_image *image)
{
    return image->channels;
}

uint32_t bf_image_ppi(const bf_image *image)
{
    return image->ppi;
}

uint32_t bf_image_ppi_source(const bf_image *image)
{
    return image->ppi_source;
}

const uint8_t *bf_image_pixels(const bf_image *image)
{
    return image->px;
}

const char *bf_image_warning(const bf_image *image)
{
    return image->warning[0] ? image->warning : NULL;
}

bf_status bf_image_write_png(bf_session *s, const bf_image *image, const char *path)
{
    if (!s || !image || !path) return BF_EINVAL;
    return bf_image__write_png(bf_session__enter(s), image, path);
}
