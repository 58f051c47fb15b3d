/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Write the seeds of the fuzz targets: small files of every variant, made by us.
 *     make_corpus FOLDER      writes FOLDER/<target>/seed-*
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <png.h>
#if BF_HAVE_TIFF
#include <tiffio.h>
#endif

#include "bonafide/bonafide.h"
#include "bonafide/keyring.h"
#include "bonafide/synth.h"
#include "support/picture.h"

static const char *root;

static void save(const char *target, const char *name, const uint8_t *data, size_t len)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", root, target);
    if (mkdir(path, 0777) && errno != EEXIST) perror(path);
    snprintf(path, sizeof path, "%s/%s/seed-%s", root, target, name);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(data, 1, len, f) != len || fclose(f)) perror(path);
}

static void save_blob(const char *target, const char *name, blob b)
{
    save(target, name, b.data, b.len);
    blob_free(&b);
}

static void save_png(void)
{
    static const int types[] = {0, 2, 3, 4, 6};
    for (size_t i = 0; i < 5; i++) {
        for (uint32_t bits = 1; bits <= 16; bits *= 2) {
            char name[32];
            int palette = types[i] == PNG_COLOR_TYPE_PALETTE;
            if ((bits < 8 && types[i] != 0 && !palette) || (bits == 16 && palette)) continue;
            png_spec spec = {9,
                             7,
                             bits,
                             bits == 8 ? 19685 : 0,
                             types[i],
                             (int)(i + bits) & 1,
                             types[i] == 0 || palette};
            snprintf(name, sizeof name, "%d-%u", types[i], bits);
            save_blob("png", name, picture_png(&spec));
        }
    }
}

static void save_jpeg(void)
{
    jpeg_spec grey = {.w = 17, .h = 9, .channels = 1, .density = 500, .density_unit = 1};
    save_blob("jpeg", "grey", picture_jpeg(&grey));
    jpeg_spec exif = {.w = 17, .h = 9, .channels = 1, .exif_orientation = 6, .exif_ppi = 500};
    save_blob("jpeg", "exif", picture_jpeg(&exif));
    jpeg_spec progressive = {.w = 17, .h = 9, .channels = 3, .progressive = 1};
    save_blob("jpeg", "progressive", picture_jpeg(&progressive));
    jpeg_spec cmyk = {.w = 17, .h = 9, .channels = 4};
    save_blob("jpeg", "cmyk", picture_jpeg(&cmyk));
    jpeg_spec ycck = {.w = 17, .h = 9, .channels = 4, .adobe = 1};
    save_blob("jpeg", "ycck", picture_jpeg(&ycck));
}

#if BF_HAVE_TIFF
static void save_tiff(void)
{
    static const tiff_spec specs[] = {
        {.bits = 8, .samples = 1, .photometric = PHOTOMETRIC_MINISBLACK, .rows = 3, .ppi = 500},
        {.bits = 16, .samples = 1, .photometric = PHOTOMETRIC_MINISWHITE, .big_endian = 1},
        {.bits = 4, .samples = 1, .photometric = PHOTOMETRIC_PALETTE, .orientation = 5},
        {.bits = 8, .samples = 3, .photometric = PHOTOMETRIC_RGB, .tile = 16, .separate = 1},
        {.bits = 8, .samples = 4, .photometric = PHOTOMETRIC_RGB, .extra = EXTRASAMPLE_ASSOCALPHA},
        {.bits = 8, .samples = 4, .photometric = PHOTOMETRIC_SEPARATED, .big_tiff = 1},
        {.bits = 8,
         .samples = 1,
         .photometric = PHOTOMETRIC_MINISBLACK,
         .compression = COMPRESSION_LZW},
        {.bits = 8,
         .samples = 1,
         .photometric = PHOTOMETRIC_MINISBLACK,
         .compression = COMPRESSION_ADOBE_DEFLATE,
         .tile = 16},
        {.bits = 8,
         .samples = 1,
         .photometric = PHOTOMETRIC_MINISBLACK,
         .compression = COMPRESSION_PACKBITS},
        {.bits = 8,
         .samples = 1,
         .photometric = PHOTOMETRIC_MINISBLACK,
         .compression = COMPRESSION_JPEG},
        {.bits = 1,
         .samples = 1,
         .photometric = PHOTOMETRIC_MINISWHITE,
         .compression = COMPRESSION_CCITTFAX3},
        {.bits = 1,
         .samples = 1,
         .photometric = PHOTOMETRIC_MINISWHITE,
         .compression = COMPRESSION_CCITTFAX4},
    };
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
        char name[32];
        tiff_spec spec = specs[i];
        spec.w = 19;
        spec.h = 11;
        snprintf(name, sizeof name, "%02zu", i);
        save_blob("tiff", name, picture_tiff(&spec));
    }
}
#endif

