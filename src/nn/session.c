/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One network in ONNX Runtime: open, ask what goes in and out, run. A session is created once and
 * never changed; the library allows any number of threads to run it at a time.
 *
 * One thread for each run, so that results do not depend on the machine's number of processors and
 * cores are given to images, not to layers. Denormals count as zero: networks made of ReLUs produce
 * them and each costs a hundred times a normal number. No memory arena: it would keep the largest
 * activations, which are made of faces, for the life of the process.
 */
#include <stdio.h>
#include <string.h>

#include "nn/internal.h"

#define TRY_ORT(m, expr, what)                                                                     \
    BF_TRY(bf_nn__take_status(c, (m)->runtime->api, (expr), (m)->name, (what)))

size_t bf_nn__elements(const bf_nn_shape *shape)
{
    size_t n = 1;
    for (uint32_t i = 0; i < shape->rank; i++) {
        if (shape->dim[i] < 1 || (uint64_t)shape->dim[i] > BF_NN_TENSOR_MAX / n) return 0;
        n *= (size_t)shape->dim[i];
    }
    return n;
}

bf_status bf_nn__tensor_shape(bf_ctx *c, const bf_nn_model *m, const ort_tensor_info *info,
                              int declared, bf_nn_shape *out)
{
    const ort_api *api = m->runtime->api;
    bf_nn_shape shape = {0}, least;
    size_t rank = 0;
    int element = 0;
    TRY_ORT(m, api->get_tensor_element_type(info, &element), "cannot tell a tensor's type");
    TRY_ORT(m, api->get_dimensions_count(info, &rank), "cannot tell a tensor's shape");
    if (element != ORT_ELEMENT_FLOAT) {
        BF_FAIL(c, BF_EMODEL, "%s: an input or output is not made of 32-bit floats", m->name);
    }
    if (rank > BF_NN_RANK_MAX) {
        BF_FAIL(c, BF_EMODEL, "%s: a tensor of %zu dimensions, at most %d are read", m->name, rank,
                BF_NN_RANK_MAX);
    }
    shape.rank = (uint32_t)rank;
    TRY_ORT(m, api->get_dimensions(info, shape.dim, rank), "cannot tell a tensor's shape");
    least = shape;
    for (size_t i = 0; i < rank; i++) {
        if (declared && shape.dim[i] < 0) {
            shape.dim[i] = -1;
            least.dim[i] = 1;
        }
    }
    if (!bf_nn__elements(&least)) {
        BF_FAIL(c, BF_EMODEL, "%s: a tensor is empty or larger than %u numbers", m->name,
                BF_NN_TENSOR_MAX);
    }
    *out = shape;
    return BF_OK;
}

static bf_status read_type(bf_ctx *c, bf_nn_model *m, ort_type_info *type, bf_nn_shape *out)
{
    const ort_tensor_info *info = NULL;
    TRY_ORT(m, m->runtime->api->cast_type_info_to_tensor_info(type, &info), "cannot tell a type");
    if (!info) BF_FAIL(c, BF_EMODEL, "%s: an input or output is not a tensor", m->name);
    return bf_nn__tensor_shape(c, m, info, 1, out);
}

static bf_status keep_name(bf_ctx *c, const bf_nn_model *m, ort_allocator *a, char *name,
                           char out[BF_NN_TENSOR_NAME_MAX])
{
    int n = snprintf(out, BF_NN_TENSOR_NAME_MAX, "%s", name);
    bf_status rc = bf_nn__take_status(c, m->runtime->api, m->runtime->api->allocator_free(a, name),
                                      m->name, "cannot free");
    if (!rc && (size_t)n >= BF_NN_TENSOR_NAME_MAX) {
        BF_FAIL(c, BF_EMODEL, "%s: the name of an input or output is too long", m->name);
    }
    return rc;
}

static bf_status read_input(bf_ctx *c, bf_nn_model *m, ort_allocator *a)
{
    const ort_api *api = m->runtime->api;
    ort_type_info *type = NULL;
    char *name = NULL;
    TRY_ORT(m, api->session_get_input_type_info(m->session, 0, &type), "cannot tell its input");
    bf_status rc = read_type(c, m, type, &m->input);
    api->release_type_info(type);
    if (rc) return rc;
    TRY_ORT(m, api->session_get_input_name(m->session, 0, a, &name), "cannot name its input");
    return keep_name(c, m, a, name, m->input_name);
}

