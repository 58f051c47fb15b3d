/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PNG, by libpng. Its memory comes from our allocator and is wiped when given back. Everything
 * libpng may jump out of works on a state that lives outside the jump, so no local is clobbered.
 * Ancillary chunks are skipped but for transparency and resolution: compressed text is where the
 * bombs are. Of an animated PNG the first frame is read.
 */
#include <png.h>
#include <string.h>

#include "image/decode.h"

typedef struct png_state {
    bf_ctx *c;
    const bf_input *in;
    bf_raster *r;
    size_t at; /* bytes of the input read so far */
    png_structp png;
    png_infop info;
    uint32_t kind; /* bf_raster_kind */
    bf_status status;
    int refused; /* the allocator said no */
} png_state;

/* A block starts with its size, so that it can be wiped. */
#define BLOCK_HEAD 64u

static png_voidp block_alloc(png_structp png, png_alloc_size_t size)
{
    png_state *s = png_get_mem_ptr(png);
    uint8_t *block = NULL;
    if (size < SIZE_MAX / 4) block = bf_ctx_alloc(s->c, size + BLOCK_HEAD, 1);
    if (!block) {
        s->refused = 1;
        return NULL;
    }
    memcpy(block, &size, sizeof size);
    return block + BLOCK_HEAD;
}

static void block_free(png_structp png, png_voidp ptr)
{
    png_state *s = png_get_mem_ptr(png);
    if (!ptr) return;
    uint8_t *block = (uint8_t *)ptr - BLOCK_HEAD;
    png_alloc_size_t size;
    memcpy(&size, block, sizeof size);
    bf_wipe(block, size + BLOCK_HEAD);
    bf_ctx_release(s->c, block);
}

static PNG_NORETURN void on_error(png_structp png, png_const_charp message)
{
    png_state *s = png_get_error_ptr(png);
    if (s->refused) {
        s->status = bf_ctx_fail(s->c, BF_ENOMEM, "out of memory");
    } else if (!s->status) {
        s->status = bf_input_fail(s->c, s->in, BF_EFORMAT, "damaged PNG: %s", message);
    }
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static void on_read(png_structp png, png_bytep out, size_t len)
{
    png_state *s = png_get_io_ptr(png);
    if (len > s->in->len - s->at) png_error(png, "the file ends early");
    memcpy(out, s->in->data + s->at, len);
    s->at += len;
}

static void read_resolution(png_state *s)
{
    png_uint_32 x, y;
    int unit;
    if (!png_get_pHYs(s->png, s->info, &x, &y, &unit) || unit != PNG_RESOLUTION_METER) return;
    s->r->ppi_x = x * 0.0254;
    s->r->ppi_y = y * 0.0254;
}

static void skip_ancillary(png_structp png)
{
    static const png_byte skipped[] = "bKGD\0cHRM\0eXIf\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0sBIT\0"
                                      "sCAL\0sPLT\0sRGB\0tEXt\0tIME\0zTXt";
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, skipped, sizeof skipped / 5);
}

/* To 8 bits a sample; the number of rounds over the image. */
static int set_transforms(png_state *s)
{
    png_set_expand(s->png);   /* palette, 1/2/4 bits, tRNS */
    png_set_scale_16(s->png); /* rounds, where strip_16 would cut */
    int rounds = png_set_interlace_handling(s->png);
    png_read_update_info(s->png, s->info);
    return rounds;
}

static bf_status choose_kind(png_state *s)
{
    static const uint8_t kinds[] = {BF_RASTER_GREY, BF_RASTER_GREY_ALPHA, BF_RASTER_RGB,
                                    BF_RASTER_RGB_ALPHA};
    uint32_t channels = png_get_channels(s->png, s->info);
    if (channels < 1 || channels > 4 || png_get_bit_depth(s->png, s->info) != 8) {
        BF_INPUT_FAIL(s->c, s->in, BF_EUNSUPPORTED, "PNG of %u channels", channels);
    }
    s->kind = kinds[channels - 1];
    return BF_OK;
}

static bf_status read_image(png_state *s)
{
    if (setjmp(png_jmpbuf(s->png))) return s->status;
    png_set_read_fn(s->png, s, on_read);
    png_set_user_limits(s->png, 0x7fffffff, 0x7fffffff); /* ours, below, name the size */
    png_set_chunk_malloc_max(s->png, 8u << 20);
    png_set_chunk_cache_max(s->png, 64);
    skip_ancillary(s->png);
    png_read_info(s->png, s->info);
    uint32_t w = png_get_image_width(s->png, s->info), h = png_get_image_height(s->png, s->info);
    BF_TRY(bf_raster_check(s->c, s->in, w, h));
    read_resolution(s);
    int rounds = set_transforms(s);
    BF_TRY(choose_kind(s));
    BF_TRY(bf_raster_begin(s->c, s->in, w, h, s->kind, s->r));
    size_t stride = (size_t)w * bf_raster_depth(s->kind);
    if (stride != png_get_rowbytes(s->png, s->info)) png_error(s->png, "row size");
    for (int round = 0; round < rounds; round++) {
        for (uint32_t y = 0; y < h; y++) png_read_row(s->png, s->r->px + y * stride, NULL);
    }
    png_read_end(s->png, NULL);
    return BF_OK;
}

bf_status bf_image__decode_png(bf_ctx *c, const bf_input *in, bf_raster *r)
{
    png_state s = {.c = c, .in = in, .r = r};
    s.png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &s, on_error, on_warning, &s,
                                     block_alloc, block_free);
    if (!s.png) BF_FAIL_NOMEM(c);
    s.info = png_create_info_struct(s.png);
    bf_status st = s.info ? read_image(&s) : BF_ENOMEM;
    png_destroy_read_struct(&s.png, &s.info, NULL);
    /* libpng gets by without memory for what it thinks optional; we do not. */
    if (s.refused) BF_FAIL_NOMEM(c);
    return st;
}