static void save_bmp_and_pnm(void)
{
    static const uint32_t depths[] = {1, 4, 8, 24, 32}, headers[] = {12, 40, 108};
    char name[32];
    for (size_t i = 0; i < 5; i++) {
        bmp_spec spec = {9, 7, depths[i], headers[i % 3], 19685, i & 1};
        if (depths[i] == 32) spec.header = 108;
        if (spec.header == 12) spec.top_down = 0;
        snprintf(name, sizeof name, "%u-%u", depths[i], spec.header);
        save_blob("bmp", name, picture_bmp(&spec));
    }
    for (uint32_t type = 1; type <= 6; type++) {
        snprintf(name, sizeof name, "p%u", type);
        save_blob("pnm", name, picture_pnm(type, 9, 7, 255));
        snprintf(name, sizeof name, "p%u-999", type);
        save_blob("pnm", name, picture_pnm(type, 9, 7, 999));
    }
}

/* Templates of palms; where half of the mask is cleared the codes are not, and that is refused. */
static int save_palms(bf_session *s)
{
    for (uint32_t i = 0; i < 2; i++) {
        char name[32];
        bf_synth_palm_opts opts;
        bf_synth_shot_opts shot;
        bf_extract_opts how;
        bf_synth_palm *palm = NULL;
        bf_image *image = NULL;
        bf_template *t = NULL;
        size_t len;
        bf_synth_palm_opts_init(&opts);
        opts.seed = i + 1;
        bf_synth_shot_opts_init(&shot, BF_SYNTH_SHOT_REGION);
        bf_extract_opts_init(&how);
        how.modality = BF_PALM;
        how.flags = BF_EXTRACT_REGION;
        if (bf_synth_palm_create(s, &opts, &palm) ||
            bf_synth_palm_image(s, palm, &shot, NULL, &image) ||
            bf_template_extract_with(s, image, &how, &t)) {
            return fprintf(stderr, "palm %u: %s\n", i, bf_session_error(s));
        }
        snprintf(name, sizeof name, "palm-%u", i);
        const uint8_t *data = bf_template_bytes(t, &len);
        uint8_t half[2048];
        memcpy(half, data, len);
        memset(half + 780, 0, 64);
        save("template", name, data, len);
        if (!i) save("template", "palm-half", half, len);
        bf_template_free(t);
        bf_image_free(image);
        bf_synth_palm_free(palm);
    }
    return 0;
}

/* A face's payload written by hand: no network is at hand here. The reader's checksum is put right
 * by the fuzz target. */
