/* SPDX-License-Identifier: Apache-2.0 */
/* bonafide image: what an image file holds, or the same as PNG. */
#include "cli.h"

const char cmd_image_usage[] =
    "Usage: bonafide image [--ppi N] [-o OUT.png] FILE...\n"
    "\n"
    "Say what each image file holds: size, channels, resolution and where that comes from.\n"
    "With -o, write the one image as an 8-bit PNG, turned upright.\n"
    "\n"
    "  --ppi N        the resolution, 100..2400 pixels per inch, whatever the file says\n"
    "  -o, --out PNG  write it there\n";

static int describe(cli *c, const char *path, const bf_image_opts *opts, const char *out)
{
    static const char *const sources[] = {"?", "from the file", "given", "assumed"};
    bf_image *image = NULL;
    int rc = cli_load_image(c, path, opts, &image);
    if (rc) return rc;
    if (out) {
        bf_status st = bf_image_write_png(c->session, image, out);
        if (st) rc = cli_fail_store(c, out, st);
    } else {
        printf("%s: %u x %u px, %s, %u ppi (%s)\n", path, bf_image_width(image),
               bf_image_height(image), bf_image_channels(image) == 3 ? "colour" : "grey",
               bf_image_ppi(image), sources[bf_image_ppi_source(image)]);
    }
    bf_image_free(image);
    return rc;
}

int cmd_image(int argc, char **argv)
{
    static const struct option longs[] = {
        {"ppi", required_argument, NULL, CLI_PPI},
        {"out", required_argument, NULL, 'o'},
        {0},
    };
    bf_image_opts opts;
    const char *out = NULL;
    bf_image_opts_init(&opts);
    for (int o; (o = cli_option(argc, argv, "o:", longs)) != -1;) {
        int taken = cli_image_option(&opts, "image", o, optarg);
        if (taken < 0) return CLI_USAGE;
        if (taken) continue;
        switch (o) {
        case 'o': out = optarg; break;
        default: return CLI_USAGE;
        }
    }
    if (optind == argc) return cli_usage("image", "no file given");
    if (out && argc - optind > 1) return cli_usage("image", "-o takes one file");
    cli c;
    int rc = cli_open(&c);
    for (int i = optind; i < argc && (!rc || rc == CLI_INPUT); i++) {
        int one = describe(&c, argv[i], &opts, out);
        if (one) rc = one;
    }
    cli_close(&c);
    return rc;
}
