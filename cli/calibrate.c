/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calibration of a registered recogniser: without a calibration of its own a recogniser's scores
 * are 100 times the cosine; all pairs of a manifest are compared so, and what the impostors reach
 * goes into the card.
 */
#include "calibrate.h"

#include <unistd.h>

#include "model.h"
#include "run.h"

#define RAW_AT_SCORE 0.01
#define RAW_MOST 1.0

static bf_status compare_all(cli *c, const char *name, const eval_manifest *m, eval_result *out,
                             eval_error *err)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    eval_run_opts opts = {.modality = BF_FACE,
                          .protocol = EVAL_ALL_PAIRS,
                          .recogniser = name,
                          .threads = cores > 1 && cores < 256 ? (unsigned)cores : 1};
    return eval_run(c->engine, m, &opts, out, err);
}

static int keep(cli *c, const char *name, const eval_calibration *k)
{
    float raw[EVAL_CALIBRATION_POINTS_MAX], score[EVAL_CALIBRATION_POINTS_MAX];
    for (uint32_t i = 0; i < k->count; i++) {
        raw[i] = k->point[i][0];
        score[i] = k->point[i][1];
    }
    bf_status st = bf_model_calibrate(c->session, name, raw, score, k->count, k->extrapolated_from);
    if (st) return cli_fail_store(c, NULL, st);
    printf("calibrated %s: %u points from %zu impostor pairs, extrapolated above score %.1f\n",
           name, k->count, k->impostors, (double)k->extrapolated_from);
    return CLI_OK;
}

int cli_calibrate(cli *c, const char *name, const char *manifest_path)
{
    eval_error err = {""};
    eval_manifest manifest = {0};
    eval_result result = {0};
    eval_calibration k;
    bf_status st = eval_manifest_load(manifest_path, &manifest, &err);
    if (!st) {
        st = bf_model_calibrate(c->session, name, NULL, NULL, 0, 0.0f);
        if (st) eval_fail(&err, st, "%s", bf_session_error(c->session));
    }
    if (!st) st = compare_all(c, name, &manifest, &result, &err);
    if (!st && result.failures) {
        cli_warn(manifest_path, "%u of %u pictures gave no template and are left out",
                 result.failures, result.pairs.images);
    }
    if (!st) st = eval_calibrate(&result.pairs, RAW_AT_SCORE, RAW_MOST, &k, &err);
    int rc = CLI_OK;
    if (st) cli_error(NULL, "%s", err.text);
    if (st)
        rc = cli_exit_code(st);
    else
        rc = keep(c, name, &k);
    eval_result_free(&result);
    eval_manifest_free(&manifest);
    return rc;
}
