/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The slots of src/nn/ort_api.h against the real library: each entry is called once with arguments
 * whose result only that entry would give, so that a slot off by one fails here and not in a face.
 * (The releases and disable_cpu_mem_arena give nothing back: they are held by their neighbours.)
 */
#include "nn/rig.h"

#include <dirent.h>
#include <dlfcn.h>

static const ort_api_base *base(void)
{
    char path[MODELS_PATH_MAX];
    ort_get_api_base *get = NULL;
    assert_true(models_path(ORT_LIBRARY_NAME, path));
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    assert_non_null(library);
    *(void **)&get = dlsym(library, "OrtGetApiBase");
    assert_non_null(get);
    dlclose(library);
    return get();
}

/* Message of a status that must be one; frees it. */
static void failed(const ort_api *api, ort_status *st, const char *part)
{
    assert_non_null(st);
    assert_int_not_equal(api->get_error_code(st), 0);
    if (!strstr(api->get_error_message(st), part))
        fail_msg("'%s' does not say '%s'", api->get_error_message(st), part);
    api->release_status(st);
}

static int logged;

static void count_log(void *user, int severity, const char *category, const char *log_id,
                      const char *location, const char *message)
{
    (void)category, (void)location;
    if (user == &logged && severity >= 0 && severity <= 4 && message[0] && log_id) logged++;
}

static void version(void **state)
{
    (void)state;
    const ort_api_base *b = base();
    assert_string_equal(b->get_version_string(), "1.28.2");
    assert_non_null(b->get_api(ORT_API_VERSION_USED));
}

/* A session over two outputs, made with a given option entry. */
static ort_session *open_session(const ort_api *api, ort_env *env, ort_session_options *o)
{
    const onnx_spec spec = {.op = "Add", .rank = 3, .dim = {2, 3, -1}, .element = 1, .outputs = 2};
    onnx model = onnx_make(&spec);
    ort_session *session = NULL;
    assert_null(api->create_session_from_array(env, model.data, model.len, o, &session));
    assert_non_null(session);
    return session;
}

static int tasks(void)
{
    int n = 0;
    DIR *dir = opendir("/proc/self/task");
    assert_non_null(dir);
    for (const struct dirent *e; (e = readdir(dir));) n += e->d_name[0] != '.';
    closedir(dir);
    return n;
}

/* Threads a session starts: one fewer than given, since the caller works too. */
static void check_threads(const ort_api *api, ort_env *env, int intra, int inter)
{
    ort_session_options *o = NULL;
    int before = tasks();
    assert_null(api->create_session_options(&o));
    assert_null(api->set_session_execution_mode(o, inter > 1 ? ORT_PARALLEL : ORT_SEQUENTIAL));
    assert_null(api->set_intra_op_num_threads(o, intra));
    assert_null(api->set_inter_op_num_threads(o, inter));
    ort_session *session = open_session(api, env, o);
    assert_int_equal(tasks(), before + intra - 1 + inter - 1);
    api->release_session(session);
    api->release_session_options(o);
}

static void check_options(const ort_api *api, ort_session_options *o)
{
    assert_null(api->disable_cpu_mem_arena(o));
    assert_null(api->set_graph_optimization_level(o, ORT_OPTIMISE_ALL));
    failed(api, api->set_graph_optimization_level(o, 12345), "optimization");
    assert_null(api->set_intra_op_num_threads(o, 1));
    assert_null(api->set_inter_op_num_threads(o, 1));
    assert_null(api->add_session_config_entry(o, "session.set_denormal_as_zero", "1"));
    failed(api, api->add_session_config_entry(o, "", "1"), "key");
}

static void check_tensor_info(const ort_api *api, const ort_tensor_info *info, int64_t last)
{
    int element = 0;
    size_t rank = 0;
    int64_t dims[3] = {0};
    assert_null(api->get_tensor_element_type(info, &element));
    assert_int_equal(element, ORT_ELEMENT_FLOAT);
    assert_null(api->get_dimensions_count(info, &rank));
    assert_int_equal(rank, 3);
    assert_null(api->get_dimensions(info, dims, 3));
    assert_true(dims[0] == 2 && dims[1] == 3 && dims[2] == last);
}

