/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding and opening ONNX Runtime. A library in the models folder runs inside the process, so it
 * must be one of the pinned copies: it is hashed through the descriptor it is then loaded from,
 * and another file put in its place meanwhile is never looked at. Without one in the folder the
 * system's own is taken, which is as trusted as the C library.
 *
 * The library is never unloaded while the process lives (RTLD_NODELETE): it leaves threads' exit
 * handlers behind. Its own log is dropped, since the library prints nothing; what matters comes
 * back as a status.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nn/internal.h"
#include "nn/pins.h"
#include "util/file.h"

#define LIBRARY_MAX_BYTES ((off_t)256 << 20)

/* Names a distribution gives it. */
static const char *const system_names[] = {"libonnxruntime.so.1", "libonnxruntime.so.1.21",
                                           ORT_LIBRARY_NAME};

static void drop_log(void *user, int severity, const char *category, const char *log_id,
                     const char *location, const char *message)
{
    (void)user, (void)severity, (void)category, (void)log_id, (void)location, (void)message;
}

static int hash_descriptor(int fd, char hex[2 * BF_NN_SHA256_BYTES + 1])
{
    struct stat st;
    uint8_t buffer[1 << 16], digest[BF_NN_SHA256_BYTES];
    crypto_hash_sha256_state sha;
    off_t total = 0;
    if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > LIBRARY_MAX_BYTES) return -1;
    crypto_hash_sha256_init(&sha);
    for (;;) {
        ssize_t got = read(fd, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 || (total += got) > LIBRARY_MAX_BYTES) return -1;
        if (!got) break;
        crypto_hash_sha256_update(&sha, buffer, (size_t)got);
    }
    crypto_hash_sha256_final(&sha, digest);
    sodium_bin2hex(hex, 2 * BF_NN_SHA256_BYTES + 1, digest, sizeof digest);
    return 0;
}

static int is_pinned(const char *hex)
{
    for (const bf_nn_pin *p = bf_nn_runtime_pins; p->name; p++) {
        if (!strcmp(p->sha256, hex)) return 1;
    }
    return 0;
}

static const char *load_error(void)
{
    const char *text = dlerror();
    return text ? text : "cannot be loaded";
}

/* From the folder. Leaves *out NULL when there is none. */
static bf_status open_pinned(bf_ctx *c, const char *path, void **out)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) return BF_OK;
    if (fd < 0) {
        bf_fail_errno(c, path, errno);
        return BF_EMODEL;
    }
    char hex[2 * BF_NN_SHA256_BYTES + 1], link[40];
    bf_status rc = BF_OK;
    if (hash_descriptor(fd, hex) || !is_pinned(hex)) {
        rc = bf_ctx_fail(c, BF_EMODEL,
                         "%.*s: altered, or not the ONNX Runtime this program was made for: run "
                         "'make models'",
                         BF_NAME_MAX, path);
        goto done;
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    *out = dlopen(link, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!*out) rc = bf_ctx_fail(c, BF_EMODEL, "%.*s: %.100s", BF_NAME_MAX, path, load_error());
done:
    close(fd);
    return rc;
}

static void *open_system(void)
{
    for (size_t i = 0; i < sizeof system_names / sizeof system_names[0]; i++) {
        void *library = dlopen(system_names[i], RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
        if (library) return library;
    }
    return NULL;
}

bf_status bf_nn__take_status(bf_ctx *c, const ort_api *api, ort_status *st, const char *name,
                             const char *what)
{
    if (!st) return BF_OK;
    const char *text = api->get_error_message(st);
    int n = 0;
    while (text[n] && text[n] != '\n' && n < 300) n++;
    bf_status rc = bf_ctx_fail(c, BF_EMODEL, "%.64s: %s: %.*s", name, what, n, text);
    api->release_status(st);
    return rc;
}

/* The table, an environment and the description of plain memory. */
static bf_status start(bf_ctx *c, bf_nn_runtime *rt)
{
    ort_get_api_base *get = NULL;
    *(void **)&get = dlsym(rt->library, "OrtGetApiBase");
    const ort_api_base *base = get ? get() : NULL;
    const ort_api *api = base ? base->get_api(ORT_API_VERSION_USED) : NULL;
    if (!api) BF_FAIL(c, BF_EMODEL, ORT_LIBRARY_NAME ": older than ONNX Runtime 1.8");
    snprintf(rt->version, sizeof rt->version, "%s", base->get_version_string());
    BF_TRY(bf_nn__take_status(
        c, api,
        api->create_env_with_custom_logger(drop_log, NULL, ORT_LOG_FATAL, "bonafide", &rt->env),
        ORT_LIBRARY_NAME, "cannot start"));
    bf_status rc = bf_nn__take_status(
        c, api, api->create_cpu_memory_info(ORT_ALLOCATOR_DEVICE, ORT_MEMORY_DEFAULT, &rt->memory),
        ORT_LIBRARY_NAME, "cannot start");
    if (rc) {
        api->release_env(rt->env);
        return rc;
    }
    rt->api = api;
    return BF_OK;
}

bf_status bf_nn__runtime(bf_ctx *c, bf_nn *nn)
{
    bf_nn_runtime rt = {0};
    char path[BF_NN_PATH_MAX];
    if (nn->runtime.api) return BF_OK;
    if (sodium_init() < 0) BF_FAIL(c, BF_EMODEL, "libsodium cannot start");
    BF_TRY(bf_nn__path(c, nn, ORT_LIBRARY_NAME, "", path));
    BF_TRY(open_pinned(c, path, &rt.library));
    if (!rt.library) rt.library = open_system();
    if (!rt.library) {
        BF_FAIL(c, BF_EMODEL,
                "%.*s: no such file, and no ONNX Runtime on this system: run 'make models'",
                BF_NAME_MAX, path);
    }
    bf_status rc = start(c, &rt);
    if (rc) {
        dlclose(rt.library);
        return rc;
    }
    nn->runtime = rt;
    return BF_OK;
}

void bf_nn__runtime_close(bf_nn_runtime *rt)
{
    if (!rt->api) return;
    rt->api->release_memory_info(rt->memory);
    rt->api->release_env(rt->env);
    dlclose(rt->library);
    memset(rt, 0, sizeof *rt);
}
