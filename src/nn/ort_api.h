/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entries of the ONNX Runtime C API that are used here, by their slot.
 *
 * Its one exported function, OrtGetApiBase(), leads to a table of function pointers to which later
 * versions only append: an entry's slot never changes, so that a program built against version 8
 * runs with any later library. Debian 12 has no header for it; these are 36 of its entries, the
 * spaces between them named after the slots they fill. tests/nn/test_ort_api.c checks what each
 * does against the real library.
 *
 * Every function that returns an ort_status * gives NULL on success, else a status that
 * release_status() must free.
 */
#ifndef BF_NN_ORT_API_H
#define BF_NN_ORT_API_H
#include <stddef.h>
#include <stdint.h>

#define ORT_API_VERSION_USED 8u /* ONNX Runtime 1.8 and later */
#define ORT_LIBRARY_NAME "libonnxruntime.so"

typedef struct ort_status ort_status;
typedef struct ort_env ort_env;
typedef struct ort_session ort_session;
typedef struct ort_session_options ort_session_options;
typedef struct ort_run_options ort_run_options;
typedef struct ort_value ort_value;
typedef struct ort_memory_info ort_memory_info;
typedef struct ort_type_info ort_type_info;
typedef struct ort_tensor_info ort_tensor_info;
typedef struct ort_allocator ort_allocator;

#define ORT_LOG_FATAL 4
#define ORT_OPTIMISE_ALL 99
#define ORT_SEQUENTIAL 0
#define ORT_PARALLEL 1
#define ORT_ELEMENT_FLOAT 1
#define ORT_ALLOCATOR_DEVICE 0
#define ORT_MEMORY_DEFAULT 0

typedef void ort_log_function(void *user, int severity, const char *category, const char *log_id,
                              const char *location, const char *message);
typedef void *ort_unused;

typedef struct ort_api {
    ort_unused slot_0;
    int (*get_error_code)(const ort_status *);
    const char *(*get_error_message)(const ort_status *); /* borrowed from the status */
    ort_unused slot_3;
    ort_status *(*create_env_with_custom_logger)(ort_log_function *, void *user, int severity,
                                                 const char *log_id, ort_env **out);
    ort_unused slot_5[3];
    ort_status *(*create_session_from_array)(const ort_env *, const void *data, size_t len,
                                             const ort_session_options *, ort_session **out);
    /* values that are NULL are allocated by the library */
    ort_status *(*run)(ort_session *, const ort_run_options *, const char *const *input_names,
                       const ort_value *const *inputs, size_t n_inputs,
                       const char *const *output_names, size_t n_outputs, ort_value **outputs);
    ort_status *(*create_session_options)(ort_session_options **out);
    ort_unused slot_11[2];
    ort_status *(*set_session_execution_mode)(ort_session_options *, int mode);
    ort_unused slot_14[5];
    ort_status *(*disable_cpu_mem_arena)(ort_session_options *);
    ort_unused slot_20[3];
    ort_status *(*set_graph_optimization_level)(ort_session_options *, int level);
    ort_status *(*set_intra_op_num_threads)(ort_session_options *, int threads);
    ort_status *(*set_inter_op_num_threads)(ort_session_options *, int threads);
    ort_unused slot_26[4];
    ort_status *(*session_get_input_count)(const ort_session *, size_t *out);
    ort_status *(*session_get_output_count)(const ort_session *, size_t *out);
    ort_unused slot_32;
    ort_status *(*session_get_input_type_info)(const ort_session *, size_t, ort_type_info **out);
    ort_status *(*session_get_output_type_info)(const ort_session *, size_t, ort_type_info **out);
    ort_unused slot_35;
    /* names are allocated by the allocator: allocator_free() */
    ort_status *(*session_get_input_name)(const ort_session *, size_t, ort_allocator *, char **out);
    ort_status *(*session_get_output_name)(const ort_session *, size_t, ort_allocator *,
                                           char **out);
    ort_unused slot_38[11];
    /* over the caller's memory, which must outlive it */
    ort_status *(*create_tensor_with_data)(const ort_memory_info *, void *data, size_t bytes,
                                           const int64_t *shape, size_t rank, int element,
                                           ort_value **out);
    ort_unused slot_50;
    ort_status *(*get_tensor_mutable_data)(ort_value *, void **out);
    ort_unused slot_52[3];
    /* borrowed from the type; NULL: it is no tensor */
    ort_status *(*cast_type_info_to_tensor_info)(const ort_type_info *,
                                                 const ort_tensor_info **out);
    ort_unused slot_56[4];
    ort_status *(*get_tensor_element_type)(const ort_tensor_info *, int *out);
    ort_status *(*get_dimensions_count)(const ort_tensor_info *, size_t *out);
    ort_status *(*get_dimensions)(const ort_tensor_info *, int64_t *out, size_t rank);
    ort_unused slot_63[2];
    ort_status *(*get_tensor_type_and_shape)(const ort_value *, ort_tensor_info **out);
    ort_unused slot_66[3];
    ort_status *(*create_cpu_memory_info)(int allocator, int memory, ort_memory_info **out);
    ort_unused slot_70[6];
    ort_status *(*allocator_free)(ort_allocator *, void *);
    ort_unused slot_77;
    ort_status *(*get_default_allocator)(ort_allocator **out); /* borrowed, static */
    ort_unused slot_79[13];
    void (*release_env)(ort_env *);
    void (*release_status)(ort_status *);
    void (*release_memory_info)(ort_memory_info *);
    void (*release_session)(ort_session *);
    void (*release_value)(ort_value *);
    ort_unused slot_97;
    void (*release_type_info)(ort_type_info *);
    void (*release_tensor_info)(ort_tensor_info *);
    void (*release_session_options)(ort_session_options *);
    ort_unused slot_101[29];
    ort_status *(*add_session_config_entry)(ort_session_options *, const char *key,
                                            const char *value);
} ort_api;

/* What OrtGetApiBase() returns. get_api: NULL when the library is older than the version. */
typedef struct ort_api_base {
    const ort_api *(*get_api)(uint32_t version);
    const char *(*get_version_string)(void);
} ort_api_base;

typedef const ort_api_base *ort_get_api_base(void);

#define ORT_SLOT(member, slot)                                                                     \
    _Static_assert(offsetof(ort_api, member) == (slot) * sizeof(void *), #member " is at " #slot)
ORT_SLOT(create_env_with_custom_logger, 4);
ORT_SLOT(create_session_options, 10);
ORT_SLOT(set_session_execution_mode, 13);
ORT_SLOT(disable_cpu_mem_arena, 19);
ORT_SLOT(set_inter_op_num_threads, 25);
ORT_SLOT(session_get_input_count, 30);
ORT_SLOT(session_get_output_type_info, 34);
ORT_SLOT(session_get_output_name, 37);
ORT_SLOT(create_tensor_with_data, 49);
ORT_SLOT(get_tensor_mutable_data, 51);
ORT_SLOT(cast_type_info_to_tensor_info, 55);
ORT_SLOT(get_dimensions, 62);
ORT_SLOT(get_tensor_type_and_shape, 65);
ORT_SLOT(create_cpu_memory_info, 69);
ORT_SLOT(get_default_allocator, 78);
ORT_SLOT(release_env, 92);
ORT_SLOT(release_session_options, 100);
ORT_SLOT(add_session_config_entry, 130);

#endif
