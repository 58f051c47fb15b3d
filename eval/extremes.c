/* SPDX-License-Identifier: Apache-2.0 */
#include "extremes.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Is a worse than b: lower for genuine, higher for impostors? Equal: the earlier one. */
static int worse(const eval_pair *a, const eval_pair *b, int genuine)
{
    if (a->score != b->score) return genuine ? a->score < b->score : a->score > b->score;
    return a < b;
}

static void insert(const eval_pair **list, size_t *count, size_t most, const eval_pair *p,
                   int genuine)
{
    size_t n = *count;
    if (n == most && (!n || !worse(p, list[n - 1], genuine))) return;
    if (n == most) n--;
    while (n && worse(p, list[n - 1], genuine)) {
        list[n] = list[n - 1];
        n--;
    }
    list[n] = p;
    if (*count < most) (*count)++;
}

void eval_extremes_find(const eval_result *r, uint32_t most, eval_extremes *out)
{
    assert(most <= EVAL_REPORT_PAIRS);
    *out = (eval_extremes){.genuine_count = 0};
    for (size_t i = 0; i < r->pairs.count; i++) {
        const eval_pair *p = &r->pairs.pair[i];
        if (!(p->flags & EVAL_PAIR_COUNTED) || p->score < 0.0f) continue;
        if (p->flags & EVAL_PAIR_GENUINE) {
            insert(out->genuine, &out->genuine_count, most, p, 1);
        } else {
            insert(out->impostor, &out->impostor_count, most, p, 0);
        }
    }
}

void eval_extremes_file(int genuine, size_t index, char *out, size_t size)
{
    snprintf(out, size, "%s-%02zu.png", genuine ? "genuine" : "impostor", index + 1);
}

/* One of the two samples: its image and what the extraction saw, of its modality. */
typedef struct side {
    bf_image *image;
    bf_finger_view *finger;
    bf_face_view *face;
    bf_palm_view *palm;
} side;

static bf_status look(bf_session *s, const eval_sample *sample, const eval_run_opts *run, side *out)
{
    bf_image_opts opts;
    bf_extract_opts how;
    bf_image_opts_init(&opts);
    opts.ppi = sample->ppi;
    bf_extract_opts_init(&how);
    how.modality = run->modality;
    how.recogniser = run->recogniser;
    how.flags = run->extract_flags;
    EVAL_TRY(bf_image_load(s, sample->path, &opts, &out->image));
    if (run->modality == BF_FACE) return bf_face_inspect(s, out->image, &how, &out->face);
    if (run->modality == BF_PALM) return bf_palm_inspect(s, out->image, &how, &out->palm);
    return bf_finger_inspect(s, out->image, &out->finger);
}

static void side_free(side *x)
{
    bf_finger_view_free(x->finger);
    bf_face_view_free(x->face);
    bf_palm_view_free(x->palm);
    bf_image_free(x->image);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bf_status draw_prints(bf_session *s, const side *a, const side *b, const bf_draw_opts *opts,
                             bf_image **out)
{
    bf_match match;
    EVAL_TRY(bf_finger_explain(s, bf_finger_view_template(a->finger),
                               bf_finger_view_template(b->finger), &match));
    return bf_draw_match(s, a->image, a->finger, b->image, b->finger, &match, opts, out);
}

static bf_status draw_palms(bf_session *s, const side *a, const side *b, const bf_draw_opts *opts,
                            bf_image **out)
{
    bf_palm_match match;
    EVAL_TRY(
        bf_palm_explain(s, bf_palm_view_template(a->palm), bf_palm_view_template(b->palm), &match));
    return bf_draw_palms(s, a->image, a->palm, b->image, b->palm, &match, opts, out);
}

int eval_extremes_can_draw(uint32_t modality)
{
    return modality == BF_FINGER || modality == BF_PALM || modality == BF_FACE;
}

static bf_status draw(bf_session *s, const eval_result *r, const eval_pair *pair, const char *path)
{
    const eval_sample *a = &r->manifest->samples[pair->a], *b = &r->manifest->samples[pair->b];
    side left = {0}, right = {0};
    bf_image *picture = NULL;
    bf_draw_opts opts;
    bf_draw_opts_init(&opts);
    opts.label_a = base_name(a->label);
    opts.label_b = base_name(b->label);
    bf_status st = look(s, a, &r->opts, &left);
    if (!st) st = look(s, b, &r->opts, &right);
    if (!st && r->opts.modality == BF_FACE) {
        st = bf_draw_faces(s, left.image, left.face, right.image, right.face, pair->score, &opts,
                           &picture);
    } else if (!st && r->opts.modality == BF_PALM) {
        st = draw_palms(s, &left, &right, &opts, &picture);
    } else if (!st) {
        st = draw_prints(s, &left, &right, &opts, &picture);
    }
    if (!st) st = bf_image_write_png(s, picture, path);
    bf_image_free(picture);
    side_free(&left);
    side_free(&right);
    return st;
}

typedef struct job {
    const eval_result *r;
    const eval_extremes *x;
    const char *dir;
    bf_engine *engine;
    bf_status status[2 * EVAL_REPORT_PAIRS];
    eval_error error[2 * EVAL_REPORT_PAIRS];
} job;

static void work(void *user, unsigned worker, uint64_t begin, uint64_t end)
{
    job *j = user;
    bf_session *s = NULL;
    (void)worker;
    for (uint64_t i = begin; i < end; i++) {
        int genuine = i < j->x->genuine_count;
        size_t index = genuine ? i : i - j->x->genuine_count;
        const eval_pair *p = genuine ? j->x->genuine[index] : j->x->impostor[index];
        char file[32], path[4200];
        eval_extremes_file(genuine, index, file, sizeof file);
        snprintf(path, sizeof path, "%s/%s", j->dir, file);
        bf_status st = s ? BF_OK : bf_session_open(j->engine, &s);
        if (!st) st = draw(s, j->r, p, path);
        if (!st) continue;
        const char *why = bf_session_error(s);
        j->status[i] = eval_fail(&j->error[i], st, "%s", s && *why ? why : bf_status_name(st));
    }
    bf_session_free(s);
}

bf_status eval_extremes_draw(bf_engine *engine, const eval_result *r, const eval_extremes *x,
                             const char *dir, const eval_progress *progress, eval_error *err)
{
    job j = {.r = r, .x = x, .dir = dir, .engine = engine};
    uint64_t n = x->genuine_count + x->impostor_count;
    unsigned threads = r->opts.threads < n ? r->opts.threads : (unsigned)n;
    if (!n) return BF_OK;
    eval_parallel(threads, n, 1, work, &j, progress, "drawing");
    for (uint64_t i = 0; i < n; i++) {
        if (!j.status[i]) continue;
        *err = j.error[i];
        return j.status[i];
    }
    return BF_OK;
}
