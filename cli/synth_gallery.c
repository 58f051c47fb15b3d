/* SPDX-License-Identifier: Apache-2.0 */
/* bonafide synth gallery: a store of synthetic persons, as many as one likes. */
#include <stdlib.h>
#include <string.h>

#include "bonafide/synth.h"
#include "store.h"
#include "synth.h"

#define BATCH 500u /* persons in one transaction */
#define SAMPLES 13u

typedef struct options {
    cli_store s;
    unsigned long persons, first, fingers, palms, seed;
    int face;
} options;

/* A person's samples, in this order. */
static const uint32_t fingers[] = {BF_RIGHT_INDEX,  BF_LEFT_INDEX,  BF_RIGHT_THUMB, BF_LEFT_THUMB,
                                   BF_RIGHT_MIDDLE, BF_LEFT_MIDDLE, BF_RIGHT_RING,  BF_LEFT_RING,
                                   BF_RIGHT_LITTLE, BF_LEFT_LITTLE};
static const uint32_t palms[] = {BF_RIGHT_PALM, BF_LEFT_PALM};

typedef struct batch {
    char name[BATCH][24];
    bf_template *tmpl[BATCH][SAMPLES];
    bf_sample sample[BATCH][SAMPLES];
    const bf_sample *samples[BATCH][SAMPLES];
    bf_enrollment enrollment[BATCH];
    const bf_enrollment *list[BATCH];
} batch;

static bf_status make_person(const options *o, bf_synth_people *people, unsigned long number,
                             unsigned at, batch *b)
{
    bf_session *s = o->s.c.session;
    uint32_t n = 0;
    bf_status st = BF_OK;
    for (uint32_t i = 0; i < o->fingers && !st; i++) {
        st = bf_synth_people_template(s, people, number, BF_FINGER, fingers[i], &b->tmpl[at][n++]);
    }
    for (uint32_t i = 0; i < o->palms && !st; i++) {
        st = bf_synth_people_template(s, people, number, BF_PALM, palms[i], &b->tmpl[at][n++]);
    }
    if (o->face && !st) {
        st = bf_synth_people_template(s, people, number, BF_FACE, 0, &b->tmpl[at][n++]);
    }
    for (uint32_t i = 0; i < n; i++) {
        bf_sample_init(&b->sample[at][i]);
        b->sample[at][i].tmpl = b->tmpl[at][i];
        b->samples[at][i] = &b->sample[at][i];
    }
    snprintf(b->name[at], sizeof b->name[at], "synth-%lu", number);
    bf_enrollment_init(&b->enrollment[at]);
    b->enrollment[at].person = b->name[at];
    b->enrollment[at].encounter = "synthetic";
    b->enrollment[at].samples = b->samples[at];
    b->enrollment[at].sample_count = n;
    b->list[at] = &b->enrollment[at];
    return st;
}

static bf_status make_batch(const options *o, bf_synth_people *people, unsigned long first,
                            unsigned count, batch *b)
{
    bf_status st = BF_OK;
    memset(b->tmpl, 0, sizeof b->tmpl);
    for (unsigned i = 0; i < count && !st; i++) st = make_person(o, people, first + i, i, b);
    if (!st) st = bf_store_enroll_many(o->s.c.session, o->s.store, b->list, count);
    for (unsigned i = 0; i < count; i++) {
        for (unsigned k = 0; k < SAMPLES; k++) bf_template_free(b->tmpl[i][k]);
    }
    return st;
}

static int run(options *o)
{
    bf_synth_people *people = NULL;
    batch *b = calloc(1, sizeof *b);
    cli_progress progress;
    bf_status st = b ? bf_synth_people_create(o->s.c.session, o->seed, &people) : BF_ENOMEM;
    cli_progress_start(&progress, "persons", o->persons);
    for (unsigned long done = 0; done < o->persons && !st;) {
        unsigned long left = o->persons - done;
        unsigned count = left < BATCH ? (unsigned)left : BATCH;
        st = make_batch(o, people, o->first + done, count, b);
        done += count;
        if (!st) cli_progress_step(&progress, done);
    }
    cli_progress_end(&progress);
    bf_synth_people_free(people);
    free(b);
    if (st) return cli_store_fail(&o->s, o->s.db, st);
    printf("made %lu person%s in %s\n", o->persons, cli_plural(o->persons), o->s.db);
    return CLI_OK;
}

static int take_option(int option, options *o)
{
    int bad = 0;
    switch (option) {
    case 'n': bad = cli_parse_uint(optarg, 1, 10000000, &o->persons); break;
    case 'F': bad = cli_parse_uint(optarg, 1, 0xffffffffu, &o->first); break;
    case 'f': bad = cli_parse_uint(optarg, 0, 10, &o->fingers); break;
    case 'p': bad = cli_parse_uint(optarg, 0, 2, &o->palms); break;
    case 's': bad = cli_parse_uint(optarg, 0, 0xffffffffu, &o->seed); break;
    case 'a': o->face = 1; break;
    default: return CLI_USAGE;
    }
    return bad ? cli_usage("synth", "'%s' is out of range for its option", optarg) : CLI_OK;
}

int synth_gallery(int argc, char **argv)
{
    static const struct option longs[] = {
        CLI_STORE_OPTIONS,
        {"persons", required_argument, NULL, 'n'},
        {"first", required_argument, NULL, 'F'},
        {"fingers", required_argument, NULL, 'f'},
        {"palms", required_argument, NULL, 'p'},
        {"seed", required_argument, NULL, 's'},
        {"face", no_argument, NULL, 'a'},
        {0},
    };
    options o = {.persons = 1000, .first = 1, .fingers = 2, .seed = 1};
    cli_store_init(&o.s, "synth");
    for (int option; (option = cli_option(argc, argv, "", longs)) != -1;) {
        int taken = cli_store_option(&o.s, option, optarg);
        int rc = taken < 0 ? CLI_USAGE : taken ? CLI_OK : take_option(option, &o);
        if (rc) return rc;
    }
    if (optind != argc) return cli_usage("synth", "'%s': not understood", argv[optind]);
    if (!o.s.db) return cli_usage("synth", "--db FILE is missing");
    if (!o.fingers && !o.palms && !o.face) return cli_usage("synth", "persons of nothing at all");
    int rc = cli_store_open(&o.s);
    if (!rc) rc = run(&o);
    cli_store_close(&o.s);
    return rc;
}