static bf_status read_output(bf_ctx *c, bf_nn_model *m, ort_allocator *a, uint32_t i)
{
    const ort_api *api = m->runtime->api;
    ort_type_info *type = NULL;
    char *name = NULL;
    TRY_ORT(m, api->session_get_output_type_info(m->session, i, &type), "cannot tell its output");
    bf_status rc = read_type(c, m, type, &m->output[i]);
    api->release_type_info(type);
    if (rc) return rc;
    TRY_ORT(m, api->session_get_output_name(m->session, i, a, &name), "cannot name its output");
    return keep_name(c, m, a, name, m->output_name[i]);
}

static bf_status read_signature(bf_ctx *c, bf_nn_model *m)
{
    const ort_api *api = m->runtime->api;
    ort_allocator *a = NULL;
    size_t inputs = 0, outputs = 0;
    TRY_ORT(m, api->get_default_allocator(&a), "no allocator");
    TRY_ORT(m, api->session_get_input_count(m->session, &inputs), "cannot count its inputs");
    TRY_ORT(m, api->session_get_output_count(m->session, &outputs), "cannot count its outputs");
    if (inputs != 1 || !outputs || outputs > BF_NN_OUTPUTS_MAX) {
        BF_FAIL(c, BF_EMODEL, "%s: %zu inputs and %zu outputs, not 1 and 1..%d", m->name, inputs,
                outputs, BF_NN_OUTPUTS_MAX);
    }
    BF_TRY(read_input(c, m, a));
    for (m->outputs = 0; m->outputs < outputs; m->outputs++) {
        BF_TRY(read_output(c, m, a, m->outputs));
    }
    return BF_OK;
}

static bf_status set_options(bf_ctx *c, const bf_nn_model *m, ort_session_options *o)
{
    const ort_api *api = m->runtime->api;
    TRY_ORT(m, api->set_session_execution_mode(o, ORT_SEQUENTIAL), "option refused");
    TRY_ORT(m, api->set_intra_op_num_threads(o, 1), "option refused");
    TRY_ORT(m, api->set_inter_op_num_threads(o, 1), "option refused");
    TRY_ORT(m, api->set_graph_optimization_level(o, ORT_OPTIMISE_ALL), "option refused");
    TRY_ORT(m, api->disable_cpu_mem_arena(o), "option refused");
    TRY_ORT(m, api->add_session_config_entry(o, "session.set_denormal_as_zero", "1"),
            "option refused");
    return BF_OK;
}

bf_status bf_nn__session_open(bf_ctx *c, bf_nn_model *m, const uint8_t *data, size_t len)
{
    const bf_nn_runtime *rt = m->runtime;
    ort_session_options *o = NULL;
    TRY_ORT(m, rt->api->create_session_options(&o), "no options");
    bf_status rc = set_options(c, m, o);
    if (!rc) {
        rc = bf_nn__take_status(
            c, rt->api, rt->api->create_session_from_array(rt->env, data, len, o, &m->session),
            m->name, "ONNX Runtime does not take it");
    }
    rt->api->release_session_options(o);
    if (rc) return rc;
    rc = read_signature(c, m);
    if (rc) bf_nn__session_close(m);
    return rc;
}

void bf_nn__session_close(bf_nn_model *m)
{
    m->runtime->api->release_session(m->session);
    m->session = NULL;
}

static bf_status check_shape(bf_ctx *c, const bf_nn_model *m, const bf_nn_shape *shape)
{
    if (shape->rank != m->input.rank) {
        BF_FAIL(c, BF_EINVAL, "%s: an input of %u dimensions, it takes %u", m->name, shape->rank,
                m->input.rank);
    }
    for (uint32_t i = 0; i < shape->rank; i++) {
        if (m->input.dim[i] < 0 || m->input.dim[i] == shape->dim[i]) continue;
        BF_FAIL(c, BF_EINVAL, "%s: dimension %u of the input is %lld, it takes %lld", m->name, i,
                (long long)shape->dim[i], (long long)m->input.dim[i]);
    }
    if (!bf_nn__elements(shape)) {
        BF_FAIL(c, BF_ELIMIT, "%s: an input that is empty or larger than %u numbers", m->name,
                BF_NN_TENSOR_MAX);
    }
    return BF_OK;
}

