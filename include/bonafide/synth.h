/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file synth.h
 * Synthetic fingerprints and palms: test and demonstration data that is nobody's, with ground
 * truth. A finger (its master print) is grown once; any number of impressions are taken of it. The
 * same seeds give the same pixels on every machine. How: src/synth/README.md.
 */
#ifndef BONAFIDE_SYNTH_H
#define BONAFIDE_SYNTH_H
#include "bonafide/inspect.h"
#include "bonafide/template.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bf_synth_finger bf_synth_finger;
typedef struct bf_synth_impression bf_synth_impression;

/* Pattern classes. A right loop opens to the right of the picture. */
#define BF_SYNTH_NATURAL 0u /* drawn with the frequency found in nature */
#define BF_SYNTH_PLAIN_ARCH 1u
#define BF_SYNTH_TENTED_ARCH 2u
#define BF_SYNTH_LEFT_LOOP 3u
#define BF_SYNTH_RIGHT_LOOP 4u
#define BF_SYNTH_WHORL 5u
#define BF_SYNTH_DOUBLE_LOOP 6u

typedef struct bf_synth_finger_opts {
    uint32_t struct_size;
    uint32_t pattern; /* BF_SYNTH_*; default BF_SYNTH_NATURAL */
    uint64_t seed;    /* default 1 */
} bf_synth_finger_opts;

BF_API void bf_synth_finger_opts_init(bf_synth_finger_opts *opts);

/** @return a seed that depends on all three, for finger `finger` of a collection and its `sample`
 */
BF_API uint64_t bf_synth_seed(uint64_t seed, uint32_t finger, uint32_t sample);

/**
 * Grow a finger. About a second of one core; 2 MB.
 * @param opts  NULL for defaults
 * @param out   caller owns: bf_synth_finger_free()
 * @return 0, BF_EINVAL, BF_ENOMEM
 */
BF_API bf_status bf_synth_finger_create(bf_session *s, const bf_synth_finger_opts *opts,
                                        bf_synth_finger **out);
BF_API void bf_synth_finger_free(bf_synth_finger *f);

/** @return BF_SYNTH_PLAIN_ARCH .. BF_SYNTH_DOUBLE_LOOP */
BF_API uint32_t bf_synth_finger_pattern(const bf_synth_finger *f);

/** @return the class's name, e.g. "right-loop"; static; "unknown" for another number */
BF_API const char *bf_synth_pattern_name(uint32_t pattern);

/**
 * The master print itself: flawless, whole, 420 x 560 px at 500 ppi.
 * @param out  caller owns: bf_image_free()
 * @return 0, BF_ENOMEM
 */
BF_API bf_status bf_synth_finger_image(bf_session *s, const bf_synth_finger *f, bf_image **out);

/**
 * Minutiae, cores and deltas in the master's picture; borrowed, *count of them. Angles and types as
 * in inspect.h; the quality is 100. An ending lies on the last pixel of the ridge's centre line, a
 * bifurcation where the centre lines meet.
 */
BF_API const bf_minutia *bf_synth_finger_minutiae(const bf_synth_finger *f, size_t *count);
BF_API const bf_singular *bf_synth_finger_singulars(const bf_synth_finger *f, size_t *count);

/* bf_synth_impression_opts.flags */
#define BF_SYNTH_CLEAN 0x1u /* no noise or flaws, whole print, small displacement and rotation */
#define BF_SYNTH_ROTATE_ANY 0x2u /* turned by any angle, 0 to 360 degrees */

#define BF_SYNTH_SIDE_MIN 100u  /* px */
#define BF_SYNTH_SIDE_MAX 2000u /* px */

typedef struct bf_synth_impression_opts {
    uint32_t struct_size;
    uint32_t flags;          /* BF_SYNTH_CLEAN, BF_SYNTH_ROTATE_ANY; default 0 */
    uint64_t seed;           /* default 1; mixed with the finger's */
    uint32_t width_px;       /* of the picture, BF_SYNTH_SIDE_MIN..MAX; default 400 */
    uint32_t height_px;      /* likewise; default 440 */
    uint32_t ppi;            /* 250..1000; default 500 */
    uint32_t difficulty_pct; /* 0..300, default 100: scales flaws, displacement and distortion */
} bf_synth_impression_opts;

BF_API void bf_synth_impression_opts_init(bf_synth_impression_opts *opts);

/** What was done to the finger in one impression. Lengths in px at 500 ppi, y down. */
typedef struct bf_synth_transform {
    float rotation_rad;               /* finger turned counter-clockwise */
    float shift_x_px, shift_y_px;     /* centre of contact from the centre of the picture */
    float contact_x_px, contact_y_px; /* what touches there, in the master's picture */
    float torsion_rad;                /* skin outside the sticking ellipse turned by this, and */
    float pull_x_px, pull_y_px;       /* moved by this ([Cappelli2001]) */
    float wetness;                    /* -1 dry .. 1 wet */
} bf_synth_transform;

/**
 * Take an impression. The draw depends on the seeds alone: with another size, resolution or
 * BF_SYNTH_ROTATE_ANY the same touch is seen through another sensor.
 * @param opts  NULL for defaults
 * @param out   caller owns: bf_synth_impression_free()
 * @return 0, BF_EINVAL, BF_ENOMEM
 */
BF_API bf_status bf_synth_impression_create(bf_session *s, const bf_synth_finger *f,
                                            const bf_synth_impression_opts *opts,
                                            bf_synth_impression **out);
BF_API void bf_synth_impression_free(bf_synth_impression *i);

/** The picture: grey, ridges dark; borrowed. */
BF_API const bf_image *bf_synth_impression_image(const bf_synth_impression *i);