static void save_face(void)
{
    uint8_t d[10 + 15 + 64] = {'B', 'F', 3, 1, 0, 60};
    uint8_t *p = d + 10;
    memcpy(p, "\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
    p[8] = 1;     /* recipe */
    p[10] = 64;   /* dimension */
    p[11] = 0x3b; /* scale 2^-9 */
    for (int i = 0; i < 64; i++) p[15 + i] = (uint8_t)(i ? 37 * i % 200 - 100 : 127);
    save("template", "face-0", d, sizeof d);
}

/* Templates of small and of whole impressions. */
static int save_templates(bf_session *s)
{
    for (uint32_t i = 0; i < 4; i++) {
        char name[32];
        bf_synth_finger_opts opts;
        bf_synth_impression_opts touch_opts;
        bf_synth_finger *finger = NULL;
        bf_synth_impression *touch = NULL;
        bf_template *t = NULL;
        size_t len;
        bf_synth_finger_opts_init(&opts);
        opts.seed = i / 2 + 1;
        bf_synth_impression_opts_init(&touch_opts);
        touch_opts.seed = i + 1;
        touch_opts.width_px = touch_opts.height_px = i & 1 ? 160 : 360;
        if (bf_synth_finger_create(s, &opts, &finger) ||
            bf_synth_impression_create(s, finger, &touch_opts, &touch) ||
            bf_template_extract(s, bf_synth_impression_image(touch), BF_FINGER, i, &t)) {
            return fprintf(stderr, "template %u: %s\n", i, bf_session_error(s));
        }
        snprintf(name, sizeof name, "finger-%u", i);
        const uint8_t *data = bf_template_bytes(t, &len);
        save("template", name, data, len);
        bf_template_free(t);
        bf_synth_impression_free(touch);
        bf_synth_finger_free(finger);
    }
    save_face();
    return 0;
}

/* A keyring opened by a key file, and one opened by a passphrase; both thrown away. */
static int save_keyrings(bf_session *s)
{
    uint8_t data[20000];
    char dir[] = "/tmp/bonafide-corpus-XXXXXX", key[64], ring[64];
    if (!mkdtemp(dir)) return 1;
    snprintf(key, sizeof key, "%s/key", dir);
    snprintf(ring, sizeof ring, "%s/ring", dir);
    int bad = bf_key_file_create(s, key) != 0;
    for (uint32_t kind = BF_SECRET_KEY_FILE; !bad && kind <= BF_SECRET_PASSPHRASE; kind++) {
        bf_keyring *keyring = NULL;
        bf_secret secret;
        bf_secret_init(&secret);
        secret.kind = kind;
        secret.path = kind == BF_SECRET_KEY_FILE ? key : NULL;
        secret.passphrase = kind == BF_SECRET_PASSPHRASE ? (const uint8_t *)"for the corpus" : NULL;
        secret.passphrase_len = kind == BF_SECRET_PASSPHRASE ? 14 : 0;
        secret.memory_mib = BF_ARGON2_MEMORY_MIN_MIB;
        secret.passes = BF_ARGON2_PASSES_MIN;
        bad = bf_keyring_create(s, ring, &secret, &keyring) != 0;
        bf_keyring_free(keyring);
        FILE *f = fopen(ring, "rb");
        size_t len = f ? fread(data, 1, sizeof data, f) : 0;
        if (f) fclose(f);
        save("keyring", kind == BF_SECRET_KEY_FILE ? "key-file" : "passphrase", data, len);
        unlink(ring);
    }
    if (bad) fprintf(stderr, "keyring: %s\n", bf_session_error(s));
    unlink(key);
    rmdir(dir);
    return bad;
}

static void save_manifests(void)
{
    static const char *const texts[] = {
        "path,subject,position,session,sample,ppi\na.png,1,2,1,1,500\nb.png,1,2,1,2,0\n",
        "path,subject,position,ppi,session,sample\r\n\"a,b.png\",\"x \"\"y\"\"\",left,569,2,3\r\n",
        "path,subject,position,session,sample,ppi\n",
    };
    for (size_t i = 0; i < 3; i++) {
        char name[8];
        snprintf(name, sizeof name, "%zu", i);
        save("manifest", name, (const uint8_t *)texts[i], strlen(texts[i]));
    }
}

static void save_lists(void)
{
    static const char *const texts[] = {
        "path_a,path_b,same,fold\na.png,b.png,1,1\nb.png,c.png,0,2\nc.png,/d.png,1,1\n",
        "path,subject,label,species\na.png,1,bonafide,\nb.png,1,attack,photo\nc.png,2,attack,\n",
        "label,path,subject,path_a,path_b,same,fold\nattack,x,1,p,q,1,3\nbonafide,y,1,q,r,0,4\n",
    };
    for (size_t i = 0; i < 3; i++) {
        char name[8];
        snprintf(name, sizeof name, "%zu", i);
        save("lists", name, (const uint8_t *)texts[i], strlen(texts[i]));
    }
}

static void save_cards(void)
{
#define ZEROES "0000000000000000"
    static const char head[] =
        "name = \"x\"\nlicence = \"MIT\" # and so on\norigin = \"a \\\"b\\\"\"\n"
        "sha256 = \"" ZEROES ZEROES ZEROES ZEROES "\"\n";
    static const char *const tails[] = {
        "kind = \"other\"\n",
        "kind = \"face-recogniser\"\r\nwidth_px = 112\nheight_px = +1_12\nmean = [127.5, 0, "
        "-1e-3]\n"
        "scale = [\n  0.0078125, # c\n  1, 1.5E+1,\n]\norder = \"bgr\"\nlayout = \"nhwc\"\n"
        "dimension = 192\nnormalised = true\ncalibration = [[0.1, 0], [0.2, 10.5],\n[3, 60]]\n"
        "extrapolated_from = 40\n",
        "kind = [[1, 2], [3]]\n",
    };
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        char name[8], text[1024];
        snprintf(name, sizeof name, "%zu", i);
        snprintf(text, sizeof text, "%s%s", head, tails[i]);
        save("card", name, (const uint8_t *)text, strlen(text));
    }
}

/* Edits of the files of a store: see store_rig.h. */
static void save_edits(void)
{
    static const struct {
        const char *name, *edits;
        size_t len;
    } seeds[] = {
        {"none", "", 0},
        {"header", "\0\0\x10\xff", 4},
        {"page-2", "\0\x10\0\xff\0\x10\x10\0", 8},
        {"middle", "\0\x60\x10\x55\0\x80\x20\xaa", 8},
        {"cut", "\x40", 1},
    };
    for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i++) {
        save("store", seeds[i].name, (const uint8_t *)seeds[i].edits, seeds[i].len);
        save("parcel", seeds[i].name, (const uint8_t *)seeds[i].edits, seeds[i].len);
    }
}

int main(int argc, char **argv)
{
    bf_engine *engine = NULL;
    bf_session *s = NULL;
    if (argc != 2 || bf_engine_open(NULL, &engine) || bf_session_open(engine, &s)) return 2;
    root = argv[1];
    save_png();
    save_jpeg();
#if BF_HAVE_TIFF
    save_tiff();
#endif
    save_bmp_and_pnm();
    save_manifests();
    save_lists();
    save_cards();
    save_edits();
    int bad = save_templates(s) | save_palms(s) | save_keyrings(s);
    bf_session_free(s);
    bf_engine_free(engine);
    return bad;
}
