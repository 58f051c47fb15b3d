/* SPDX-License-Identifier: Apache-2.0 */
/* bonafide show --modality face. */
#include "show.h"

typedef struct portrait {
    bf_image *image;
    bf_face_view *view;
    const char *label;
} portrait;

static int inspect(cli *c, const char *path, const show_request *q, portrait *out)
{
    bf_image_opts image = q->image;
    bf_extract_opts extract;
    image.useful_side_px = BF_FACE_USEFUL_SIDE_PX;
    bf_extract_opts_init(&extract);
    extract.modality = BF_FACE;
    extract.recogniser = q->recogniser;
    out->label = show_label(path, q);
    bf_status st = bf_image_load(c->session, path, &image, &out->image);
    if (!st) st = bf_face_inspect(c->session, out->image, &extract, &out->view);
    return st ? cli_fail(c, path, st) : CLI_OK;
}

static void print_reasons(uint32_t reasons)
{
    static const struct {
        uint32_t bit;
        const char *text;
    } names[] = {
        {BF_FACE_QUALITY_SMALL, "small"},
        {BF_FACE_QUALITY_BLURRED, "blurred"},
        {BF_FACE_QUALITY_DARK, "dark"},
        {BF_FACE_QUALITY_BRIGHT, "too bright"},
        {BF_FACE_QUALITY_LOW_CONTRAST, "low contrast"},
        {BF_FACE_QUALITY_UNEVEN, "light from one side"},
        {BF_FACE_QUALITY_TURNED, "turned away"},
        {BF_FACE_QUALITY_COVERED, "perhaps covered"},
        {BF_FACE_QUALITY_SEVERAL, "several faces"},
        {BF_FACE_QUALITY_CUT_OFF, "cut off"},
        {BF_FACE_QUALITY_UNSTEADY, "unsteady"},
        {BF_FACE_QUALITY_ATTACK, "may be a picture of a face"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (reasons & names[i].bit) printf(", %s", names[i].text);
    }
}

static void print_found(const char *path, const portrait *p)
{
    uint32_t faces;
    bf_face_quality q = {.struct_size = sizeof q};
    bf_face_view_faces(p->view, &faces);
    bf_face_view_quality(p->view, &q);
    printf("%s: quality %u, %u face%s (%s), eyes %.0f px apart", path, q.overall, faces,
           cli_plural(faces), bf_face_view_why_text(p->view), (double)q.eye_distance_px);
    print_reasons(q.reasons);
    printf("\n");
}

static bf_status draw(cli *c, const show_request *q, const portrait *p, int count, bf_image **out)
{
    bf_draw_opts opts;
    float score;
    bf_draw_opts_init(&opts);
    opts.label_a = p[0].label;
    opts.label_b = p[1].label;
    if (q->plain) opts.layers &= ~BF_DRAW_LEGEND;
    if (count == 1) return bf_draw_face(c->session, p[0].image, p[0].view, &opts, out);
    bf_status st = bf_compare(c->session, bf_face_view_template(p[0].view),
                              bf_face_view_template(p[1].view), &score);
    if (st) return st;
    printf("score %.2f%s\n", (double)score, cli_beyond(c, BF_FACE, score));
    return bf_draw_faces(c->session, p[0].image, p[0].view, p[1].image, p[1].view, score, &opts,
                         out);
}

int show_face(char **paths, int count, const show_request *q)
{
    cli c;
    portrait p[2] = {0};
    bf_image *picture = NULL;
    int rc = cli_open(&c);
    for (int i = 0; i < count && !rc; i++) {
        rc = inspect(&c, paths[i], q, &p[i]);
        if (!rc) print_found(paths[i], &p[i]);
    }
    if (!rc) {
        bf_status st = draw(&c, q, p, count, &picture);
        rc = st ? cli_fail(&c, paths[0], st) : show_write(&c, q, picture);
    }
    for (int i = 0; i < 2; i++) {
        bf_face_view_free(p[i].view);
        bf_image_free(p[i].image);
    }
    cli_close(&c);
    return rc;
}
