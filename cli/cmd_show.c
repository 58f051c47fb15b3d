/* SPDX-License-Identifier: Apache-2.0 */
/* bonafide show: a picture of what was found in one print, or of what was matched in two. */
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "show.h"

const char cmd_show_usage[] =
    "Usage: bonafide show [OPTION]... IMAGE [IMAGE] -o OUT.png\n"
    "\n"
    "Draw what was found in a fingerprint: outline, ridge directions, minutiae coloured by "
    "quality,\n"
    "cores and deltas. With two images, compare them and draw the matched minutiae side by side "
    "and\n"
    "the two prints laid over one another. The picture shows the print itself: keep it as safe.\n"
    "\n"
    "With --modality face: the boxes of all faces, the points of the main one, its aligned crop "
    "and\n"
    "the parts of its quality; with two images their score.\n"
    "\n"
    "With --modality palm: outline, valleys and landmarks of the hand, the region and its lines; "
    "with\n"
    "two images their score and the parts that agree.\n"
    "\n"
    "  --modality M        finger (the default), palm or face\n"
    "  --roi               palm: the images are regions of interest already\n"
    "  --recogniser NAME   face: a registered model instead of the default one\n"
    "  -o, --out PNG       write it there\n" CLI_IMAGE_HELP
    "  --plain             the prints and marks alone: no heading, legend, second or overlay "
    "panel\n"
    "  --no-names          leave the file names out of the picture\n";

typedef struct print {
    bf_image *image;
    bf_finger_view *view;
    const char *label;
} print;

const char *show_label(const char *path, const show_request *q)
{
    const char *slash = strrchr(path, '/');
    return q->no_names ? NULL : slash ? slash + 1 : path;
}

int show_write(cli *c, const show_request *q, bf_image *picture)
{
    bf_status st = bf_image_write_png(c->session, picture, q->out);
    bf_image_free(picture);
    return st ? cli_fail_store(c, q->out, st) : CLI_OK;
}

static int inspect(cli *c, const char *path, const show_request *q, print *out)
{
    out->label = show_label(path, q);
    int rc = cli_load_image(c, path, &q->image, &out->image);
    if (rc) return rc;
    bf_status st = bf_finger_inspect(c->session, out->image, &out->view);
    return st ? cli_fail(c, path, st) : CLI_OK;
}

static void print_found(const char *path, const print *p)
{
    size_t minutiae, singulars;
    bf_finger_view_minutiae(p->view, &minutiae);
    bf_finger_view_singulars(p->view, &singulars);
    printf("%s: quality %u, %zu minutiae, %zu singular point%s\n", path,
           bf_template_quality(bf_finger_view_template(p->view)), minutiae, singulars,
           singulars == 1 ? "" : "s");
}

static bf_status draw(cli *c, const show_request *q, const print *p, int count, bf_image **out)
{
    bf_draw_opts opts;
    bf_draw_opts_init(&opts);
    opts.label_a = p[0].label;
    opts.label_b = p[1].label;
    if (q->plain) opts.layers &= ~(BF_DRAW_LEGEND | BF_DRAW_ENHANCED | BF_DRAW_OVERLAY);
    if (count == 1) return bf_draw_finger(c->session, p[0].image, p[0].view, &opts, out);
    bf_match match;
    bf_status st = bf_finger_explain(c->session, bf_finger_view_template(p[0].view),
                                     bf_finger_view_template(p[1].view), &match);
    if (st) return st;
    printf("score %.2f%s, %u matched minutiae\n", (double)match.score,
           cli_beyond(c, BF_FINGER, match.score), match.pair_count);
    return bf_draw_match(c->session, p[0].image, p[0].view, p[1].image, p[1].view, &match, &opts,
                         out);
}

static int show(char **paths, int count, const show_request *q)
{
    cli c;
    print p[2] = {0};
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
        bf_finger_view_free(p[i].view);
        bf_image_free(p[i].image);
    }
    cli_close(&c);
    return rc;
}

int cmd_show(int argc, char **argv)
{
    static const struct option longs[] = {
        CLI_IMAGE_OPTIONS,
        {"out", required_argument, NULL, 'o'},
        {"plain", no_argument, NULL, 'l'},
        {"no-names", no_argument, NULL, 'n'},
        {"modality", required_argument, NULL, 'm'},
        {"recogniser", required_argument, NULL, 'r'},
        {"roi", no_argument, NULL, 'R'},
        {0},
    };
    show_request q = {.modality = BF_FINGER};
    bf_image_opts_init(&q.image);
    for (int o; (o = cli_option(argc, argv, "o:", longs)) != -1;) {
        int taken = cli_image_option(&q.image, "show", o, optarg);
        if (taken < 0) return CLI_USAGE;
        if (taken) continue;
        switch (o) {
        case 'o': q.out = optarg; break;
        case 'l': q.plain = 1; break;
        case 'n': q.no_names = 1; break;
        case 'r': q.recogniser = optarg; break;
        case 'm':
            q.modality = bf_modality_by_name(optarg);
            if (q.modality) break;
            return cli_usage("show", "--modality takes finger, palm or face");
        case 'R': q.region = 1; break;
        default: return CLI_USAGE;
        }
    }
    int count = argc - optind;
    if (count < 1 || count > 2) return cli_usage("show", "give one or two images");
    if (!q.out) return cli_usage("show", "say with -o where to write the picture");
    umask(077); /* the picture is biometric data */
    if (q.modality == BF_PALM) return show_palm(argv + optind, count, &q);
    if (q.modality == BF_FACE) return show_face(argv + optind, count, &q);
    return show(argv + optind, count, &q);
}
