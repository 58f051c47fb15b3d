/* SPDX-License-Identifier: Apache-2.0 */
/* Samples on the command line: see sample.h. */
#include "sample.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void cli_samples_init(cli_samples *s, unsigned max)
{
    memset(s, 0, sizeof *s);
    s->max = max;
    bf_image_opts_init(&s->image);
    bf_extract_opts_init(&s->extract);
}

static int add(cli_samples *s, const char *verb, unsigned modality, const char *arg)
{
    const char *takes = modality == BF_FACE ? "FILE" : "NAME=FILE";
    if (s->count < s->max) {
        cli_sample *one = &s->item[s->count];
        one->modality = modality;
        if (!cli_parse_position(modality, arg, &one->position, &one->path)) {
            s->count++;
            return 1;
        }
        cli_usage(verb, "--%s takes %s, not '%.60s'", bf_modality_name(modality), takes, arg);
        return -1;
    }
    cli_usage(verb, "at most %u samples", s->max);
    return -1;
}

static int add_known(cli_samples *s, const char *verb, unsigned modality, const char *what,
                     const char *arg)
{
    if (bf_modality_name(modality)) return add(s, verb, modality, arg);
    cli_usage(verb, "this build knows no --%s", what);
    return -1;
}

static int pad_policy(cli_samples *s, const char *verb, const char *arg)
{
    static const char *const names[] = {
        [BF_PAD_WARN] = "warn", [BF_PAD_OFF] = "off", [BF_PAD_REFUSE] = "refuse"};
    for (uint32_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], arg) != 0) continue;
        s->extract.pad = i;
        return 1;
    }
    cli_usage(verb, "--pad takes warn, refuse or off");
    return -1;
}

int cli_sample_option(cli_samples *s, const char *verb, int o, const char *arg)
{
    switch (o) {
    case CLI_FINGER: return add_known(s, verb, BF_FINGER, "finger", arg);
    case CLI_PALM: return add_known(s, verb, BF_PALM, "palm", arg);
    case CLI_FACE: return add_known(s, verb, BF_FACE, "face", arg);
    case CLI_PAD: return pad_policy(s, verb, arg);
    case CLI_RECOGNISER: s->extract.recogniser = arg; return 1;
    case CLI_ROI: s->extract.flags |= BF_EXTRACT_REGION; return 1;
    default: return cli_image_option(&s->image, verb, o, arg);
    }
}

/* ---- load ---- */

static int read_file(const char *path, uint8_t **out, size_t *out_len)
{
    struct stat sb;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &sb)) {
        cli_error(path, "%s", strerror(errno));
        if (fd >= 0) close(fd);
        return CLI_INPUT;
    }
    if (!S_ISREG(sb.st_mode) || sb.st_size < 1 || sb.st_size > (off_t)BF_STORE_IMAGE_MAX_BYTES) {
        cli_error(path, "no file of 1 to %u bytes: cannot be kept", BF_STORE_IMAGE_MAX_BYTES);
        close(fd);
        return CLI_INPUT;
    }
    size_t len = (size_t)sb.st_size, at = 0;
    uint8_t *data = malloc(len);
    while (data && at < len) {
        ssize_t n = read(fd, data + at, len - at);
        if (n <= 0 && !(n < 0 && errno == EINTR)) break;
        if (n > 0) at += (size_t)n;
    }
    close(fd);
    if (!data || at < len) {
        cli_error(path, data ? "cannot be read whole" : "out of memory");
        free(data);
        return CLI_INPUT;
    }
    *out = data;
    *out_len = len;
    return CLI_OK;
}

static int extract(cli *c, const cli_samples *s, cli_sample *one, const bf_image *image)
{
    bf_extract_opts opts = s->extract;
    opts.modality = one->modality;
    opts.position = one->position;
    if (one->modality != BF_PALM) opts.flags &= ~BF_EXTRACT_REGION;
    if (one->modality != BF_FACE) opts.recogniser = NULL;
    if (one->modality != BF_FACE) opts.pad = BF_PAD_WARN;
    bf_status st = bf_template_extract_with(c->session, image, &opts, &one->tmpl);
    if (st) return cli_fail(c, one->path, st);
    if (one->modality == BF_FACE &&
        (bf_template_quality_reasons(one->tmpl) & BF_FACE_QUALITY_ATTACK)) {
        cli_warn(one->path, "may be a picture of a face, not a face");
    }
    return CLI_OK;
}

static int load(cli *c, const cli_samples *s, cli_sample *one, int keep)
{
    bf_image *image = NULL;
    int rc = CLI_OK;
    if (keep) {
        /* What is kept is what the template is made from: the file is read once. */
        rc = read_file(one->path, &one->image, &one->image_len);
        if (rc) return rc;
        rc = cli_decode_image(c, one->image, one->image_len, one->path, &s->image, &image);
    } else {
        rc = cli_load_image(c, one->path, &s->image, &image);
    }
    if (!rc) rc = extract(c, s, one, image);
    bf_image_free(image);
    return rc;
}

int cli_samples_load(cli *c, cli_samples *s, int keep)
{
    int rc = CLI_OK;
    for (unsigned i = 0; i < s->count && !rc; i++) rc = load(c, s, &s->item[i], keep);
    return rc;
}

void cli_samples_free(cli_samples *s)
{
    for (unsigned i = 0; i < s->count; i++) {
        cli_sample *one = &s->item[i];
        bf_template_free(one->tmpl);
        if (one->image) explicit_bzero(one->image, one->image_len);
        free(one->image);
        one->tmpl = NULL;
        one->image = NULL;
    }
}