/**
 * Ground truth in the impression's picture, limited to where the print is visible (0.5 mm inside
 * the edge of contact and of the picture); borrowed, *count of them.
 */
BF_API const bf_minutia *bf_synth_impression_minutiae(const bf_synth_impression *i, size_t *count);
BF_API const bf_singular *bf_synth_impression_singulars(const bf_synth_impression *i,
                                                        size_t *count);
BF_API void bf_synth_impression_transform(const bf_synth_impression *i, bf_synth_transform *out);

/** Where a point of the master's picture lies in the impression's picture (px; may be outside). */
BF_API void bf_synth_impression_map(const bf_synth_impression *i, float master_x_px,
                                    float master_y_px, float *out_x_px, float *out_y_px);

/* ---- palms ---- */

typedef struct bf_synth_palm bf_synth_palm;

typedef struct bf_synth_palm_opts {
    uint32_t struct_size;
    uint32_t side; /* BF_LEFT_PALM, BF_RIGHT_PALM; default 0: drawn */
    uint64_t seed; /* default 1 */
} bf_synth_palm_opts;

BF_API void bf_synth_palm_opts_init(bf_synth_palm_opts *opts);

/**
 * Make a palm: its lines, its skin, the shape of its hand. 20 ms; 1 MB.
 * @param opts  NULL for defaults
 * @param out   caller owns: bf_synth_palm_free()
 * @return 0, BF_EINVAL, BF_ENOMEM
 */
BF_API bf_status bf_synth_palm_create(bf_session *s, const bf_synth_palm_opts *opts,
                                      bf_synth_palm **out);
BF_API void bf_synth_palm_free(bf_synth_palm *p);

/** @return BF_LEFT_PALM or BF_RIGHT_PALM */
BF_API uint32_t bf_synth_palm_side(const bf_synth_palm *p);

/* bf_synth_shot_opts.flags; those after the first change pictures of whole hands only. */
#define BF_SYNTH_SHOT_REGION 0x1u     /* the region of interest alone, not a whole hand */
#define BF_SYNTH_SHOT_CLEAN 0x2u      /* no noise, even light, little displacement */
#define BF_SYNTH_SHOT_ROTATE_ANY 0x4u /* turned by any angle */
#define BF_SYNTH_SHOT_CLOSED 0x8u     /* fingers closed */
#define BF_SYNTH_SHOT_CLUTTER 0x10u   /* before a cluttered ground */
#define BF_SYNTH_SHOT_LIGHT 0x20u     /* before a light ground */
#define BF_SYNTH_SHOT_COLOUR 0x40u    /* RGB, else grey */
#define BF_SYNTH_SHOT_MIRROR 0x80u    /* as a mirror shows it */
#define BF_SYNTH_SHOT_BLANK 0x100u    /* no lines at all: the back of a hand */
#define BF_SYNTH_SHOT_FIST 0x200u     /* no fingers */

typedef struct bf_synth_shot_opts {
    uint32_t struct_size;
    uint32_t flags;          /* BF_SYNTH_SHOT_*; default 0: a whole hand, grey, dark plain ground */
    uint64_t seed;           /* default 1; mixed with the palm's */
    uint32_t width_px;       /* BF_SYNTH_SIDE_MIN..MAX; default 640; a region: 128 */
    uint32_t height_px;      /* likewise; default 480; a region: 128 */
    uint32_t difficulty_pct; /* 0..300, default 100 */
    uint32_t reserved;       /* 0 */
} bf_synth_shot_opts;

/** @param flags  BF_SYNTH_SHOT_*, which decide the size */
BF_API void bf_synth_shot_opts_init(bf_synth_shot_opts *opts, uint32_t flags);

/** What was done. Picture px, y down. */
typedef struct bf_synth_shot {
    float valley_px[3][2]; /* x, y of the valleys of a whole hand, index-middle first */
    float rotation_rad;    /* hand turned counter-clockwise; 0: fingers up */
    float span_px;         /* between the outer valleys as the hand was made */
    uint32_t side;         /* as the picture shows it */
} bf_synth_shot;

/**
 * Take a picture.
 * @param opts  NULL for defaults
 * @param shot  NULL, or filled
 * @param out   caller owns: bf_image_free()
 * @return 0, BF_EINVAL, BF_ENOMEM
 */
BF_API bf_status bf_synth_palm_image(bf_session *s, const bf_synth_palm *p,
                                     const bf_synth_shot_opts *opts, bf_synth_shot *shot,
                                     bf_image **out);

/* ---- persons ---- */

/* Templates of any number of persons, made without pictures: to fill large galleries. */
typedef struct bf_synth_people bf_synth_people;

/**
 * @param seed  of all persons
 * @param out   caller owns: bf_synth_people_free()
 * @return 0, BF_ENOMEM
 */
BF_API bf_status bf_synth_people_create(bf_session *s, uint64_t seed, bf_synth_people **out);
BF_API void bf_synth_people_free(bf_synth_people *p);

/**
 * The template of a finger, palm or face of a person; how much it is like a real one:
 * docs/SCALE.md. Same seed, person, modality and position: same bytes. A finger takes about half a
 * millisecond; the first palm two seconds. One thread at a time for one bf_synth_people.
 * @param person    any number
 * @param modality  BF_FINGER, BF_PALM, BF_FACE
 * @param position  of a finger or unknown; BF_LEFT_PALM or BF_RIGHT_PALM; of a face 0
 * @param out       caller owns: bf_template_free()
 * @return 0, BF_EINVAL, BF_ENOMEM
 */
BF_API bf_status bf_synth_people_template(bf_session *s, bf_synth_people *p, uint64_t person,
                                          uint32_t modality, uint32_t position, bf_template **out);

#ifdef __cplusplus
}
#endif
#endif
