/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bonafide synth: for fingers, a directory of synthetic prints with a manifest and ground truth.
 * A finger with its impressions is one job of a worker; what it draws depends on the seed and its
 * number alone, so the files are the same for every number of threads.
 */
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "synth.h"

const char cmd_synth_usage[] =
    "Usage: bonafide synth finger --out DIR [OPTION]...\n"
    "\n"
    "Make synthetic fingerprints: prints of nobody, the same ones for the same seed on every\n"
    "machine. DIR gets a PNG and a JSON file of ground truth (minutiae, cores, deltas, transform)\n"
    "for each impression, and manifest.csv, which 'bonafide evaluate' reads.\n"
    "\n"
    "  -o, --out DIR        where to write; made if it is not there\n"
    "  --fingers N          different fingers, 1..100000 (default 10)\n"
    "  --impressions K      impressions of each, 1..1000 (default 8)\n"
    "  --seed S             a number (default 1)\n"
    "  --first N            number of the first finger (default 1): to make a set in parts\n"
    "  --pattern NAME       plain-arch, tented-arch, left-loop, right-loop, whorl or double-loop;\n"
    "                       default: mixed as in nature\n"
    "  --size WxH           of the pictures in pixels, 100..2000 (default 400x440)\n"
    "  --ppi N              resolution, 250..1000 (default 500)\n"
    "  --difficulty PCT     flaws, displacement and distortion, 0..300 % (default 100)\n"
    "  --clean              no flaws, little displacement and rotation\n"
    "  --rotate-any         turn each impression by any angle\n"
    "  --masters            also write each finger's flawless master print\n"
    "  --threads N          1..256 (default: as many as there are processors)\n"
    "\n"
    "       bonafide synth palm --out DIR [OPTION]...\n"
    "\n"
    "Make pictures of hands of nobody, or with --region of their palms alone, with a JSON file of\n"
    "ground truth (valleys between the fingers, side, turn) for each, and manifest.csv.\n"
    "\n"
    "  --palms N            different palms, 1..100000 (default 10)\n"
    "  --hand, --region     whole hands of 640x480 px (default), or regions of 128x128\n"
    "  --colour             RGB instead of grey\n"
    "  --closed             fingers closed\n"
    "  --light, --clutter   before a light or a cluttered ground instead of a dark one\n"
    "  --impressions, --seed, --first, --size, --difficulty, --clean, --rotate-any, --threads\n"
    "                       as for fingers\n"
    "\n"
    "       bonafide synth gallery --db FILE [OPTION]...\n"
    "\n"
    "Fill a store with persons who never were, synth-1, synth-2, ...: templates made directly,\n"
    "without pictures.\n"
    "\n"
    "  --persons N          how many, 1..10000000 (default 1000)\n"
    "  --fingers N          of each, 0..10 (default 2)\n"
    "  --palms N            of each, 0..2 (default 0)\n"
    "  --face               and a face\n"
    "  --seed, --first      as for fingers; and the options of stores, see 'bonafide help "
    "enroll'\n";

typedef struct options {
    const char *dir;
    unsigned long fingers, impressions, first, seed, threads;
    int masters;
    bf_synth_finger_opts finger;
    bf_synth_impression_opts touch;
} options;

static json_t *json_minutiae(const bf_synth_impression *i)
{
    size_t n;
    const bf_minutia *m = bf_synth_impression_minutiae(i, &n);
    json_t *list = json_array();
    for (size_t k = 0; k < n; k++) {
        json_array_append_new(
            list, json_pack("{s:f, s:f, s:f, s:s}", "x", (double)m[k].x_px, "y", (double)m[k].y_px,
                            "angle_rad", (double)m[k].angle_rad, "type",
                            m[k].type == BF_MINUTIA_ENDING ? "ending" : "bifurcation"));
    }
    return list;
}

static json_t *json_singulars(const bf_synth_impression *i)
{
    size_t n;
    const bf_singular *p = bf_synth_impression_singulars(i, &n);
    json_t *list = json_array();
    for (size_t k = 0; k < n; k++) {
        json_array_append_new(list,
                              json_pack("{s:f, s:f, s:f, s:s}", "x", (double)p[k].x_px, "y",
                                        (double)p[k].y_px, "angle_rad", (double)p[k].angle_rad,
                                        "type", p[k].type == BF_SINGULAR_CORE ? "core" : "delta"));
    }
    return list;
}

