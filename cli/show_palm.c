/* SPDX-License-Identifier: Apache-2.0 */
/* bonafide show --modality palm. */
#include "show.h"

typedef struct palm {
    bf_image *image;
    bf_palm_view *view;
    const char *label;
} palm;

static int inspect(cli *c, const char *path, const show_request *q, palm *out)
{
    bf_extract_opts extract;
    bf_extract_opts_init(&extract);
    extract.modality = BF_PALM;
    if (q->region) extract.flags |= BF_EXTRACT_REGION;
    out->label = show_label(path, q);
    bf_status st = bf_image_load(c->session, path, &q->image, &out->image);
    if (!st) st = bf_palm_inspect(c->session, out->image, &extract, &out->view);
    return st ? cli_fail(c, path, st) : CLI_OK;
}

static void print_found(const char *path, const palm *p)
{
    const bf_template *t = bf_palm_view_template(p->view);
    uint32_t found = bf_palm_view_found(p->view), side = bf_palm_view_side(p->view);
    printf("%s: quality %u", path, bf_template_quality(t));
    if (side) printf(", %s palm", side == BF_LEFT_PALM ? "left" : "right");
    if (found & BF_PALM_FOUND_WHOLE) printf(", the picture is the region");
    if (found & BF_PALM_FOUND_OUTLINE) printf(", outline");
    if (found & BF_PALM_FOUND_NETWORK) printf(", landmarks");
    for (uint32_t bit = 1; bit <= BF_PALM_QUALITY_UNSURE; bit <<= 1) {
        if (bf_template_quality_reasons(t) & bit) printf("; %s", bf_palm_reason_text(bit));
    }
    printf("\n");
}

static bf_status draw(cli *c, const show_request *q, const palm *p, int count, bf_image **out)
{
    bf_draw_opts opts;
    bf_palm_match match;
    bf_draw_opts_init(&opts);
    opts.label_a = p[0].label;
    opts.label_b = p[1].label;
    if (q->plain) opts.layers &= ~BF_DRAW_LEGEND;
    if (count == 1) return bf_draw_palm(c->session, p[0].image, p[0].view, &opts, out);
    bf_status st = bf_palm_explain(c->session, bf_palm_view_template(p[0].view),
                                   bf_palm_view_template(p[1].view), &match);
    if (st) return st;
    printf("score %.2f%s\n", (double)match.score, cli_beyond(c, BF_PALM, match.score));
    return bf_draw_palms(c->session, p[0].image, p[0].view, p[1].image, p[1].view, &match, &opts,
                         out);
}

int show_palm(char **paths, int count, const show_request *q)
{
    cli c;
    palm p[2] = {0};
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
        bf_palm_view_free(p[i].view);
        bf_image_free(p[i].image);
    }
    cli_close(&c);
    return rc;
}
