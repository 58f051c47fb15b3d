/* SPDX-License-Identifier: Apache-2.0 */
/* The card of an operator's own model, as it stands in the models folder. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

static char folder[] = "/tmp/bf-fuzz-card-XXXXXX", path[64];

static void clean_up(void)
{
    unlink(path);
    rmdir(folder);
}

/* A session whose models folder is ours. */
static bf_session *session_with_folder(uint32_t *built_in)
{
    static bf_engine *engine;
    static bf_session *session;
    static uint32_t count;
    if (!session) {
        bf_engine_opts opts;
        bf_engine_opts_init(&opts);
        FUZZ_REQUIRE(mkdtemp(folder) != NULL);
        snprintf(path, sizeof path, "%s/x.toml", folder);
        atexit(clean_up);
        opts.models = folder;
        FUZZ_REQUIRE(!bf_engine_open(&opts, &engine) && !bf_session_open(engine, &session));
        FUZZ_REQUIRE(!bf_model_count(session, &count));
    }
    *built_in = count;
    return session;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    uint32_t built_in, count;
    bf_session *s = session_with_folder(&built_in);
    FILE *f = fopen(path, "wb");
    FUZZ_REQUIRE(f && fwrite(data, 1, len, f) == len && !fclose(f));
    bf_model_info info;
    bf_model_info_init(&info);
    FUZZ_REQUIRE(!bf_model_count(s, &count) && count == built_in + 1);
    if (bf_model_get(s, built_in, &info)) {
        FUZZ_REQUIRE(*bf_session_error(s) && !strchr(bf_session_error(s), '\n'));
        return 0;
    }
    FUZZ_REQUIRE(!strcmp(info.name, "x") && strlen(info.sha256) == 64 && !info.bytes);
    FUZZ_REQUIRE(info.licence[0] && info.origin[0] && info.kind != BF_MODEL_BUILT_IN);
    FUZZ_REQUIRE(info.calibration_points <= 64 && info.calibration_points != 1);
    FUZZ_REQUIRE(info.kind == BF_MODEL_FACE_RECOGNISER ? info.dimension >= 16 : !info.dimension);
    return 0;
}