static json_t *json_transform(const bf_synth_impression *i)
{
    bf_synth_transform t;
    bf_synth_impression_transform(i, &t);
    return json_pack("{s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "rotation_rad",
                     (double)t.rotation_rad, "shift_x_px", (double)t.shift_x_px, "shift_y_px",
                     (double)t.shift_y_px, "contact_x_px", (double)t.contact_x_px, "contact_y_px",
                     (double)t.contact_y_px, "torsion_rad", (double)t.torsion_rad, "pull_x_px",
                     (double)t.pull_x_px, "pull_y_px", (double)t.pull_y_px, "wetness",
                     (double)t.wetness);
}

static int write_truth(const char *path, const char *pattern, const bf_synth_impression *i)
{
    const bf_image *image = bf_synth_impression_image(i);
    json_t *root = json_pack("{s:s, s:i, s:i, s:i, s:o, s:o, s:o}", "pattern", pattern, "width_px",
                             (int)bf_image_width(image), "height_px", (int)bf_image_height(image),
                             "ppi", (int)bf_image_ppi(image), "transform", json_transform(i),
                             "singular_points", json_singulars(i), "minutiae", json_minutiae(i));
    if (!root) {
        cli_error(path, "out of memory");
        return CLI_STORE;
    }
    int bad = json_dump_file(root, path, JSON_INDENT(1) | JSON_REAL_PRECISION(7));
    json_decref(root);
    return bad ? synth_output_failed(path) : CLI_OK;
}

static int make_impression(cli *c, const options *o, const bf_synth_finger *f, unsigned long number,
                           unsigned long sample)
{
    char path[4200];
    bf_synth_impression_opts touch = o->touch;
    touch.seed = bf_synth_seed(o->seed, (uint32_t)number, (uint32_t)sample);
    bf_synth_impression *i = NULL;
    bf_status st = bf_synth_impression_create(c->session, f, &touch, &i);
    if (st) return cli_fail(c, "synthetic impression", st);
    snprintf(path, sizeof path, "%.4000s/%04lu_%lu.png", o->dir, number, sample);
    int rc = synth_write_image(c, path, bf_synth_impression_image(i));
    snprintf(path, sizeof path, "%.4000s/%04lu_%lu.json", o->dir, number, sample);
    if (!rc) rc = write_truth(path, bf_synth_pattern_name(bf_synth_finger_pattern(f)), i);
    bf_synth_impression_free(i);
    return rc;
}

static int make_master(cli *c, const options *o, const bf_synth_finger *f, unsigned long number)
{
    char path[4200];
    bf_image *image = NULL;
    bf_status st = bf_synth_finger_image(c->session, f, &image);
    if (st) return cli_fail(c, "master print", st);
    snprintf(path, sizeof path, "%.4000s/%04lu_master.png", o->dir, number);
    int rc = synth_write_image(c, path, image);
    bf_image_free(image);
    return rc;
}

static int make_finger(cli *c, const void *options_of, unsigned long index)
{
    const options *o = options_of;
    unsigned long number = o->first + index;
    bf_synth_finger_opts opts = o->finger;
    opts.seed = bf_synth_seed(o->seed, (uint32_t)number, 0);
    bf_synth_finger *f = NULL;
    bf_status st = bf_synth_finger_create(c->session, &opts, &f);
    if (st) return cli_fail(c, "synthetic finger", st);
    int rc = o->masters ? make_master(c, o, f, number) : CLI_OK;
    for (unsigned long k = 1; k <= o->impressions && !rc; k++) {
        rc = make_impression(c, o, f, number, k);
    }
    bf_synth_finger_free(f);
    return rc;
}

static int write_manifest(const options *o)
{
    char path[4200];
    snprintf(path, sizeof path, "%.4000s/manifest.csv", o->dir);
    FILE *out = fopen(path, "w");
    if (!out) return synth_output_failed(path);
    fputs("path,subject,position,session,sample,ppi\n", out);
    for (unsigned long f = o->first; f < o->first + o->fingers; f++) {
        for (unsigned long k = 1; k <= o->impressions; k++) {
            fprintf(out, "%04lu_%lu.png,%04lu,0,1,%lu,%u\n", f, k, f, k, o->touch.ppi);
        }
    }
    int bad = ferror(out);
    return fclose(out) || bad ? synth_output_failed(path) : CLI_OK;
}

