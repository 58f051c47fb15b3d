/* SPDX-License-Identifier: Apache-2.0 */
/* The failing-allocator loop over loading, running, registering and listing models. */
#include "nn/rig.h"

#include "support/failing.h"

static void keep(failing_result *out, const void *data, size_t len)
{
    free(out->data);
    out->data = malloc(len);
    memcpy(out->data, data, len);
    out->len = len;
}

static bf_status load_and_run(bf_ctx *c, failing_result *out)
{
    static const float x[6] = {1, 2, 3, 4, 5, 6};
    static const bf_nn_shape shape = {2, {2, 3}};
    const bf_nn_model *m;
    bf_nn_output y;
    BF_TRY(bf_nn__model(c, "tiny", &m));
    BF_TRY(bf_nn__run(c, m, x, &shape, &y, 1));
    keep(out, y.data, y.count * sizeof *y.data);
    return BF_OK;
}

static bf_status list(bf_ctx *c, failing_result *out)
{
    char(*names)[BF_NN_NAME_MAX];
    uint32_t count;
    BF_TRY(bf_nn__names(c, &names, &count));
    keep(out, names, count * sizeof *names);
    return BF_OK;
}

static bf_status add_and_remove(bf_ctx *c, failing_result *out)
{
    char network[160], card[160];
    bf_nn_card *got = bf_ctx_scratch(c, 1, sizeof *got);
    if (!got) BF_FAIL_NOMEM(c);
    snprintf(network, sizeof network, "%s/tiny.onnx", bf_nn__folder(c->nn));
    snprintf(card, sizeof card, "%s/new.card", bf_nn__folder(c->nn));
    bf_status rc = bf_nn__add(c, network, card, got);
    if (!rc) {
        keep(out, got, sizeof *got);
        rc = bf_nn__remove(c, "new");
    }
    return rc;
}

typedef struct job {
    const rig *r;
    bf_status (*work)(bf_ctx *c, failing_result *out);
} job;

/* With models of its own, so that each run of the loop loads anew. */
static bf_status with_models(bf_session *s, const void *arg, failing_result *out)
{
    const job *j = arg;
    bf_ctx *c = bf_session__enter(s);
    bf_nn *own = NULL, *engines = c->nn;
    bf_status st = bf_nn__open(&c->alloc, j->r->folder, &own);
    if (st) return bf_ctx_fail(c, st, "out of memory");
    c->nn = own;
    st = j->work(c, out);
    c->nn = engines;
    bf_nn__free(own);
    return st;
}

static void loops(void **state)
{
    rig *r = *state;
    const onnx_spec spec = {.op = "Add", .rank = 2, .dim = {2, 3}, .element = 1, .outputs = 1};
    static const char card[] =
        "name = \"new\"\nkind = \"other\"\nlicence = \"l\"\norigin = \"o\"\n";
    rig_install(r, "tiny", &spec);
    rig_write(r, "new.card", card, sizeof card - 1);
    /* engine, its models, session; then: models, folder, model, file, scratch ... */
    assert_true(failing_loop(with_models, &(job){r, load_and_run}) >= 7);
    assert_true(failing_loop(with_models, &(job){r, list}) >= 6);
    assert_true(failing_loop(with_models, &(job){r, add_and_remove}) >= 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {RIG_TEST(loops)};
    return models_run(ORT_LIBRARY_NAME, tests);
}