/* The library does not insist that a network gives the shape it declared. (Of a shape that was not
 * declared at all it says rank 0.) */
static int fits_declared(const bf_nn_shape *declared, const bf_nn_shape *got)
{
    if (!declared->rank) return 1;
    if (declared->rank != got->rank) return 0;
    for (uint32_t i = 0; i < got->rank; i++) {
        if (declared->dim[i] >= 0 && declared->dim[i] != got->dim[i]) return 0;
    }
    return 1;
}

/* Copy output i to the session's scratch and wipe the library's copy. */
static bf_status take_output(bf_ctx *c, const bf_nn_model *m, uint32_t i, ort_value *value,
                             bf_nn_output *out)
{
    const ort_api *api = m->runtime->api;
    ort_tensor_info *info = NULL;
    bf_nn_shape shape;
    void *data = NULL;
    TRY_ORT(m, api->get_tensor_type_and_shape(value, &info), "cannot tell an output's shape");
    bf_status rc = bf_nn__tensor_shape(c, m, info, 0, &shape);
    api->release_tensor_info(info);
    if (rc) return rc;
    TRY_ORT(m, api->get_tensor_mutable_data(value, &data), "cannot read an output");
    if (!fits_declared(&m->output[i], &shape)) {
        bf_wipe(data, bf_nn__elements(&shape) * sizeof(float));
        BF_FAIL(c, BF_EMODEL, "%s: output %s has another shape than declared", m->name,
                m->output_name[i]);
    }
    size_t n = bf_nn__elements(&shape);
    float *copy = bf_ctx_scratch(c, n, sizeof *copy);
    if (copy) memcpy(copy, data, n * sizeof *copy);
    bf_wipe(data, n * sizeof *copy);
    if (!copy) BF_FAIL_NOMEM(c);
    *out = (bf_nn_output){copy, n, shape};
    return BF_OK;
}

bf_status bf_nn__run(bf_ctx *c, const bf_nn_model *m, const float *input, const bf_nn_shape *shape,
                     bf_nn_output *outs, uint32_t n_outs)
{
    const ort_api *api = m->runtime->api;
    const char *names[BF_NN_OUTPUTS_MAX], *input_name = m->input_name;
    ort_value *values[BF_NN_OUTPUTS_MAX] = {0}, *in = NULL;
    bf_nn_output taken[BF_NN_OUTPUTS_MAX];
    if (!n_outs || n_outs > m->outputs) {
        BF_FAIL(c, BF_EINVAL, "%s: has %u output%s", m->name, m->outputs, bf_plural(m->outputs));
    }
    BF_TRY(check_shape(c, m, shape));
    for (uint32_t i = 0; i < n_outs; i++) names[i] = m->output_name[i];
    /* The library only reads it; its type has no const. */
    void *data = (void *)(uintptr_t)input;
    TRY_ORT(m,
            api->create_tensor_with_data(m->runtime->memory, data,
                                         bf_nn__elements(shape) * sizeof *input, shape->dim,
                                         shape->rank, ORT_ELEMENT_FLOAT, &in),
            "no tensor");
    const ort_value *const inputs[] = {in};
    bf_status rc = bf_nn__take_status(
        c, api, api->run(m->session, NULL, &input_name, inputs, 1, names, n_outs, values), m->name,
        "does not run");
    for (uint32_t i = 0; i < n_outs && !rc; i++) rc = take_output(c, m, i, values[i], &taken[i]);
    for (uint32_t i = 0; i < n_outs; i++) {
        if (values[i]) api->release_value(values[i]);
    }
    api->release_value(in);
    if (!rc) memcpy(outs, taken, n_outs * sizeof *outs);
    return rc;
}