static int run(const options *o)
{
    synth_jobs jobs = {.dir = o->dir,
                       .what = "fingers",
                       .count = o->fingers,
                       .threads = o->threads,
                       .make = make_finger,
                       .options = o};
    int rc = synth_run(&jobs);
    if (!rc) rc = write_manifest(o);
    if (rc) return rc;
    unsigned long images = o->fingers * o->impressions;
    printf("made %lu print%s of %lu finger%s; listed in %s/manifest.csv\n", images,
           cli_plural(images), o->fingers, cli_plural(o->fingers), o->dir);
    return CLI_OK;
}

static int parse_pattern(const char *name, uint32_t *out)
{
    for (uint32_t p = BF_SYNTH_NATURAL; p <= BF_SYNTH_DOUBLE_LOOP; p++) {
        if (strcmp(name, bf_synth_pattern_name(p)) != 0) continue;
        *out = p;
        return 0;
    }
    return -1;
}

/* One option; 0, or a usage error's exit code. */
static int take_option(int o, options *opts)
{
    int bad = 0;
    switch (o) {
    case 'o': opts->dir = optarg; break;
    case 'n': bad = cli_parse_uint(optarg, 1, 100000, &opts->fingers); break;
    case 'k': bad = cli_parse_uint(optarg, 1, 1000, &opts->impressions); break;
    case 's': bad = cli_parse_uint(optarg, 0, 0xffffffffu, &opts->seed); break;
    case 'f': bad = cli_parse_uint(optarg, 1, 1000000, &opts->first); break;
    case 'p': bad = parse_pattern(optarg, &opts->finger.pattern); break;
    case 'z': bad = synth_parse_size(optarg, &opts->touch.width_px, &opts->touch.height_px); break;
    case 'r': bad = synth_parse_u32(optarg, 250, 1000, &opts->touch.ppi); break;
    case 'd': bad = synth_parse_u32(optarg, 0, 300, &opts->touch.difficulty_pct); break;
    case 'c': opts->touch.flags |= BF_SYNTH_CLEAN; break;
    case 'a': opts->touch.flags |= BF_SYNTH_ROTATE_ANY; break;
    case 'm': opts->masters = 1; break;
    case 't': bad = cli_parse_uint(optarg, 1, 256, &opts->threads); break;
    default: return CLI_USAGE;
    }
    return bad ? cli_usage("synth", "'%s' is out of range for its option", optarg) : CLI_OK;
}

int cmd_synth(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "palm")) return synth_palm(argc - 1, argv + 1);
    if (argc > 1 && !strcmp(argv[1], "gallery")) return synth_gallery(argc - 1, argv + 1);
    static const struct option longs[] = {
        {"out", required_argument, NULL, 'o'},         {"fingers", required_argument, NULL, 'n'},
        {"impressions", required_argument, NULL, 'k'}, {"seed", required_argument, NULL, 's'},
        {"first", required_argument, NULL, 'f'},       {"pattern", required_argument, NULL, 'p'},
        {"size", required_argument, NULL, 'z'},        {"ppi", required_argument, NULL, 'r'},
        {"difficulty", required_argument, NULL, 'd'},  {"clean", no_argument, NULL, 'c'},
        {"rotate-any", no_argument, NULL, 'a'},        {"masters", no_argument, NULL, 'm'},
        {"threads", required_argument, NULL, 't'},     {0},
    };
    options opts = {.fingers = 10, .impressions = 8, .first = 1, .seed = 1};
    opts.threads = synth_threads();
    bf_synth_finger_opts_init(&opts.finger);
    bf_synth_impression_opts_init(&opts.touch);
    for (int o; (o = cli_option(argc, argv, "o:", longs)) != -1;) {
        int rc = take_option(o, &opts);
        if (rc) return rc;
    }
    if (argc - optind != 1 || strcmp(argv[optind], "finger") != 0) {
        return cli_usage("synth", "say what to make: 'bonafide synth finger', 'palm' or 'gallery'");
    }
    if (!opts.dir) return cli_usage("synth", "--out DIR is missing");
    if (strlen(opts.dir) > 4000) return cli_usage("synth", "the directory's name is too long");
    return run(&opts);
}
