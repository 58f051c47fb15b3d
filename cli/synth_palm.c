/* SPDX-License-Identifier: Apache-2.0 */
/* bonafide synth palm: a directory of hands or regions with a manifest and ground truth. */
#include <string.h>

#include "cli.h"
#include "synth.h"

typedef struct options {
    const char *dir;
    unsigned long palms, impressions, first, seed, threads;
    uint32_t flags;         /* BF_SYNTH_SHOT_* */
    uint32_t width, height; /* px; 0: as they come */
    uint32_t difficulty_pct;
} options;

static int write_truth(const char *path, const bf_synth_shot *shot)
{
    json_t *valleys = json_array();
    for (int k = 0; k < 3 && shot->valley_px[0][0] != 0; k++) {
        json_array_append_new(valleys, json_pack("[f, f]", (double)shot->valley_px[k][0],
                                                 (double)shot->valley_px[k][1]));
    }
    json_t *root =
        json_pack("{s:s, s:f, s:f, s:o}", "side", shot->side == BF_LEFT_PALM ? "left" : "right",
                  "rotation_rad", (double)shot->rotation_rad, "span_px", (double)shot->span_px,
                  "valleys", valleys);
    if (!root) {
        cli_error(path, "out of memory");
        return CLI_STORE;
    }
    int bad = json_dump_file(root, path, JSON_INDENT(1) | JSON_REAL_PRECISION(7));
    json_decref(root);
    return bad ? synth_output_failed(path) : CLI_OK;
}

static int make_picture(cli *c, const options *o, const bf_synth_palm *p, unsigned long number,
                        unsigned long sample)
{
    char path[4200];
    bf_synth_shot shot;
    bf_image *image = NULL;
    bf_synth_shot_opts opts;
    bf_synth_shot_opts_init(&opts, o->flags);
    opts.seed = bf_synth_seed(o->seed, (uint32_t)number, (uint32_t)sample);
    opts.difficulty_pct = o->difficulty_pct;
    if (o->width) opts.width_px = o->width;
    if (o->height) opts.height_px = o->height;
    bf_status st = bf_synth_palm_image(c->session, p, &opts, &shot, &image);
    if (st) return cli_fail(c, "synthetic palm", st);
    snprintf(path, sizeof path, "%.4000s/%04lu_%lu.png", o->dir, number, sample);
    int rc = synth_write_image(c, path, image);
    snprintf(path, sizeof path, "%.4000s/%04lu_%lu.json", o->dir, number, sample);
    if (!rc) rc = write_truth(path, &shot);
    bf_image_free(image);
    return rc;
}

static int make_palm(cli *c, const void *options_of, unsigned long index)
{
    const options *o = options_of;
    unsigned long number = o->first + index;
    bf_synth_palm_opts opts;
    bf_synth_palm_opts_init(&opts);
    opts.seed = bf_synth_seed(o->seed, (uint32_t)number, 0);
    bf_synth_palm *p = NULL;
    bf_status st = bf_synth_palm_create(c->session, &opts, &p);
    if (st) return cli_fail(c, "synthetic palm", st);
    int rc = CLI_OK;
    for (unsigned long k = 1; k <= o->impressions && !rc; k++)
        rc = make_picture(c, o, p, number, k);
    bf_synth_palm_free(p);
    return rc;
}

static int write_manifest(const options *o)
{
    char path[4200];
    snprintf(path, sizeof path, "%.4000s/manifest.csv", o->dir);
    FILE *out = fopen(path, "w");
    if (!out) return synth_output_failed(path);
    fputs("path,subject,position,session,sample,ppi\n", out);
    for (unsigned long p = o->first; p < o->first + o->palms; p++) {
        for (unsigned long k = 1; k <= o->impressions; k++) {
            fprintf(out, "%04lu_%lu.png,%04lu,0,1,%lu,0\n", p, k, p, k);
        }
    }
    int bad = ferror(out);
    return fclose(out) || bad ? synth_output_failed(path) : CLI_OK;
}