static void check_type(const ort_api *api, ort_type_info *type)
{
    const ort_tensor_info *info = NULL;
    assert_null(api->cast_type_info_to_tensor_info(type, &info));
    assert_non_null(info);
    check_tensor_info(api, info, -1);
    api->release_type_info(type);
}

static void check_signature(const ort_api *api, ort_session *session)
{
    size_t n = 0;
    ort_allocator *a = NULL;
    ort_type_info *type = NULL;
    char *name = NULL;
    assert_null(api->session_get_input_count(session, &n));
    assert_int_equal(n, 1);
    assert_null(api->session_get_output_count(session, &n));
    assert_int_equal(n, 2);
    assert_null(api->session_get_input_type_info(session, 0, &type));
    check_type(api, type);
    assert_null(api->session_get_output_type_info(session, 1, &type));
    check_type(api, type);
    failed(api, api->session_get_output_type_info(session, 2, &type), "index");
    assert_null(api->get_default_allocator(&a));
    assert_null(api->session_get_input_name(session, 0, a, &name));
    assert_string_equal(name, "x");
    assert_null(api->allocator_free(a, name));
    assert_null(api->session_get_output_name(session, 1, a, &name));
    assert_string_equal(name, "y1");
    assert_null(api->allocator_free(a, name));
}

static void check_run(const ort_api *api, ort_session *session)
{
    float x[6] = {1, 2, 3, 4, 5, 6};
    const int64_t shape[3] = {2, 3, 1};
    const char *in = "x", *outs[2] = {"y1", "y0"};
    ort_memory_info *memory = NULL;
    ort_value *value = NULL, *y[2] = {0};
    ort_tensor_info *info = NULL;
    void *data = NULL;
    assert_null(api->create_cpu_memory_info(ORT_ALLOCATOR_DEVICE, ORT_MEMORY_DEFAULT, &memory));
    assert_null(
        api->create_tensor_with_data(memory, x, sizeof x, shape, 3, ORT_ELEMENT_FLOAT, &value));
    assert_null(api->get_tensor_mutable_data(value, &data));
    assert_ptr_equal(data, x);
    const ort_value *const inputs[] = {value};
    assert_null(api->run(session, NULL, &in, inputs, 1, outs, 2, y));
    assert_null(api->get_tensor_mutable_data(y[0], &data));
    for (int i = 0; i < 6; i++) assert_true(((float *)data)[i] == 2 * x[i]);
    assert_null(api->get_tensor_type_and_shape(y[0], &info));
    check_tensor_info(api, info, 1);
    api->release_tensor_info(info);
    outs[0] = "none";
    ort_value *none = NULL;
    failed(api, api->run(session, NULL, &in, inputs, 1, outs, 1, &none), "none");
    for (int i = 0; i < 2; i++) api->release_value(y[i]);
    api->release_value(value);
    api->release_memory_info(memory);
}

static void every_slot(void **state)
{
    (void)state;
    const ort_api *api = base()->get_api(ORT_API_VERSION_USED);
    ort_env *env = NULL;
    ort_session_options *o = NULL;
    logged = 0;
    assert_null(api->create_env_with_custom_logger(count_log, &logged, 0, "test", &env));
    assert_null(api->create_session_options(&o));
    check_options(api, o);
    check_threads(api, env, 1, 1);
    check_threads(api, env, 4, 1);
    check_threads(api, env, 1, 3);
    ort_session *session = open_session(api, env, o);
    assert_true(logged > 0); /* at severity 0 opening a session says something */
    check_signature(api, session);
    check_run(api, session);
    api->release_session(session);
    api->release_session_options(o);
    api->release_env(env);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(version), cmocka_unit_test(every_slot)};
    return models_run(ORT_LIBRARY_NAME, tests);
}
