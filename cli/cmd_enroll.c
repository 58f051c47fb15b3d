/* SPDX-License-Identifier: Apache-2.0 */
/* bonafide enroll: add an encounter of a person. */
#include <string.h>

#include "sample.h"
#include "store.h"

const char cmd_enroll_usage[] =
    "Usage: bonafide enroll --db FILE --person ID [--finger NAME=IMAGE]... [--palm NAME=IMAGE]...\n"
    "                       [--face IMAGE]... [--gallery NAME]... [OPTION]...\n"
    "\n"
    "Add the fingerprints, palms and faces of one person, taken on one occasion. The person and "
    "the\n"
    "galleries are made if they are new. Several images of one finger, palm or face are fine. "
    "Nothing\n"
    "is stored unless every image holds what it is said to hold.\n"
    "Ids and gallery names: 1 to 64 of A-Z a-z 0-9 . _ -\n"
    "\n" CLI_STORE_HELP
    "  --person ID         an id that means something only to you; never a name\n" CLI_SAMPLE_HELP
    "  --gallery NAME      put the encounter there; may be given several times\n"
    "  --encounter ID      id of this occasion; default: made\n"
    "  --keep-images       store the image files as well, sealed\n"
    "  --purpose TEXT      what a gallery made by this is for\n"
    "  --retention-days N  how long such a gallery may keep an encounter\n";

#define GALLERIES_MAX 64u

typedef struct enroll {
    cli_store s;
    const char *person, *encounter, *purpose;
    const char *galleries[GALLERIES_MAX];
    cli_samples samples;
    unsigned gallery_count;
    unsigned long retention_days;
    int keep;
} enroll;

static int option(enroll *e, int o)
{
    switch (o) {
    case 'p': e->person = optarg; return CLI_OK;
    case 'e': e->encounter = optarg; return CLI_OK;
    case 'k': e->keep = 1; return CLI_OK;
    case 'P': e->purpose = optarg; return CLI_OK;
    case 'g':
        if (e->gallery_count == GALLERIES_MAX) return cli_usage("enroll", "too many galleries");
        e->galleries[e->gallery_count++] = optarg;
        return CLI_OK;
    case 'r':
        if (!cli_parse_uint(optarg, 0, 36500, &e->retention_days)) return CLI_OK;
        return cli_usage("enroll", "--retention-days takes 0..36500");
    default: return CLI_USAGE;
    }
}

/* Has this gallery a stated purpose? Only a hint: nothing depends on it. */
static void hint_purpose(enroll *e)
{
    bf_list *list = NULL;
    if (bf_store_list(e->s.c.session, e->s.store, BF_LIST_GALLERIES, NULL, NULL, &list)) return;
    for (size_t i = 0; i < bf_list_count(list); i++) {
        const bf_list_item *g = bf_list_get(list, i);
        for (unsigned j = 0; j < e->gallery_count; j++) {
            if (strcmp(g->gallery, e->galleries[j]) != 0) continue;
            if (strcmp(g->purpose, "not stated") != 0) continue;
            cli_warn(NULL, "gallery %s has no stated purpose: bonafide gallery --purpose",
                     g->gallery);
        }
    }
    bf_list_free(list);
}

static int store(enroll *e)
{
    bf_sample samples[BF_SAMPLES_MAX];
    const bf_sample *pointers[BF_SAMPLES_MAX];
    bf_enrollment n;
    char encounter[BF_ID_MAX + 1];
    for (unsigned i = 0; i < e->samples.count; i++) {
        const cli_sample *one = &e->samples.item[i];
        bf_sample_init(&samples[i]);
        samples[i].tmpl = one->tmpl;
        samples[i].image = one->image;
        samples[i].image_len = one->image_len;
        pointers[i] = &samples[i];
    }
    bf_enrollment_init(&n);
    n.person = e->person;
    n.encounter = e->encounter;
    n.samples = pointers;
    n.sample_count = e->samples.count;
    n.galleries = e->galleries;
    n.gallery_count = e->gallery_count;
    n.purpose = e->purpose;
    n.retention_days = (uint32_t)e->retention_days;
    bf_status st = bf_store_enroll(e->s.c.session, e->s.store, &n, encounter);
    if (st) return cli_store_fail(&e->s, NULL, st);
    printf("enrolled %s, encounter %s:", e->person, encounter);
    for (unsigned i = 0; i < e->samples.count; i++) {
        const cli_sample *one = &e->samples.item[i];
        printf(" %s (quality %u)%s", cli_position_name(one->modality, one->position),
               bf_template_quality(one->tmpl), i + 1 < e->samples.count ? "," : "\n");
    }
    hint_purpose(e);
    return CLI_OK;
}

static int run(enroll *e)
{
    int rc = cli_store_open(&e->s);
    if (!rc) rc = cli_samples_load(&e->s.c, &e->samples, e->keep);
    if (!rc) rc = store(e);
    cli_samples_free(&e->samples);
    cli_store_close(&e->s);
    return rc;
}

int cmd_enroll(int argc, char **argv)
{
    static const struct option longs[] = {
        CLI_STORE_OPTIONS,
        {"person", required_argument, NULL, 'p'},
        {"gallery", required_argument, NULL, 'g'},
        {"encounter", required_argument, NULL, 'e'},
        {"keep-images", no_argument, NULL, 'k'},
        CLI_SAMPLE_OPTIONS,
        {"purpose", required_argument, NULL, 'P'},
        {"retention-days", required_argument, NULL, 'r'},
        {0},
    };
    enroll e;
    memset(&e, 0, sizeof e);
    cli_store_init(&e.s, "enroll");
    cli_samples_init(&e.samples, BF_SAMPLES_MAX);
    for (int o; (o = cli_option(argc, argv, "", longs)) != -1;) {
        int taken = cli_store_option(&e.s, o, optarg);
        if (!taken) taken = cli_sample_option(&e.samples, "enroll", o, optarg);
        if (taken < 0 || (!taken && option(&e, o))) return CLI_USAGE;
    }
    if (optind < argc) return cli_usage("enroll", "unexpected '%.60s'", argv[optind]);
    if (!e.person) return cli_usage("enroll", "--person ID is missing");
    if (!e.samples.count) return cli_usage("enroll", "no --finger, --palm or --face is given");
    return run(&e);
}