static int run(const options *o)
{
    synth_jobs jobs = {.dir = o->dir,
                       .what = "palms",
                       .count = o->palms,
                       .threads = o->threads,
                       .make = make_palm,
                       .options = o};
    int rc = synth_run(&jobs);
    if (!rc) rc = write_manifest(o);
    if (rc) return rc;
    unsigned long images = o->palms * o->impressions;
    printf("made %lu picture%s of %lu palm%s; listed in %s/manifest.csv\n", images,
           cli_plural(images), o->palms, cli_plural(o->palms), o->dir);
    return CLI_OK;
}

/* One option; 0, or a usage error's exit code. */
static int take_option(int o, options *opts)
{
    int bad = 0;
    switch (o) {
    case 'o': opts->dir = optarg; break;
    case 'n': bad = cli_parse_uint(optarg, 1, 100000, &opts->palms); break;
    case 'k': bad = cli_parse_uint(optarg, 1, 1000, &opts->impressions); break;
    case 's': bad = cli_parse_uint(optarg, 0, 0xffffffffu, &opts->seed); break;
    case 'f': bad = cli_parse_uint(optarg, 1, 1000000, &opts->first); break;
    case 'z': bad = synth_parse_size(optarg, &opts->width, &opts->height); break;
    case 'd': bad = synth_parse_u32(optarg, 0, 300, &opts->difficulty_pct); break;
    case 't': bad = cli_parse_uint(optarg, 1, 256, &opts->threads); break;
    case 'H': opts->flags &= ~BF_SYNTH_SHOT_REGION; break;
    case 'R': opts->flags |= BF_SYNTH_SHOT_REGION; break;
    case 'c': opts->flags |= BF_SYNTH_SHOT_CLEAN; break;
    case 'a': opts->flags |= BF_SYNTH_SHOT_ROTATE_ANY; break;
    case 'C': opts->flags |= BF_SYNTH_SHOT_CLOSED; break;
    case 'G': opts->flags |= BF_SYNTH_SHOT_CLUTTER; break;
    case 'L': opts->flags |= BF_SYNTH_SHOT_LIGHT; break;
    case 'r': opts->flags |= BF_SYNTH_SHOT_COLOUR; break;
    default: return CLI_USAGE;
    }
    return bad ? cli_usage("synth", "'%s' is out of range for its option", optarg) : CLI_OK;
}

int synth_palm(int argc, char **argv)
{
    static const struct option longs[] = {
        {"out", required_argument, NULL, 'o'},
        {"palms", required_argument, NULL, 'n'},
        {"impressions", required_argument, NULL, 'k'},
        {"seed", required_argument, NULL, 's'},
        {"first", required_argument, NULL, 'f'},
        {"size", required_argument, NULL, 'z'},
        {"difficulty", required_argument, NULL, 'd'},
        {"threads", required_argument, NULL, 't'},
        {"hand", no_argument, NULL, 'H'},
        {"region", no_argument, NULL, 'R'},
        {"clean", no_argument, NULL, 'c'},
        {"rotate-any", no_argument, NULL, 'a'},
        {"closed", no_argument, NULL, 'C'},
        {"clutter", no_argument, NULL, 'G'},
        {"light", no_argument, NULL, 'L'},
        {"colour", no_argument, NULL, 'r'},
        {0},
    };
    options opts = {.palms = 10, .impressions = 8, .first = 1, .seed = 1, .difficulty_pct = 100};
    opts.threads = synth_threads();
    for (int o; (o = cli_option(argc, argv, "o:", longs)) != -1;) {
        int rc = take_option(o, &opts);
        if (rc) return rc;
    }
    if (optind != argc) return cli_usage("synth", "'%s': not understood", argv[optind]);
    if (!opts.dir) return cli_usage("synth", "--out DIR is missing");
    if (strlen(opts.dir) > 4000) return cli_usage("synth", "the directory's name is too long");
    return run(&opts);
}
