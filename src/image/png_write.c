/* SPDX-License-Identifier: Apache-2.0 */
/* PNG writer: encoded in memory, then written whole. */
#include <png.h>
#include <string.h>

#include "image/image.h"
#include "util/file.h"

typedef struct png_out {
    bf_ctx *c;
    uint8_t *data; /* heap */
    size_t len, cap;
    png_structp png;
    png_infop info;
    bf_status status;
} png_out;

static png_voidp block_alloc(png_structp png, png_alloc_size_t size)
{
    png_out *o = png_get_mem_ptr(png);
    return bf_ctx_alloc(o->c, size, 1);
}

static void block_free(png_structp png, png_voidp ptr)
{
    png_out *o = png_get_mem_ptr(png);
    bf_ctx_release(o->c, ptr);
}

static PNG_NORETURN void on_error(png_structp png, png_const_charp message)
{
    png_out *o = png_get_error_ptr(png);
    o->status = bf_ctx_fail(o->c, BF_ENOMEM, "writing PNG: %s", message);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static void on_write(png_structp png, png_bytep data, size_t len)
{
    png_out *o = png_get_io_ptr(png);
    if (len > o->cap - o->len) {
        size_t cap = o->cap * 2 > o->len + len ? o->cap * 2 : o->len + len;
        uint8_t *grown = bf_ctx_alloc(o->c, cap, 1);
        if (!grown) png_error(png, "out of memory");
        if (o->len) memcpy(grown, o->data, o->len);
        bf_file_release(o->c, o->data, o->len);
        o->data = grown;
        o->cap = cap;
    }
    memcpy(o->data + o->len, data, len);
    o->len += len;
}

static void on_flush(png_structp png)
{
    (void)png;
}

static bf_status encode(png_out *o, const bf_image *image)
{
    if (setjmp(png_jmpbuf(o->png))) return o->status;
    png_uint_32 per_metre = (png_uint_32)((image->ppi * 10000u + 127u) / 254u);
    png_set_write_fn(o->png, o, on_write, on_flush);
    png_set_user_limits(o->png, BF_IMAGE_MAX_SIDE, BF_IMAGE_MAX_SIDE);
    png_set_IHDR(o->png, o->info, image->w, image->h, 8,
                 image->channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_pHYs(o->png, o->info, per_metre, per_metre, PNG_RESOLUTION_METER);
    png_write_info(o->png, o->info);
    size_t stride = (size_t)image->w * image->channels;
    for (uint32_t y = 0; y < image->h; y++) png_write_row(o->png, image->px + y * stride);
    png_write_end(o->png, NULL);
    return BF_OK;
}

bf_status bf_image__write_png(bf_ctx *c, const bf_image *image, const char *path)
{
    png_out o = {.c = c};
    o.png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, &o, on_error, on_warning, &o,
                                      block_alloc, block_free);
    if (!o.png) BF_FAIL_NOMEM(c);
    o.info = png_create_info_struct(o.png);
    bf_status st = o.info ? encode(&o, image) : bf_ctx_fail(c, BF_ENOMEM, "out of memory");
    png_destroy_write_struct(&o.png, &o.info);
    if (!st) st = bf_file_write(c, path, o.data, o.len, 0666);
    bf_file_release(c, o.data, o.len);
    return st;
}
