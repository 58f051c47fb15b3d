/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JPEG, by libjpeg-turbo with the accurate integer DCT, so that the pixels are the same bytes
 * everywhere. What libjpeg calls a warning and repairs by guessing (missing data, bad codes) is an
 * error here. The library's own memory cannot be hooked: it is limited, not wiped.
 */
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>
#include <setjmp.h>

#include "image/decode.h"

#define MEMORY_MAX_BYTES (1024L << 20)
#define SCANS_MAX 100 /* of a progressive file; each costs a pass over the image */
#define EXIF_MAX_BYTES 65533u

typedef struct jpeg_state {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf jump;
    bf_ctx *c;
    const bf_input *in;
    bf_raster *r;
    uint32_t kind; /* bf_raster_kind */
    bf_status status;
} jpeg_state;

static bf_status status_of_code(int code)
{
    switch (code) {
    case JERR_OUT_OF_MEMORY: return BF_ENOMEM;
    case JERR_NO_BACKING_STORE: return BF_ELIMIT;
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_ARITH_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_NOTIMPL: return BF_EUNSUPPORTED;
    default: return BF_EFORMAT;
    }
}

static void on_error(j_common_ptr any)
{
    jpeg_state *s = any->client_data;
    char text[JMSG_LENGTH_MAX];
    any->err->format_message(any, text);
    bf_status st = status_of_code(any->err->msg_code);
    s->status = bf_input_fail(s->c, s->in, st, "%s JPEG: %s",
                              st == BF_EFORMAT ? "damaged" : "cannot read", text);
    longjmp(s->jump, 1);
}

static void on_message(j_common_ptr any, int level)
{
    int code = any->err->msg_code;
    int harmless =
        code == JWRN_EXTRANEOUS_DATA || code == JWRN_JFIF_MAJOR || code == JWRN_ADOBE_XFORM;
    if (level < 0 && !harmless) on_error(any);
}

static void on_output(j_common_ptr any)
{
    (void)any;
}

static void on_progress(j_common_ptr any)
{
    jpeg_state *s = any->client_data;
    if (s->jpeg.input_scan_number <= SCANS_MAX) return;
    s->status = bf_input_fail(s->c, s->in, BF_ELIMIT, "JPEG of more than %d scans", SCANS_MAX);
    longjmp(s->jump, 1);
}

/* Resolution and orientation: JFIF first, EXIF where JFIF has nothing plausible. */
static void read_metadata(jpeg_state *s)
{
    struct jpeg_decompress_struct *j = &s->jpeg;
    for (jpeg_saved_marker_ptr m = j->marker_list; m; m = m->next) {
        if (m->marker == JPEG_APP0 + 1) bf_exif_read(m->data, m->data_length, s->r);
    }
    double unit = j->density_unit == 1 ? 1.0 : j->density_unit == 2 ? 2.54 : 0.0;
    if (!j->saw_JFIF_marker || j->X_density * unit < 100.0) return;
    s->r->ppi_x = j->X_density * unit;
    s->r->ppi_y = j->Y_density * unit;
}

static bf_status choose_colours(jpeg_state *s)
{
    struct jpeg_decompress_struct *j = &s->jpeg;
    switch (j->jpeg_color_space) {
    case JCS_GRAYSCALE:
        j->out_color_space = JCS_GRAYSCALE;
        s->kind = BF_RASTER_GREY;
        return BF_OK;
    case JCS_RGB:
    case JCS_YCbCr:
        j->out_color_space = JCS_RGB;
        s->kind = BF_RASTER_RGB;
        return BF_OK;
    case JCS_CMYK:
    case JCS_YCCK:
        j->out_color_space = JCS_CMYK;
        s->kind = j->saw_Adobe_marker ? BF_RASTER_CMYK_INVERTED : BF_RASTER_CMYK;
        return BF_OK;
    default:
        BF_INPUT_FAIL(s->c, s->in, BF_EUNSUPPORTED, "JPEG of %d channels of unknown colour",
                      j->num_components);
    }
}

/* Halve while the longer side stays useful: the inverse DCT gives 4, 2 or 1 px a block side. */
static void choose_scale(jpeg_state *s)
{
    struct jpeg_decompress_struct *j = &s->jpeg;
    uint32_t side = j->image_width > j->image_height ? j->image_width : j->image_height;
    uint32_t useful = s->in->useful_side_px;
    j->scale_num = 8;
    j->scale_denom = 8;
    for (; useful && j->scale_num > 1 && side / 2 >= useful; side /= 2) {
        j->scale_num /= 2;
        s->r->ppi_x *= 0.5;
        s->r->ppi_y *= 0.5;
    }
}

static bf_status read_image(jpeg_state *s)
{
    if (setjmp(s->jump)) return s->status;
    struct jpeg_decompress_struct *j = &s->jpeg;
    jpeg_create_decompress(j);
    j->mem->max_memory_to_use = MEMORY_MAX_BYTES;
    j->progress = &s->progress;
    jpeg_mem_src(j, s->in->data, (unsigned long)s->in->len);
    jpeg_save_markers(j, JPEG_APP0 + 1, EXIF_MAX_BYTES);
    jpeg_read_header(j, TRUE);
    BF_TRY(bf_raster_check(s->c, s->in, j->image_width, j->image_height));
    BF_TRY(choose_colours(s));
    read_metadata(s);
    choose_scale(s);
    j->dct_method = JDCT_ISLOW;
    j->do_fancy_upsampling = TRUE;
    j->do_block_smoothing = FALSE;
    jpeg_start_decompress(j);
    BF_TRY(bf_raster_begin(s->c, s->in, j->output_width, j->output_height, s->kind, s->r));
    size_t stride = (size_t)j->output_width * bf_raster_depth(s->kind);
    while (j->output_scanline < j->output_height) {
        JSAMPROW row = s->r->px + j->output_scanline * stride;
        jpeg_read_scanlines(j, &row, 1);
    }
    jpeg_finish_decompress(j);
    return BF_OK;
}

bf_status bf_image__decode_jpeg(bf_ctx *c, const bf_input *in, bf_raster *r)
{
    jpeg_state s = {.c = c, .in = in, .r = r};
    s.jpeg.err = jpeg_std_error(&s.errors);
    s.errors.error_exit = on_error;
    s.errors.emit_message = on_message;
    s.errors.output_message = on_output;
    s.progress.progress_monitor = on_progress;
    s.jpeg.client_data = &s;
    bf_status st = read_image(&s);
    jpeg_destroy_decompress(&s.jpeg);
    return st;
}
